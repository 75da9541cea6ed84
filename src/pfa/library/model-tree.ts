import { comparator } from '../compare.js';
import { accepts } from '../relations.js';
import type { AvroType, Fn, RecordType, Value } from '../types.js';
import { tagOf, unionTag, untagged } from '../types.js';
import { type Arr, bound, type Obj } from './body.js';
import { fieldType, recordAt } from './fields.js';
import type { Call, LibraryModule } from './function.js';

type Row = Obj<Value>;
type Predicate = (datum: Row, comparison: Row) => boolean;

const NUMERIC: ReadonlySet<string> = new Set(['int', 'long', 'float', 'double']);
const HOLDS: ReadonlyMap<string, (order: number) => boolean> = new Map([
  ['==', (order: number) => order === 0],
  ['!=', (order: number) => order !== 0],
  ['<', (order: number) => order < 0],
  ['<=', (order: number) => order <= 0],
  ['>', (order: number) => order > 0],
  ['>=', (order: number) => order >= 0],
]);

/** The branch that a value of this type has. */
function branchOf(type: AvroType, value: Value): AvroType {
  if (type.type !== 'union') return type;
  const tag = unionTag(value);
  return type.branches.find((branch) => tagOf(branch) === tag) ?? type;
}

/** The order in which a field and a test's value compare; undefined where they cannot. */
type Order = ((field: Value, value: Value) => number) | undefined;
type OrderFinder = (field: Value, value: Value) => Order;

function orderFor(field: AvroType, value: AvroType): Order {
  if (NUMERIC.has(field.type) && NUMERIC.has(value.type)) return comparator(value);
  return accepts(value, field) ? comparator(value) : undefined;
}

/** Finds the order for the branches that two values have, and remembers it by their tags. */
function orderFinder(field: AvroType, value: AvroType, find: (field: AvroType, value: AvroType) => Order): OrderFinder {
  if (field.type !== 'union' && value.type !== 'union') {
    const order = find(field, value);
    return () => order;
  }
  const known = new Map<string, Map<string, { order: Order }>>();
  return (left, right) => {
    const leftTag = field.type === 'union' ? unionTag(left) : '';
    const rightTag = value.type === 'union' ? unionTag(right) : '';
    let row = known.get(leftTag);
    if (row === undefined) known.set(leftTag, (row = new Map()));
    let entry = row.get(rightTag);
    if (entry === undefined) {
      entry = { order: find(branchOf(field, left), branchOf(value, right)) };
      row.set(rightTag, entry);
    }
    return entry.order;
  };
}

/** What is needed to test records of one type with comparisons of another. */
function tester(call: Call, datumType: RecordType, testType: RecordType) {
  const valueType = fieldType(testType, 'value')!;
  const plainValue = valueType.type !== 'union';
  const fields = new Map(
    datumType.fields.map(({ name, type }) => [
      name,
      {
        plain: type.type !== 'union',
        single: orderFinder(type, valueType, orderFor),
        among: orderFinder(type, valueType, (left, right) =>
          right.type === 'array' ? orderFor(left, right.items) : undefined,
        ),
      },
    ]),
  );
  /** The test's outcome; `code` for an operator that does not exist, `code + 1` for values that do not compare. */
  return (datum: Row, comparison: Row, code: number, missingOperators: boolean): boolean => {
    const name = comparison['field'] as string;
    const operator = comparison['operator'] as string;
    const field = fields.get(name)!;
    const left = datum[name]!;
    const right = comparison['value']!;
    const holds = HOLDS.get(operator);
    if (holds !== undefined) {
      const order = field.single(left, right);
      if (order === undefined) throw call.error(code + 1);
      return holds(order(field.plain ? left : untagged(left), plainValue ? right : untagged(right)));
    }
    if (operator === 'in' || operator === 'notIn') {
      const order = field.among(left, right);
      if (order === undefined) throw call.error(code + 1);
      const sought = field.plain ? left : untagged(left);
      const items = (plainValue ? right : untagged(right)) as Arr;
      return items.some((item) => order(sought, item) === 0) === (operator === 'in');
    }
    if (operator === 'alwaysTrue') return true;
    if (operator === 'alwaysFalse') return false;
    if (missingOperators && operator === 'isMissing') return left === null;
    if (missingOperators && operator === 'notMissing') return left !== null;
    throw call.error(code);
  };
}

function testerOf(call: Call) {
  return tester(call, recordAt(call.types, 0)!, recordAt(call.types, 1)!);
}

function compoundTest(call: Call, datum: Row, operator: string, comparisons: Arr<Row>, test: Predicate): boolean {
  if (operator === 'and') return comparisons.every((comparison) => test(datum, comparison));
  if (operator === 'or') return comparisons.some((comparison) => test(datum, comparison));
  if (operator !== 'xor') throw call.error(32020);
  return comparisons.filter((comparison) => test(datum, comparison)).length % 2 === 1;
}

