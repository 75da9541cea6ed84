import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatError, SamescoreError } from '../../src/core/errors.js';
import { attribute } from '../../src/onnx/attributes.js';
import { ELEMENT_TYPES, type ElementType } from '../../src/onnx/element-types.js';
import {
  type ModelProto,
  OnnxEvaluator,
  readOnnx,
  readTensor,
  Tensor,
  tensorOf,
  writeOnnx,
  writeTensor,
} from '../../src/onnx/index.js';

const FIXTURES = join(import.meta.dirname, '../../fixtures');
const files = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('model.onnx'))
  .map((path) => join(FIXTURES, path));

test('models that exporters wrote come back with the same bytes', () => {
  expect(files.length).toBeGreaterThan(20);
  for (const file of files) {
    const bytes = new Uint8Array(readFileSync(file));
    expect(Buffer.compare(writeOnnx(readOnnx(bytes)), bytes), file).toBe(0);
  }
});

test('a truncated model ends in an error of one line with the byte, or is a shorter model', () => {
  const bytes = new Uint8Array(readFileSync(files[0]!));
  fc.assert(
    fc.property(fc.integer({ min: 0, max: bytes.length - 1 }), (length) => {
      try {
        readOnnx(bytes.subarray(0, length));
      } catch (error) {
        expect(error).toBeInstanceOf(SamescoreError);
        expect(formatError(error as SamescoreError).split('\n').length).toBeLessThanOrEqual(2);
      }
    }),
    { numRuns: 200 },
  );
});

test('a model with damaged bytes is read, or refused; if read, it is built, or refused', () => {
  const bytes = new Uint8Array(readFileSync(files[1]!));
  const damage = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 })), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(damage, (changes) => {
      const copy = bytes.slice();
      for (const [at, value] of changes) copy[at] = value;
      try {
        new OnnxEvaluator(readOnnx(copy));
      } catch (error) {
        expect(error).toBeInstanceOf(SamescoreError);
      }
    }),
    { numRuns: 150 },
  );
});

test('an empty file and a file without a graph are no models', () => {
  expect(() => readOnnx(new Uint8Array(0))).toThrow('the file is empty');
  expect(() => readOnnx(Uint8Array.of(0x08, 0x07))).toThrow('the model has no graph');
});

/** One initializer, handed on. */
function external(entries: Record<string, string>): ModelProto {
  return {
    ir_version: 8,
    opset_import: [{ domain: '', version: 17 }],
    metadata_props: [],
    functions: [],
    graph: {
      name: 'g',
      node: [{ op_type: 'Identity', input: ['w'], output: ['y'], attribute: [] }],
      initializer: [
        {
          name: 'w',
          dims: [2],
          data_type: 1,
          data_location: 1,
          external_data: Object.entries(entries).map(([key, value]) => ({ key, value })),
        },
      ],
      input: [],
      output: [{ name: 'y' }],
      value_info: [],
    },
  };
}

const FILE = new Uint8Array(Float32Array.of(9, 1.5, -2).buffer);

test('external data are read from beside the model, and left out when it is written', () => {
  const bytes = writeOnnx(external({ location: 'weights/w.bin', offset: '4', length: '8' }));
  const asked: string[] = [];
  const model = readOnnx(bytes, {
    resolve: (location) => {
      asked.push(location);
      return FILE;
    },
  });
  expect(asked).toEqual(['weights/w.bin']);
  expect((new OnnxEvaluator(model).run({})['y'] as Tensor).toArray()).toEqual([1.5, -2]);
  expect(writeOnnx(model)).toEqual(bytes);
});

test.each([
  [{ location: '../w.bin' }, 'external data at "../w.bin" would be read outside the model\'s folder'],
  [{ location: '/etc/passwd' }, 'external data at "/etc/passwd" would be read outside the model\'s folder'],
  [{ location: 'a/../../w.bin' }, 'external data at "a/../../w.bin" would be read outside the model\'s folder'],
  [{ location: 'C:\\w.bin' }, 'external data at "C:\\\\w.bin" would be read outside the model\'s folder'],
  [{ location: 'w.bin', offset: '-4' }, 'external data has the impossible offset "-4"'],
  [{ location: 'w.bin', offset: '8', length: '8' }, 'external data of 12 bytes in "w.bin" has no bytes 8 to 16'],
  [
    { location: 'w.bin', offset: '18446744073709551612' },
    'external data has the impossible offset "18446744073709551612"',
  ],
])('external data %j are refused', (entries, message) => {
  const bytes = writeOnnx(external(entries as unknown as Record<string, string>));
  expect(() => readOnnx(bytes, { resolve: () => FILE })).toThrow(message);
});

