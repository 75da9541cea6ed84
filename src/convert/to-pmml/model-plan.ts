import type { LinearNode, TreesNode } from '../../ir/nodes.js';
import type { Literal, Ref } from '../../ir/types.js';
import type { Fields } from './fields.js';

/** Trees as a TreeModel or a MiningModel of TreeModels. */
export interface TreesPlan {
  readonly op: 'trees';
  readonly node: TreesNode;
  readonly method: 'sum' | 'average' | 'weightedAverage' | 'max' | 'median' | 'majorityVote' | 'weightedMajorityVote';
  /** Regression: the column of the leaf values. */
  readonly column?: number;
  /** Regression: these trees only. */
  readonly only?: readonly number[];
  /** Classification: the column of each class, in the order in which ties are decided. */
  readonly classes?: readonly { readonly label: Literal; readonly column: number }[];
  /** Classification: trees over the same splits whose single value is the index of the label. */
  readonly winners?: { readonly node: TreesNode; readonly labels: readonly Literal[] };
  /** Classification: nobody asks for probabilities, and each leaf has one class. */
  readonly bare?: boolean;
}

export interface Term {
  readonly ref: Ref;
  readonly coefficient: number;
  /** For a CategoricalPredictor: `ref` is the field. */
  readonly category?: Literal;
}

export interface TablePlan {
  readonly label?: Literal;
  readonly intercept: number;
  readonly terms: readonly Term[];
}

export interface RegressionPlan {
  readonly op: 'regression';
  readonly method: string;
  readonly float: boolean;
  readonly tables: readonly TablePlan[];
  /** Classification: the model only chooses the label; the probabilities are outputs that are computed beside it. */
  readonly labelOnly?: true;
}

export type ModelPlan = TreesPlan | RegressionPlan;

/** A step of a modelChain whose result later steps refer to. */
export interface StepPlan {
  readonly ref: Ref;
  readonly model: ModelPlan;
  readonly name: string;
  readonly float: boolean;
}

/** The fields that a model refers to. */
export function refsOf(plan: ModelPlan): readonly Ref[] {
  if (plan.op === 'trees') return plan.node.features;
  return plan.tables.flatMap((table) => table.terms.map((term) => term.ref));
}

/** One row of a linear node; indicators become categorical predictors of their field. */
export function tableOf(fields: Fields, node: LinearNode, row: number, label?: Literal): TablePlan {
  const terms: Term[] = [];
  node.features.forEach((ref, index) => {
    const coefficient = node.weights[row * node.features.length + index]!;
    const feature = fields.node(ref);
    const vector = feature.op === 'element' ? fields.node(feature.input) : undefined;
    if (feature.op === 'element' && vector?.op === 'one-hot') {
      if (coefficient !== 0)
        terms.push({ ref: vector.input, coefficient, category: vector.categories[feature.index]! });
    } else if (coefficient !== 0 || feature.type.missing) {
      terms.push({ ref: unwidened(fields, ref), coefficient });
    }
  });
  const intercept = node.intercepts[row]!;
  return label === undefined ? { intercept, terms } : { label, intercept, terms };
}

/** A table that is nothing but one value. */
export function identity(ref: Ref, label?: Literal): TablePlan {
  const terms = [{ ref, coefficient: 1 }];
  return label === undefined ? { intercept: 0, terms } : { label, intercept: 0, terms };
}

/** A number before its widening to double, which a predictor does by itself. */
function unwidened(fields: Fields, ref: Ref): Ref {
  const node = fields.node(ref);
  if (node.op !== 'cast' || node.type.kind !== 'float64') return ref;
  const from = fields.builder.kindOf(node.input);
  return from === 'float32' || from === 'int64' || from === 'int32' ? node.input : ref;
}

/** One way through a program: the model that holds under a condition, and the models that it builds on. */
export interface BranchPlan {
  readonly condition: Ref | undefined;
  readonly steps: readonly StepPlan[];
  readonly model: ModelPlan;
  readonly rescale: { readonly factor?: number; readonly constant?: number } | undefined;
  readonly priors: readonly { readonly label: Literal; readonly probability: number }[] | undefined;
}
