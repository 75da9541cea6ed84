import { type Attributes, attributesOf } from './attributes.js';
import type { NodeProto, TensorProto, TypeProto } from './document.js';
import { type ElementType, elementTypeOf } from './element-types.js';
import type { OperatorSchema } from './operator-schemas.js';

/** What is known of a value without running the model; undefined where nothing is. */
export interface ValueType {
  /** As operator schemas spell it: `tensor(float)`, `seq(tensor(int64))`. */
  readonly type?: string;
  /** Sizes; undefined for those that are open. Absent where not even the rank is known. */
  readonly dims?: readonly (number | undefined)[];
}

/** The type as operator schemas spell it. */
export function spelled(type: TypeProto | undefined): string | undefined {
  if (type === undefined) return undefined;
  const tensor = type.tensor_type ?? type.sparse_tensor_type;
  if (tensor !== undefined) {
    const element = elementTypeOf(tensor.elem_type);
    const kind = type.tensor_type === undefined ? 'sparse_tensor' : 'tensor';
    return element === undefined ? undefined : `${kind}(${element})`;
  }
  const inner = spelled(type.sequence_type?.elem_type ?? type.optional_type?.elem_type ?? type.map_type?.value_type);
  if (inner === undefined) return undefined;
  if (type.sequence_type !== undefined) return `seq(${inner})`;
  if (type.optional_type !== undefined) return `optional(${inner})`;
  const value = inner.replace(/^tensor\((.*)\)$/, '$1');
  return `map(${elementTypeOf(type.map_type?.key_type) ?? 'int64'}, ${value})`;
}

export function declaredType(type: TypeProto | undefined): ValueType {
  const name = spelled(type);
  const dims = type?.tensor_type?.shape?.dim.map((dim) =>
    dim.dim_value === undefined ? undefined : Number(dim.dim_value),
  );
  return { ...(name === undefined ? {} : { type: name }), ...(dims === undefined ? {} : { dims }) };
}

export function tensorType(proto: TensorProto): ValueType {
  const element = elementTypeOf(proto.data_type);
  return { ...(element === undefined ? {} : { type: `tensor(${element})` }), dims: proto.dims.map(Number) };
}

/** Type parameters of the schema bound by the inputs; `conflict` names the input that does not fit. */
export interface Binding {
  readonly bound: ReadonlyMap<string, string>;
  readonly conflict?: { readonly input: number; readonly expected: string; readonly got: string };
}

/** Binds the type parameters of a node's schema to the types of its inputs. */
export function bindTypes(schema: OperatorSchema, inputs: readonly (ValueType | undefined)[]): Binding {
  const bound = new Map<string, string>();
  for (const [i, input] of inputs.entries()) {
    const parameter = schema.inputs[Math.min(i, schema.inputs.length - 1)];
    const got = input?.type;
    if (parameter === undefined || got === undefined) continue;
    const name = parameter[1];
    const allowed = schema.types[name];
    if (allowed === undefined) {
      if (name !== got) return { bound, conflict: { input: i, expected: name, got } };
      continue;
    }
    if (!allowed.includes(got)) {
      const list = allowed.length > 6 ? `${allowed.slice(0, 6).join(', ')}, …` : allowed.join(', ');
      return { bound, conflict: { input: i, expected: list, got } };
    }
    const before = bound.get(name);
    // The inputs of a variadic parameter may differ where the schema says so; those schemas name it V or I.
    const mixes = parameter[2] === '*' && ['V', 'I', 'T'].includes(name) && HETEROGENEOUS.has(schema.name);
    if (before !== undefined && before !== got && !mixes)
      return { bound, conflict: { input: i, expected: before, got } };
    bound.set(name, got);
  }
  return { bound };
}

const HETEROGENEOUS = new Set([
  'Loop',
  'Scan',
  'If',
  'SequenceMap',
  'Adagrad',
  'Adam',
  'Momentum',
  'FeatureVectorizer',
  'Gradient',
]);

type Dims = readonly (number | undefined)[] | undefined;
type ShapeRule = (
  inputs: readonly (ValueType | undefined)[],
  attributes: Attributes,
  constants: Constants,
  names: readonly string[],
) => Dims;
/** Integer tensors that are known beforehand: shapes, axes. */
export type Constants = (name: string) => readonly number[] | undefined;

const same: ShapeRule = (inputs) => inputs[0]?.dims;

