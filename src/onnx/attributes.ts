import {
  ATTRIBUTE_TYPES,
  type AttributeProto,
  type AttributeType,
  type GraphProto,
  type NodeProto,
  type SparseTensorProto,
  type TensorProto,
  type TypeProto,
} from './document.js';
import { badAttribute } from './errors.js';

const utf8 = new TextDecoder();
const toUtf8 = new TextEncoder();

const NAMES = new Map<number, AttributeType>(
  Object.entries(ATTRIBUTE_TYPES).map(([name, code]) => [code, name as AttributeType]),
);

/** The attribute's type; files of IR version 1 have none, there the field that is present tells. */
export function attributeType(attribute: AttributeProto): AttributeType {
  const named = NAMES.get(attribute.type ?? 0);
  if (named !== undefined && named !== 'UNDEFINED') return named;
  if (attribute.f !== undefined) return 'FLOAT';
  if (attribute.i !== undefined) return 'INT';
  if (attribute.s !== undefined) return 'STRING';
  if (attribute.t !== undefined) return 'TENSOR';
  if (attribute.g !== undefined) return 'GRAPH';
  if (attribute.floats !== undefined) return 'FLOATS';
  if (attribute.ints !== undefined) return 'INTS';
  if (attribute.strings !== undefined) return 'STRINGS';
  return 'UNDEFINED';
}

/** Attribute bindings of a function call: the values that `ref_attr_name` refers to. */
export type Bindings = ReadonlyMap<string, AttributeProto>;

/** A node's attributes by name, with the type that the caller asks for. Errors: `onnx/bad-attribute`. */
export class Attributes {
  private readonly byName = new Map<string, AttributeProto>();

  constructor(attributes: readonly AttributeProto[], bindings?: Bindings) {
    for (const attribute of attributes) {
      const name = attribute.name ?? '';
      const reference = attribute.ref_attr_name ?? '';
      if (reference === '') this.byName.set(name, attribute);
      else {
        const bound = bindings?.get(reference);
        if (bound !== undefined) this.byName.set(name, bound);
      }
    }
  }

  has(name: string): boolean {
    return this.byName.has(name);
  }

  /** The attribute itself, whatever its type. */
  get(name: string): AttributeProto | undefined {
    return this.byName.get(name);
  }

  entries(): IterableIterator<[string, AttributeProto]> {
    return this.byName.entries();
  }

  private typed(name: string, type: AttributeType): AttributeProto | undefined {
    const attribute = this.byName.get(name);
    if (attribute === undefined) return undefined;
    const got = attributeType(attribute);
    if (got !== type) throw badAttribute(name, 'the attribute has the wrong type', { expected: type, got });
    return attribute;
  }

  private required<T>(name: string, value: T | undefined): T {
    if (value === undefined) throw badAttribute(name, 'the required attribute is missing');
    return value;
  }

  int(name: string, fallback?: number): number {
    const attribute = this.typed(name, 'INT');
    return this.required(name, attribute === undefined ? fallback : Number(attribute.i ?? 0));
  }

  float(name: string, fallback?: number): number {
    const attribute = this.typed(name, 'FLOAT');
    return this.required(name, attribute === undefined ? fallback : (attribute.f ?? 0));
  }

  string(name: string, fallback?: string): string {
    const attribute = this.typed(name, 'STRING');
    return this.required(name, attribute === undefined ? fallback : utf8.decode(attribute.s ?? new Uint8Array(0)));
  }

  /** Undefined where the node has no such attribute; entries beyond 2^53 lose their last digits. */
  ints(name: string): number[] | undefined {
    const attribute = this.typed(name, 'INTS');
    return attribute === undefined
      ? undefined
      : Array.from((attribute.ints ?? []) as ArrayLike<number | bigint>, Number);
  }

  /** As a typed array: for the attributes that have millions of entries. */
  intArray(name: string): Float64Array | undefined {
    const list = this.typed(name, 'INTS')?.ints;
    if (list === undefined) return this.has(name) ? new Float64Array(0) : undefined;
    return list instanceof Float64Array ? list : Float64Array.from(list as ArrayLike<number | bigint>, Number);
  }

  /** Exact int64 values. */
  bigints(name: string): bigint[] | undefined {
    const attribute = this.typed(name, 'INTS');
    return attribute === undefined
      ? undefined
      : Array.from((attribute.ints ?? []) as ArrayLike<number | bigint>, (value) => BigInt(value));
  }

  floats(name: string): Float32Array | undefined {
    const attribute = this.typed(name, 'FLOATS');
    return attribute === undefined ? undefined : (attribute.floats ?? new Float32Array(0));
  }

  strings(name: string): string[] | undefined {
    const attribute = this.typed(name, 'STRINGS');
    return attribute === undefined ? undefined : (attribute.strings ?? []).map((bytes) => utf8.decode(bytes));
  }

  tensor(name: string): TensorProto | undefined {
    return this.typed(name, 'TENSOR')?.t;
  }

  sparseTensor(name: string): SparseTensorProto | undefined {
    return this.typed(name, 'SPARSE_TENSOR')?.sparse_tensor;
  }

  graph(name: string): GraphProto {
    return this.required(name, this.typed(name, 'GRAPH')?.g);
  }

  typeProto(name: string): TypeProto | undefined {
    return this.typed(name, 'TYPE_PROTO')?.tp;
  }
}

export function attributesOf(node: NodeProto, bindings?: Bindings): Attributes {
  return new Attributes(node.attribute, bindings);
}

export function textOf(attribute: AttributeProto): string {
  return utf8.decode(attribute.s ?? new Uint8Array(0));
}

/** An attribute from a plain value: a string, strings, or numbers of the type that is named. */
export function attribute(
  name: string,
  type: 'FLOAT' | 'INT' | 'STRING' | 'FLOATS' | 'INTS' | 'STRINGS' | 'TENSOR' | 'GRAPH',
  value:
    | number
    | bigint
    | string
    | ArrayLike<number>
    | ArrayLike<bigint>
    | readonly string[]
    | TensorProto
    | GraphProto,
): AttributeProto {
  const result: AttributeProto = { name, type: ATTRIBUTE_TYPES[type] };
  if (type === 'FLOAT') result.f = value as number;
  else if (type === 'INT') result.i = value as number | bigint;
  else if (type === 'STRING') result.s = toUtf8.encode(value as string);
  else if (type === 'FLOATS')
    result.floats = value instanceof Float32Array ? value : Float32Array.from(value as number[]);
  else if (type === 'INTS') result.ints = integers(value as ArrayLike<number> | ArrayLike<bigint>);
  else if (type === 'STRINGS') result.strings = (value as readonly string[]).map((text) => toUtf8.encode(text));
  else if (type === 'TENSOR') result.t = value as TensorProto;
  else result.g = value as GraphProto;
  return result;
}

function integers(values: ArrayLike<number> | ArrayLike<bigint>): Float64Array | Int32Array | BigInt64Array {
  if (values instanceof Float64Array || values instanceof Int32Array || values instanceof BigInt64Array) return values;
  const list = Array.from(values as ArrayLike<number | bigint>);
  return list.some((value) => typeof value === 'bigint')
    ? BigInt64Array.from(list, (value) => BigInt(value))
    : Float64Array.from(list as number[]);
}
