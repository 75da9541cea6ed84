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

const IRIS = ['setosa', 'versicolor', 'virginica'];

/** Both labels have the most votes, no class has as many that stands before ours, and ours stands before theirs. */
function isFirstOfTie(ours: unknown, theirs: unknown, answer: Readonly<Record<string, unknown>>): boolean {
  const votes = IRIS.map((label) => Number(answer[`$probability:${label}`]));
  const most = Math.max(...votes);
  const tied = IRIS.filter((_, index) => votes[index] === most);
  return tied.length > 1 && tied[0] === ours && tied.includes(String(theirs));
}

/** Every difference of the live comparison must fall under one of these, and each of these must be needed. */
export const SETTLED: readonly Settled[] = [
  {
    model: /^(r\/)?(svm|neural|glm|general)-/,
    reason: 'docs/decisions/0154: a missing input of the model is a missing prediction, not a failed record',
    applies: andWeHaveNone(refusesWith(/^MissingFieldValueException/)),
  },
  {
    model: /^(mining-isolation$|spark\/|h2o\/)/,
    reason: 'docs/decisions/0154: a missing score of the first model leaves the outputs missing',
    applies: andWeHaveNone(
      refusesWith(
        /^MissingFieldException: Field "(rawAnomalyScore|meanPathLength|margin|pmml\(prediction\))" is not defined/,
      ),
    ),
  },
  {
    model: /^spark\/clusters/,
    reason: 'docs/decisions/0156: a record without any value has no nearest cluster, and its prediction is missing',
    applies: andWeHaveNone(refusesWith(/^UndefinedResultException/)),
  },
  {
    model: /^(regression-|r\/|spark\/|python\/)/,
    reason: 'docs/decisions/0101: a missing argument gives a missing result',
    applies: refusesWith(/^MissingArgumentException/),
  },
  {
    model: /^r\/glm-binomial-interactions$/,
    reason: 'docs/decisions/0156: where one predictor is missing the others are not computed, and may not fail',
    applies: andWeHaveNone(refusesWith(/^EvaluationException: Function "ln" returned invalid value/)),
  },
  {
    model: /^r\/lrm-people$/,
    reason: 'docs/decisions/0156: a value of the dictionary that its dataType cannot be is the category that it spells',
    applies: refusesWith(/^load: NumberFormatException/),
  },
  {
    model: /^r\/scorecard-/,
    reason: 'docs/decisions/0156: the score of a target of type string is its shortest text',
    applies: ({ ours, theirs }) => typeof ours === 'string' && theirs === `${ours}.0`,
  },
  {
    model: /^ruleset-/,
    reason: 'docs/decisions/0151: defaultScore is optional, no rule and no default is a missing prediction',
    applies: andWeHaveNone(refusesWith(/RuleSet@defaultScore is not defined/)),
  },
  {
    model: /^(r\/bayes-|bayes-|mining-voting)/,
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
    model: /^(r\/)?svm-iris-/,
    reason: 'docs/decisions/0151: ties of votes go to the class that the target lists first',
    applies: ({ ours, theirs, field, answer }) => /^species$/i.test(field) && isFirstOfTie(ours, theirs, answer ?? {}),
  },
];
