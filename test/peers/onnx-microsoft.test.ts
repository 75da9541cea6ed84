import { expect, test } from 'vitest';
import { SamescoreError } from '../../src/core/errors.js';
import { randomSource } from '../../src/core/random.js';
import { attribute } from '../../src/onnx/attributes.js';
import type { AttributeProto, ModelProto } from '../../src/onnx/document.js';
import type { ElementType } from '../../src/onnx/element-types.js';
import { OnnxEvaluator, type Tensor, tensorOf } from '../../src/onnx/index.js';
import { OPERATORS } from '../../src/onnx/operators.js';
import { typeOf } from './onnx-live/case.js';
import { differenceOf } from './onnx-live/compare.js';
import { runOrtTensors, type TensorJob } from './ort-tensors.js';

/** Operators of com.microsoft, drawn at random and scored by ONNX Runtime as well. */
interface Case {
  readonly inputs: readonly (Tensor | undefined)[];
  readonly attributes?: readonly AttributeProto[];
  readonly outputs?: number;
}

const int = (name: string, value: number): AttributeProto => attribute(name, 'INT', value);
const float = (name: string, value: number): AttributeProto => attribute(name, 'FLOAT', value);
const text = (name: string, value: string): AttributeProto => attribute(name, 'STRING', value);
const size = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);

class Draw {
  constructor(private readonly random: () => number) {}
  int(low: number, high: number): number {
    return low + Math.floor(this.random() * (high - low + 1));
  }
  chance(p = 0.5): boolean {
    return this.random() < p;
  }
  pick<T>(list: readonly T[]): T {
    return list[this.int(0, list.length - 1)] as T;
  }
  floats(dims: readonly number[], scale = 2, type: ElementType = 'float'): Tensor {
    return tensorOf(
      type,
      Array.from({ length: size(dims) }, () => (this.random() * 2 - 1) * scale),
      dims,
    );
  }
  codes(type: ElementType, dims: readonly number[]): Tensor {
    const low = type === 'int8' ? -128 : 0;
    return tensorOf(
      type,
      Array.from({ length: size(dims) }, () => this.int(low, low + 255)),
      dims,
    );
  }
  ints(dims: readonly number[], low: number, high: number, type: ElementType = 'int32'): Tensor {
    return tensorOf(
      type,
      Array.from({ length: size(dims) }, () => this.int(low, high)),
      dims,
    );
  }
  scale(): Tensor {
    return tensorOf('float', [0.004 + this.random() * 0.03], []);
  }
  /** A scale and a zero point of codes. */
  grid(type: ElementType): [Tensor, Tensor] {
    return [this.scale(), tensorOf(type, [type === 'int8' ? this.int(-20, 20) : this.int(90, 160)], [])];
  }
  quantized(dims: readonly number[], type: ElementType): [Tensor, Tensor, Tensor] {
    return [this.codes(type, dims), ...this.grid(type)];
  }
  dims(least = 1, most = 3): number[] {
    return Array.from({ length: this.int(least, most) }, () => this.int(1, 5));
  }
}

const unsigned = (d: Draw): ElementType => d.pick(['uint8', 'int8']);

const skip =
  (gammaOnly: boolean) =>
  (d: Draw): Case => {
    const dims = [d.int(1, 2), d.int(1, 3), d.int(2, 8)];
    const row = [dims[2]!];
    const rest = gammaOnly
      ? [d.chance() ? d.floats(row) : undefined]
      : [d.chance() ? d.floats(row) : undefined, d.chance() ? d.floats(row) : undefined];
    return {
      inputs: [d.floats(dims), d.floats(dims), d.floats(row), ...rest],
      attributes: [float('epsilon', 1e-5)],
      outputs: 1,
    };
  };

const qBinary = (d: Draw): Case => {
  const type = unsigned(d);
  const dims = d.dims(1, 3);
  const other = d.chance() ? dims : dims.map((n) => (d.chance() ? 1 : n));
  return { inputs: [...d.quantized(dims, type), ...d.quantized(other, type), ...d.grid(type)] };
};

const qUnary =
  (attributes: (d: Draw) => AttributeProto[], least = 1): ((d: Draw) => Case) =>
  (d) => {
    const type = unsigned(d);
    return { inputs: [...d.quantized(d.dims(least, 4), type), ...d.grid(type)], attributes: attributes(d) };
  };