/** The broadcast of what is known; null where two sizes contradict each other. */
export function broadcastKnown(shapes: readonly Dims[]): Dims | null {
  if (shapes.some((dims) => dims === undefined)) return undefined;
  const rank = Math.max(0, ...shapes.map((dims) => dims!.length));
  const result: (number | undefined)[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const sizes = shapes.map((dims) => (axis < rank - dims!.length ? 1 : dims![axis - rank + dims!.length]));
    const fixed = [...new Set(sizes.filter((size) => size !== undefined && size !== 1))];
    if (fixed.length > 1) return null;
    result.push(fixed[0] ?? (sizes.every((size) => size === 1) ? 1 : undefined));
  }
  return result;
}

const broadcast: ShapeRule = (inputs) => broadcastKnown(inputs.map((input) => input?.dims)) ?? undefined;

const matmul: ShapeRule = ([a, b]) => {
  if (a?.dims === undefined || b?.dims === undefined || a.dims.length < 2 || b.dims.length < 2) return undefined;
  const batch = broadcastKnown([a.dims.slice(0, -2), b.dims.slice(0, -2)]);
  return batch === null || batch === undefined ? undefined : [...batch, a.dims.at(-2), b.dims.at(-1)];
};

const gemm: ShapeRule = ([a, b], attributes) => {
  if (a?.dims?.length !== 2 || b?.dims?.length !== 2) return undefined;
  return [a.dims[attributes.int('transA', 0) === 1 ? 1 : 0], b.dims[attributes.int('transB', 0) === 1 ? 0 : 1]];
};

const positive = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

const reduced: ShapeRule = ([x], attributes, constants, names) => {
  if (x?.dims === undefined) return undefined;
  const given =
    attributes.ints('axes') ?? (names[1] === undefined || names[1] === '' ? undefined : constants(names[1]));
  const keep = attributes.int('keepdims', 1) !== 0;
  if (given === undefined && names[1] !== undefined && names[1] !== '') return undefined;
  const axes = new Set((given ?? x.dims.map((_, i) => i)).map((axis) => positive(axis, x.dims!.length)));
  return keep ? x.dims.map((size, i) => (axes.has(i) ? 1 : size)) : x.dims.filter((_, i) => !axes.has(i));
};

const transpose: ShapeRule = ([x], attributes) => {
  if (x?.dims === undefined) return undefined;
  const perm = attributes.ints('perm') ?? x.dims.map((_, i) => i).reverse();
  return perm.map((axis) => x.dims![axis]);
};

const concat: ShapeRule = (inputs, attributes) => {
  const shapes = inputs.map((input) => input?.dims);
  const first = shapes[0];
  if (first === undefined || shapes.some((dims) => dims?.length !== first.length)) return undefined;
  const axis = positive(attributes.int('axis', 1), first.length);
  return first.map((size, i) => {
    if (i !== axis) return size ?? shapes.find((dims) => dims![i] !== undefined)?.[i];
    return shapes.reduce<number | undefined>(
      (sum, dims) => (sum === undefined || dims![i] === undefined ? undefined : sum + dims![i]!),
      0,
    );
  });
};

const reshape: ShapeRule = ([x], _, constants, names) => {
  const wanted = constants(names[1] ?? '');
  if (wanted === undefined) return undefined;
  const dims = wanted.map((size, i) => (size === 0 ? x?.dims?.[i] : size));
  if (!dims.includes(-1)) return dims;
  const total = x?.dims?.reduce<number | undefined>(
    (product, size) => (product === undefined || size === undefined ? undefined : product * size),
    1,
  );
  const known = dims.filter((size) => size !== -1);
  const rest =
    total === undefined || known.includes(undefined)
      ? undefined
      : total / known.reduce<number>((product, size) => product * size!, 1);
  return dims.map((size) => (size === -1 ? rest : size));
};

const flatten: ShapeRule = ([x], attributes) => {
  if (x?.dims === undefined) return [undefined, undefined];
  const axis = positive(attributes.int('axis', 1), x.dims.length);
  const product = (sizes: readonly (number | undefined)[]): number | undefined =>
    sizes.reduce(
      (total, size) => (total === undefined || size === undefined ? undefined : total * size),
      1 as number | undefined,
    );
  return [product(x.dims.slice(0, axis)), product(x.dims.slice(axis))];
};

const gather: ShapeRule = ([x, indices], attributes) => {
  if (x?.dims === undefined || indices?.dims === undefined) return undefined;
  const axis = positive(attributes.int('axis', 0), x.dims.length);
  return [...x.dims.slice(0, axis), ...indices.dims, ...x.dims.slice(axis + 1)];
};

