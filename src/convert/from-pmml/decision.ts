import type { Test } from '../../ir/forest.js';

/** A test of one feature, as far as a decision diagram knows it; `in` has members, comparisons a value. */
export interface FeatureTest {
  readonly feature: number;
  readonly op: Test | 'missing';
  readonly value: number;
  readonly members?: readonly (string | number)[];
  /** The negated test holds where this one does not (and neither where it is unknown). */
  readonly negated: boolean;
}

/** 1 true, 0 false, -1 unknown. */
export type Outcome = 1 | 0 | -1;

/** What earlier tests on the way to here have shown, newest first. */
export interface Facts {
  readonly test: FeatureTest;
  readonly outcome: Outcome;
  readonly earlier: Facts | undefined;
}

/**
 * The outcome of a test that earlier outcomes imply; undefined if it is open. `universe` are the only values that the
 * feature can have, where that is known.
 */
export function decide(
  test: FeatureTest,
  facts: Facts | undefined,
  universe: readonly (string | number)[] | undefined,
): Outcome | undefined {
  let low = Number.NEGATIVE_INFINITY;
  let high = Number.POSITIVE_INFINITY;
  let [lowOpen, highOpen, present] = [false, false, false];
  let allowed: ReadonlySet<string | number> | undefined;
  const excluded = new Set<string | number>();
  for (let fact = facts; fact !== undefined; fact = fact.earlier) {
    if (fact.test.feature !== test.feature) continue;
    if (fact.test.op === 'missing') {
      if ((fact.outcome === 1) !== fact.test.negated) return whenMissing(test);
      present = true;
      continue;
    }
    if (fact.outcome === -1) return whenMissing(test);
    present = true;
    const holds = (fact.outcome === 1) !== fact.test.negated;
    const { op, value, members } = fact.test;
    if (op === 'in') {
      if (holds)
        allowed = new Set(allowed === undefined ? members! : members!.filter((member) => allowed!.has(member)));
      else for (const member of members!) excluded.add(member);
    } else if ((op === 'eq') === holds && (op === 'eq' || op === 'ne')) {
      allowed = new Set([value]);
    } else if (op === 'eq' || op === 'ne') {
      excluded.add(value);
    } else {
      const upper = (op === 'lt' || op === 'le') === holds;
      const open = (op === 'lt' || op === 'gt') === holds;
      if (upper && (value < high || (value === high && open))) [high, highOpen] = [value, open];
      if (!upper && (value > low || (value === low && open))) [low, lowOpen] = [value, open];
    }
  }
  if (test.op === 'missing') return present ? (test.negated ? 1 : 0) : undefined;
  if (!present) return undefined;
  const candidates = (allowed === undefined ? universe : [...allowed])?.filter(
    (value) => !excluded.has(value) && (typeof value === 'string' || within(value)),
  );
  const result = candidates === undefined ? undecided() : fromCandidates(candidates);
  return result === undefined ? undefined : result !== test.negated ? 1 : 0;

  function within(value: number): boolean {
    return (lowOpen ? value > low : value >= low) && (highOpen ? value < high : value <= high);
  }

  function fromCandidates(values: readonly (string | number)[]): boolean | undefined {
    const outcomes = new Set(values.map((value) => holdsFor(test, value)));
    return outcomes.size === 1 ? [...outcomes][0] : outcomes.size === 0 ? false : undefined;
  }

  function undecided(): boolean | undefined {
    const { op, value, members } = test;
    const possible = (member: string | number) =>
      !excluded.has(member) && (typeof member === 'string' || within(member));
    if (op === 'in') return members!.some(possible) ? undefined : false;
    if (op === 'eq') return possible(value) ? undefined : false;
    if (op === 'ne') return possible(value) ? undefined : true;
    if (op === 'le' || op === 'lt') {
      if (op === 'le' ? high <= value : high < value || (high === value && highOpen)) return true;
      if (op === 'le' ? low > value || (low === value && lowOpen) : low >= value) return false;
      return undefined;
    }
    if (op === 'ge' ? low >= value : low > value || (low === value && lowOpen)) return true;
    if (op === 'ge' ? high < value || (high === value && highOpen) : high <= value) return false;
    return undefined;
  }
}

/** isMissing and isNotMissing know what any other test leaves unknown. */
function whenMissing({ op, negated }: FeatureTest): Outcome {
  return op !== 'missing' ? -1 : negated ? 0 : 1;
}

function holdsFor(test: FeatureTest, value: string | number): boolean {
  const { op, members } = test;
  switch (op) {
    case 'in':
      return members!.includes(value);
    case 'eq':
      return value === test.value;
    case 'ne':
      return value !== test.value;
    case 'lt':
      return Number(value) < test.value;
    case 'le':
      return Number(value) <= test.value;
    case 'gt':
      return Number(value) > test.value;
    default:
      return Number(value) >= test.value;
  }
}
