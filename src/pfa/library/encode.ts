import type { AvroType, RecordType, Value, ValueMap } from '../types.js';
import { tagOf, unionTag, untagged } from '../types.js';

/** Appends a value to a growing list of bytes. */
type Writer = (value: Value, out: number[]) => void;

const scratch = new DataView(new ArrayBuffer(8));
const utf8 = new TextEncoder();

/** The writer of Avro's binary encoding for values of this type; arrays and maps are one block without a size. */
export function binaryWriter(type: AvroType): (value: Value) => Uint8Array {
  const write = writer(type, new Map());
  return (value) => {
    const out: number[] = [];
    write(value, out);
    return Uint8Array.from(out);
  };
}

function writeLong(value: number | bigint, out: number[]): void {
  let zigzag = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n));
  while (zigzag > 127n) {
    out.push(Number(zigzag & 127n) | 128);
    zigzag >>= 7n;
  }
  out.push(Number(zigzag));
}

function writeBytes(bytes: Uint8Array, out: number[]): void {
  for (const byte of bytes) out.push(byte);
}

function writeString(text: string, out: number[]): void {
  const bytes = utf8.encode(text);
  writeLong(bytes.length, out);
  writeBytes(bytes, out);
}

function writeReal(value: number, width: 4 | 8, out: number[]): void {
  if (width === 4) scratch.setFloat32(0, value, true);
  else scratch.setFloat64(0, value, true);
  for (let index = 0; index < width; index++) out.push(scratch.getUint8(index));
}

function writer(type: AvroType, records: Map<string, Writer>): Writer {
  switch (type.type) {
    case 'boolean':
      return (value, out) => out.push(value ? 1 : 0);
    case 'int':
    case 'long':
      return (value, out) => writeLong(value as number | bigint, out);
    case 'float':
      return (value, out) => writeReal(value as number, 4, out);
    case 'double':
      return (value, out) => writeReal(value as number, 8, out);
    case 'string':
      return (value, out) => writeString(value as string, out);
    case 'bytes':
      return (value, out) => {
        writeLong((value as Uint8Array).length, out);
        writeBytes(value as Uint8Array, out);
      };
    case 'fixed':
      return (value, out) => writeBytes(value as Uint8Array, out);
    case 'enum':
      return (value, out) => writeLong(type.symbols.indexOf(value as string), out);
    case 'array': {
      const items = writer(type.items, records);
      return (value, out) => {
        const list = value as readonly Value[];
        if (list.length > 0) writeLong(list.length, out);
        for (const item of list) items(item, out);
        out.push(0);
      };
    }
    case 'map': {
      const values = writer(type.values, records);
      return (value, out) => {
        const entries = Object.entries(value as ValueMap);
        if (entries.length > 0) writeLong(entries.length, out);
        for (const [key, item] of entries) {
          writeString(key, out);
          values(item, out);
        }
        out.push(0);
      };
    }
    case 'record':
      return recordWriter(type, records);
    case 'union': {
      const tags = type.branches.map(tagOf);
      const branches = type.branches.map((branch) => writer(branch, records));
      return (value, out) => {
        const index = tags.indexOf(unionTag(value));
        writeLong(index, out);
        branches[index]!(untagged(value), out);
      };
    }
    default:
      return () => {};
  }
}

function recordWriter(type: RecordType, records: Map<string, Writer>): Writer {
  const known = records.get(type.fullName);
  if (known !== undefined) return known;
  const fields: [string, Writer][] = [];
  const write: Writer = (value, out) => {
    for (const [name, field] of fields) field((value as ValueMap)[name]!, out);
  };
  records.set(type.fullName, write);
  for (const field of type.fields) fields.push([field.name, writer(field.type, records)]);
  return write;
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let index = 0; index < bytes.length; index += 3) {
    const [a, b, c] = [bytes[index]!, bytes[index + 1], bytes[index + 2]];
    text += BASE64[a >> 2]! + BASE64[((a & 3) << 4) | ((b ?? 0) >> 4)]!;
    text += b === undefined ? '=' : BASE64[((b & 15) << 2) | ((c ?? 0) >> 6)]!;
    text += c === undefined ? '=' : BASE64[c & 63]!;
  }
  return text;
}

/** Undefined where the text is not base64: other characters, a wrong length, or misplaced padding. */
export function fromBase64(text: string): Uint8Array | undefined {
  const clean = text.replace(/[\r\n]/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(clean) || clean.length % 4 !== 0) return undefined;
  const digits = clean.replace(/=+$/, '');
  const out = new Uint8Array(Math.floor((digits.length * 6) / 8));
  let bits = 0;
  let width = 0;
  let at = 0;
  for (const digit of digits) {
    bits = ((bits << 6) | BASE64.indexOf(digit)) & 0xffff;
    width += 6;
    if (width >= 8) {
      width -= 8;
      out[at++] = (bits >> width) & 255;
    }
  }
  return out;
}

/** The key under which a set, a map from serialised objects to objects, holds a value of this type. */
export function setKey(type: AvroType): (value: Value) => string {
  const encode = binaryWriter(type);
  return (value) => toBase64(encode(value));
}
