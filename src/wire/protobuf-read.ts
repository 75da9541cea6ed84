import { internalFault } from '../core/errors.js';
import { malformed, tooDeep, truncated } from './protobuf-errors.js';
import {
  type FieldSpec,
  type Int64,
  isScalar,
  type Message,
  type MessageSpec,
  type Schema,
} from './protobuf-schema.js';

/** Where a decoder stands. `trail` names the messages that it is inside of, for errors. */
interface Cursor {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly schema: Schema;
  readonly depthLimit: number;
  at: number;
  depth: number;
  trail: string[];
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

let low = 0;
let high = 0;

const pathOf = (cursor: Cursor): string => cursor.trail.join('.');

/** Reads a varint into `low` and `high` (both unsigned 32 bit). */
function varint(cursor: Cursor, end: number): void {
  const { bytes } = cursor;
  const start = cursor.at;
  low = 0;
  high = 0;
  for (let index = 0; index < 10; index++) {
    if (cursor.at >= end) throw truncated(start, pathOf(cursor), 'a number');
    const byte = bytes[cursor.at++]!;
    const part = byte & 0x7f;
    if (index < 4) low |= part << (7 * index);
    else if (index === 4) {
      low |= part << 28;
      high = part >>> 4;
    } else if (index < 9) high |= part << (7 * index - 32);
    else high |= (part & 1) << 31;
    if (byte < 0x80) {
      low >>>= 0;
      high >>>= 0;
      return;
    }
  }
  throw malformed(start, pathOf(cursor), 'a number takes more than ten bytes');
}

const MAX_HIGH = 0x1fffff;

function int64(): Int64 {
  const signed = high | 0;
  if (signed <= MAX_HIGH && (signed >= -MAX_HIGH || (signed === -MAX_HIGH - 1 && low > 0)))
    return signed * 4294967296 + low;
  return (BigInt(signed) << 32n) | BigInt(low);
}

function length(cursor: Cursor, end: number, what: string): number {
  const start = cursor.at;
  varint(cursor, end);
  if (high !== 0 || low > end - cursor.at) throw truncated(start, pathOf(cursor), what);
  return low;
}

/** A list of numbers that grows: typed, so that millions of entries stay small. */
class Numbers {
  private count = 0;
  constructor(private values: Float64Array | Float32Array | Int32Array | BigInt64Array | BigUint64Array) {}

  push(value: Int64): void {
    if (this.count === this.values.length) this.grow(Math.max(8, this.count * 2));
    if (typeof value === 'bigint' && this.values instanceof Float64Array) {
      const wide = new BigInt64Array(this.values.length);
      for (let i = 0; i < this.count; i++) wide[i] = BigInt(this.values[i]!);
      this.values = wide;
    }
    if (this.values instanceof BigInt64Array || this.values instanceof BigUint64Array)
      this.values[this.count++] = BigInt(value);
    else this.values[this.count++] = value as number;
  }

  /** Appends little-endian fixed-width values as they are, NaN payloads included. */
  append(bytes: Uint8Array): void {
    const size = this.values.BYTES_PER_ELEMENT;
    const added = bytes.length / size;
    if (this.count + added > this.values.length) this.grow(Math.max(this.count + added, this.count * 2));
    new Uint8Array(this.values.buffer).set(bytes, this.count * size);
    this.count += added;
  }

  /** Makes room for so many entries more, and no more than that. */
  reserve(more: number): void {
    if (this.count + more > this.values.length) this.grow(this.count + more);
  }

  private grow(capacity: number): void {
    const Make = this.values.constructor as new (n: number) => typeof this.values;
    const wider = new Make(capacity);
    (wider as Float64Array).set(this.values as Float64Array);
    this.values = wider;
  }

