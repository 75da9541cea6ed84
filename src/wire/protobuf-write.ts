import { internalFault } from '../core/errors.js';
import { unwritable } from './protobuf-errors.js';
import { type FieldSpec, isScalar, type Message, type MessageSpec, type Schema } from './protobuf-schema.js';

const encoder = new TextEncoder();

/**
 * Fills a buffer from its end, so that the length of a nested message is known when its prefix is written and no
 * message is measured twice.
 */
class BackwardWriter {
  private bytes: Uint8Array;
  private view: DataView;
  private start: number;

  constructor(
    readonly schema: Schema,
    capacity: number,
  ) {
    this.bytes = new Uint8Array(capacity);
    this.view = new DataView(this.bytes.buffer);
    this.start = capacity;
  }

  /** Bytes written so far. */
  get size(): number {
    return this.bytes.length - this.start;
  }

  private room(count: number): void {
    if (this.start >= count) return;
    const used = this.size;
    const bytes = new Uint8Array(Math.max(used * 2, used + count) + 64);
    bytes.set(this.bytes.subarray(this.start), bytes.length - used);
    this.start = bytes.length - used;
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }

  raw(bytes: Uint8Array): void {
    const { length } = bytes;
    this.room(length);
    this.start -= length;
    if (length > 16) this.bytes.set(bytes, this.start);
    else for (let i = 0; i < length; i++) this.bytes[this.start + i] = bytes[i]!;
  }

  varint(value: number | bigint): void {
    if (typeof value === 'number' && value >= 0 && value <= 0x7fffffff) {
      if (this.start < 5) this.room(5);
      if (value < 0x80) {
        this.bytes[--this.start] = value;
        return;
      }
      const length = value < 0x4000 ? 2 : value < 0x200000 ? 3 : value < 0x10000000 ? 4 : 5;
      this.start -= length;
      let rest = value;
      for (let i = 0; i < length - 1; i++) {
        this.bytes[this.start + i] = (rest & 0x7f) | 0x80;
        rest >>>= 7;
      }
      this.bytes[this.start + length - 1] = rest;
      return;
    }
    const parts: number[] = [];
    let rest = BigInt.asUintN(64, BigInt(value));
    do {
      parts.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
      rest >>= 7n;
    } while (rest > 0n);
    this.raw(Uint8Array.from(parts));
  }

  float(value: number): void {
    this.room(4);
    this.start -= 4;
    this.view.setFloat32(this.start, value, true);
  }

  double(value: number): void {
    this.room(8);
    this.start -= 8;
    this.view.setFloat64(this.start, value, true);
  }

  finish(): Uint8Array {
    return this.bytes.subarray(this.start);
  }
}

function checkedInteger(value: unknown, path: string): number | bigint {
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))) return value;
  throw unwritable(path, 'an integer', String(value));
}

function writeScalar(writer: BackwardWriter, kind: string, value: unknown, path: string): void {
  if (kind === 'float') writer.float(value as number);
  else if (kind === 'double') writer.double(value as number);
  else if (kind === 'string' || kind === 'bytes') {
    const bytes = typeof value === 'string' ? encoder.encode(value) : value;
    if (!(bytes instanceof Uint8Array)) throw unwritable(path, kind, typeof value);
    writer.raw(bytes);
    writer.varint(bytes.length);
  } else writer.varint(checkedInteger(value, path));
}

const WIRE_TYPE: Record<string, number> = { int32: 0, int64: 0, uint64: 0, enum: 0, float: 5, double: 1 };

function writePacked(writer: BackwardWriter, field: FieldSpec, values: ArrayLike<unknown>, path: string): void {
  const before = writer.size;
  if (
    (field.kind === 'float' && values instanceof Float32Array) ||
    (field.kind === 'double' && values instanceof Float64Array)
  ) {
    writer.raw(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  } else for (let i = values.length - 1; i >= 0; i--) writeScalar(writer, field.kind, values[i], path);
  writer.varint(writer.size - before);
  writer.varint(field.number * 8 + 2);
}

function writeOne(writer: BackwardWriter, field: FieldSpec, value: unknown, path: string): void {
  if (isScalar(field.kind)) writeScalar(writer, field.kind, value, path);
  else {
    const spec = writer.schema.get(field.kind);
    if (spec === undefined) throw internalFault(`no message ${field.kind}`);
    const before = writer.size;
    writeMessage(writer, spec, value as Message, path);
    writer.varint(writer.size - before);
  }
  writer.varint(field.number * 8 + (WIRE_TYPE[field.kind] ?? 2));
}

function writeRepeated(writer: BackwardWriter, field: FieldSpec, values: ArrayLike<unknown>, path: string): void {
  if (field.label === 'packed') {
    if (values.length > 0) writePacked(writer, field, values, path);
    return;
  }
  if (field.kind === 'float' && values instanceof Float32Array) {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    for (let i = values.length - 1; i >= 0; i--) {
      writer.raw(bytes.subarray(4 * i, 4 * i + 4));
      writer.varint(field.number * 8 + 5);
    }
    return;
  }
  if (field.kind === 'int64' && values instanceof Int32Array) {
    for (let i = values.length - 1; i >= 0; i--) {
      writer.varint(values[i]!);
      writer.varint(field.number * 8);
    }
    return;
  }
  if (field.kind === 'bytes') {
    for (let i = values.length - 1; i >= 0; i--) {
      writeScalar(writer, field.kind, values[i], path);
      writer.varint(field.number * 8 + 2);
    }
    return;
  }
  for (let i = values.length - 1; i >= 0; i--)
    writeOne(writer, field, values[i], isScalar(field.kind) ? path : `${path}[${i}]`);
}

function writeMessage(writer: BackwardWriter, spec: MessageSpec, message: Message, path: string): void {
  if (typeof message !== 'object' || message === null) throw unwritable(path, `a ${spec.name}`, typeof message);
  const unknown = message.unknown ?? [];
  for (let i = unknown.length - 1; i >= 0; i--) writer.raw(unknown[i]!);
  for (let i = spec.fields.length - 1; i >= 0; i--) {
    const field = spec.fields[i]!;
    const value = message[field.name];
    if (value === undefined) continue;
    const inner = `${path}.${field.name}`;
    if (field.label === 'optional') writeOne(writer, field, value, inner);
    else writeRepeated(writer, field, value as ArrayLike<unknown>, inner);
  }
}

/**
 * Encodes a message canonically: fields in the order of their numbers, then the unknown ones, as the C++ library does.
 * `capacity` is a guess at the size in bytes. Errors: `wire/unwritable` with the field's path.
 */
export function encodeMessage(message: object, schema: Schema, name: string, capacity = 1024): Uint8Array {
  const spec = schema.get(name);
  if (spec === undefined) throw internalFault(`no message ${name}`);
  const writer = new BackwardWriter(schema, capacity);
  writeMessage(writer, spec, message as Message, name);
  return writer.finish();
}
