import { isOneOf } from '../../ir/domain.js';
import { isFloat, type Kind, type Literal, type Ref } from '../../ir/types.js';
import { elementwise, shaped } from './broadcast.js';
import {
  attribute,
  type Call,
  cannot,
  floatAttr,
  floatsAttr,
  inputOf,
  intAttr,
  integers,
  intsAttr,
  type Rule,
  rowsInput,
  tensorAttr,
  textAttr,
  textsAttr,
} from './call.js';
import { castTo } from './rules-elementwise.js';
import { isArgmax } from './rules-shape.js';
import type { ConstValue, RowValue, Value } from './values.js';

type Key = string | number | bigint;

/** keys_* or values_* in whichever type the node has them. */
function listOf(call: Call, prefix: 'keys' | 'values'): { kind: Kind; list: Key[] } | undefined {
  const strings = textsAttr(call, `${prefix}_strings`);
  if (strings !== undefined) return { kind: 'string', list: strings };
  const ints = integers(intsAttr(call, `${prefix}_int64s`));
  if (ints !== undefined) return { kind: 'int64', list: ints };
  const floats = floatsAttr(call, `${prefix}_floats`);
  if (floats !== undefined) return { kind: 'float32', list: Array.from(floats) };
  const tensor = tensorAttr(call, `${prefix}_tensor`);
  return tensor === undefined ? undefined : { kind: tensor.kind, list: Array.from(tensor.data) as Key[] };
}

function defaultOf(call: Call, kind: Kind): Literal {
  const tensor = tensorAttr(call, 'default_tensor');
  if (tensor !== undefined) return tensor.data[0]!;
  if (kind === 'string') return textAttr(call, 'default_string', '_Unused');
  if (kind === 'int64') return Number(attribute(call, 'default_int64')?.i ?? -1);
  return floatAttr(call, 'default_float', -0);
}

const labelEncoder: Rule = (call) => {
  const operand = inputOf(call, 0);
  if (call.version < 2) return [classesEncoder(call, operand)];
  const keys = listOf(call, 'keys');
  const values = listOf(call, 'values');
  if (keys === undefined || values === undefined || keys.list.length !== values.list.length) {
    throw cannot(call, 'label-encoder', 'LabelEncoder without as many values as keys');
  }
  return [encoded(call, operand, keys.list, values.kind, values.list, defaultOf(call, values.kind))];
};

/** The first version: strings to their index and back. */
function classesEncoder(call: Call, operand: Value): Value {
  const classes = textsAttr(call, 'classes_strings') ?? [];
  const indices = classes.map((_, index) => index);
  return operand.kind === 'string'
    ? encoded(call, operand, classes, 'int64', indices, defaultOf(call, 'int64'))
    : encoded(call, operand, indices, 'string', classes, defaultOf(call, 'string'));
}

const categoryMapper: Rule = (call) => {
  const operand = inputOf(call, 0);
  const strings = textsAttr(call, 'cats_strings') ?? [];
  const ints = integers(intsAttr(call, 'cats_int64s')) ?? [];
  return [
    operand.kind === 'string'
      ? encoded(call, operand, strings, 'int64', ints, Number(attribute(call, 'default_int64')?.i ?? -1))
      : encoded(call, operand, ints, 'string', strings, textAttr(call, 'default_string', '_Unused')),
  ];
};

function encoded(call: Call, operand: Value, keys: Key[], kind: Kind, values: Literal[], otherwise: Literal): Value {
  const table = new Map<Key, Literal>();
  // The first of equal keys counts.
  keys.forEach((key, index) => {
    if (!table.has(key)) table.set(key, values[index]!);
  });
  const missingKey = operand.kind === 'string' ? '' : Number.NaN;
  const whenMissing = table.has(missingKey) ? table.get(missingKey)! : otherwise;
  table.delete(missingKey);
  const classes = [...table.values()].every((value) => typeof value === 'string' || typeof value === 'number')
    ? ([...table.values()] as (string | number)[])
    : undefined;
  const wasLabel = operand.of === 'rows' && (operand.meaning?.role === 'label' || isArgmax(call, operand));
  const meaning = wasLabel && classes !== undefined && !isFloat(kind) ? { role: 'label' as const, classes } : undefined;
  if (operand.of === 'const') {
    const data = Array.from(operand.data, (key) => table.get(key as Key) ?? otherwise) as ConstValue['data'];
    return { of: 'const', kind, dims: operand.dims, data };
  }
  const { builder } = call;
  const give = (ref: Ref): Ref => {
    const size = builder.typeOf(ref).shape[0];
    const one = (scalar: Ref) =>
      builder.lookup(scalar, kind, [...table.keys()], [...table.values()], otherwise, whenMissing);
    return size === undefined ? one(ref) : builder.pack(builder.elements(ref).map(one));
  };
  return elementwise(call, [operand], give, meaning);
}

