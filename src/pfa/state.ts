import type { Store } from './ast.js';
import { initializationError } from './complaints.js';
import { decodeJson, type Misfit } from './data/json.js';
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
