import { quote } from '../../core/errors.js';
import { EXTERNAL, type SparseTensorProto, type TensorProto } from '../document.js';
import { ELEMENT_TYPES, type ElementType, elementRow, elementTypeOf } from '../element-types.js';
import type { Report } from './report.js';

const FIELDS = [
  'float_data',
  'int32_data',
  'string_data',
  'int64_data',
  'raw_data',
  'double_data',
  'uint64_data',
] as const;
type Field = (typeof FIELDS)[number];

function fieldOf(type: ElementType): Field {
  if (type === 'float' || type === 'complex64') return 'float_data';
  if (type === 'double' || type === 'complex128') return 'double_data';
  if (type === 'int64') return 'int64_data';
  if (type === 'uint32' || type === 'uint64') return 'uint64_data';
  return type === 'string' ? 'string_data' : 'int32_data';
}

/** Entries of the field that hold `count` elements: complex numbers take two, several small ones share a byte. */
function entriesFor(type: ElementType, count: number): number {
  const { bits, class: kind } = elementRow(type);
  if (kind === 'complex') return 2 * count;
  return bits > 0 && bits < 8 && 8 % bits === 0 ? Math.ceil((count * bits) / 8) : count;
}

/** Whether type, shape and data of a tensor fit together; the data are not decoded. */
export function checkTensor(tensor: TensorProto, path: string, report: Report): void {
  const place = { path };
  const type = elementTypeOf(tensor.data_type);
  if (type === undefined) {
    report.error('onnx/bad-tensor', 'no element type has this number', place, {
      expected: `1 to ${Object.keys(ELEMENT_TYPES).length}`,
      got: String(tensor.data_type ?? 0),
    });
    return;
  }
  const dims = tensor.dims.map(Number);
  if (dims.some((dim) => dim < 0)) {
    report.error('onnx/bad-tensor', 'a size is negative', place, { got: `[${dims.slice(0, 16).join(', ')}]` });
    return;
  }
  const count = dims.reduce((product, dim) => product * dim, 1);
  if (!Number.isSafeInteger(count)) {
    report.error('onnx/bad-tensor', 'the shape has more elements than any memory', place, {
      got: `[${dims.slice(0, 16).join(', ')}]`,
    });
    return;
  }
  const given = FIELDS.filter((field) => (tensor[field]?.length ?? 0) > 0);
  if (tensor.data_location === EXTERNAL) {
    if (tensor.external_data?.some(({ key }) => key === 'location') !== true)
      report.error('onnx/external-data', 'the external data have no location', place);
    if (given.length > 0)
      report.error('onnx/bad-tensor', 'a tensor with external data has data of its own', place, { got: given[0]! });
    if (tensor.external_bytes !== undefined)
      checkBytes(tensor.external_bytes.byteLength, type, count, 'external', place, report);
    return;
  }
  if (given.length > 1) {
    report.error('onnx/bad-tensor', 'the data stand in more than one field', place, { got: given.join(' and ') });
    return;
  }
  const field = given[0];
  if (field === undefined) {
    if (count > 0) report.error('onnx/bad-tensor', 'the tensor has no data', place, { expected: `${count} elements` });
    return;
  }
  if (field === 'raw_data') {
    checkBytes(tensor.raw_data!.byteLength, type, count, 'raw', place, report);
    return;
  }
  if (field !== fieldOf(type))
    report.error('onnx/bad-tensor', `the data of tensor(${type}) stand in the wrong field`, place, {
      expected: fieldOf(type),
      got: field,
    });
  else if (tensor[field]!.length !== entriesFor(type, count))
    report.error('onnx/bad-tensor', 'the data do not fit the shape', place, {
      expected: `${entriesFor(type, count)} entries`,
      got: String(tensor[field]!.length),
    });
}

