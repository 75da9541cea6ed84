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

/** The branch that a value of this type has, and what is inside. */
function inside(type: AvroType, value: Value): [AvroType, Value] {
  if (type.type !== 'union') return [type, value];
  const tag = unionTag(value);
  return [type.branches.find((branch) => tagOf(branch) === tag) ?? type, untagged(value)];
}

/** The order in which a field and a test's value compare; undefined where they cannot. */
type Order = (field: Value, value: Value) => number;

function orderFor(field: AvroType, value: AvroType): Order | undefined {
  if (NUMERIC.has(field.type) && NUMERIC.has(value.type)) return comparator(value);
  return accepts(value, field) ? comparator(value) : undefined;
}

/** A field of the datum, and the orders found for it by the tags of its own branch and of the test's value. */
interface Field {
  type: AvroType;
  single: Map<string, Order | undefined>;
  among: Map<string, Order | undefined>;
}

function remembered(known: Map<string, Order | undefined>, left: AvroType, right: AvroType | undefined, tag: string) {
  const key = `${tagOf(left)} ${tag}`;
  let order = known.get(key);
  if (order === undefined && !known.has(key)) {
    order = right === undefined ? undefined : orderFor(left, right);
    known.set(key, order);
  }
  return order;
}

/** What is needed to test records of one type with comparisons of another. */
function tester(call: Call, datumType: RecordType, testType: RecordType) {
  const fields = new Map<string, Field>(
    datumType.fields.map(({ name, type }) => [name, { type, single: new Map(), among: new Map() }]),
  );
  const valueType = fieldType(testType, 'value')!;
  /** The test's outcome; `code` for an operator that does not exist, `code + 1` for values that do not compare. */
  return (datum: Row, comparison: Row, code: number, missingOperators: boolean): boolean => {
    const name = comparison['field'] as string;
    const operator = comparison['operator'] as string;
    if (operator === 'alwaysTrue') return true;
    if (operator === 'alwaysFalse') return false;
    if (missingOperators && operator === 'isMissing') return datum[name] === null;
    if (missingOperators && operator === 'notMissing') return datum[name] !== null;
    const field = fields.get(name)!;
    const [leftType, left] = inside(field.type, datum[name]!);
    const [rightType, right] = inside(valueType, comparison['value']!);
    if (operator === 'in' || operator === 'notIn') {
      const items = rightType.type === 'array' ? rightType.items : undefined;
      const order = remembered(field.among, leftType, items, tagOf(rightType));
      if (order === undefined) throw call.error(code + 1);
      return (right as Arr).some((item) => order(left, item) === 0) === (operator === 'in');
    }
    const holds = HOLDS.get(operator);
    if (holds === undefined) throw call.error(code);
    const order = remembered(field.single, leftType, rightType, tagOf(rightType));
    if (order === undefined) throw call.error(code + 1);
    return holds(order(left, right));
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
