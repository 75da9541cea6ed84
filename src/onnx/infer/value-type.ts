import type { SparseTensorProto, TensorProto, TensorTypeProto, TypeProto } from '../document.js';
import { ELEMENT_TYPES, type ElementType, elementTypeOf } from '../element-types.js';

/** A size, the symbol that stands for one (`dim_param`), or undefined where nothing is known. */
export type Dim = number | string | undefined;
export type Dims = readonly Dim[] | undefined;

/** The type of a value as far as it is known. */
export interface ValueType {
  readonly kind: 'tensor' | 'sparse_tensor' | 'sequence' | 'optional' | 'map';
  /** Of a tensor; of a map the type of its keys. */
  readonly element?: ElementType | undefined;
  /** Of a tensor; absent where not even the rank is known. */
  readonly dims?: Dims;
  /** What a sequence, an optional or a map holds. */
  readonly inner?: ValueType | undefined;
}

export const tensorOfType = (element: ElementType | undefined, dims?: Dims): ValueType => ({
  kind: 'tensor',
  element,
  dims,
});
export const sequenceOf = (inner: ValueType | undefined): ValueType => ({ kind: 'sequence', inner });
export const optionalOf = (inner: ValueType | undefined): ValueType => ({ kind: 'optional', inner });
export const mapOf = (key: ElementType, value: ElementType): ValueType => ({
  kind: 'map',
  element: key,
  inner: tensorOfType(value, []),
});

/** As operator schemas spell it, `seq(tensor(int64))`; undefined where an element type is open. */
export function spelled(type: ValueType | undefined): string | undefined {
  if (type === undefined) return undefined;
  if (type.kind === 'tensor' || type.kind === 'sparse_tensor')
    return type.element === undefined ? undefined : `${type.kind}(${type.element})`;
  const inner = spelled(type.inner);
  if (inner === undefined) return undefined;
  if (type.kind === 'sequence') return `seq(${inner})`;
  if (type.kind === 'optional') return `optional(${inner})`;
  return type.element === undefined ? undefined : `map(${type.element}, ${inner.replace(/^tensor\((.*)\)$/, '$1')})`;
}

/** The type that a schema's text names; undefined for a type parameter. */
export function parseType(text: string): ValueType | undefined {
  let type = parsed.get(text);
  if (type === undefined) {
    type = parse(text);
    if (type !== undefined && parsed.size < 1000) parsed.set(text, type);
  }
  return type;
}

const parsed = new Map<string, ValueType>();

function parse(text: string): ValueType | undefined {
  const [, head, body] = /^(\w+)\((.*)\)$/.exec(text) ?? [];
  if (head === undefined || body === undefined) return undefined;
  if (head === 'seq') return sequenceOf(parseType(body));
  if (head === 'optional') return optionalOf(parseType(body));
  if (head === 'map') {
    const [key = '', value = ''] = body.split(', ');
    return mapOf(key as ElementType, value as ElementType);
  }
  const element = body in ELEMENT_TYPES ? (body as ElementType) : undefined;
  return head === 'tensor' || head === 'sparse_tensor' ? { kind: head, element } : undefined;
}

function dimsOf(type: TensorTypeProto): Dims {
  return type.shape?.dim.map(({ dim_value, dim_param }): Dim => {
    // Exporters write -1 for an open size; engines read it so.
    if (dim_value !== undefined) return Number(dim_value) < 0 ? undefined : Number(dim_value);
    return dim_param === undefined || dim_param === '' ? undefined : dim_param;
  });
}

/** How deep types may lie in each other; deeper ones count as unknown. */
const DEEPEST = 64;

export function typeOfProto(type: TypeProto | undefined, depth = 0): ValueType | undefined {
  if (type === undefined || depth > DEEPEST) return undefined;
  const { tensor_type, sparse_tensor_type, sequence_type, optional_type, map_type } = type;
  if (tensor_type !== undefined) return tensorOfType(elementTypeOf(tensor_type.elem_type), dimsOf(tensor_type));
  if (sparse_tensor_type !== undefined)
    return {
      kind: 'sparse_tensor',
      element: elementTypeOf(sparse_tensor_type.elem_type),
      dims: dimsOf(sparse_tensor_type),
    };
  if (sequence_type !== undefined) return sequenceOf(typeOfProto(sequence_type.elem_type, depth + 1));
  if (optional_type !== undefined) return optionalOf(typeOfProto(optional_type.elem_type, depth + 1));
  if (map_type === undefined) return undefined;
  return {
    kind: 'map',
    element: elementTypeOf(map_type.key_type),
    inner: typeOfProto(map_type.value_type, depth + 1),
  };
}

