import type { JsonMember, JsonNode } from '../wire/json.js';
import type { Program, Store } from './ast.js';
import { initializationError } from './complaints.js';
import { decodeJson, encodeJsonNode, type Misfit } from './data/json.js';
import type { PfaDocument } from './document.js';
import type { CellState, PoolState } from './evaluate/runtime.js';
import { typeText } from './relations.js';
import { type AvroType, mapOf, type Value, type ValueMap } from './types.js';
import type { Where } from './where.js';

/** Fetches what a cell or pool of source `json` or `avro` names: JSON text's or an Avro container file's value. */
export type LoadSource = (source: 'json' | 'avro', location: Where, type: AvroType) => Value;

const misfit: Misfit = (where, wanted) => {
  throw initializationError(where, 'the initial value does not fit its type', { expected: wanted });
};

/** The values that cells start with. Throws PfaInitializationError. */
export function initialCells(stores: ReadonlyMap<string, Store>, load: LoadSource): Map<string, Value> {
  return new Map([...stores].map(([name, store]) => [name, initial(store, store.type.resolved as AvroType, load)]));
}

/** The items that pools start with. */
export function initialPools(stores: ReadonlyMap<string, Store>, load: LoadSource): Map<string, ValueMap> {
  return new Map(
    [...stores].map(([name, store]) => {
      if (store.init === undefined) return [name, {}];
      return [name, initial(store, mapOf(store.type.resolved as AvroType), load) as ValueMap];
    }),
  );
}

function initial(store: Store, type: AvroType, load: LoadSource): Value {
  const at = store.init as Where;
  if (store.source === 'embedded') return decodeJson(at, type, misfit);
  if (at.node.kind !== 'string') {
    throw initializationError(at, `a source "${store.source}" is named by a string`, { expected: typeText(type) });
  }
  return load(store.source, at, type);
}

export function cellState(store: Store, value: Value): CellState {
  return { value, rollback: store.rollback };
}

export function poolState(store: Store, items: ValueMap): PoolState {
  return { items: new Map(Object.entries(items)), saved: null, rollback: store.rollback };
}

/** The document with these values as the initial ones of its cells, pools and fold. */
export function withState(
  document: PfaDocument,
  program: Program,
  cells: ReadonlyMap<string, CellState>,
  pools: ReadonlyMap<string, PoolState>,
  tally: Value,
): PfaDocument {
  const root = replaced(document.root, {
    cells: (node) =>
      changedStores(node, program.cells, (name, type) => encodeJsonNode(cells.get(name)?.value ?? null, type)),
    pools: (node) =>
      changedStores(node, program.pools, (name, type) =>
        encodeJsonNode(Object.fromEntries(pools.get(name)?.items ?? []), mapOf(type)),
      ),
    ...(program.method === 'fold' ? { zero: () => encodeJsonNode(tally, program.output.resolved as AvroType) } : {}),
  });
  return { root, format: document.format };
}

type Changes = Readonly<Record<string, ((node: JsonNode) => JsonNode) | undefined>>;

function replaced(node: JsonNode, changes: Changes): JsonNode {
  if (node.kind !== 'object') return node;
  return {
    ...node,
    members: node.members.map((one) => ({ ...one, value: changes[one.key]?.(one.value) ?? one.value })),
  };
}

/** Stores with new initial values, which stand in the document whatever their source was. */
function changedStores(
  node: JsonNode,
  stores: ReadonlyMap<string, Store>,
  value: (name: string, type: AvroType) => JsonNode,
): JsonNode {
  if (node.kind !== 'object') return node;
  const members = node.members.map((one): JsonMember => {
    const store = stores.get(one.key);
    if (store === undefined || one.value.kind !== 'object') return one;
    const kept = one.value.members.filter(({ key }) => key !== 'init' && key !== 'source');
    const init: JsonMember = { key: 'init', keyAt: -1, value: value(one.key, store.type.resolved as AvroType) };
    return { ...one, value: { ...one.value, members: [...kept, init] } };
  });
  return { ...node, members };
}
