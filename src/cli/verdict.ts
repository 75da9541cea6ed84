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
  ].join('\n');
}
