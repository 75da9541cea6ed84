import { logisticf, probitf, softmaxf, softmaxZerof } from '../float-math.js';

export type PostTransform = 'NONE' | 'LOGISTIC' | 'SOFTMAX' | 'SOFTMAX_ZERO' | 'PROBIT';

/**
 * By the codes of TreeEnsemble-5. The specification numbers SOFTMAX 1 and LOGISTIC 2; ONNX Runtime takes them the other
 * way round, and so do the files that were tried with it.
 */
export const POST_TRANSFORMS: readonly PostTransform[] = ['NONE', 'LOGISTIC', 'SOFTMAX', 'SOFTMAX_ZERO', 'PROBIT'];

export function postTransform(name: string): PostTransform {
  return (POST_TRANSFORMS as readonly string[]).includes(name) ? (name as PostTransform) : 'PROBIT';
}

/** Transforms two or more scores of a row in place, in float32 whatever the width of the scores. */
export function transformScores(
  scores: number[] | Float32Array,
  transform: PostTransform,
  round: (value: number) => number = Math.fround,
): void {
  if (transform === 'NONE') return;
  for (let i = 0; i < scores.length; i++) scores[i] = Math.fround(scores[i]!);
  if (transform === 'SOFTMAX') softmaxf(scores);
  else if (transform === 'SOFTMAX_ZERO') softmaxZerof(scores, round);
  else {
    const map = transform === 'LOGISTIC' ? logisticf : probitf;
    for (let i = 0; i < scores.length; i++) scores[i] = map(scores[i]!);
  }
}

/**
 * How the second score of a binary classifier with one score follows from it: as its complement to one (weights are
 * all positive), by its sign, or not at all.
 */
export type SecondClass = 'complement' | 'opposite' | 'none';

/** The scores of a row that has one score: one of them, or two. */
export function pairOfScores(
  score: number,
  transform: PostTransform,
  second: SecondClass,
  round: (value: number) => number,
): number[] {
  if (transform === 'PROBIT') return [probitf(Math.fround(score))];
  if (second === 'complement') return [round(1 - score), score];
  if (second === 'none') return [score];
  if (transform !== 'LOGISTIC') return [-score, score];
  const single = Math.fround(score);
  return [logisticf(-single), logisticf(single)];
}
