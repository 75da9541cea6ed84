import type { InputField, OutputField, Role } from '../core/scorer.js';
import type { DataType } from '../core/table.js';
import { Attributes } from './attributes.js';
import type { GraphProto, NodeProto, OnnxModel, TypeProto, ValueInfoProto } from './document.js';
import { type ElementType, elementRow, elementTypeOf } from './element-types.js';
import { inferOnnx } from './infer.js';
import { FEATURE_NAMES, FIELDS, OUTPUTS, recorded } from './recorded.js';

/** The column type that holds an element type without loss. */
export function columnType(type: ElementType): DataType {
  const row = elementRow(type);
  if (type === 'int64' || type === 'uint64' || type === 'uint32') return 'int64';
  if (row.class === 'string') return 'string';
  if (row.class === 'bool') return 'boolean';
  if (row.class === 'complex') return 'object';
  if (row.class === 'float') return type === 'double' ? 'float64' : 'float32';
  return 'int32';
}

/** Sizes of the dimensions; undefined for those that the model leaves open. */
export function sizesOf(type: TypeProto | undefined): (number | undefined)[] | undefined {
  return type?.tensor_type?.shape?.dim.map((dim) => (dim.dim_value === undefined ? undefined : Number(dim.dim_value)));
}

/** Shape of one row's value: a dimension of 1 alone is a scalar. */
function rowShape(sizes: readonly number[]): number[] {
  return sizes.length === 1 && sizes[0] === 1 ? [] : [...sizes];
}

const WIDTHS: Readonly<Record<string, (attributes: Attributes) => number | undefined>> = {
  Scaler: (attributes) => longer(attributes.floats('offset')?.length),
  Imputer: (attributes) => longer(attributes.floats('imputed_value_floats')?.length),
  LinearRegressor: (attributes) => (attributes.floats('coefficients')?.length ?? 0) / attributes.int('targets', 1),
  LinearClassifier: (attributes) =>
    (attributes.floats('coefficients')?.length ?? 0) / Math.max(1, attributes.floats('intercepts')?.length ?? 1),
};

function longer(length: number | undefined): number | undefined {
  return length !== undefined && length > 1 ? length : undefined;
}

const TREES = new Set(['TreeEnsembleClassifier', 'TreeEnsembleRegressor', 'TreeEnsemble']);

/** The number of columns that the first operator behind an open input takes; trees tell how many they need. */
function widthFromUse(graph: GraphProto, name: string): number | undefined {
  for (const node of graph.node) {
    if (!node.input.includes(name)) continue;
    const attributes = new Attributes(node.attribute);
    if (TREES.has(node.op_type ?? '')) {
      const used = attributes.intArray('nodes_featureids') ?? new Float64Array(0);
      return used.reduce((most, feature) => Math.max(most, feature), 0) + 1;
    }
    const width = WIDTHS[node.op_type ?? '']?.(attributes);
    if (width !== undefined) return width;
    const passes = node.op_type === 'Cast' || node.op_type === 'Identity';
    const behind = passes ? widthFromUse(graph, node.output[0] ?? '') : undefined;
    if (behind !== undefined) return behind;
    const weights = graph.initializer.find((tensor) => tensor.name === node.input[1]);
    if ((node.op_type === 'MatMul' || node.op_type === 'Gemm') && weights !== undefined) {
      const transposed = node.op_type === 'Gemm' && attributes.int('transB', 0) === 1;
      return Number(weights.dims[transposed ? 1 : 0]);
    }
  }
  return undefined;
}

function inputField(model: OnnxModel, info: ValueInfoProto): InputField {
  const name = info.name ?? '';
  if (info.type !== undefined && info.type.tensor_type === undefined && info.type.sparse_tensor_type === undefined)
    return { name, type: 'object', shape: [], optional: false };
  const type = columnType(elementTypeOf(info.type?.tensor_type?.elem_type) ?? 'float');
  const names = (recorded(model, FEATURE_NAMES) as Record<string, string[]> | undefined)?.[name];
  const sizes = sizesOf(info.type)?.slice(1) ?? [undefined];
  const shape = rowShape(
    sizes.map((size, i) => size ?? (i === 0 ? (names?.length ?? widthFromUse(model.graph!, name)) : undefined) ?? 1),
  );
  const isFloat = type === 'float32' || type === 'float64';
  const known = recordedField(model, name);
  return {
    name,
    type,
    shape,
    optional: known?.optional ?? isFloat,
    ...(known?.values === undefined ? {} : { values: known.values }),
    ...(known?.intervals === undefined ? {} : { intervals: known.intervals }),
    ...(names === undefined || shape.length === 0 ? {} : { elementNames: names }),
  };
}

function recordedField(model: OnnxModel, name: string): Partial<InputField> | undefined {
  const fields = recorded(model, FIELDS);
  return Array.isArray(fields) ? (fields as Partial<InputField>[]).find((field) => field?.name === name) : undefined;
}

