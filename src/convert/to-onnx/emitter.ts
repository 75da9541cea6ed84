import type { Kind } from '../../ir/types.js';
import { ATTRIBUTE_TYPES, type AttributeProto, type NodeProto, type TensorProto } from '../../onnx/document.js';

/** TensorProto.DataType of each kind. */
export const TYPE_OF_KIND: Readonly<Record<Kind, number>> = {
  float32: 1,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float64: 11,
};

export type Cell = number | bigint | boolean | string;

const utf8 = new TextEncoder();

export const attr = {
  int: (name: string, i: number): AttributeProto => ({ name, type: ATTRIBUTE_TYPES.INT, i }),
  float: (name: string, f: number): AttributeProto => ({ name, type: ATTRIBUTE_TYPES.FLOAT, f }),
  text: (name: string, s: string): AttributeProto => ({ name, type: ATTRIBUTE_TYPES.STRING, s: utf8.encode(s) }),
  ints: (name: string, ints: Int32Array | readonly number[]): AttributeProto => ({
    name,
    type: ATTRIBUTE_TYPES.INTS,
    ints: ints instanceof Int32Array ? ints : Float64Array.from(ints),
  }),
  floats: (name: string, floats: Float32Array | readonly number[]): AttributeProto => ({
    name,
    type: ATTRIBUTE_TYPES.FLOATS,
    floats: Float32Array.from(floats),
  }),
  texts: (name: string, strings: readonly string[]): AttributeProto => ({
    name,
    type: ATTRIBUTE_TYPES.STRINGS,
    strings: strings.map((text) => utf8.encode(text)),
  }),
  bytes: (name: string, strings: Uint8Array[]): AttributeProto => ({ name, type: ATTRIBUTE_TYPES.STRINGS, strings }),
  tensor: (name: string, t: TensorProto): AttributeProto => ({ name, type: ATTRIBUTE_TYPES.TENSOR, t }),
};

const WIDTH: Readonly<Record<Kind, number>> = { float32: 4, float64: 8, int32: 4, int64: 8, bool: 1, string: 0 };

/** A tensor with its values as raw little-endian bytes, strings apart. */
export function tensorProto(name: string, kind: Kind, dims: readonly number[], data: ArrayLike<Cell>): TensorProto {
  const base = { dims: [...dims], data_type: TYPE_OF_KIND[kind], name };
  if (kind === 'string') return { ...base, string_data: Array.from(data, (text) => utf8.encode(String(text))) };
  const view = new DataView(new ArrayBuffer(data.length * WIDTH[kind]));
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (kind === 'float32') view.setFloat32(i * 4, Number(value), true);
    else if (kind === 'float64') view.setFloat64(i * 8, Number(value), true);
    else if (kind === 'int32') view.setInt32(i * 4, Number(value), true);
    else if (kind === 'int64') view.setBigInt64(i * 8, BigInt(value as number), true);
    else view.setUint8(i, value ? 1 : 0);
  }
  return { ...base, raw_data: new Uint8Array(view.buffer) };
}

export function uint8Tensor(name: string, data: Uint8Array): TensorProto {
  return { dims: [data.length], data_type: 2, name, raw_data: data };
}

export const ML = 'ai.onnx.ml';

/** Collects the nodes and constants of a graph under construction. */
export class Emitter {
  readonly nodes: NodeProto[] = [];
  readonly initializers: TensorProto[] = [];
  readonly #names = new Set<string>();
  readonly #constants = new Map<string, string>();
  readonly #cells = new Map<string, readonly Cell[]>();
  readonly #known = new Map<string, string>();
  readonly #makers = new Map<string, NodeProto>();

  /** A name that nothing else has, made from `wanted`. */
  unique(wanted: string): string {
    let name = wanted;
    for (let count = 1; this.#names.has(name); count++) name = `${wanted}_${count}`;
    this.#names.add(name);
    return name;
  }

  /** A constant; equal small ones are stored once. */
  constant(kind: Kind, dims: readonly number[], data: ArrayLike<Cell>, hint = 'const'): string {
    const small = data.length <= 256;
    const key = small ? `${kind}:${dims.join('x')}:${Array.from(data, cellKey).join('\u0001')}` : '';
    const known = small ? this.#constants.get(key) : undefined;
    if (known !== undefined) return known;
    const name = this.unique(hint);
    this.initializers.push(tensorProto(name, kind, dims, data));
    if (small) {
      this.#constants.set(key, name);
      this.#cells.set(name, Array.from(data));
    }
    return name;
  }

  /** The values of a short constant, by its name. */
  cellsOf(name: string): readonly Cell[] | undefined {
    return this.#cells.get(name);
  }

  /** One operator with one output; the same operator on the same inputs is emitted once. */
  op(type: string, inputs: readonly string[], attributes: readonly AttributeProto[] = [], domain = ''): string {
    const plain = attributes.every((attribute) => attribute.i !== undefined || attribute.f !== undefined);
    const key = plain
      ? `${domain}.${type}(${inputs.join(',')})${attributes.map((a) => `${a.name}=${a.i ?? a.f}`).join()}`
      : '';
    const known = plain ? this.#known.get(key) : undefined;
    if (known !== undefined) return known;
    const output = this.unique(type.toLowerCase());
    this.node(type, inputs, [output], attributes, domain);
    if (plain) this.#known.set(key, output);
    return output;
  }

  node(
    type: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: readonly AttributeProto[],
    domain = '',
  ): void {
    const made: NodeProto = {
      input: [...inputs],
      output: [...outputs],
      name: this.unique(`${type}_node`),
      op_type: type,
      ...(domain === '' ? {} : { domain }),
      attribute: [...attributes],
    };
    this.nodes.push(made);
    for (const output of outputs) this.#makers.set(output, made);
  }

  /** The node that gives a value, unless it is an input or a constant. */
  makerOf(name: string): NodeProto | undefined {
    return this.#makers.get(name);
  }
}

function cellKey(cell: Cell): string {
  if (typeof cell === 'string') return JSON.stringify(cell);
  return Object.is(cell, -0) ? '-0' : String(cell);
}
