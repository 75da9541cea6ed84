import type { Value } from '../types.js';
import { body, bound, type Obj } from './body.js';
import type { LibraryModule } from './function.js';

const COUNTERS = ['numEvents', 'numRuns', 'currentRun', 'longestRun'] as const;

/** The reset value also where the sum is NaN. */
function cumulated(sum: number, reset: number): number {
  return Number.isNaN(sum) ? reset : Math.max(sum, reset);
}

/** Detection of change. */
export const STAT_CHANGE: LibraryModule = [
  {
    name: 'stat.change.updateTrigger',
    signatures: [
      '(predicate: boolean, history: record A {numEvents: int, numRuns: int, currentRun: int, longestRun: int}) -> A',
    ],
    doc: 'Counts how often a predicate was true and how long its runs are.',
    errors: { 37000: 'counter out of range' },
    bind: bound((call) => (predicate: boolean, history: Obj<Value>) => {
      let [events, runs, current, longest] = COUNTERS.map((name) => history[name] as number) as [
        number,
        number,
        number,
        number,
      ];
      if (events < 0 || runs < 0 || current < 0 || longest < 0) throw call.error(37000);
      if (predicate) {
        events = (events + 1) | 0;
        if (current === 0) runs = (runs + 1) | 0;
        current = (current + 1) | 0;
        longest = Math.max(longest, current);
      } else current = 0;
      return { ...history, numEvents: events, numRuns: runs, currentRun: current, longestRun: longest };
    }),
  },
  {
    name: 'stat.change.zValue',
    signatures: [
      '(x: double, meanVariance: record A {mean: double, variance: double}) -> double',
      '(x: double, meanVariance: record A {count: double, mean: double, variance: double}, unbiased: boolean) -> double',
    ],
    doc: "Distance of x from a mean in standard deviations, with Bessel's correction if unbiased.",
    bind: body((x: number, state: Obj<number>, unbiased?: boolean) => {
      const z = (x - state['mean']!) / Math.sqrt(state['variance']!);
      return unbiased === true ? z * Math.sqrt(state['count']! / (state['count']! - 1)) : z;
    }),
  },
  {
    name: 'stat.change.updateCUSUM',
    signatures: ['(logLikelihoodRatio: double, last: double, reset: double) -> double'],
    doc: 'A cumulative sum that does not fall below a reset value.',
    bind: body((logLikelihoodRatio: number, last: number, reset: number) =>
      cumulated(logLikelihoodRatio + last, reset),
    ),
  },
];
