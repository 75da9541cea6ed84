import { type CheckResult, differenceLines, verdictLine } from '../index.js';
import { bad, good } from './screen.js';

/** The verdict, coloured, and below it the smallest differing row where the scores differ. */
export function verdictText(result: CheckResult, nameA: string, nameB: string): string {
  const line = verdictLine(result);
  if (result.same) return good(line);
  const difference = result.counterexample ?? result.worst;
  return [
    bad(line),
    ...(difference === undefined ? [] : differenceLines(difference, nameA, nameB).map((text) => `  ${text}`)),
    ...nearly(result),
  ].join('\n');
}

/** What would accept the scores, where they are only roundings apart. */
function nearly({ flips, worstUlps, tolerance }: CheckResult): string[] {
  if (flips > 0 || worstUlps > ROUNDINGS || tolerance.kind === 'rel') return [];
  return [
    `  hint: no label differs, and no number by more than ${worstUlps} ULP; --tolerance ${worstUlps}ulp accepts that`,
  ];
}

/** As many ULPs as a few dozen float operations in another order may lie apart. */
const ROUNDINGS = 64;
