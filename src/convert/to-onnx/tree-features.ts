import type { TreesNode } from '../../ir/nodes.js';
import { isFloat, type Ref } from '../../ir/types.js';
import { type Column, MODE } from './diagrams.js';
import { attr, ML } from './emitter.js';
import { lower } from './lower.js';
import {
  batched,
  converted,
  type Lowering,
  nodeAt,
  type Operand,
  reducedBools,
  scalarConst,
  typeAt,
  validity,
} from './state.js';
import { matrixColumn, sideBySide, vectorOf } from './vectors.js';

export type Width = 'float32' | 'float64';

/** Codes of the texts that the splits on one feature name: 1, 2, …; what they do not name is 0, missing is NaN. */
function codesOf(node: TreesNode): Map<number, Map<string, number>> {
  const codes = new Map<number, Map<string, number>>();
  const { splits } = node;
  for (let i = 0; i < splits.feature.length; i++) {
    const feature = splits.feature[i]!;
    if (feature < 0 || splits.test[i] !== 6) continue;
    for (const member of splits.sets[splits.threshold[i]!]!) {
      if (typeof member !== 'string') break;
      let known = codes.get(feature);
      if (known === undefined) codes.set(feature, (known = new Map()));
      if (!known.has(member)) known.set(member, known.size + 1);
    }
  }
  return codes;
}

/** Text as codes, in a float tensor. */
function encoded(state: Lowering, ref: Ref, codes: ReadonlyMap<string, number>): Operand {
  const text = lower(state, ref);
  const keys = [...codes.keys()].filter((key) => key !== '' || !text.missing);
  const values = keys.map((key) => codes.get(key)!);
  if (text.missing || keys.length === 0) {
    keys.push('');
    values.push(text.missing ? Number.NaN : 0);
  }
  const attributes = [
    attr.texts('keys_strings', keys),
    attr.floats('values_floats', values),
    attr.float('default_float', 0),
  ];
  const name = state.emitter.op('LabelEncoder', [text.name], attributes, ML);
  return { name, kind: 'float32', width: 1, missing: text.missing, constant: text.constant };
}

export interface TreeFeatures {
  /** The matrix that the trees look at. */
  readonly matrix: () => Operand;
  /** Where a feature stands in it. */
  readonly columnOf: (feature: number) => number;
  readonly membership: (feature: number, members: readonly (string | number)[]) => Column;
}

/** A tensor of which a feature is a column as it stands: a matrix input, or a computed vector. */
interface Source {
  readonly key: string;
  readonly index: number;
  readonly operand: () => Operand;
}

function sourceOf(state: Lowering, ref: Ref): Source | undefined {
  const node = nodeAt(state, ref);
  const { kind, missing } = node.type;
  const own = state.columns.get(ref);
  const integral = kind === 'int64' || kind === 'int32';
  const column = own !== undefined && integral && isFloat(own.kind) ? own : matrixColumn(state, ref, kind);
  if (column !== undefined && isFloat(column.kind)) {
    const { matrix: name, width } = column;
    const operand = (): Operand => ({ name, kind: column.kind, width, missing: true, constant: false });
    return { key: `matrix ${name}`, index: column.index, operand };
  }
  if (node.op !== 'element' || !isFloat(kind)) return undefined;
  const operand = () => ({ ...lower(state, node.input), missing });
  return { key: `vector ${node.input}`, index: node.index, operand };
}

/** The tensor of which all numeric features are columns, if there is one. */
function commonSource(state: Lowering, refs: readonly Ref[]): readonly Source[] | undefined {
  const sources = refs.map((ref) => sourceOf(state, ref));
  const [first] = sources;
  if (first === undefined || sources.some((source) => source?.key !== first.key)) return undefined;
  return sources as Source[];
}

/** What no whole number equals, for a set without members. */
const NO_CODE = 0.5;

/** The columns of the features, and further ones for memberships that a tree operator cannot test by itself. */
export function treeFeatures(state: Lowering, node: TreesNode, width: Width): TreeFeatures {
  const codes = codesOf(node);
  const { features } = node;
  const extra: { feature: number; members: readonly number[] }[] = [];
  const extraIndex = new Map<string, number>();
  const isText = (ref: Ref) => typeAt(state, ref).kind === 'string';
  const numeric = features.filter((ref) => !isText(ref));
  const common = commonSource(state, numeric);
  const whole = common?.[0]?.operand();
  const columns = new Int32Array(features.length);
  let size = whole?.width ?? 0;
  let seen = 0;
  features.forEach((ref, index) => {
    columns[index] = common !== undefined && !isText(ref) ? common[seen++]!.index : size++;
  });

  const membership = (feature: number, members: readonly (string | number)[]): Column => {
    const { kind } = typeAt(state, features[feature]!);
    const known = codes.get(feature);
    const column = columns[feature]!;
    const numbers = members.map((member) => (typeof member === 'string' ? (known?.get(member) ?? 0) : member));
    const byCode =
      kind === 'string' || (!isFloat(kind) && numbers.every((value) => Number.isInteger(value) && value >= 0));
    if (byCode && numbers.length === 0) return { column, mode: MODE.EQ, value: NO_CODE };
    if (byCode && numbers.length === 1) return { column, mode: MODE.EQ, value: numbers[0]! };
    if (byCode && numbers.length > 1) return { column, mode: MODE.MEMBER, value: 0, members: numbers };
    const key = JSON.stringify([feature, numbers]);
    let at = extraIndex.get(key);
    if (at === undefined) {
      at = extra.push({ feature, members: numbers }) - 1;
      extraIndex.set(key, at);
    }
    return { column: size + at, mode: MODE.GT, value: 0.5 };
  };

  const matrix = (): Operand => {
    const parts = whole === undefined ? [] : [converted(state, whole, width)];
    let run: Ref[] = [];
    const flush = () => {
      if (run.length > 0) parts.push(converted(state, vectorOf(state, run), width));
      run = [];
    };
    features.forEach((ref, index) => {
      const type = typeAt(state, ref);
      if (type.kind === 'string') {
        flush();
        parts.push(converted(state, encoded(state, ref, codes.get(index) ?? new Map()), width));
      } else if (whole === undefined) {
        if (run.length > 0 && typeAt(state, run[0]!).kind !== type.kind) flush();
        run.push(ref);
      }
    });
    flush();
    for (const { feature, members } of extra) parts.push(memberColumn(state, features[feature]!, members, width));
    return batched(state, sideBySide(state, parts));
  };
  return { matrix, columnOf: (feature) => columns[feature]!, membership };
}

/** 1 where a number is a member of the set, 0 where not, NaN where it is missing. */
function memberColumn(state: Lowering, ref: Ref, members: readonly number[], width: Width): Operand {
  const { emitter } = state;
  const given = lower(state, ref);
  const operand = isFloat(given.kind) ? given : converted(state, given, 'float64');
  const list = emitter.constant(operand.kind, [1, members.length], members, 'members');
  const equal = emitter.op('Equal', [operand.name, list]);
  const any = reducedBools(state, 'ReduceMax', equal);
  const number = converted(state, { ...operand, name: any, kind: 'bool', missing: false }, width);
  const present = validity(state, operand);
  if (present === undefined) return { ...number, missing: false };
  const nan = scalarConst(state, width, Number.NaN);
  return { ...number, name: emitter.op('Where', [present, number.name, nan]), missing: true };
}
