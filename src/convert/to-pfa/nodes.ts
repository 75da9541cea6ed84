import type { CastNode, ElementNode, IrNode, PackNode, ReduceNode, VectorFunctionNode } from '../../ir/nodes.js';
import { declined } from '../declined.js';
import type { Json } from './json.js';
import { writeLinear } from './linear.js';
import { writeLookup, writeOneHot } from './lookup.js';
import { writePrimitive } from './primitives.js';
import { writeTrees } from './trees.js';
import { isFloatKind, PFA_KIND } from './types.js';
import { arrayOf, literal, NAN, narrow, type PfaWriter, strict, typedLiteral } from './writer.js';

type Rule<O extends IrNode['op']> = (writer: PfaWriter, node: Extract<IrNode, { op: O }>) => Json;

/** How each kind of node is written, and the name that its value gets. Inputs are bound before. */
export const NODE_RULES: { readonly [O in Exclude<IrNode['op'], 'input'>]: readonly [name: string, rule: Rule<O>] } = {
  const: [
    'constant',
    (_, node) => (node.type.shape.length === 0 ? typedLiteral(node.values[0]!, node.type) : constants(node)),
  ],
  primitive: ['value', writePrimitive],
  cast: ['value', writeCast],
  pack: ['values', writePack],
  element: ['value', (writer, node: ElementNode) => ({ attr: writer.value(node.input), path: [node.index] })],
  lookup: ['found', writeLookup],
  'one-hot': ['encoded', writeOneHot],
  reduce: ['value', writeReduce],
  'vector-function': ['scores', writeVectorFunction],
  trees: ['scores', writeTrees],
  linear: ['scores', writeLinear],
};

function constants(node: Extract<IrNode, { op: 'const' }>): Json {
  const scalar = { ...node.type, shape: [] as const };
  return arrayOf(
    node.values.map((value) => literal(value, scalar)),
    node.type,
  );
}

const CASTS: Readonly<Record<string, string>> = {
  float32: 'cast.float',
  float64: 'cast.double',
  int32: 'cast.int',
  int64: 'cast.long',
};

function writeCast(writer: PfaWriter, node: CastNode): Json {
  const from = writer.type(node.input);
  const to = node.type;
  if (to.shape.length > 0) throw declined('vector-cast', 'a cast of a whole vector', node.origin ?? {});
  if (from.kind === 'bool') {
    const number = (value: Json): Json => ({ if: value, then: literal(1, to), else: literal(0, to) });
    return missingToNan(writer, node, number);
  }
  if (isFloatKind(from.kind) && !isFloatKind(to.kind)) return floatToInteger(writer, node);
  return missingToNan(writer, node, (value) => ({ [CASTS[to.kind]!]: [value] }));
}

/** A missing integer or bool becomes NaN, the missing float. */
function missingToNan(writer: PfaWriter, node: CastNode, convert: (value: Json) => Json): Json {
  const whole = strict(writer, [node.input], ([value]) => convert(value!));
  if (!isFloatKind(node.type.kind) || !(typeof whole === 'object' && whole !== null && 'ifnotnull' in whole))
    return whole;
  return { ...(whole as { readonly [key: string]: Json }), else: narrow(NAN, node.type) };
}

/** Towards zero, as every other format casts; PFA's own cast.int rounds. */
function floatToInteger(writer: PfaWriter, node: CastNode): Json {
  const value = writer.value(node.input);
  const whole: Json = { if: { '<': [value, 0] }, then: { 'm.ceil': [value] }, else: { 'm.floor': [value] } };
  const cast: Json = node.type.kind === 'bool' ? { '!=': [value, 0] } : { [CASTS[node.type.kind]!]: [whole] };
  return writer.type(node.input).missing ? { if: { 'impute.isnan': [value] }, then: null, else: cast } : cast;
}

function writePack(writer: PfaWriter, node: PackNode): Json {
  const scalars = node.inputs.every((ref) => writer.type(ref).shape.length === 0);
  if (scalars) {
    return arrayOf(
      node.inputs.map((ref) => writer.value(ref)),
      node.type,
    );
  }
  const parts = node.inputs.map((ref) => {
    const type = writer.type(ref);
    return type.shape.length === 0 ? arrayOf([writer.value(ref)], type) : writer.value(ref);
  });
  return parts.reduce((a, b) => ({ 'a.concat': [a, b] }));
}

function writeReduce(writer: PfaWriter, node: ReduceNode): Json {
  const value = writer.value(node.input);
  if (writer.type(node.input).shape.length === 0) return node.fn.startsWith('arg') ? literal(0, node.type) : value;
  const rules: { readonly [F in ReduceNode['fn']]: () => Json } = {
    sum: () => orderedSum(writer, node, value),
    mean: () => narrow({ 'a.mean': [value] }, node.type),

    min: () => ({ 'a.min': [value] }),
    max: () => ({ 'a.max': [value] }),
    median: () => ({ 'a.median': [value] }),
    argmax: () => ({ 'a.argmax': [value] }),
    argmin: () => ({ 'a.argmin': [value] }),
  };
  const reduced = rules[node.fn]();
  if (!writer.type(node.input).missing || !node.type.missing) return reduced;
  // To PFA NaN is the largest number: sum, mean and maximum keep it, what looks at other places does not.
  const keeps = isFloatKind(node.type.kind) && node.fn !== 'min' && node.fn !== 'median';
  return keeps ? reduced : { if: anyNan(writer, value, node), then: literal(null, node.type), else: reduced };
}

function anyNan(writer: PfaWriter, value: Json, node: ReduceNode): Json {
  const kind = PFA_KIND[writer.type(node.input).kind];
  return { 'a.any': [value, { params: [{ x: kind }], ret: 'boolean', do: { 'impute.isnan': ['x'] } }] };
}

function orderedSum(writer: PfaWriter, node: ReduceNode | VectorFunctionNode, value: Json): Json {
  const kind = PFA_KIND[writer.type(node.input).kind];
  if (kind !== 'float') return { 'a.sum': [value] };
  return { 'a.reduce': [value, { params: [{ x: kind }, { y: kind }], ret: kind, do: { '+': ['x', 'y'] } }] };
}

function writeVectorFunction(writer: PfaWriter, node: VectorFunctionNode): Json {
  const kind = PFA_KIND[node.type.kind];
  const value = writer.value(node.input);
  if (node.fn === 'normalize') {
    const total = writer.names.take('total');
    return {
      do: [
        { let: { [total]: orderedSum(writer, node, value) } },
        { 'a.map': [value, { params: [{ x: kind }], ret: kind, do: narrow({ '/': ['x', total] }, node.type) }] },
      ],
    };
  }
  const inDouble: Json =
    kind === 'double' ? value : { 'a.map': [value, { params: [{ x: kind }], ret: 'double', do: 'x' }] };
  const softmax: Json = { 'm.link.softmax': [inDouble] };
  if (kind === 'double') return softmax;
  return { 'a.map': [softmax, { params: [{ x: 'double' }], ret: kind, do: { 'cast.float': ['x'] } }] };
}