  finish(): typeof this.values {
    return this.count === this.values.length ? this.values : this.values.slice(0, this.count);
  }
}

function newNumbers(field: FieldSpec): Numbers {
  if (field.kind === 'float') return new Numbers(new Float32Array(0));
  if (field.kind === 'double') return new Numbers(new Float64Array(0));
  if (field.kind === 'int32') return new Numbers(new Int32Array(0));
  if (field.kind === 'uint64') return new Numbers(new BigUint64Array(0));
  return new Numbers(field.label === 'packed' ? new BigInt64Array(0) : new Float64Array(0));
}

const WIRE_TYPE: Record<string, number> = { int32: 0, int64: 0, uint64: 0, enum: 0, float: 5, double: 1 };

function skip(cursor: Cursor, wireType: number, end: number, number: number): void {
  const start = cursor.at;
  if (wireType === 0) varint(cursor, end);
  else if (wireType === 1) cursor.at += 8;
  else if (wireType === 5) cursor.at += 4;
  else if (wireType === 2) {
    const size = length(cursor, end, `field ${number}`);
    cursor.at += size;
  } else if (wireType === 3) {
    for (let nested = 1; nested > 0; ) {
      varint(cursor, end);
      const inner = low & 7;
      if (inner === 3) nested++;
      else if (inner === 4) nested--;
      else skip(cursor, inner, end, low >>> 3);
      if (nested > cursor.depthLimit) throw tooDeep(start, pathOf(cursor), cursor.depthLimit);
    }
  } else throw malformed(start, pathOf(cursor), `field ${number} has the impossible wire type ${wireType}`);
  if (cursor.at > end) throw truncated(start, pathOf(cursor), `field ${number}`);
}

function text(cursor: Cursor, from: number, to: number): string {
  try {
    return decoder.decode(cursor.bytes.subarray(from, to));
  } catch {
    throw malformed(from, pathOf(cursor), 'a string is not UTF-8');
  }
}

function number(cursor: Cursor, kind: string, end: number): Int64 {
  if (kind === 'float' || kind === 'double') {
    const size = kind === 'float' ? 4 : 8;
    if (cursor.at + size > end) throw truncated(cursor.at, pathOf(cursor), 'a number');
    const value = size === 4 ? cursor.view.getFloat32(cursor.at, true) : cursor.view.getFloat64(cursor.at, true);
    cursor.at += size;
    return value;
  }
  varint(cursor, end);
  if (kind === 'int32' || kind === 'enum') return low | 0;
  if (kind === 'uint64' && high > MAX_HIGH) return (BigInt(high) << 32n) | BigInt(low);
  return int64();
}

/** How many entries with the same tag of one byte stand here, one after another. */
function repetitions(cursor: Cursor, wireType: number, end: number, tag: number): number {
  const { bytes } = cursor;
  if (tag > 0x7f) return 1;
  let count = 0;
  for (let at = cursor.at; at < end; at++) {
    if (wireType === 5) at += 4;
    else if (wireType === 1) at += 8;
    else while (at < end && bytes[at++]! >= 0x80);
    count++;
    if (bytes[at] !== tag) break;
  }
  return count;
}

function readNumbers(
  cursor: Cursor,
  field: FieldSpec,
  numbers: Numbers,
  wireType: number,
  end: number,
  tag: number,
): void {
  const { kind } = field;
  if (wireType === 2) {
    const size = length(cursor, end, field.name);
    const to = cursor.at + size;
    if (kind === 'float' || kind === 'double') {
      if (size % (kind === 'float' ? 4 : 8) !== 0)
        throw malformed(cursor.at, pathOf(cursor), `${field.name} has ${size} bytes, not a whole number of values`);
      numbers.append(cursor.bytes.subarray(cursor.at, to));
      cursor.at = to;
    } else while (cursor.at < to) numbers.push(number(cursor, kind, to));
    return;
  }
  const { bytes } = cursor;
  numbers.reserve(repetitions(cursor, wireType, end, tag));
  // Most integers are small and positive: they need neither 64 bits nor a call.
  if (kind === 'int64' && tag <= 0x7f) {
    let at = cursor.at;
    for (;;) {
      let value = bytes[at]!;
      let size = 1;
      for (; size < 4 && bytes[at + size - 1]! >= 0x80; size++) {
        value = (value & ((1 << (7 * size)) - 1)) | ((bytes[at + size]! & 0x7f) << (7 * size));
      }
      if (at + size > end || bytes[at + size - 1]! >= 0x80) break;
      numbers.push(value);
      at += size;
      if (at >= end || bytes[at] !== tag) {
        cursor.at = at;
        return;
      }
      at++;
    }
    cursor.at = at;
  }
  for (;;) {
    if (kind === 'float' || kind === 'double') {
      const size = kind === 'float' ? 4 : 8;
      if (cursor.at + size > end) throw truncated(cursor.at, pathOf(cursor), field.name);
      numbers.append(bytes.subarray(cursor.at, cursor.at + size));
      cursor.at += size;
    } else numbers.push(number(cursor, kind, end));
    if (tag > 0x7f || cursor.at >= end || bytes[cursor.at] !== tag) return;
    cursor.at++;
  }
}

function readMessage(cursor: Cursor, spec: MessageSpec, target: Message, end: number): Message {
  if (++cursor.depth > cursor.depthLimit) throw tooDeep(cursor.at, pathOf(cursor), cursor.depthLimit);
  const lists = new Map<FieldSpec, Numbers>();
  for (const field of spec.fields) if (field.always && target[field.name] === undefined) target[field.name] = [];
  while (cursor.at < end) {
    const start = cursor.at;
    varint(cursor, end);
    const tag = low;
    const wireType = tag & 7;
    const field = high === 0 ? spec.byNumber.get(tag >>> 3) : undefined;
    if (tag >>> 3 === 0) throw malformed(start, pathOf(cursor), 'a field has the number 0');
    if (field === undefined) {
      skip(cursor, wireType, end, tag >>> 3);
      (target.unknown ??= []).push(cursor.bytes.subarray(start, cursor.at));
      continue;
    }
    readField(cursor, field, target, lists, wireType, end, start, tag);
  }
  for (const [field, numbers] of lists) target[field.name] = listOf(field, numbers, target[field.name]);
  cursor.depth--;
  return target;
}

/** Repeated int64 fields that are shapes (`always`, as TensorProto.dims) are plain arrays, the others typed ones. */
function listOf(field: FieldSpec, numbers: Numbers, existing: unknown): unknown {
  const values = numbers.finish();
  if (!field.always) return values;
  return [...((existing as Int64[] | undefined) ?? []), ...(values as unknown as Int64[])].map((value) =>
    typeof value === 'bigint' && value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value,
  );
}

function readField(
  cursor: Cursor,
  field: FieldSpec,
  target: Message,
  lists: Map<FieldSpec, Numbers>,
  wireType: number,
  end: number,
  start: number,
  tag: number,
): void {
  const { kind, name } = field;
  const expected = WIRE_TYPE[kind] ?? 2;
  const packed = wireType === 2 && expected !== 2 && field.label !== 'optional';
  if (wireType !== expected && !packed)
    throw malformed(start, pathOf(cursor), `${name} has wire type ${wireType} instead of ${expected}`);
  if (expected !== 2) {
    if (field.label === 'optional') {
      target[name] = number(cursor, kind, end);
      return;
    }
    let numbers = lists.get(field);
    if (numbers === undefined) lists.set(field, (numbers = newNumbers(field)));
    readNumbers(cursor, field, numbers, wireType, end, tag);
    return;
  }
  const size = length(cursor, end, name);
  const from = cursor.at;
  const to = from + size;
  const list = field.label === 'optional' ? null : ((target[name] ??= []) as unknown[]);
  if (isScalar(kind)) {
    cursor.at = to;
    const value = kind === 'string' ? text(cursor, from, to) : cursor.bytes.subarray(from, to);
    if (list === null) target[name] = value;
    else list.push(value);
    return;
  }
  const spec = cursor.schema.get(kind);
  if (spec === undefined) throw internalFault(`no message ${kind}`);
  cursor.trail.push(list === null ? name : `${name}[${list.length}]`);
  const value = readMessage(cursor, spec, list === null ? ((target[name] as Message | undefined) ?? {}) : {}, to);
  cursor.trail.pop();
  if (list === null) target[name] = value;
  else list.push(value);
}

/**
 * Decodes `source` as the message `name` of the schema. Byte fields are views of it, not copies.
 * Errors: `wire/truncated`, `wire/malformed`, `wire/too-deep`, with the byte and the message path.
 */
export function decodeMessage(source: Uint8Array, schema: Schema, name: string, depthLimit = 1000): Message {
  const spec = schema.get(name);
  if (spec === undefined) throw internalFault(`no message ${name}`);
  // A plain view: the slice() of Node's own subclass would share its bytes.
  const bytes = new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const cursor: Cursor = {
    bytes,
    view,
    schema,
    depthLimit: Math.min(depthLimit, 1000),
    at: 0,
    depth: 0,
    trail: [name],
  };
  return readMessage(cursor, spec, {}, bytes.length);
}
