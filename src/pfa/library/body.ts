import type { Fn, Value } from '../types.js';
import type { Call } from './function.js';

export type Arr<T extends Value = Value> = readonly T[];
export interface Obj<T extends Value = Value> {
  readonly [key: string]: T;
}
export type Vector = readonly number[];
export type Matrix = readonly (readonly number[])[];
/** A number, or a bigint beyond ±(2^53 − 1). */
export type Long = number | bigint;

/** `bind` for a body that needs nothing of its call; the signatures vouch for the arguments' types. */
export function body<A extends unknown[]>(run: (...args: A) => Value): (call: Call) => Fn {
  return () => run as unknown as Fn;
}

/** `bind` for a body made for its call. */
export function bound<A extends unknown[]>(make: (call: Call) => (...args: A) => Value): (call: Call) => Fn {
  return (call) => make(call) as unknown as Fn;
}

/** The bind of the signature whose parameter at `index` has the type named by the key. */
export function byType(index: number, binds: Readonly<Record<string, (call: Call) => Fn>>): (call: Call) => Fn {
  return (call) => {
    const bind = binds[call.types[index]!.type] ?? binds['*'];
    return bind!(call);
  };
}