test('without a way to fetch external data the model is read, but not evaluated', () => {
  const model = readOnnx(writeOnnx(external({ location: 'w.bin' })));
  expect(() => new OnnxEvaluator(model)).toThrow('the data lies in another file that was not read');
});

const types = Object.keys(ELEMENT_TYPES) as ElementType[];

test.each(types)('a tensor of %s comes back as it was', (type) => {
  const row = ELEMENT_TYPES[type];
  const bits = Math.min(row.bits, 8);
  const codes = type === 'string' ? [] : Array.from({ length: 16 }, (_, i) => (i * 37 + 11) % 2 ** bits);
  if (type === 'string') {
    const tensor = tensorOf('string', ['', 'ä', '日本'], [3, 1]);
    expect(readTensor(writeTensor(tensor))).toEqual(tensor);
    return;
  }
  // Codes of the type itself, so that every value is one that it holds.
  const perElement = row.bits / 8;
  const packed = row.bits < 8 && row.bits !== 6;
  const count = packed ? 16 * (8 / row.bits) : row.bits === 6 ? 16 : Math.floor(16 / perElement);
  const raw = Uint8Array.from(codes, (code) => (type === 'bool' ? code & 1 : code));
  const dims = [count];
  const bytes = writeTensor(readTensor(writeRaw(row.code, dims, raw)));
  const again = readTensor(bytes);
  expect(again.type).toBe(type);
  expect(again.size).toBe(count);
  expect(again).toEqual(readTensor(writeRaw(row.code, dims, raw)));
});

function writeRaw(code: number, dims: number[], raw: Uint8Array): Uint8Array {
  const model = external({});
  model.graph!.initializer = [];
  const node = model.graph!.node[0]!;
  node.attribute = [attribute('value', 'TENSOR', { dims, data_type: code, raw_data: raw })];
  const read = readOnnx(writeOnnx(model));
  const proto = read.graph!.node[0]!.attribute[0]!.t!;
  const head = [0x08, dims[0]!, 0x10, code, 0x4a, proto.raw_data!.length];
  return Uint8Array.from([...head, ...proto.raw_data!]);
}

test('float8 and float4 codes mean what ONNX tables say', () => {
  const of = (code: number, byte: number): unknown =>
    readTensor(Uint8Array.from([0x08, 1, 0x10, code, 0x4a, 1, byte])).data[0];
  expect(of(17, 0x7e)).toBe(448);
  expect(of(17, 0x7f)).toBeNaN();
  expect(of(18, 0x7f)).toBe(240);
  expect(of(18, 0x80)).toBeNaN();
  expect(of(19, 0x7b)).toBe(57344);
  expect(of(19, 0x7c)).toBe(Number.POSITIVE_INFINITY);
  expect(of(20, 0x7f)).toBe(57344);
  expect(of(24, 0x7f)).toBe(1);
  expect(of(24, 0xff)).toBeNaN();
  expect(of(23, 0x07)).toBe(6);
  expect(of(22, 0x0f)).toBe(-1);
  expect(of(21, 0x0f)).toBe(15);
});

test.each([
  [[0x08, 3, 0x10, 1, 0x4a, 4, 0, 0, 0, 0], 'the raw data does not fit the shape (expected 12 bytes, got 4)'],
  [[0x08, 1, 0x10, 99], 'the tensor has the unknown data type 99'],
  [
    [0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0x10, 1],
    'a dimension is -1 (expected zero or more)',
  ],
  [
    [0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10, 0x10, 1],
    'a tensor of shape [70368744177664] exceeds the limit of 268435456',
  ],
])('the tensor %j is refused', (bytes, message) => {
  try {
    readTensor(Uint8Array.from(bytes));
    expect.unreachable();
  } catch (error) {
    expect(formatError(error as SamescoreError)).toContain(message);
  }
});

test('Tensor shows its elements as plain values', () => {
  expect(new Tensor('bool', [2], Uint8Array.of(0, 1)).toArray()).toEqual([false, true]);
  expect(new Tensor('complex64', [1], Float32Array.of(1, -1)).toArray()).toEqual([[1, -1]]);
  expect(tensorOf('int64', [1, 2n], [2]).toArray()).toEqual([1n, 2n]);
});