const CASES: Readonly<Record<string, (d: Draw) => Case>> = {
  Attention: (d) => {
    const [batch, length, count, width] = [d.int(1, 2), d.int(2, 4), d.pick([1, 2]), 4];
    const masks = [undefined, d.ints([batch], 1, length), d.ints([batch, length], 0, 1)];
    return {
      inputs: [d.floats([batch, length, 6]), d.floats([6, 3 * width], 0.7), d.floats([3 * width]), d.pick(masks)],
      attributes: [int('num_heads', count), ...(d.chance(0.3) ? [int('unidirectional', 1)] : [])],
      outputs: 1,
    };
  },
  BiasGelu: (d) => {
    const width = d.int(1, 8);
    return { inputs: [d.floats([d.int(1, 3), width]), d.floats([width])] };
  },
  DynamicQuantizeMatMul: (d) => {
    const type = unsigned(d);
    const [k, n] = [d.int(1, 6), d.int(1, 4)];
    const each = d.chance();
    const scale = each ? d.floats([n], 0.01) : d.scale();
    return {
      inputs: [
        d.floats([d.int(1, 3), k]),
        d.codes(type, [k, n]),
        scale,
        d.chance() ? (each ? d.codes(type, [n]) : d.grid(type)[1]) : undefined,
        d.chance() ? d.floats([n]) : undefined,
      ],
    };
  },
  EmbedLayerNormalization: (d) => {
    const [batch, length, width] = [d.int(1, 2), d.int(2, 4), 4];
    const segments = d.chance();
    return {
      inputs: [
        d.ints([batch, length], 0, 9),
        segments ? d.ints([batch, length], 0, 1) : undefined,
        d.floats([10, width]),
        d.floats([6, width]),
        segments ? d.floats([2, width]) : undefined,
        d.floats([width]),
        d.floats([width]),
        d.chance() ? d.ints([batch, length], 0, 1) : undefined,
      ],
      attributes: [float('epsilon', 1e-5)],
      outputs: 2,
    };
  },
  ExpandDims: (d) => {
    const dims = d.dims();
    return { inputs: [d.floats(dims), tensorOf('int32', [d.int(-dims.length - 1, dims.length)], [])] };
  },
  FastGelu: (d) => {
    const width = d.int(1, 8);
    return { inputs: [d.floats([d.int(1, 3), width]), d.chance() ? d.floats([width]) : undefined] };
  },
  FusedConv: (d) => {
    const [activation, parameters] = d.pick<[string, number[]]>([
      ['Relu', []],
      ['Sigmoid', []],
      ['Tanh', []],
      ['LeakyRelu', [0.25]],
      ['Clip', [-0.5, 0.75]],
      ['HardSigmoid', [0.25, 0.5]],
    ]);
    const channels = d.int(1, 3);
    const z = activation === 'Relu' && d.chance() ? d.floats([1, channels, 5, 6]) : undefined;
    return {
      inputs: [
        d.floats([1, 2, 5, 6]),
        d.floats([channels, 2, 3, 3]),
        d.chance() || z !== undefined ? d.floats([channels]) : undefined,
        z,
      ],
      attributes: [
        text('activation', activation),
        ...(parameters.length > 0 ? [attribute('activation_params', 'FLOATS', parameters)] : []),
        attribute('kernel_shape', 'INTS', [3, 3]),
        attribute('pads', 'INTS', [1, 1, 1, 1]),
      ],
    };
  },
  FusedGemm: (d) => {
    const name = d.pick(['Relu', 'Sigmoid', 'Tanh', 'LeakyRelu', 'Elu']);
    const parameter = name === 'LeakyRelu' || name === 'Elu' ? [float('activation_alpha', 0.25)] : [];
    return {
      inputs: [d.floats([2, 3]), d.floats([3, 4]), d.floats([4])],
      attributes: [
        text('activation', name),
        float('alpha', d.pick([1, 0.5, 2])),
        float('beta', d.pick([1, 0.5])),
        ...parameter,
      ],
    };
  },
  FusedMatMul: (d) => {
    const flags = ['transA', 'transB', 'transBatchA', 'transBatchB'].map((name) => int(name, Number(d.chance())));
    return {
      inputs: [d.floats([3, 3, 3]), d.floats([3, 3, 3])],
      attributes: [...flags, float('alpha', d.pick([1, 0.5]))],
    };
  },
  GatherND: (d) => ({ inputs: [d.floats([3, 4, 2]), d.ints([3, d.int(1, 3)], 0, 1, 'int64')] }),
  Gelu: (d) => ({ inputs: [d.floats(d.dims())] }),
  Inverse: (d) => {
    const n = d.int(1, 4);
    const type = d.pick<ElementType>(['float', 'double']);
    // Far from singular: how good an inverse is otherwise depends on the matrix.
    const values = Array.from(
      { length: 2 * n * n },
      (_, i) => d.int(-9, 9) / 9 + (Math.floor((i % (n * n)) / n) === i % n ? 5 : 0),
    );
    return { inputs: [tensorOf(type, values, [2, n, n])] };
  },
  MatMulIntegerToFloat: (d) => {
    const [a, b] = [d.pick<ElementType>(['uint8', 'int8']), unsigned(d)];
    const [k, n] = [d.int(1, 6), d.int(1, 4)];
    const each = d.chance();
    const zero = d.chance();
    return {
      inputs: [
        d.codes(a, [d.int(1, 3), k]),
        d.codes(b, [k, n]),
        d.scale(),
        each ? d.floats([n], 0.01) : d.scale(),
        zero ? d.grid(a)[1] : undefined,
        zero ? (each ? d.codes(b, [n]) : d.grid(b)[1]) : undefined,
        d.chance() ? d.floats([n]) : undefined,
      ],
    };
  },
  MatMulNBits: (d) => {
    const [k, n, block] = [32, d.int(1, 4), d.pick([16, 32])];
    const blocks = k / block;
    return {
      inputs: [
        d.floats([2, k]),
        d.codes('uint8', [n, blocks, block / 2]),
        d.floats([n * blocks], 0.1),
        d.chance() ? d.codes('uint8', [n * Math.ceil(blocks / 2)]) : undefined,
      ],
      attributes: [int('K', k), int('N', n), int('bits', 4), int('block_size', block)],
    };
  },
  MultiHeadAttention: (d) => {
    const [batch, length, keys, width] = [d.int(1, 2), d.int(1, 3), d.int(1, 4), 4];
    return {
      inputs: [
        d.floats([batch, length, width]),
        d.floats([batch, keys, width]),
        d.floats([batch, keys, width]),
        d.chance() ? d.floats([3 * width]) : undefined,
      ],
      attributes: [int('num_heads', d.pick([1, 2]))],
      outputs: 1,
    };
  },
  MurmurHash3: (d) => {
    const words = ['', 'a', 'ab', 'abc', 'abcd', 'Grüße', '日本語', 'a longer text with words'];
    const x = d.pick([
      tensorOf(
        'string',
        Array.from({ length: 4 }, () => d.pick(words)),
        [2, 2],
      ),
      d.ints([3], -1000, 1000),
      d.ints([3], -1000, 1000, 'int64'),
      d.floats([3]),
      d.floats([3], 2, 'double'),
    ]);
    return { inputs: [x], attributes: [int('positive', d.int(0, 1)), int('seed', d.int(0, 50))] };
  },
  NGramRepeatBlock: (d) => ({
    inputs: [d.ints([2, 6], 0, 2, 'int64'), d.floats([2, 4])],
    attributes: [int('ngram_size', d.int(1, 3))],
  }),
  Pad: (d) => ({
    inputs: [d.floats([2, 3]), d.ints([4], 0, 1, 'int64'), d.floats([1])],
    attributes: [text('mode', d.pick(['constant', 'edge']))],
  }),
  QGemm: (d) => {
    const type = unsigned(d);
    const [m, k, n] = [d.int(1, 3), d.int(1, 5), d.int(1, 4)];
    const [a, b] = [d.chance(), d.chance()];
    const result = d.chance() ? d.grid(type) : [];
    return {
      inputs: [
        ...d.quantized(a ? [k, m] : [m, k], type),
        ...d.quantized(b ? [n, k] : [k, n], type),
        d.chance() ? d.ints([n], -500, 500) : undefined,
        ...result,
      ],
      attributes: [int('transA', Number(a)), int('transB', Number(b)), float('alpha', d.pick([1, 0.5]))],
    };
  },
  QLinearAdd: qBinary,
  QLinearAveragePool: (d) => ({
    inputs: [...d.quantized([1, 2, 5, 6], 'uint8'), ...d.grid('uint8')],
    attributes: [
      attribute('kernel_shape', 'INTS', [2, 3]),
      attribute('pads', 'INTS', [0, 1, 1, 0]),
      int('count_include_pad', d.int(0, 1)),
    ],
  }),
  QLinearConcat: (d) => {
    const type = unsigned(d);
    const parts = Array.from({ length: d.int(1, 3) }, () => d.quantized([2, d.int(1, 3)], type));
    return { inputs: [...d.grid(type), ...parts.flat()], attributes: [int('axis', 1)] };
  },
  QLinearGlobalAveragePool: qUnary(() => [int('channels_last', 0)], 3),
  QLinearLeakyRelu: qUnary((d) => [float('alpha', d.pick([0.01, 0.25]))]),
  QLinearMul: qBinary,
  QLinearSigmoid: qUnary(() => []),
  QLinearSoftmax: (d) => {
    const type = unsigned(d);
    const zero = tensorOf(type, [type === 'int8' ? -128 : 0], []);
    const inputs = [...d.quantized([2, d.int(2, 6)], type), tensorOf('float', [1 / 256], []), zero];
    return { inputs, attributes: [int('axis', -1), int('opset', 13)] };
  },
  QLinearWhere: (d) => {
    const type = unsigned(d);
    return {
      inputs: [
        tensorOf('bool', [d.int(0, 1), d.int(0, 1), d.int(0, 1)]),
        ...d.quantized([2, 3], type),
        ...d.quantized([3], type),
        ...d.grid(type),
      ],
    };
  },
  QuickGelu: (d) => ({ inputs: [d.floats(d.dims())], attributes: d.chance() ? [float('alpha', 1.25)] : [] }),
  Range: (d) => {
    const type = d.pick<ElementType>(['int32', 'int64', 'float']);
    const one = (value: number) => tensorOf(type, [value], d.chance() ? [1] : []);
    return { inputs: [one(d.int(-3, 0)), one(d.int(1, 5)), d.chance() ? one(2) : undefined] };
  },
  SkipLayerNormalization: skip(false),
  SkipSimplifiedLayerNormalization: skip(true),
  TransposeMatMul: (d) => ({
    inputs: [d.floats([2, 3, 3]), d.floats([2, 3, 3])],
    attributes: [int('transA', d.int(0, 1)), int('transB', d.int(0, 1)), float('alpha', d.pick([1, 0.5]))],
  }),
  Tokenizer: (d) => {
    const words = ['a b', 'The cat  sat', '', 'x', 'one,two;three', 'Größe 3,5', 'aXbXc', ' lead', 'trail '];
    const ways: AttributeProto[][] = [
      [attribute('separators', 'STRINGS', [' '])],
      [attribute('separators', 'STRINGS', [' ', ',', ';'])],
      [attribute('separators', 'STRINGS', ['[ ,;]+'])],
      [attribute('separators', 'STRINGS', [''])],
      [text('tokenexp', '[a-zA-Z]+')],
      [text('tokenexp', '[a-z]')],
    ];
    const dims = d.pick([[3], [2, 2]]);
    return {
      inputs: [
        tensorOf(
          'string',
          Array.from({ length: size(dims) }, () => d.pick(words)),
          dims,
        ),
      ],
      attributes: [...d.pick(ways), int('mark', d.int(0, 1)), int('mincharnum', d.int(1, 3)), text('pad_value', '#')],
    };
  },
  Trilu: (d) => ({
    inputs: [d.floats([2, 3, 4]), d.chance() ? tensorOf('int64', [d.int(-2, 2)], []) : undefined],
    attributes: [int('upper', d.int(0, 1))],
  }),
  Unique: (d) => ({
    inputs: [
      tensorOf(
        'float',
        Array.from({ length: d.int(1, 8) }, () => d.int(0, 3)),
      ),
    ],
    outputs: 3,
  }),
  WordConvEmbedding: (d) => {
    const word = () => {
      const used = d.int(1, 6);
      return Array.from({ length: 6 }, (_, i) => (i < used ? d.int(1, 9) : 0));
    };
    return {
      inputs: [
        tensorOf('int32', [...word(), ...word()], [2, 6]),
        d.floats([3, 1, 2, 4]),
        d.floats([3]),
        d.floats([10, 4]),
      ],
    };
  },
  DequantizeLinear: (d) => {
    const type = unsigned(d);
    return { inputs: [...d.quantized(d.dims(), type)], attributes: [] };
  },
  QuantizeLinear: (d) => ({ inputs: [d.floats(d.dims()), ...d.grid(unsigned(d))] }),
  CDist: (d) => ({
    inputs: [d.floats([3, 4]), d.floats([2, 4])],
    attributes: [text('metric', d.pick(['euclidean', 'sqeuclidean']))],
  }),
};

