import avsc from 'avsc';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeAvro,
  encodeAvro,
  fromPlain,
  readAvroFile,
  readPfaText,
  toPlain,
  typeJsonText,
  writeAvroFile,
} from '../../../src/pfa/index.js';
import { TypeBook } from '../../../src/pfa/read-types.js';
import type { AvroType } from '../../../src/pfa/types.js';
import { rootWhere } from '../../../src/pfa/where.js';

const SCHEMA = {
  type: 'record',
  name: 'a.Row',
  fields: [
    { name: 'flag', type: 'boolean' },
    { name: 'small', type: 'int' },
    { name: 'large', type: 'long' },
    { name: 'single', type: 'float' },
    { name: 'real', type: 'double' },
    { name: 'text', type: 'string' },
    { name: 'raw', type: 'bytes' },
    { name: 'four', type: { type: 'fixed', name: 'Four', size: 4 } },
    { name: 'kind', type: { type: 'enum', name: 'Kind', symbols: ['x', 'y', 'z'] } },
    { name: 'list', type: { type: 'array', items: ['null', 'int', 'string'] } },
    { name: 'by', type: { type: 'map', values: 'double' } },
    { name: 'next', type: ['null', 'Row'] },
  ],
};

function typeOf(schema: unknown): AvroType {
  const { root } = readPfaText(JSON.stringify([schema]));
  const where = rootWhere(root);
  const book = new TypeBook();
  book.declare(where);
  const type = book.resolve(where);
  return (type as unknown as { branches: AvroType[] }).branches[0] as AvroType;
}

const type = typeOf(SCHEMA);
const other = avsc.Type.forSchema(SCHEMA as avsc.Schema, { wrapUnions: true });

const row = fc.letrec((tie) => ({
  row: fc.record({
    flag: fc.boolean(),
    small: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    // avsc loses digits beyond 2^52
    large: fc.maxSafeInteger().map((value) => Math.trunc(value / 2)),
    single: fc.float({ noNaN: true }),
    real: fc.double({ noNaN: true }),
    text: fc.string({ unit: 'grapheme' }),
    raw: fc.uint8Array({ maxLength: 20 }),
    four: fc.uint8Array({ minLength: 4, maxLength: 4 }),
    kind: fc.constantFrom('x', 'y', 'z'),
    list: fc.array(fc.oneof(fc.constant(null), fc.record({ int: fc.nat(1000) }), fc.record({ string: fc.string() })), {
      maxLength: 5,
    }),
    by: fc.dictionary(fc.string(), fc.double({ noNaN: true }), { maxKeys: 4 }),
    next: fc.option(fc.record({ 'a.Row': tie('row') }), { depthSize: 'small' }),
  }),
})).row;

/** avsc takes Buffers, and has classes of its own for records. */
function forOther(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (Array.isArray(value)) return value.map(forOther);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, of]) => [key, forOther(of)]));
}

describe('binary Avro', () => {
  test('is written as avsc writes it, and read back', () => {
    fc.assert(
      fc.property(row, (plain) => {
        const value = fromPlain(plain, type);
        const bytes = encodeAvro(value, type);
        expect(Buffer.from(bytes).equals(other.toBuffer(forOther(plain)))).toBe(true);
        expect(toPlain(decodeAvro(bytes, type))).toEqual(toPlain(value));
      }),
      { numRuns: 300, seed: 5 },
    );
  });

  test('longs beyond 2^53 keep all digits', () => {
    const long = typeOf('long');
    for (const value of [2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n, -1n, 0n]) {
      expect(BigInt(decodeAvro(encodeAvro(fromPlain(value, long), long), long) as number)).toBe(value);
    }
    expect(encodeAvro(fromPlain(-(2n ** 63n), long), long)).toEqual(Uint8Array.of(...Array(9).fill(255), 1));
  });

  test('broken bytes end in pfa/bad-avro', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
        try {
          decodeAvro(bytes, type);
        } catch (error) {
          expect((error as { code: string }).code).toBe('pfa/bad-avro');
        }
      }),
      { numRuns: 500, seed: 6 },
    );
    const nulls = typeOf({ type: 'array', items: 'null' });
    expect(() => decodeAvro(Uint8Array.of(254, 255, 255, 255, 255, 255, 255, 255, 127), nulls)).toThrow(
      'too many items without data',
    );
  });
});

describe('container files', () => {
  test('are read back, the type included', () => {
    const values = fc.sample(row, { numRuns: 20, seed: 7 }).map((plain) => fromPlain(plain, type));
    const file = readAvroFile(writeAvroFile(values, type));
    expect(typeJsonText(file.type)).toBe(typeJsonText(type));
    expect(file.values.map(toPlain)).toEqual(values.map(toPlain));
  });

  test('written here are read by avsc, written by avsc are read here', async () => {
    const rows = fc.sample(row, { numRuns: 20, seed: 8 });
    const values = rows.map((plain) => fromPlain(plain, type));
    const decoder = new avsc.streams.BlockDecoder({
      parseHook: (schema) => avsc.Type.forSchema(schema, { wrapUnions: true }),
    });
    const seen: unknown[] = [];
    await new Promise<void>((resolve, reject) => {
      decoder.on('data', (value: unknown) => seen.push(value));
      decoder.on('end', resolve);
      decoder.on('error', reject);
      decoder.end(Buffer.from(writeAvroFile(values, type)));
    });
    expect(seen.length).toBe(rows.length);
    seen.forEach((value, index) => {
      expect(other.toBuffer(value).equals(other.toBuffer(forOther(rows[index])))).toBe(true);
    });
    for (const codec of ['null', 'deflate']) {
      const encoder = new avsc.streams.BlockEncoder(other, { codec });
      const chunks: Buffer[] = [];
      await new Promise<void>((resolve, reject) => {
        encoder.on('data', (chunk: Buffer) => chunks.push(chunk));
        encoder.on('end', resolve);
        encoder.on('error', reject);
        for (const plain of rows) encoder.write(forOther(plain));
        encoder.end();
      });
      expect(readAvroFile(Buffer.concat(chunks)).values.map(toPlain)).toEqual(values.map(toPlain));
    }
  });

  test('that are cut off or no container are refused', () => {
    const file = writeAvroFile([fromPlain(fc.sample(row, { numRuns: 1, seed: 9 })[0], type)], type);
    expect(() => readAvroFile(file.slice(0, -1))).toThrow('broken Avro data: the data end too early');
    expect(() => readAvroFile(Uint8Array.of(1, 2, 3))).toThrow('broken Avro data');
  });
});