/** The fields that a row must fill: the graph's inputs without an initializer. */
export function inputFields(model: OnnxModel): InputField[] {
  const graph = model.graph!;
  const given = new Set(graph.initializer.map((tensor) => tensor.name));
  return graph.input.filter((info) => !given.has(info.name)).map((info) => inputField(model, info));
}

type Classes = readonly string[];

/** What is known of a value by the operators that made it. */
interface Meaning {
  readonly classes?: Classes;
  readonly role?: Role;
}

function labelsOf(attributes: Attributes): Classes | undefined {
  const texts = attributes.strings('classlabels_strings');
  if (texts !== undefined && texts.length > 0) return texts;
  const ints = attributes.bigints('classlabels_int64s') ?? attributes.bigints('classlabels_ints');
  return ints?.map(String);
}

const CLASSIFIERS = new Set(['TreeEnsembleClassifier', 'LinearClassifier', 'SVMClassifier']);
/** Operators whose result is a list of what they are given: the classes survive. */
const ENCODERS = new Set(['LabelEncoder', 'ArrayFeatureExtractor', 'Gather', 'GatherElements']);

function encodedClasses(node: NodeProto, graph: GraphProto): Classes | undefined {
  const attributes = new Attributes(node.attribute);
  if (node.op_type === 'LabelEncoder')
    return (
      attributes.strings('values_strings') ??
      attributes.strings('classes_strings') ??
      attributes.bigints('values_int64s')?.map(String)
    );
  const constant = graph.initializer.find((tensor) => tensor.name === node.input[0]);
  if (constant?.string_data !== undefined) return constant.string_data.map((bytes) => new TextDecoder().decode(bytes));
  const ints = constant?.int64_data ?? constant?.int32_data;
  if (ints !== undefined) return Array.from(ints as ArrayLike<number | bigint>, String);
  if (constant?.raw_data !== undefined && (constant.data_type === 7 || constant.data_type === 6)) {
    const bytes = constant.raw_data.slice();
    return Array.from(
      (constant.data_type === 7 ? new BigInt64Array(bytes.buffer) : new Int32Array(bytes.buffer)) as ArrayLike<unknown>,
      String,
    );
  }
  return undefined;
}

/** Goes back from a value to the operator that gives it its meaning, nearest first. */
function meaningOf(graph: GraphProto, name: string): Meaning {
  const producers = new Map<string, NodeProto>();
  for (const node of graph.node) for (const output of node.output) producers.set(output, node);
  const queue = [name];
  const seen = new Set(queue);
  for (let at = 0; at < queue.length; at++) {
    const node = producers.get(queue[at]!);
    if (node === undefined) continue;
    const op = node.op_type ?? '';
    const attributes = new Attributes(node.attribute);
    if (CLASSIFIERS.has(op)) {
      const role = node.output[0] === queue[at] ? 'label' : 'probability';
      const classes = labelsOf(attributes);
      return classes === undefined ? { role } : { role, classes };
    }
    if (op === 'ZipMap') {
      const classes = labelsOf(attributes);
      return classes === undefined ? { role: 'probability' } : { role: 'probability', classes };
    }
    if (ENCODERS.has(op)) {
      const classes = encodedClasses(node, graph);
      if (classes !== undefined) return { role: 'label', classes };
    }
    for (const input of node.input) {
      if (input === '' || seen.has(input)) continue;
      seen.add(input);
      queue.push(input);
    }
  }
  return {};
}

/** An output as the graph declares it, and what the operators before it mean. */
interface Draft {
  readonly info: ValueInfoProto;
  readonly type: DataType;
  readonly shape: readonly number[] | undefined;
  readonly isMap: boolean;
  readonly meaning: Meaning;
}

function draftOf(graph: GraphProto, info: ValueInfoProto): Draft {
  const meaning = meaningOf(graph, info.name ?? '');
  const isMap = info.type?.sequence_type?.elem_type?.map_type !== undefined && meaning.classes !== undefined;
  const isOther = info.type !== undefined && info.type.tensor_type === undefined && !isMap;
  if (isOther) return { info, type: 'object', shape: [], isMap, meaning: {} };
  const type = isMap ? 'float32' : columnType(elementTypeOf(info.type?.tensor_type?.elem_type) ?? 'float');
  const sizes = sizesOf(info.type)?.slice(1);
  const whole = sizes?.every((size) => size !== undefined) ? rowShape(sizes as number[]) : undefined;
  const shape = isMap && meaning.classes !== undefined ? [meaning.classes.length] : whole;
  return { info, type, shape, isMap, meaning };
}

/** A function that knows the real shape of an output's row. */
export type ShapeOf = (name: string) => readonly number[] | undefined;

