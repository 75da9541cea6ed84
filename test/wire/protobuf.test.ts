import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { onnx as second } from 'onnx-proto';
import protobuf from 'protobufjs';
import { expect, test } from 'vitest';
import { formatError, SamescoreError } from '../../src/core/errors.js';
import { MESSAGES } from '../../src/onnx/messages.gen.js';
import { ONNX_MESSAGES } from '../../src/onnx/schema.js';
import { decodeMessage } from '../../src/wire/protobuf-read.js';
import { type Message, schemaOf } from '../../src/wire/protobuf-schema.js';
import { encodeMessage } from '../../src/wire/protobuf-write.js';

const PROTO = readFileSync(join(import.meta.dirname, '../../schemas/onnx.proto'), 'utf8');
const root = protobuf.parse(PROTO, { keepCase: true }).root;

const SCALARS = schemaOf(
  {
    All: [
      [1, 'i32', 'int32', 'optional'],
      [2, 'i64', 'int64', 'optional'],
      [3, 'u64', 'uint64', 'optional'],
      [4, 'f', 'float', 'optional'],
      [5, 'd', 'double', 'optional'],
      [6, 's', 'string', 'optional'],
      [7, 'b', 'bytes', 'optional'],
      [8, 'ints', 'int64', 'repeated'],
      [9, 'packed', 'int64', 'packed'],
      [10, 'floats', 'float', 'repeated'],
      [11, 'inner', 'All', 'repeated'],
      [1000, 'far', 'int32', 'optional'],
    ],
  },
  new Set(),
);

const roundTrip = (message: Message): Message => decodeMessage(encodeMessage(message, SCALARS, 'All'), SCALARS, 'All');

test('the table of messages is that of schemas/onnx.proto', () => {
  let compared = 0;
  for (const [name, fields] of Object.entries(MESSAGES)) {
    if (['SequenceProto', 'MapProto', 'OptionalProto'].includes(name)) continue;
    const type = root.lookupType(`onnx.${name}`);
    expect(fields.map(([number, field]) => [number, field]).sort()).toEqual(
      type.fieldsArray.map((field) => [field.id, field.name]).sort(),
    );
    for (const [, field, kind, label] of fields) {
      const known = type.fields[field]!.resolve();
      const isEnum = known.resolvedType instanceof protobuf.Enum;
      expect(isEnum ? 'enum' : known.type.split('.').at(-1)).toBe(kind.split('.').at(-1));
      expect(known.repeated ? (known.options?.['packed'] === true ? 'packed' : 'repeated') : 'optional').toBe(label);
      compared++;
    }
  }
  expect(compared).toBeGreaterThan(120);
});

test('int64 survive exactly, as numbers where they are safe', () => {
  const edge = [0, 1, -1, 127, 128, 2 ** 31, -(2 ** 31), 2 ** 32, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
  for (const value of edge) expect(roundTrip({ i64: value })).toEqual({ i64: value });
  const wide = [2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n];
  for (const value of wide) expect(roundTrip({ i64: value })).toEqual({ i64: value });
  expect(roundTrip({ u64: 2n ** 64n - 1n })).toEqual({ u64: 2n ** 64n - 1n });
  expect(roundTrip({ ints: Float64Array.of(1, -2, 3) })).toEqual({ ints: Float64Array.of(1, -2, 3) });
  expect(roundTrip({ ints: BigInt64Array.of(1n, 2n ** 62n) })).toEqual({ ints: BigInt64Array.of(1n, 2n ** 62n) });
});

test('generated messages come back as they were', () => {
  const leaf = {
    i32: fc.integer(),
    i64: fc
      .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
      .map((n) => (Number.isSafeInteger(Number(n)) ? Number(n) : n)),
    f: fc.float(),
    d: fc.double(),
    s: fc.string({ unit: 'grapheme' }),
    b: fc.uint8Array(),
    packed: fc
      .array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { minLength: 1 })
      .map((list) => BigInt64Array.from(list)),
    floats: fc.array(fc.float(), { minLength: 1 }).map((list) => Float32Array.from(list)),
    far: fc.integer(),
  };
  const message = fc.record(
    { ...leaf, inner: fc.array(fc.record(leaf, { requiredKeys: [] }), { minLength: 1, maxLength: 3 }) },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(message, (value) => {
      expect(roundTrip(value as Message)).toEqual({ ...value });
    }),
    { numRuns: 300 },
  );
});