function checkBytes(
  got: number,
  type: ElementType,
  count: number,
  what: string,
  place: { path: string },
  report: Report,
): void {
  if (type === 'string') {
    report.error('onnx/bad-tensor', `strings cannot be ${what} data`, place);
    return;
  }
  const wanted = Math.ceil((count * elementRow(type).bits) / 8);
  // External bytes may be a part of a larger file.
  if (what === 'external' ? got < wanted : got !== wanted)
    report.error('onnx/bad-tensor', `the ${what} data do not fit the shape`, place, {
      expected: `${wanted} bytes`,
      got: String(got),
    });
}

/** Values, indices and shape of a sparse tensor. */
export function checkSparse(sparse: SparseTensorProto, path: string, report: Report): void {
  const place = { path };
  const { values, indices } = sparse;
  if (values === undefined) {
    report.error('onnx/bad-tensor', 'the sparse tensor has no values', place);
    return;
  }
  checkTensor(values, path, report);
  const dims = sparse.dims.map(Number);
  if (dims.length === 0 || dims.some((dim) => dim <= 0))
    report.error('onnx/bad-tensor', 'the shape of a sparse tensor must be positive', place, {
      got: `[${dims.slice(0, 16).join(', ')}]`,
    });
  if (values.dims.length !== 1)
    report.error('onnx/bad-tensor', 'the values of a sparse tensor must have one axis', place, {
      got: `${values.dims.length} axes`,
    });
  const count = Number(values.dims[0] ?? 0);
  if (indices === undefined) {
    if (count > 0) report.error('onnx/bad-tensor', 'the sparse tensor has no indices', place);
    return;
  }
  checkTensor(indices, `${path} indices`, report);
  const shape = indices.dims.map(Number);
  const isLinear = shape.length === 1;
  if (indices.data_type !== 7)
    report.error('onnx/bad-tensor', 'the indices of a sparse tensor must be int64', place, {
      expected: 'tensor(int64)',
      got: `tensor(${elementTypeOf(indices.data_type) ?? '?'})`,
    });
  else if (shape[0] !== count || (!isLinear && (shape.length !== 2 || shape[1] !== dims.length)))
    report.error('onnx/bad-tensor', 'the indices of a sparse tensor do not fit its values', place, {
      expected: `[${count}] or [${count}, ${dims.length}]`,
      got: `[${shape.slice(0, 16).join(', ')}]`,
    });
  else checkIndices(indicesOf(indices), isLinear ? [dims.reduce((a, b) => a * b, 1)] : dims, path, report);
}

function indicesOf(proto: TensorProto): ArrayLike<number | bigint> {
  if (proto.int64_data !== undefined && proto.int64_data.length > 0) return proto.int64_data;
  const bytes = proto.raw_data;
  if (bytes === undefined || bytes.byteLength % 8 !== 0) return [];
  return new BigInt64Array(bytes.slice().buffer);
}

/** Indices must lie in the shape and rise. */
function checkIndices(
  indices: ArrayLike<number | bigint>,
  dims: readonly number[],
  path: string,
  report: Report,
): void {
  let before = -1;
  for (let at = 0; at + dims.length <= indices.length; at += dims.length) {
    let linear = 0;
    for (const [axis, size] of dims.entries()) {
      const index = Number(indices[at + axis]);
      if (index < 0 || index >= size) {
        report.error(
          'onnx/bad-tensor',
          'an index of a sparse tensor lies outside its shape',
          { path },
          {
            expected: `0 to ${size - 1}`,
            got: String(index),
          },
        );
        return;
      }
      linear = linear * size + index;
    }
    if (linear <= before) {
      report.error('onnx/bad-tensor', 'the indices of a sparse tensor do not rise', { path });
      return;
    }
    before = linear;
  }
}

export function tensorPath(around: string, name: string | undefined): string {
  const own = name === undefined || name === '' ? 'initializer' : quote(name).slice(1, -1);
  return around === '' ? own : `${around}/${own}`;
}
