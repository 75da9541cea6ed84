import { EXTERNAL, type TensorProto } from '../document.js';
import { tensorFromProto } from '../evaluate/tensor.js';

/** More elements than shapes and axes ever have; larger tensors are not followed. */
export const MOST_ELEMENTS = 1024;

const NUMBERS = new Set([1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13]);

/** The elements of a small tensor of numbers. */
export function elementsOf(proto: TensorProto): readonly number[] | undefined {
  let size = 1;
  for (const dim of proto.dims) size *= Number(dim);
  if (!(size >= 0 && size <= MOST_ELEMENTS) || !NUMBERS.has(proto.data_type ?? 0)) return undefined;
  if (proto.data_location === EXTERNAL && proto.external_bytes === undefined) return undefined;
  try {
    return Array.from(tensorFromProto(proto).data as ArrayLike<number | bigint>, Number);
  } catch {
    // The checker tells what is wrong with it.
    return undefined;
  }
}
