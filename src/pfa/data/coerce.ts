import { accepts, sameType } from '../relations.js';
import {
  type AvroType,
  type Fn,
  newMap,
  type Type,
  tagged,
  tagOf,
  unionTag,
  untagged,
  type Value,
  type ValueMap,
} from '../types.js';

/** Turns a value of one type into a value of a wider one; undefined where the value stays as it is. */
export type Coercion = ((value: Value) => Value) | undefined;

const round = (value: Value): Value => Math.fround(Number(value));
const toDouble = (value: Value): Value => Number(value);

/** How a value of type `given` becomes one of type `wanted`; `wanted` must accept `given`. */
export function coercion(given: Type, wanted: Type): Coercion {
  if (given === wanted || given.type === 'exception') return undefined;
  if (wanted.type === 'fcn') return given.type === 'fcn' ? functionCoercion(given, wanted) : undefined;
  if (given.type === 'union') return fromUnion(given.branches, wanted as AvroType);
  if (wanted.type === 'union') {
    const branch = branchFor(given as AvroType, wanted.branches);
    const inner = coercion(given, branch);
    const tag = tagOf(branch);
    if (tag === 'null') return undefined;
    return inner === undefined ? (value) => tagged(tag, value) : (value) => tagged(tag, inner(value));
  }
  if (wanted.type === 'float' && given.type !== 'float') return round;
  if (wanted.type === 'double' && given.type === 'long') return toDouble;
  if (wanted.type === 'array' && given.type === 'array') {
    const inner = coercion(given.items, wanted.items);
    return inner === undefined ? undefined : (value) => (value as readonly Value[]).map(inner);
  }
  if (wanted.type === 'map' && given.type === 'map') {
    const inner = coercion(given.values, wanted.values);
    if (inner === undefined) return undefined;
    return (value) => {
      const made = newMap();
      for (const key in value as ValueMap) made[key] = inner((value as ValueMap)[key] as Value);
      return made;
    };
  }
  return undefined;
}

/** The branch of a union that takes a value of the type: the same type first, else the first that accepts it. */
export function branchFor(given: AvroType, branches: readonly AvroType[]): AvroType {
  return (
    branches.find((branch) => sameType(branch, given)) ??
    branches.find((branch) => accepts(branch, given)) ??
    (branches[0] as AvroType)
  );
}

function fromUnion(given: readonly AvroType[], wanted: AvroType): Coercion {
  if (wanted.type !== 'union') {
    const ways = new Map(given.map((branch) => [tagOf(branch), coercion(branch, wanted)]));
    return (value) => {
      const way = ways.get(unionTag(value));
      const plain = untagged(value);
      return way === undefined ? plain : way(plain);
    };
  }
  let changes = false;
  const ways = new Map(
    given.map((branch) => {
      const to = branchFor(branch, wanted.branches);
      const inner = coercion(branch, to);
      const tag = tagOf(to);
      if (tag !== tagOf(branch) || inner !== undefined) changes = true;
      return [tagOf(branch), (value: Value): Value => tagged(tag, inner === undefined ? value : inner(value))];
    }),
  );
  if (!changes) return undefined;
  return (value) => (ways.get(unionTag(value)) as (value: Value) => Value)(untagged(value));
}

function functionCoercion(given: Type & { type: 'fcn' }, wanted: Type & { type: 'fcn' }): Coercion {
  const params = wanted.params.map((param, index) => coercion(param, given.params[index] as AvroType));
  const returns = coercion(given.returns, wanted.returns);
  if (returns === undefined && params.every((param) => param === undefined)) return undefined;
  return (value) => {
    const fn = value as Fn;
    return (...args) => {
      const result = fn(...args.map((arg, index) => params[index]?.(arg) ?? arg));
      return returns === undefined ? result : returns(result);
    };
  };
}
