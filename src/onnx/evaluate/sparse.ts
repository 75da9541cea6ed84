import type { SparseTensorProto } from '../document.js';
import { badTensor } from '../errors.js';
import { dimsOf, type NumberArray, newTensor, sizeOf, type Tensor, tensorFromProto } from './tensor.js';

/** The dense tensor of a sparse one. Indices are linear, or one row of coordinates a value. */
export function denseOf(proto: SparseTensorProto): Tensor {
  const name = proto.values?.name ?? '';
  if (proto.values === undefined || proto.indices === undefined)
    throw badTensor('a sparse tensor lacks values or indices', { path: name });
  const values = tensorFromProto(proto.values);
  const indices = tensorFromProto(proto.indices);
  const dims = dimsOf(proto.dims, name);
  const dense = newTensor(values.type, dims);
  const size = sizeOf(dims);
  const coordinates = indices.dims.length === 2 ? dims.length : 1;
  if (indices.size !== values.size * coordinates)
    throw badTensor('a sparse tensor has not one index a value', { path: name });
  for (let i = 0; i < values.size; i++) {
    let at = 0;
    for (let k = 0; k < coordinates; k++) {
      const index = Number(indices.data[i * coordinates + k]);
      if (coordinates > 1 && (index < 0 || index >= dims[k]!)) at = -1;
      else at = coordinates === 1 ? index : at < 0 ? at : at * dims[k]! + index;
    }
    if (!(at >= 0 && at < size)) throw badTensor('an index of a sparse tensor is outside its shape', { path: name });
    (dense.data as NumberArray)[at] = values.data[i] as number;
  }
  return dense;
}