/** With zeros=0 a row with another value, or none, has no prediction; an input then knows its values. */
function refuseOthers(call: Call, element: Ref, categories: readonly (string | number)[]): void {
  const { builder, lifting } = call;
  const node = builder.nodes[element]!;
  if (node.op === 'input' && node.field.values === undefined) {
    builder.nodes[element] = { ...node, field: { ...node.field, values: categories } };
  }
  lifting.guards.push(isOneOf(builder, element, categories));
  if (builder.typeOf(element).missing) {
    lifting.guards.push(builder.apply('not', builder.apply('is-missing', element)));
  }
}

/** [N, C] gives [N, C, K]. */
const oneHotEncoder: Rule = (call) => {
  const { builder } = call;
  const strings = textsAttr(call, 'cats_strings');
  const categories = (strings ?? integers(intsAttr(call, 'cats_int64s'))?.map(Number) ?? []) as (string | number)[];
  let value = rowsInput(call, 0);
  if (value.kind !== 'string') value = castTo(call, value, 'int64') as RowValue;
  if (categories.length === 0 || (value.kind === 'string') !== (strings !== undefined)) {
    throw cannot(call, 'one-hot', 'OneHotEncoder whose categories are not of the kind of its input');
  }
  const refuse = intAttr(call, 'zeros', 1) === 0;
  const vectors = builder.elements(value.ref).map((element) => {
    if (refuse) refuseOthers(call, element, categories);
    return builder.oneHot(element, categories, 'float32');
  });
  const packedVector = vectors.length === 1 ? vectors[0]! : builder.pack(vectors);
  return [shaped(call, packedVector, [...value.dims, categories.length], value.batch)];
};

const scaler: Rule = (call) => {
  const { builder } = call;
  const value = rowsInput(call, 0);
  const parameter = (name: string, otherwise: number, kind: Kind): ConstValue => {
    const data = floatsAttr(call, name) ?? [otherwise];
    return { of: 'const', kind, dims: [data.length], data };
  };
  const kind: Kind = value.kind === 'float64' ? 'float64' : 'float32';
  const given = castTo(call, value, kind);
  const operands = [given, parameter('offset', 0, kind), parameter('scale', 1, kind)];
  const scaled = elementwise(call, operands, (x, offset, scale) =>
    builder.apply('mul', builder.apply('sub', x!, offset!), scale!),
  );
  return [castTo(call, scaled, 'float32')];
};

const imputer: Rule = (call) => {
  const { builder } = call;
  const value = rowsInput(call, 0);
  const floats = floatsAttr(call, 'imputed_value_floats');
  const list = floats === undefined ? integers(intsAttr(call, 'imputed_value_int64s')) : Array.from(floats);
  if (list === undefined) throw cannot(call, 'imputer', 'Imputer without imputed values');
  const replaced = isFloat(value.kind)
    ? floatAttr(call, 'replaced_value_float', 0)
    : Number(attribute(call, 'replaced_value_int64')?.i ?? 0);
  const fill: ConstValue = { of: 'const', kind: value.kind, dims: [list.length], data: list };
  const result = elementwise(call, [value, fill], (x, by) => {
    if (Number.isNaN(replaced)) return builder.apply('coalesce', x!, by!);
    const found = builder.apply('eq', x!, builder.const(value.kind, replaced));
    const test = builder.typeOf(found).missing ? builder.apply('coalesce', found, builder.const('bool', false)) : found;
    return builder.apply('select', test, by!, x!);
  });
  return [result];
};

const binarizer: Rule = (call) => {
  const { builder } = call;
  const value = rowsInput(call, 0);
  return [
    elementwise(call, [value], (x) => {
      const above = builder.apply('gt', x!, builder.const(value.kind, floatAttr(call, 'threshold', 0)));
      const sure = builder.typeOf(above).missing
        ? builder.apply('coalesce', above, builder.const('bool', false))
        : above;
      return builder.cast(sure, value.kind);
    }),
  ];
};

export const ENCODE_RULES_ML: Readonly<Record<string, Rule>> = {
  LabelEncoder: labelEncoder,
  CategoryMapper: categoryMapper,
  OneHotEncoder: oneHotEncoder,
  Scaler: scaler,
  Imputer: imputer,
  Binarizer: binarizer,
};
