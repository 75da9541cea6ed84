import { expect, test } from 'vitest';
import { PfaRuntimeError } from '../../../src/pfa/errors.js';
import type { Call, LibraryFunction } from '../../../src/pfa/library/function.js';
import { LIBRARY } from '../../../src/pfa/library/index.js';
import { seededRandom } from '../../../src/pfa/library/random.js';
import { readSignature } from '../../../src/pfa/signature.js';
import type { AvroType, Value } from '../../../src/pfa/types.js';
import { conforms, randomValue, Types } from './support/random-call.js';

const BUDGET = 200_000;
const CALLS = 60;

class OutOfBudget extends Error {}

/** One call of a function with arguments of types that fit its signature; what is wrong with its outcome, if anything. */
function complaint(row: LibraryFunction, signature: string, seed: number): string | undefined {
  const random = seededRandom(seed);
  const pick = (below: number) => Math.floor(random.next() * below);
  const { params, returns } = readSignature(signature);
  const types = new Types(pick);
  const parameterTypes = params.map(({ of }) => types.of(of));
  const returnType = types.of(returns) as AvroType;
  if (row.check?.(parameterTypes, returnType) !== undefined) return undefined;
  let left = BUDGET;
  const call: Call = {
    name: row.name,
    types: parameterTypes,
    returns: returnType,
    engine: {
      random,
      spend(steps) {
        left -= steps;
        if (left < 0) throw new OutOfBudget();
      },
    },
    error: (code) => new PfaRuntimeError(row.errors?.[code] ?? 'no message', code, row.name),
  };
  const args: Value[] = parameterTypes.map((type) => randomValue(type, pick));
  const shown = () => `${row.name} ${signature} seed ${seed} ${JSON.stringify(args, printable).slice(0, 300)}`;
  try {
    const result = row.bind(call)(...args);
    if (!conforms(result, returnType)) return `${shown()} gives ${JSON.stringify(result, printable)}`;
  } catch (error) {
    if (error instanceof OutOfBudget) return undefined;
    if (!(error instanceof PfaRuntimeError)) return `${shown()} throws ${String(error)}`;
    if (row.errors?.[error.code as number] === undefined) return `${shown()} raises ${error.code}, which its row lacks`;
  }
  return undefined;
}

function printable(_key: string, value: unknown): unknown {
  if (typeof value === 'function') return 'fcn';
  return typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value)) ? String(value) : value;
}

test('whatever well-typed arguments a function gets, it returns a value of its type or raises one of its errors', () => {
  const complaints: string[] = [];
  let calls = 0;
  for (const row of LIBRARY.values()) {
    for (const [index, signature] of row.signatures.entries()) {
      for (let seed = 1; seed <= CALLS; seed++) {
        calls += 1;
        const found = complaint(row, signature, seed * 1000 + index);
        if (found !== undefined) complaints.push(found);
      }
    }
  }
  expect(calls).toBeGreaterThan(449 * CALLS);
  expect(complaints.slice(0, 10), `${complaints.length} of ${calls} calls`).toEqual([]);
});
