import type { LookupNode, OneHotNode } from '../../ir/nodes.js';
import { isFloat, type Kind, type Literal } from '../../ir/types.js';
import { attr, type Cell, ML } from './emitter.js';
import { batched, both, converted, type Lowering, type Operand, scalarConst, validity } from './state.js';

const KEY_LIST: Partial<Record<Kind, string>> = { string: 'strings', int64: 'int64s', float32: 'floats' };

function listAttr(prefix: string, kind: Kind, list: readonly Cell[]) {
  const name = `${prefix}_${KEY_LIST[kind]}`;
  if (kind === 'string') return attr.texts(name, list as string[]);
  if (kind === 'int64') return attr.ints(name, list.map(Number));
  return attr.floats(name, list as number[]);
}

function defaultAttr(kind: Kind, value: Cell) {
  if (kind === 'string') return attr.text('default_string', value as string);
  if (kind === 'int64') return attr.int('default_int64', Number(value));
  return attr.float('default_float', value as number);
}

/** LabelEncoder from texts or int64 to texts, int64 or float. */
function labelEncoder(
  state: Lowering,
  input: Operand,
  keys: readonly Cell[],
  kind: Kind,
  values: readonly Cell[],
  otherwise: Cell,
): string {
  const attributes = [
    listAttr('keys', input.kind, keys),
    listAttr('values', kind, values),
    defaultAttr(kind, otherwise),
  ];
  return state.emitter.op('LabelEncoder', [input.name], attributes, ML);
}

/** How a missing value of a kind is spelled inside a tensor; bools and integers are masked besides. */
export function cellOf(kind: Kind, literal: Literal): Cell {
  if (literal !== null) return literal;
  if (kind === 'string') return '';
  if (kind === 'bool') return false;
  return isFloat(kind) ? Number.NaN : 0;
}

function isMissing(literal: Literal): boolean {
  return literal === null || (typeof literal === 'number' && Number.isNaN(literal));
}

/** The index of the row of the table: keys in order, then `otherwise`, then `whenMissing`. */
function indexOf(state: Lowering, node: LookupNode, input: Operand): string {
  const { emitter } = state;
  const count = node.keys.length;
  const present = validity(state, input);
  const indices = node.keys.map((_, index) => index);
  if (input.kind === 'string') {
    const keys = [...(node.keys as readonly string[])];
    if (input.missing && !keys.includes('')) {
      keys.push('');
      indices.push(count + 1);
    }
    return labelEncoder(state, input, keys, 'int64', indices, count);
  }
  const whole = converted(state, { ...input, missing: present !== undefined }, 'int64');
  let index = labelEncoder(state, whole, node.keys.map(Number), 'int64', indices, count);
  if (isFloat(input.kind)) {
    const back = converted(state, { ...whole, missing: false }, input.kind);
    const same = emitter.op('Equal', [back.name, input.name]);
    index = emitter.op('Where', [same, index, scalarConst(state, 'int64', count)]);
  }
  if (present === undefined) return index;
  return emitter.op('Where', [present, index, scalarConst(state, 'int64', count + 1)]);
}

/** A table lookup, over one column or over several that share the table. */
export function emitLookup(state: Lowering, node: LookupNode, input: Operand): Operand {
  const { emitter } = state;
  const kind = node.type.kind;
  const result = { kind, width: input.width, missing: node.type.missing, constant: input.constant };
  const masked = node.type.missing && !isFloat(kind) && kind !== 'string';
  if (input.kind === 'bool') return emitLookup(state, boolLookup(node), converted(state, input, 'int64'));
  const cell = (literal: Literal) => cellOf(kind, literal);
  const masks = input.kind === 'int64' && input.missing;
  if (masks && kind === 'string' && node.whenMissing === null) {
    const all = emitLookup(state, node, { ...input, missing: false });
    const name = emitter.op('Where', [input.valid!, all.name, scalarConst(state, 'string', '')]);
    return { ...result, name };
  }
  const direct =
    (input.kind === 'string' || (input.kind === 'int64' && !input.missing)) &&
    (kind === 'string' || kind === 'int64' || kind === 'float32') &&
    !masked &&
    node.keys.length > 0;
  if (direct) {
    const keys = [...node.keys];
    const values = node.values.map(cell);
    if (input.kind === 'string' && input.missing && !keys.includes('')) {
      keys.push('');
      values.push(cell(node.whenMissing));
    }
    return { ...result, name: labelEncoder(state, input, keys, kind, values, cell(node.otherwise)) };
  }
  const onlyWhenMissing = masked && ![...node.values, node.otherwise].some(isMissing) && isMissing(node.whenMissing);
  if (onlyWhenMissing && input.kind === 'int64' && kind === 'int64') {
    const name = labelEncoder(state, input, [...node.keys], kind, node.values.map(cell), cell(node.otherwise));
    return { ...result, name, valid: validity(state, input)! };
  }
  const rows = [...node.values, node.otherwise, node.whenMissing];
  const index = indexOf(state, node, input);
  const table = emitter.constant(kind, [rows.length], rows.map(cell), 'table');
  const name = emitter.op('Gather', [table, index], [attr.int('axis', 0)]);
  if (!masked) return { ...result, name };
  const known = emitter.constant(
    'bool',
    [rows.length],
    rows.map((row) => !isMissing(row)),
    'known',
  );
  return { ...result, name, valid: emitter.op('Gather', [known, index], [attr.int('axis', 0)]) };
}

function boolLookup(node: LookupNode): LookupNode {
  return { ...node, keys: node.keys.map((key) => (key === true ? 1 : key === false ? 0 : key)) };
}

/** A vector with 1 at the category that a column equals. */
export function emitOneHot(state: Lowering, node: OneHotNode, input: Operand): Operand {
  const { emitter } = state;
  const kind = node.type.kind;
  const count = node.categories.length;
  const whole: Operand = { name: '', kind, width: count, missing: false, constant: input.constant };
  const encodable = input.kind === 'string' || (input.kind === 'int64' && !input.missing);
  if (encodable && !input.constant) {
    const categories =
      input.kind === 'string'
        ? attr.texts('cats_strings', node.categories.map(String))
        : attr.ints('cats_int64s', node.categories.map(Number));
    const cube = emitter.op('OneHotEncoder', [input.name], [categories, attr.int('zeros', 1)], ML);
    const flat = emitter.op('Reshape', [cube, emitter.constant('int64', [2], [-1, count], 'shape')]);
    return converted(state, { ...whole, name: flat, kind: 'float32' }, kind);
  }
  if (input.constant && input.kind === 'string') return emitOneHot(state, node, batched(state, input));
  const list = emitter.constant(input.kind, [1, count], node.categories, 'categories');
  const equal = emitter.op('Equal', [input.name, list]);
  const valid = isFloat(input.kind) ? undefined : validity(state, input);
  const name = both(state, equal, valid)!;
  return converted(state, { ...whole, name, kind: 'bool' }, kind);
}
