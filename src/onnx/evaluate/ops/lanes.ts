import { type ElementType, elementRow } from '../../element-types.js';
import type { Tensor } from '../tensor.js';

/** Entries of `data` that an element takes: a complex number lies there as its real and its imaginary part. */
export function lanesOf(type: ElementType): 1 | 2 {
  return elementRow(type).class === 'complex' ? 2 : 1;
}

/** Copies element `from` of a tensor to element `to` of another one of its type. */
export function copyElement(target: Tensor, to: number, source: Tensor, from: number): void {
  const lanes = lanesOf(target.type);
  const [out, data] = [target.data as unknown[], source.data as unknown[]];
  for (let lane = 0; lane < lanes; lane++) out[to * lanes + lane] = data[from * lanes + lane];
}
