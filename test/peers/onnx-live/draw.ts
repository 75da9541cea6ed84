import { randomSource } from '../../../src/core/random.js';
import { type ElementType, elementRow } from '../../../src/onnx/element-types.js';
import { newTensor, sizeOf } from '../../../src/onnx/evaluate/tensor.js';
import { type Tensor, tensorOf } from '../../../src/onnx/index.js';

/** The types that ONNX Runtime takes from Python. */
export const CARRIED: readonly ElementType[] = [
  'float',
  'double',
  'float16',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'bool',
  'string',
];

/** The types that only ONNX's reference evaluator takes. */
export const NARROW: readonly ElementType[] = [
  'bfloat16',
  'float8e4m3fn',
  'float8e4m3fnuz',
  'float8e5m2',
  'float8e5m2fnuz',
  'int4',
  'uint4',
  'int2',
  'uint2',
  'float4e2m1',
  'complex64',
  'complex128',
];

const SPECIALS = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  0,
  -0,
  1e-40,
  -1e-40,
  1e-38,
  3e38,
  -3e38,
  16777217,
  0.5,
  -0.5,
  1.5,
  2.5,
  -2.5,
  88.8,
  -103.9,
  1e10,
];

const RANGES: Partial<Record<ElementType, readonly [bigint, bigint]>> = {
  int8: [-128n, 127n],
  uint8: [0n, 255n],
  int16: [-32768n, 32767n],
  uint16: [0n, 65535n],
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
  int4: [-8n, 7n],
  uint4: [0n, 15n],
  int2: [-2n, 1n],
  uint2: [0n, 3n],
};

const WORDS = ['', 'a', 'b', 'ab', 'B', 'naïve', 'x y', 'Straße', '日本', '1.5', 'the', 'The'];

/**
 * wild: specials and extremes among ordinary numbers; plain: about -4 to 4; unit: -1 to 1; positive: above 0;
 * over1: from 1 on; whole: integers from -4 to 4; ties: few distinct values.
 */
export type Mood = 'wild' | 'plain' | 'unit' | 'positive' | 'over1' | 'whole' | 'ties';

export interface Draw {
  readonly next: () => number;
  int(low: number, high: number): number;
  chance(share: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** Dimensions; a zero among them now and then. */
  dims(least?: number, most?: number, size?: number): number[];
  /** Dimensions of several tensors that broadcast to one shape. */
  broadcast(count: number, most?: number): number[][];
  tensor(type: ElementType, dims: readonly number[], mood?: Mood): Tensor;
  ints(type: ElementType, values: readonly number[], dims?: readonly number[]): Tensor;
  /** One of the schema's types that the runner carries: float most often. Errors: TypeError where there is none. */
  type(allowed: readonly string[], only?: readonly ElementType[]): ElementType;
  shuffled<T>(list: readonly T[]): T[];
}

export const isFloat = (type: ElementType): boolean => elementRow(type).class === 'float';

export const FLOATS: readonly ElementType[] = ['float', 'double', 'float16'];

/** Draws by a seed, from the element types `carried`. */
export function drawFrom(seed: number, carried: readonly ElementType[] = CARRIED): Draw {
  const next = randomSource(seed);
  const int = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  const chance = (share: number): boolean => next() < share;
  const pick = <T>(list: readonly T[]): T => list[int(0, list.length - 1)] as T;
  const gauss = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());

  function float(mood: Mood): number {
    if (mood === 'wild') return chance(0.15) ? pick(SPECIALS) : gauss() * pick([1, 1, 4, 50]);
    if (mood === 'unit') return 2 * next() - 1;
    if (mood === 'positive') return 0.05 + 3 * next();
    if (mood === 'over1') return 1 + 5 * next();
    if (mood === 'whole') return int(-4, 4);
    if (mood === 'ties') return pick([-1, 0, 0.5, 2]);
    return 1.5 * gauss();
  }

  function integer(type: ElementType, mood: Mood): bigint {
    const [low, high] = RANGES[type] ?? [0n, 1n];
    if (mood === 'wild' && chance(0.15)) return pick([low, high, low + 1n, high - 1n, 0n]);
    if (mood === 'ties') return BigInt(int(0, 2));
    const least = mood === 'positive' || mood === 'over1' ? 1 : low < 0n ? -9 : 0;
    const drawn = BigInt(int(least, 9));
    return drawn < low ? low : drawn > high ? high : drawn;
  }

  function tensor(type: ElementType, dims: readonly number[], mood: Mood = 'plain'): Tensor {
    if (elementRow(type).class === 'complex') {
      const result = newTensor(type, dims);
      for (let i = 0; i < result.data.length; i++) result.data[i] = float('plain');
      return result;
    }
    const values = Array.from({ length: sizeOf(dims) }, () => {
      if (type === 'string') return pick(WORDS);
      if (type === 'bool') return chance(0.5) ? 1 : 0;
      return isFloat(type) ? float(mood) : integer(type, mood);
    });
    return tensorOf(type, values, dims);
  }

  function dims(least = 0, most = 4, size = 4): number[] {
    const result = Array.from({ length: int(least, most) }, () => int(1, size));
    if (result.length > 0 && chance(0.05)) result[int(0, result.length - 1)] = 0;
    return result;
  }

  return {
    next,
    int,
    chance,
    pick,
    dims,
    tensor,
    broadcast(count, most = 4) {
      const full = dims(0, most);
      return Array.from({ length: count }, () =>
        full.slice(chance(0.3) ? int(0, full.length) : 0).map((size) => (chance(0.25) ? 1 : size)),
      );
    },
    ints: (type, values, shape = [values.length]) => tensorOf(type, values, shape),
    type(allowed, only = carried) {
      const names = allowed.map((name) => name.slice('tensor('.length, -1) as ElementType);
      const list = carried.filter((type) => names.includes(type) && only.includes(type));
      if (list.length === 0) throw new TypeError(`no type to draw from: ${allowed.join(' ')}`);
      if (list.includes('float') && chance(0.35)) return 'float';
      if (list.includes('double') && chance(0.15)) return 'double';
      return pick(list);
    },
    shuffled(list) {
      const copy = [...list];
      for (let i = copy.length - 1; i > 0; i--) {
        const j = int(0, i);
        [copy[i], copy[j]] = [copy[j] as (typeof copy)[number], copy[i] as (typeof copy)[number]];
      }
      return copy;
    },
  };
}