/** Goes from node to node by `branch` until it comes to a score. */
function walk(call: Call, root: Row, branch: (node: Row) => string): Value {
  const nodeTag = recordAt(call.types, 1)!.fullName;
  const scoreIsUnion = call.returns.type === 'union';
  let node = root;
  for (;;) {
    call.engine.spend(1);
    const next = node[branch(node)]!;
    if (unionTag(next) !== nodeTag) return scoreIsUnion ? next : untagged(next);
    node = untagged(next) as Row;
  }
}

function missingBranch(outcome: Value): string {
  return outcome === null ? 'missing' : untagged(outcome) === true ? 'pass' : 'fail';
}

/** Decision trees. */
export const MODEL_TREE: LibraryModule = [
  {
    name: 'model.tree.simpleTest',
    signatures: [
      '(datum: record D, comparison: record T {field: enum F of fields of D, operator: string, value: any V}) -> boolean',
    ],
    doc: 'Whether a field of the datum passes a comparison.',
    errors: { 32000: 'invalid comparison operator', 32001: 'bad value type' },
    bind: bound((call) => {
      const test = testerOf(call);
      return (datum: Row, comparison: Row) => test(datum, comparison, 32000, true);
    }),
  },
  {
    name: 'model.tree.missingTest',
    signatures: [
      '(datum: record D, comparison: record T {field: enum F of fields of D, operator: string, value: any V}) -> union(null, boolean)',
    ],
    doc: 'Whether a field of the datum passes a comparison, null where it is null.',
    errors: { 32010: 'invalid comparison operator', 32011: 'bad value type' },
    bind: bound((call) => {
      const test = testerOf(call);
      return (datum: Row, comparison: Row) => {
        if (datum[comparison['field'] as string] === null) return null;
        return { boolean: test(datum, comparison, 32010, false) };
      };
    }),
  },
  {
    name: 'model.tree.compoundTest',
    signatures: [
      '(datum: record D, operator: string, comparisons: array of record T, test: fcn(D, T) -> boolean) -> boolean',
    ],
    doc: 'Outcomes of several tests combined by "and", "or" or "xor".',
    errors: { 32020: 'and' },
    bind: bound(
      (call) => (datum: Row, operator: string, comparisons: Arr<Row>, test: Predicate) =>
        compoundTest(call, datum, operator, comparisons, test),
    ),
  },
  {
    name: 'model.tree.surrogateTest',
    signatures: [
      '(datum: record D, comparisons: array of record T, missingTest: fcn(D, T) -> union(null, boolean)) -> boolean',
    ],
    doc: 'Outcome of the first test that is not null.',
    errors: { 32030: 'no successful surrogate' },
    bind: bound((call) => (datum: Row, comparisons: Arr<Row>, test: Fn) => {
      for (const comparison of comparisons) {
        const outcome = test(datum, comparison);
        if (outcome !== null) return untagged(outcome);
      }
      throw call.error(32030);
    }),
  },
  {
    name: 'model.tree.simpleWalk',
    signatures: [
      '(datum: record D, treeNode: record T {pass: union(T, any S), fail: union(T, S)}, test: fcn(D, T) -> boolean) -> S',
    ],
    doc: 'Score at the end of the path through a tree that a test chooses.',
    bind: bound(
      (call) => (datum: Row, root: Row, test: Predicate) =>
        walk(call, root, (node) => (test(datum, node) ? 'pass' : 'fail')),
    ),
  },
  {
    name: 'model.tree.missingWalk',
    signatures: [
      '(datum: record D, treeNode: record T {pass: union(T, any S), fail: union(T, S), missing: union(T, S)}, test: fcn(D, T) -> union(null, boolean)) -> S',
    ],
    doc: 'Score at the end of the path through a tree with a third branch for a null outcome.',
    bind: bound(
      (call) => (datum: Row, root: Row, test: Fn) => walk(call, root, (node) => missingBranch(test(datum, node))),
    ),
  },
  {
    name: 'model.tree.simpleTree',
    signatures: [
      '(datum: record D, treeNode: record T {field: enum F of fields of D, operator: string, value: any V, pass: union(T, any S), fail: union(T, S)}) -> S',
    ],
    doc: 'Score of a tree whose nodes are simple comparisons.',
    errors: { 32060: 'invalid comparison operator', 32061: 'bad value type' },
    bind: bound((call) => {
      const test = testerOf(call);
      return (datum: Row, root: Row) => walk(call, root, (node) => (test(datum, node, 32060, true) ? 'pass' : 'fail'));
    }),
  },
];
