import { AvroReader, AvroWriter } from '../../wire/avro.js';
import { badAvro } from '../datum-errors.js';
import { type AvroType, newMap, tagged, tagOf, unionTag, untagged, type Value, type ValueMap } from '../types.js';
import { longOf } from './scalars.js';

/** The binary encoding of a value. */
export function encodeAvro(value: Value, type: AvroType): Uint8Array {
  const writer = new AvroWriter();
  writeAvro(writer, value, type);
  return writer.bytes();
}

/** The value that the bytes encode; all of them must be used. Throws pfa/bad-avro. */
export function decodeAvro(bytes: Uint8Array, type: AvroType): Value {
  const reader = new AvroReader(bytes, badAvro);
  const value = readAvro(reader, type);
  if (reader.left > 0) badAvro(reader.at, 'the data go on after the value');
  return value;
}

export function writeAvro(writer: AvroWriter, value: Value, type: AvroType): void {
  switch (type.type) {
    case 'null':
    case 'exception':
      return;
    case 'boolean':
      writer.boolean(value as boolean);
      return;
    case 'int':
    case 'long':
      writer.long(value as number | bigint);
      return;
    case 'float':
      writer.float(value as number);
      return;
    case 'double':
      writer.double(value as number);
      return;
    case 'bytes':
      writer.prefixed(value as Uint8Array);
      return;
    case 'fixed':
      writer.raw(value as Uint8Array);
      return;
    case 'string':
      writer.string(value as string);
      return;
    case 'enum':
      writer.long(type.symbols.indexOf(value as string));
      return;
    case 'array': {
      const items = value as readonly Value[];
      if (items.length > 0) writer.long(items.length);
      for (const item of items) writeAvro(writer, item, type.items);
      writer.long(0);
      return;
    }
    case 'map': {
      const keys = Object.keys(value as ValueMap);
      if (keys.length > 0) writer.long(keys.length);
      for (const key of keys) {
        writer.string(key);
        writeAvro(writer, (value as ValueMap)[key] as Value, type.values);
      }
      writer.long(0);
      return;
    }
    case 'record':
      for (const field of type.fields) writeAvro(writer, (value as ValueMap)[field.name] as Value, field.type);
      return;
    case 'union': {
      const tag = unionTag(value);
      const index = type.branches.findIndex((branch) => tagOf(branch) === tag);
      writer.long(index);
      writeAvro(writer, untagged(value), type.branches[index] as AvroType);
    }
  }
}

export function readAvro(reader: AvroReader, type: AvroType): Value {
  switch (type.type) {
    case 'null':
    case 'exception':
      return null;
    case 'boolean':
      return reader.boolean();
    case 'int':
      return Number(BigInt.asIntN(32, reader.long()));
    case 'long':
      return longOf(reader.long());
    case 'float':
      return reader.float();
    case 'double':
      return reader.double();
    case 'bytes':
      return reader.prefixed();
    case 'fixed':
      return reader.raw(type.size);
    case 'string':
      return reader.string();
    case 'enum':
      return type.symbols[Number(reader.long())] ?? badAvro(reader.at, 'an enum has no such symbol');
    case 'array': {
      const items: Value[] = [];
      blocks(reader, () => void items.push(readAvro(reader, type.items)));
      return items;
    }
    case 'map': {
      const made = newMap();
      blocks(reader, () => {
        const key = reader.string();
        made[key] = readAvro(reader, type.values);
      });
      return made;
    }
    case 'record': {
      const made = newMap();
      for (const field of type.fields) made[field.name] = readAvro(reader, field.type);
      return made;
    }
    case 'union': {
      const branch = type.branches[Number(reader.long())] ?? badAvro(reader.at, 'a union has no such branch');
      return tagged(tagOf(branch), readAvro(reader, branch));
    }
  }
}

/** Items of null take no bytes, so their count alone must not be able to exhaust the memory. */
const MOST_EMPTY = 2 ** 20;

function blocks(reader: AvroReader, item: () => void): void {
  let empty = 0;
  for (;;) {
    let count = reader.long();
    if (count === 0n) return;
    if (count < 0n) {
      count = -count;
      reader.long();
    }
    for (; count > 0n; count--) {
      const before = reader.left;
      item();
      if (reader.left === before && ++empty > MOST_EMPTY) badAvro(reader.at, 'too many items without data');
    }
  }
}
