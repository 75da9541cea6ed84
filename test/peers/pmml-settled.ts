import type { Difference } from './pmml-compare.js';

/** A difference that is settled: whose answer stands, and where it is written down. */
export interface Settled {
  readonly model: RegExp;
  readonly reason: string;
  readonly applies: (difference: Difference) => boolean;
}

const refusesWith =
  (text: RegExp) =>
  ({ theirError }: Difference): boolean =>
    theirError !== undefined && text.test(theirError);

const andWeHaveNone =
  (test: (difference: Difference) => boolean) =>
  (difference: Difference): boolean =>
    difference.ours === null && test(difference);

const isNotANumber = (value: unknown): boolean => Number.isNaN(value);

/** Every difference of the live comparison must fall under one of these, and each of these must be needed. */
export const SETTLED: readonly Settled[] = [
  {
    model: /^(svm|neural|glm|general)-/,
    reason: 'docs/decisions/0154: a missing input of the model is a missing prediction, not a failed record',
    applies: andWeHaveNone(refusesWith(/^MissingFieldValueException/)),
  },
  {
    model: /^mining-isolation$/,
    reason: 'docs/decisions/0154: a missing score of the first model leaves the outputs missing',
    applies: andWeHaveNone(refusesWith(/^MissingFieldException: Field "rawAnomalyScore" is not defined/)),
  },
  {
    model: /^regression-/,
    reason: 'docs/decisions/0101: a missing argument gives a missing result',
    applies: refusesWith(/^MissingArgumentException/),
  },
  {
    model: /^ruleset-/,
    reason: 'docs/decisions/0151: defaultScore is optional, no rule and no default is a missing prediction',
    applies: andWeHaveNone(refusesWith(/RuleSet@defaultScore is not defined/)),
  },
  {
    model: /^(bayes-|mining-voting)/,
    reason:
      'docs/decisions/0156: no class with a density above zero is a missing prediction, not the first class with NaN',
    applies: ({ ours, theirs, field }) => ours === null && (isNotANumber(theirs) || !field.startsWith('probability')),
  },
  {
    model: /^general-multinomial$/,
    reason: 'docs/decisions/0156: a probability whose exponential overflows is 1, not NaN',
    applies: ({ ours, theirs }) => ours === 1 && isNotANumber(theirs),
  },
  {
    model: /^regression-ovr-svc$/,
    reason: 'docs/decisions/0156: shares of a sum of zero are a missing prediction, not a failed record',
    applies: andWeHaveNone(refusesWith(/^UndefinedResultException/)),
  },
  {
    model: /^svm-iris-/,
    reason: 'docs/decisions/0151: ties of votes go to the class that the target lists first',
    applies: ({ ours, theirs, field }) => field === 'species' && typeof ours === 'string' && typeof theirs === 'string',
  },
];
