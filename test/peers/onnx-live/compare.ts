import { ulpDistance } from '../../../src/core/ulp.js';
import type { OnnxMap, Sequence, Value } from '../../../src/onnx/index.js';
import { Tensor } from '../../../src/onnx/index.js';
import type { Agreement } from '../../../src/onnx/operators.js';
import type { PeerValue } from '../ort-tensors.js';

/** Bits of the significand, the leading one included. */
const PRECISION: Readonly<Record<string, number>> = {
  float: 24,
  double: 53,
  float16: 11,
  complex64: 24,
  complex128: 53,
  bfloat16: 8,
  float8e4m3fn: 4,
  float8e4m3fnuz: 4,
  float8e5m2: 3,
  float8e5m2fnuz: 3,
};
/** Floats that no array of the language stores. */
const isNarrow = (type: string): boolean => (PRECISION[type] ?? 24) < 24;

function largest(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i] as number);
    if (Number.isFinite(size) && size > most) most = size;
  }
  return most;
}

function close(got: number, want: number, type: string, ulps: number, scale: number): boolean {
  if (Object.is(got, want) || got === want || (Number.isNaN(got) && Number.isNaN(want))) return true;
  if (ulps === 0 || Number.isNaN(got) || Number.isNaN(want)) return false;
  const wide = type === 'double' || type === 'complex128';
  if (!isNarrow(type) && ulpDistance(got, want, wide ? 64 : 32) <= ulps) return true;
  // Sums cancel: their error is measured in the largest value of the tensor.
  return Math.abs(got - want) <= ulps * 2 ** -(PRECISION[type] ?? 24) * 2 * scale;
}

/** How near two values must be: the class of the operator, and what is known of the engine. */
export interface Measure {
  readonly agreement: Agreement;
  /** Doubles agree to the precision of float32. */
  readonly single?: boolean;
  /** Differences are measured in 1 at least. */
  readonly cancelling?: boolean;
}

function tensorDifference(got: Tensor, want: Tensor, { agreement, single, cancelling }: Measure): string | null {
  if (got.type !== want.type) return `type ${got.type}, want ${want.type}`;
  if (got.dims.join() !== want.dims.join()) return `shape [${got.dims}], want [${want.dims}]`;
  if (agreement.class === 'random') return null;
  const bound = agreement.class === 'exact' ? (single ? 8 : 0) : agreement.ulps;
  const narrow = single === true && got.type === 'double' ? 'float' : got.type;
  const isExact = PRECISION[got.type] === undefined || (single && agreement.class === 'exact' && got.type !== 'double');
  // The narrowest floats are sums in float32 rounded once, or a few times.
  const ulps = isExact ? 0 : (PRECISION[got.type] ?? 24) < 11 ? Math.min(bound, 2) : bound;
  const wanted = want.data as ArrayLike<number>;
  const sums = ulps > 8 || isNarrow(got.type) || narrow !== got.type ? largest(wanted) : 0;
  const scale = cancelling && ulps > 0 ? Math.max(1, largest(wanted)) : sums;
  for (let i = 0; i < wanted.length; i++) {
    const [a, b] = [got.data[i], wanted[i]];
    const same = typeof a === 'number' ? close(a, b as number, narrow, ulps, scale) : a === (b as unknown);
    if (!same) return `${got.type} [${got.dims}] at ${i}: ${a}, want ${b}`;
  }
  return null;
}

const isList = (value: object): value is readonly PeerValue[] => Array.isArray(value);

/** Where two values differ beyond the class of the operator, in words; null where they agree. */
export function differenceOf(got: Value | undefined, want: PeerValue, measure: Measure): string | null {
  if (got instanceof Tensor) {
    return want instanceof Tensor ? tensorDifference(got, want, measure) : 'a tensor, want none';
  }
  if (got?.kind === 'optional')
    return got.value === null ? (want === null ? null : 'no value') : differenceOf(got.value, want, measure);
  if (want === null || want instanceof Tensor)
    return `${got?.kind ?? 'nothing'}, want ${want === null ? 'no value' : 'a tensor'}`;
  if (!isList(want)) {
    const entries = [...(got as OnnxMap).entries].map(([key, value]) => [String(key), value] as const);
    const wanted = new Map(want.map);
    const bad = entries.find(([key, value]) => Number(wanted.get(key)) !== value && wanted.get(key) !== value);
    return entries.length === want.map.length && bad === undefined ? null : `map entry ${bad}`;
  }
  const list = want;
  const { elements } = got as Sequence;
  if (elements.length !== list.length) return `${elements.length} elements, want ${list.length}`;
  for (const [i, element] of elements.entries()) {
    const difference = differenceOf(element, list[i] as PeerValue, measure);
    if (difference !== null) return `element ${i}: ${difference}`;
  }
  return null;
}