const SAME =
  'Abs Acos Acosh Asin Asinh Atan Atanh BatchNormalization Cast Ceil Celu Clip Cos Cosh CumSum DequantizeLinear Dropout Elu Erf Exp Floor Gelu HardSigmoid HardSwish Hardmax Identity InstanceNormalization IsInf IsNaN LRN LayerNormalization LeakyRelu Log LogSoftmax Mish Neg Not PRelu QuantizeLinear RMSNormalization Reciprocal Relu Round Selu Shrink Sigmoid Sign Sin Sinh Softmax Softplus Softsign Sqrt Swish Tan Tanh ThresholdedRelu Binarizer Imputer LabelEncoder Normalizer Scaler'.split(
    ' ',
  );
const BROADCAST =
  'Add And BitwiseAnd BitwiseOr BitwiseXor Div Equal Greater GreaterOrEqual Less LessOrEqual Max Mean Min Mod Mul Or Pow Sub Sum Where Xor'.split(
    ' ',
  );
const REDUCE =
  'ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare'.split(
    ' ',
  );

const RULES: Readonly<Record<string, ShapeRule>> = {
  ...Object.fromEntries(SAME.map((name) => [name, same])),
  ...Object.fromEntries(BROADCAST.map((name) => [name, broadcast])),
  ...Object.fromEntries(REDUCE.map((name) => [name, reduced])),
  Concat: concat,
  Flatten: flatten,
  Gather: gather,
  Gemm: gemm,
  MatMul: matmul,
  Reshape: reshape,
  Shape: ([x], attributes) => (attributes.has('start') || attributes.has('end') ? [undefined] : [x?.dims?.length]),
  Size: () => [],
  Transpose: transpose,
};

/** Element types that an attribute decides. */
function typeByAttribute(node: NodeProto, attributes: Attributes): ElementType | undefined {
  const op = node.op_type ?? '';
  if (op === 'Cast' || op === 'BitCast') return elementTypeOf(attributes.int('to', 0));
  if (op === 'ConstantOfShape') return elementTypeOf(attributes.tensor('value')?.data_type ?? 1);
  if (op !== 'Constant') return attributes.has('dtype') ? elementTypeOf(attributes.int('dtype')) : undefined;
  const proto = attributes.tensor('value') ?? attributes.sparseTensor('sparse_value')?.values;
  if (proto !== undefined) return elementTypeOf(proto.data_type);
  if (attributes.has('value_int') || attributes.has('value_ints')) return 'int64';
  if (attributes.has('value_float') || attributes.has('value_floats')) return 'float';
  return 'string';
}

/** A type that is fixed, or the only one that a type parameter allows. */
function onlyType(schema: OperatorSchema, parameter: string): string | undefined {
  const allowed = schema.types[parameter];
  if (allowed === undefined) return parameter;
  return allowed.length === 1 ? allowed[0] : undefined;
}

/** Types and shapes of a node's outputs, as far as they follow. Errors: `onnx/bad-attribute`. */
export function inferNode(
  node: NodeProto,
  schema: OperatorSchema,
  inputs: readonly (ValueType | undefined)[],
  bound: ReadonlyMap<string, string>,
  constants: Constants,
): ValueType[] {
  const attributes = attributesOf(node);
  const chosen = typeByAttribute(node, attributes);
  const shape = RULES[node.op_type ?? '']?.(inputs, attributes, constants, node.input);
  return node.output.map((_, i): ValueType => {
    const parameter = schema.outputs[Math.min(i, schema.outputs.length - 1)];
    const own = parameter === undefined ? undefined : (bound.get(parameter[1]) ?? onlyType(schema, parameter[1]));
    const type =
      chosen !== undefined && i === 0 && !HETEROGENEOUS.has(schema.name)
        ? `tensor(${chosen})`
        : parameter?.[2] === '*' && HETEROGENEOUS.has(schema.name)
          ? undefined
          : own;
    const constant = node.op_type === 'Constant' ? attributes.tensor('value')?.dims.map(Number) : undefined;
    const dims = i === 0 ? (shape ?? constant) : undefined;
    return { ...(type === undefined ? {} : { type }), ...(dims === undefined ? {} : { dims }) };
  });
}

/** Whether a graph's own declaration contradicts what was inferred; the two as text where it does. */
export function contradiction(declared: ValueType, inferred: ValueType): { expected: string; got: string } | undefined {
  if (declared.type !== undefined && inferred.type !== undefined && declared.type !== inferred.type)
    return { expected: declared.type, got: inferred.type };
  const [a, b] = [declared.dims, inferred.dims];
  if (a === undefined || b === undefined) return undefined;
  const text = (dims: readonly (number | undefined)[]): string => `[${dims.map((size) => size ?? '?').join(', ')}]`;
  const clash = a.length !== b.length || a.some((size, i) => size !== undefined && b[i] !== undefined && size !== b[i]);
  return clash ? { expected: text(a), got: text(b) } : undefined;
}