export function typeOfTensor(proto: TensorProto): ValueType {
  return tensorOfType(elementTypeOf(proto.data_type), proto.dims.map(Number));
}

/** A sparse initializer stands for the dense tensor. */
export function typeOfSparse(proto: SparseTensorProto): ValueType {
  return tensorOfType(elementTypeOf(proto.values?.data_type), proto.dims.map(Number));
}

/** `float[N, 4]`, `int64[?]`, `seq(float[2])`; `float[…]` where the rank is open. */
export function typeText(type: ValueType | undefined): string {
  if (type === undefined) return '?';
  if (type.kind === 'tensor') return `${type.element ?? '?'}${dimsText(type.dims)}`;
  if (type.kind === 'sparse_tensor') return `sparse(${type.element ?? '?'}${dimsText(type.dims)})`;
  if (type.kind === 'map') return `map(${type.element ?? '?'}, ${type.inner?.element ?? typeText(type.inner)})`;
  return `${type.kind === 'sequence' ? 'seq' : 'optional'}(${typeText(type.inner)})`;
}

export function dimsText(dims: Dims): string {
  if (dims === undefined) return '[…]';
  const shown = dims.slice(0, 16).map((dim) => (typeof dim === 'string' ? dim.slice(0, 40) : (dim ?? '?')));
  return `[${shown.join(', ')}${dims.length > 16 ? ', …' : ''}]`;
}

/** What holds whichever of the two it is: of branches, and of a loop's states. */
export function joined(a: ValueType | undefined, b: ValueType | undefined): ValueType | undefined {
  if (a === undefined || b === undefined || a.kind !== b.kind) return undefined;
  const element = a.element === b.element ? a.element : undefined;
  const inner = joined(a.inner, b.inner);
  const same = a.dims !== undefined && b.dims !== undefined && a.dims.length === b.dims.length;
  const dims = same ? a.dims!.map((dim, i) => (dim === b.dims![i] ? dim : undefined)) : undefined;
  return { kind: a.kind, element, dims, inner };
}

/** What holds where both hold. Sizes of `first` win over those of `second`, sizes over symbols, symbols over nothing. */
export function met(first: ValueType | undefined, second: ValueType | undefined): ValueType | undefined {
  if (first === undefined) return second;
  if (second === undefined || first.kind !== second.kind) return first;
  return {
    kind: first.kind,
    element: first.element ?? second.element,
    dims: metDims(first.dims, second.dims),
    inner: met(first.inner, second.inner),
  };
}

function metDims(first: Dims, second: Dims): Dims {
  if (first === undefined) return second;
  if (second === undefined || first.length !== second.length) return first;
  return first.map((dim, i) =>
    typeof dim === 'number' ? dim : typeof second[i] === 'number' ? second[i] : (dim ?? second[i]),
  );
}

/** How two statements about one value contradict each other. */
export interface Contradiction {
  readonly what: 'type' | 'shape';
  readonly first: string;
  readonly second: string;
}

export function contradiction(a: ValueType | undefined, b: ValueType | undefined): Contradiction | undefined {
  if (a === undefined || b === undefined) return undefined;
  const differ = a.element !== undefined && b.element !== undefined && a.element !== b.element;
  if (a.kind !== b.kind || differ) return { what: 'type', first: spelled(a) ?? a.kind, second: spelled(b) ?? b.kind };
  if (a.inner !== undefined || b.inner !== undefined) return contradiction(a.inner, b.inner);
  if (a.dims === undefined || b.dims === undefined) return undefined;
  const clash =
    a.dims.length !== b.dims.length ||
    a.dims.some((dim, i) => typeof dim === 'number' && typeof b.dims![i] === 'number' && dim !== b.dims![i]);
  return clash ? { what: 'shape', first: dimsText(a.dims), second: dimsText(b.dims) } : undefined;
}

/** The type without any shape: what survives where a state changes from one iteration to the next. */
export function withoutShape(type: ValueType | undefined): ValueType | undefined {
  if (type === undefined) return undefined;
  return { kind: type.kind, element: type.element, inner: withoutShape(type.inner) };
}

export function sameType(a: ValueType | undefined, b: ValueType | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (a.kind !== b.kind || a.element !== b.element || !sameType(a.inner, b.inner)) return false;
  if (a.dims === undefined || b.dims === undefined) return a.dims === b.dims;
  return a.dims.length === b.dims.length && a.dims.every((dim, i) => dim === b.dims![i]);
}