/** The shapes of the outputs' rows that follow from the shapes of the inputs' rows, whatever is declared. */
export function inferredRows(model: OnnxModel): Map<string, number[]> {
  const fields = new Map(inputFields(model).map((field) => [field.name, field]));
  const input = model.graph!.input.map((info): ValueInfoProto => {
    const shape = fields.get(info.name ?? '')?.shape;
    const sizes = sizesOf(info.type);
    const tensor = info.type?.tensor_type;
    if (shape === undefined || tensor === undefined || sizes === undefined || sizes.length === 0) return info;
    const row = shape.length === 0 ? sizes.slice(1).map(() => 1) : shape;
    if (row.length !== sizes.length - 1) return info;
    const dim = [tensor.shape!.dim[0]!, ...row.map((size) => ({ dim_value: size }))];
    return { ...info, type: { tensor_type: { ...tensor, shape: { dim } } } };
  });
  const output = model.graph!.output.map(({ name = '' }) => ({ name }));
  const { values } = inferOnnx({ ...model, graph: { ...model.graph!, input, output, value_info: [] } });
  const shapes = new Map<string, number[]>();
  for (const { name } of output) {
    const type = values.get(name)?.type;
    const row =
      type?.kind === 'tensor' && type.dims !== undefined && type.dims.length > 0 ? type.dims.slice(1) : [undefined];
    if (row.every((size) => typeof size === 'number')) shapes.set(name, row);
  }
  return shapes;
}

/** Exporters declare one column where there are several targets; engines only warn, and give all of them. */
function realShape(declared: readonly number[] | undefined, real: readonly number[] | undefined): readonly number[] {
  const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
  if (declared === undefined) return rowShape(real ?? []);
  return real === undefined || sizeOf(real) === sizeOf(declared) ? rowShape(declared) : rowShape(real);
}

function roleOf(draft: Draft, width: number, classes: Classes | undefined, alone: boolean): Role {
  const isFloat = draft.type === 'float32' || draft.type === 'float64';
  if (draft.type === 'object') return 'other';
  if (draft.isMap) return 'probability';
  if (!isFloat) return draft.type === 'string' || classes !== undefined || !alone ? 'label' : 'value';
  if (classes !== undefined && width === classes.length && width > 1) return 'probability';
  if (classes !== undefined) return draft.meaning.role === 'probability' ? 'score' : 'value';
  return alone ? 'value' : 'score';
}

/** Probabilities as one output a class, as skl2onnx writes them for zipmap='columns': each is named after its class. */
function probabilityColumns(drafts: readonly Draft[], classes: Classes = []): Map<string, string> {
  const isFloat = ({ type }: Draft) => type === 'float32' || type === 'float64';
  const columns = drafts.filter((draft) => !draft.isMap && isFloat(draft));
  const fits = columns.every(({ info, shape, meaning }, index) => {
    const size = (shape ?? []).reduce((a, b) => a * b, 1);
    return size === 1 && meaning.role === 'probability' && info.name?.endsWith(classes[index] ?? '\0');
  });
  if (!fits || columns.length !== classes.length) return new Map();
  return new Map(columns.map(({ info }, index) => [info.name!, classes[index]!]));
}

interface RecordedOutput {
  readonly name: string;
  readonly role: Role;
  readonly categories?: Classes;
}

/** The outputs with their roles: recorded ones first, else by the classifiers that the values come from. */
export function outputFields(model: OnnxModel, probed: ShapeOf): OutputField[] {
  const graph = model.graph!;
  const inferred = inferredRows(model);
  // A run is for those whose shape depends on the values: it takes long in a large network.
  const shapeOf: ShapeOf = (name) => inferred.get(name) ?? probed(name);
  const found = recorded(model, OUTPUTS);
  const known = new Map(
    (Array.isArray(found) ? (found as RecordedOutput[]) : []).map((output) => [output.name, output]),
  );
  const drafts = graph.output.map((info) => draftOf(graph, info));
  const floats = drafts.filter((draft) => draft.isMap || draft.type === 'float32' || draft.type === 'float64');
  const shared = drafts.find((draft) => draft.meaning.classes !== undefined)?.meaning.classes;
  const columns = known.size > 0 ? new Map<string, string>() : probabilityColumns(drafts, shared);
  return drafts.map((draft): OutputField => {
    const name = draft.info.name ?? '';
    const category = columns.get(name);
    if (category !== undefined) return { name, type: draft.type, shape: [], role: 'probability', category };
    const shape = draft.isMap && draft.shape !== undefined ? draft.shape : realShape(draft.shape, shapeOf(name));
    const width = shape.reduce((a, b) => a * b, 1);
    const record = known.get(name);
    // The nearest classifier may be one of many, for one class against the rest: then the label names the classes.
    const nearest = draft.meaning.classes ?? shared;
    const classes = record?.categories ?? (nearest?.length !== width && shared?.length === width ? shared : nearest);
    const alone =
      drafts.length === 1 ||
      (floats.length === 1 && floats[0] === draft && shared === undefined && drafts.length === 1);
    const role = record?.role ?? roleOf(draft, width, classes, alone);
    const isVector = role === 'probability' || role === 'score';
    if (!isVector || classes === undefined || classes.length !== width || record?.categories?.length === 0)
      return { name, type: draft.type, shape, role };
    return width === 1
      ? { name, type: draft.type, shape, role, category: classes[0]! }
      : { name, type: draft.type, shape, role, categories: [...classes] };
  });
}
