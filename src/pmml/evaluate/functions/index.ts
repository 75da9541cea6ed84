import { ARITHMETIC } from './arithmetic.js';
import type { BuiltIn } from './builtin.js';
import { LOGIC } from './logic.js';
import { STATISTICS } from './statistics.js';
import { TEXT } from './text.js';

/** Every built-in function of PMML 4.4.1 except the lazy ones (`if`, `isValid`, `isNotValid`). */
export const BUILT_INS: Readonly<Record<string, BuiltIn>> = { ...ARITHMETIC, ...STATISTICS, ...LOGIC, ...TEXT };

export const LAZY_FUNCTIONS: readonly string[] = ['if', 'isValid', 'isNotValid'];

/** A built-in function under its standard name or with `x-` before it. */
export function builtInNamed(name: string): BuiltIn | undefined {
  const plain = name.startsWith('x-') ? name.slice(2) : name;
  return Object.hasOwn(BUILT_INS, plain) ? BUILT_INS[plain] : undefined;
}