/** What ONNX Runtime's CPU provider has no kernel of, and what is compared elsewhere. */
const LEFT_OUT: Readonly<Record<string, string>> = {};

function jobOf(op: string, one: Case): TensorJob {
  const names = one.inputs.map((value, i) => (value === undefined ? '' : `X${i}`));
  while (names.at(-1) === '') names.pop();
  const outputs = Array.from({ length: one.outputs ?? 1 }, (_, i) => `Y${i}`);
  const domain = op === 'SimplifiedLayerNormalization' ? '' : 'com.microsoft';
  const feeds = names.flatMap((name, i): [string, Tensor][] => (name === '' ? [] : [[name, one.inputs[i]!]]));
  const model: ModelProto = {
    ir_version: 10,
    opset_import: [
      { domain: '', version: 17 },
      { domain: 'com.microsoft', version: 1 },
    ],
    metadata_props: [],
    functions: [],
    graph: {
      name: 'g',
      node: [{ op_type: op, domain, input: names, output: outputs, attribute: [...(one.attributes ?? [])] }],
      input: feeds.map(([name, value]) => ({ name, type: typeOf(value) })),
      output: outputs.map((name) => ({ name })),
      initializer: [],
      value_info: [],
    },
  };
  return { model, feeds: Object.fromEntries(feeds) };
}