test('what we write, protobufjs reads; what it writes, we read', () => {
  const type = root.lookupType('onnx.ModelProto');
  const model = {
    ir_version: 14,
    producer_name: 'test',
    opset_import: [{ domain: '', version: 28 }],
    graph: {
      name: 'g',
      node: [
        {
          op_type: 'Scaler',
          domain: 'ai.onnx.ml',
          input: ['x'],
          output: ['y'],
          attribute: [{ name: 'scale', floats: [1.5, -2], type: 6 }],
        },
      ],
      initializer: [{ dims: [2], data_type: 1, float_data: [0.5, 3], name: 'w' }],
    },
    metadata_props: [{ key: 'k', value: 'ä' }],
    configuration: [{ name: 'c', num_devices: 2, device: ['a', 'b'] }],
  };
  const theirs = type.encode(type.fromObject(model)).finish();
  const read = decodeMessage(theirs, ONNX_MESSAGES, 'ModelProto');
  const ours = encodeMessage(read, ONNX_MESSAGES, 'ModelProto');
  expect(type.toObject(type.decode(ours), { longs: Number, defaults: false })).toEqual(model);
  const old = second.ModelProto.decode(ours);
  expect(old.graph?.node?.[0]?.attribute?.[0]?.floats).toEqual([1.5, -2]);
  expect(old.graph?.initializer?.[0]?.floatData).toEqual([0.5, 3]);
});

test('fields that the schema does not know are kept and written back', () => {
  const later = schemaOf(
    {
      All: [
        [1, 'i32', 'int32', 'optional'],
        [77, 'text', 'string', 'optional'],
        [78, 'list', 'double', 'packed'],
      ],
    },
    new Set(),
  );
  const bytes = encodeMessage({ i32: 5, text: 'later', list: Float64Array.of(1, 2) }, later, 'All');
  const read = decodeMessage(bytes, SCALARS, 'All');
  expect(read.unknown).toHaveLength(2);
  expect(encodeMessage(read, SCALARS, 'All')).toEqual(bytes);
});

test('the payload of a NaN survives in lists', () => {
  const floats = new Float32Array(Uint32Array.of(0x7fc01234).buffer);
  const read = roundTrip({ floats }) as { floats: Float32Array };
  expect(new Uint32Array(read.floats.buffer)[0]).toBe(0x7fc01234);
});

function failure(bytes: readonly number[]): string {
  try {
    decodeMessage(Uint8Array.from(bytes), SCALARS, 'All');
  } catch (error) {
    if (error instanceof SamescoreError) return formatError(error);
    throw error;
  }
  return 'no error';
}

test('errors name the byte and the message', () => {
  expect(failure([0x08])).toBe(
    'at byte 1 All: wire/truncated: the file ends inside a number\n  hint: the file is cut short; fetch or export it again',
  );
  expect(failure([0x5a, 0x03, 0x32, 0x05, 0x61])).toBe(
    'at byte 3 All.inner[0]: wire/truncated: the file ends inside s\n  hint: the file is cut short; fetch or export it again',
  );
  expect(failure([0x32, 0x02, 0xff, 0xfe])).toBe('at byte 2 All: wire/malformed: a string is not UTF-8');
  expect(failure([0x09, 0x00])).toBe('at byte 0 All: wire/malformed: i32 has wire type 1 instead of 0');
  expect(failure([0x00])).toBe('at byte 0 All: wire/malformed: a field has the number 0');
  expect(failure([0x08, ...new Array(11).fill(0x80)])).toBe(
    'at byte 1 All: wire/malformed: a number takes more than ten bytes',
  );
});

test('nesting is limited', () => {
  let bytes = new Uint8Array(0);
  for (let i = 0; i < 1200; i++) {
    const size = bytes.length < 128 ? [bytes.length] : [(bytes.length & 127) | 128, bytes.length >> 7];
    bytes = Uint8Array.from([0x5a, ...size, ...bytes]);
  }
  expect(() => decodeMessage(bytes, SCALARS, 'All')).toThrow('messages are nested deeper than 1000');
});

test('any bytes at all are read or refused with a place', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        decodeMessage(bytes, ONNX_MESSAGES, 'ModelProto');
      } catch (error) {
        expect(error).toBeInstanceOf(SamescoreError);
        expect((error as SamescoreError).place.byte).toBeTypeOf('number');
      }
    }),
    { numRuns: 2000 },
  );
});
