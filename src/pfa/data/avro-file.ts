import { inflateSync } from 'fflate';
import { AvroReader, AvroWriter } from '../../wire/avro.js';
import { readJson } from '../../wire/json.js';
import { badAvro } from '../datum-errors.js';
import { TypeBook } from '../read-types.js';
import { accepts } from '../relations.js';
import type { AvroType, Value } from '../types.js';
import { rootWhere } from '../where.js';
import { readAvro, writeAvro } from './avro.js';
import { coercion } from './coerce.js';
import { typeJsonText } from './type-json.js';

const MAGIC = [0x4f, 0x62, 0x6a, 1];
const SYNC = 16;

/** The values of an Avro object container file and the type that it was written with. Throws pfa/bad-avro. */
export function readAvroFile(bytes: Uint8Array): { type: AvroType; values: Value[] } {
  const reader = new AvroReader(bytes, badAvro);
  if (!MAGIC.every((byte, index) => bytes[index] === byte)) badAvro(0, 'the file does not begin with "Obj" and 1');
  reader.raw(MAGIC.length);
  const header = new Map<string, Uint8Array>();
  for (let count = reader.long(); count !== 0n; count = reader.long()) {
    if (count < 0n) {
      count = -count;
      reader.long();
    }
    for (; count > 0n; count--) {
      const key = reader.string();
      header.set(key, reader.prefixed());
    }
  }
  const text = (key: string): string => new TextDecoder().decode(header.get(key) ?? new Uint8Array());
  const type = schemaOf(text('avro.schema'));
  const codec = text('avro.codec') || 'null';
  if (codec !== 'null' && codec !== 'deflate') badAvro(0, `the codec "${codec}" is not supported`);
  const sync = reader.raw(SYNC);
  const values: Value[] = [];
  while (reader.left > 0) {
    const count = reader.long();
    const block = reader.prefixed();
    const plain = codec === 'null' ? block : inflate(block, reader.at);
    const items = new AvroReader(plain, badAvro);
    if (count < 0n || (count > BigInt(plain.length) && type.type !== 'null'))
      badAvro(reader.at, 'a block has a wrong count');
    for (let i = 0n; i < count; i++) values.push(readAvro(items, type));
    if (items.left > 0) badAvro(reader.at, 'a block holds more than its values');
    if (!reader.raw(SYNC).every((byte, index) => byte === sync[index]))
      badAvro(reader.at, 'a block ends without its mark');
  }
  return { type, values };
}

function inflate(block: Uint8Array, at: number): Uint8Array {
  try {
    return inflateSync(block);
  } catch {
    return badAvro(at, 'a block cannot be inflated');
  }
}

function schemaOf(text: string): AvroType {
  const where = rootWhere(readJson(text));
  const book = new TypeBook();
  book.declare(where);
  const type = book.resolve(where);
  book.finish();
  return type;
}

/** An Avro object container file, uncompressed, in one block. `mark` makes the file reproducible. */
export function writeAvroFile(
  values: readonly Value[],
  type: AvroType,
  mark = new Uint8Array(SYNC).fill(0x5a),
): Uint8Array {
  const writer = new AvroWriter();
  writer.raw(Uint8Array.from(MAGIC));
  writer.long(2);
  writer.string('avro.schema');
  writer.string(typeJsonText(type));
  writer.string('avro.codec');
  writer.string('null');
  writer.long(0);
  writer.raw(mark);
  if (values.length > 0) {
    const block = new AvroWriter();
    for (const value of values) writeAvro(block, value, type);
    writer.long(values.length);
    writer.prefixed(block.bytes());
    writer.raw(mark);
  }
  return writer.bytes();
}

/** The first value of a file, as a value of the wanted type. */
export function readAvroSource(bytes: Uint8Array, wanted: AvroType, misfit: (expected: string) => never): Value {
  const { type, values } = readAvroFile(bytes);
  const first = values[0];
  if (first === undefined) return misfit('a file with one value');
  if (!accepts(wanted, type)) return misfit('a file of that type');
  const way = coercion(type, wanted);
  return way === undefined ? first : way(first);
}