const RUNS = Number(process.env['SAMESCORE_LIVE_CASES'] ?? 40);
const all: Readonly<Record<string, (d: Draw) => Case>> = {
  ...CASES,
  SimplifiedLayerNormalization: (d) => {
    const width = d.int(2, 8);
    return {
      inputs: [d.floats([d.int(1, 3), width]), d.floats([width])],
      attributes: [float('epsilon', 1e-5), int('axis', -1)],
    };
  },
};
const drawn = Object.entries(all).flatMap(([op, make], o) =>
  Array.from({ length: RUNS }, (_, i) => {
    const one = make(new Draw(randomSource(o * 977 + i)));
    return { op, one, job: jobOf(op, one) };
  }),
);
const answers = runOrtTensors(drawn.map(({ job }) => job));

test('every operator of com.microsoft is drawn, or left out with a reason', () => {
  const evaluated = Object.keys(OPERATORS).filter((key) => key.startsWith('com.microsoft/'));
  const names = evaluated.map((key) => key.slice('com.microsoft/'.length));
  expect(names.filter((name) => !(name in CASES) && !(name in LEFT_OUT))).toEqual([]);
});

test.each(Object.keys(all))('com.microsoft %s agrees with ONNX Runtime', (op) => {
  let compared = 0;
  const refused = new Set<string>();
  const differences: string[] = [];
  drawn.forEach(({ op: own, one, job }, i) => {
    if (own !== op) return;
    const answer = answers[i]!;
    if ('error' in answer) {
      refused.add(answer.error.slice(0, 300));
      return;
    }
    compared++;
    const key = op === 'SimplifiedLayerNormalization' ? `/${op}` : `com.microsoft/${op}`;
    const { agreement } = OPERATORS[key as keyof typeof OPERATORS];
    try {
      const results = new OnnxEvaluator(job.model).run(job.feeds);
      for (const [name, want] of Object.entries(answer.ok)) {
        const difference = differenceOf(results[name], want, { agreement, cancelling: agreement.class === 'rounding' });
        if (difference !== null)
          differences.push(
            `${i} ${name}: ${difference} ${(one.attributes ?? []).map((a) => `${a.name}=${a.i ?? a.f ?? a.floats ?? new TextDecoder().decode(a.s)}`)} ${one.inputs.map((x) => x?.dims.join('x'))}`,
          );
      }
    } catch (error) {
      differences.push(
        error instanceof SamescoreError ? `${error.code}: ${error.message} ${error.got}` : String(error),
      );
    }
  });
  expect(differences.slice(0, 5), `${differences.length} of ${compared}`).toEqual([]);
  expect(compared, [...refused].slice(0, 3).join('\n')).toBeGreaterThanOrEqual(RUNS / 2);
});
