import type { Literal, Ref } from '../../ir/types.js';
import type { Fields } from './fields.js';
import { identity, type ModelPlan, type RegressionPlan } from './model-plan.js';

// Labels that follow other values than the probabilities do: docs/decisions/0401.

/**
 * Whether shares of other values than the scores decide: where a logistic rounds to 1 for two classes, the shares are
 * equal and the scores are not.
 */
export function saturates(fields: Fields, model: ModelPlan, scores: readonly Ref[]): boolean {
  if (model.op !== 'regression' || model.method !== 'simplemax' || areOpposite(fields, scores)) return false;
  return model.tables.some(({ terms }, index) => {
    const ref = terms.length === 1 ? terms[0]!.ref : undefined;
    return ref !== undefined && uncast(fields, ref) !== uncast(fields, scores[index]!);
  });
}

/** Whether the scores are x and −x: of those, no function that grows rounds both to its largest value. */
function areOpposite(fields: Fields, scores: readonly Ref[]): boolean {
  const [first, second] = scores.map((ref) => fields.node(ref));
  if (scores.length !== 2 || first?.op !== 'element' || second?.op !== 'element') return false;
  const linear = fields.node(first.input);
  if (linear.op !== 'linear' || second.input !== first.input) return false;
  const { features, weights, intercepts } = linear;
  const [a, b] = [first.index * features.length, second.index * features.length];
  return (
    intercepts[first.index] === -intercepts[second.index]! &&
    features.every((_, at) => weights[a + at] === -weights[b + at]!)
  );
}

function uncast(fields: Fields, ref: Ref): Ref {
  const node = fields.node(ref);
  return node.op === 'cast' ? uncast(fields, node.input) : ref;
}

/** The label by its own scores: softmax in double precision keeps their order. */
export function labelOnly(fields: Fields, scores: readonly Ref[], labels: readonly Literal[]): RegressionPlan {
  return { ...plain(fields, scores, labels, 'softmax'), float: false, labelOnly: true };
}

/** The scores whose softmax these are, which has its largest value where they have theirs; else themselves. */
export function unshared(fields: Fields, scores: readonly Ref[]): readonly Ref[] {
  const inner = scores.map((ref) => {
    const node = fields.node(ref);
    const vector = node.op === 'element' ? fields.node(node.input) : undefined;
    if (node.op !== 'element' || vector?.op !== 'vector-function' || vector.fn !== 'softmax') return undefined;
    return fields.builder.element(vector.input, node.index);
  });
  return inner.every((ref) => ref !== undefined) ? inner : scores;
}

/** Tables that are the values themselves, one a class. */
export function plain(
  fields: Fields,
  refs: readonly Ref[],
  labels: readonly Literal[],
  method: string,
): RegressionPlan {
  const float = refs.every((ref) => fields.builder.kindOf(ref) === 'float32');
  return { op: 'regression', method, float, tables: refs.map((ref, index) => identity(ref, labels[index])) };
}
