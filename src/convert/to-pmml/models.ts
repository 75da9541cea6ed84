import type { Literal, Ref } from '../../ir/types.js';
import type { XmlBuilder } from '../../wire/xml/builder.js';
import type { TargetPlan } from './analyse.js';
import { literalText, writeDerivedFields } from './expressions.js';
import type { DerivedPlan, Fields } from './fields.js';
import { type ModelPlan, type RegressionPlan, refsOf, type TreesPlan } from './model-plan.js';
import { missingPredictionName } from './spelling.js';
import { TreeWriter } from './trees.js';

/** What surrounds a model's own content. */
export interface Frame {
  readonly functionName: 'regression' | 'classification';
  /** Writes the MiningField elements; without it the fields that the model refers to are listed. */
  readonly mining?: () => void;
  /** The target's name where this model is the one that predicts it. */
  readonly target?: string | undefined;
  readonly output?: () => void;
  readonly rescale?: TargetPlan | undefined;
  /** Prior probability of each class, for rows without a prediction. */
  readonly priors?: readonly { readonly label: Literal; readonly probability: number }[] | undefined;
  /** Derived fields to stand in this model; without it those that depend on earlier models. */
  readonly derived?: readonly DerivedPlan[];
  /** What the output refers to. */
  readonly also?: readonly Ref[];
  /** Names that the model makes itself. */
  readonly without?: ReadonlySet<string>;
  readonly name?: string | undefined;
  readonly algorithm?: string | undefined;
}

/** Fields that expressions refer to from outside, and the derived fields that must stand beside them. */
export function usedFields(fields: Fields, refs: readonly Ref[]): { names: string[]; locals: DerivedPlan[] } {
  const names = new Set<string>();
  const locals = new Set<string>();
  const derived = new Map(fields.derived.map((plan) => [plan.name, plan]));
  const seen = new Set<Ref>();
  const visit = (ref: Ref, root: boolean): void => {
    const name = root ? undefined : fields.known(ref);
    if (name !== undefined) {
      const plan = derived.get(name);
      if (plan === undefined || !fields.needsModel(ref)) names.add(name);
      else if (!locals.has(name)) {
        locals.add(name);
        visit(ref, true);
      }
      return;
    }
    if (seen.has(ref)) return;
    seen.add(ref);
    const node = fields.expression(ref);
    if (node.op === 'element') {
      const vector = fields.node(node.input);
      if (vector.op === 'one-hot') visit(vector.input, false);
    } else if (node.op === 'primitive') for (const input of node.inputs) visit(input, false);
    else if (node.op === 'cast' || node.op === 'lookup') visit(node.input, false);
  };
  for (const ref of refs) visit(ref, false);
  return { names: [...names], locals: fields.derived.filter((plan) => locals.has(plan.name)) };
}

/** Writes a model of any kind with all that surrounds it. */
export class ModelWriter {
  constructor(
    readonly xml: XmlBuilder,
    readonly fields: Fields,
  ) {}

  write(plan: ModelPlan, frame: Frame): void {
    if (plan.op === 'regression') this.#regression(plan, frame);
    else this.#trees(plan, frame);
  }

  /** MiningSchema, Output, Targets, LocalTransformations. */
  head(refs: readonly Ref[], frame: Frame): void {
    const { xml, fields } = this;
    const used = usedFields(fields, [...refs, ...(frame.also ?? [])]);
    xml.start('MiningSchema');
    if (frame.target !== undefined) xml.leaf('MiningField', { name: frame.target, usageType: 'target' });
    if (frame.mining !== undefined) frame.mining();
    else {
      const names = used.names.filter((name) => frame.without?.has(name) !== true);
      this.#miningFields(frame.target === undefined ? this.#atLeastOne(names) : names);
    }
    xml.end();
    if (frame.output !== undefined) {
      xml.start('Output');
      frame.output();
      xml.end();
    }
    this.#targets(frame);
    writeDerivedFields(xml, fields, frame.derived ?? used.locals, 'LocalTransformations');
  }

  #targets(frame: Frame): void {
    const { xml } = this;
    const { factor, constant } = frame.rescale ?? {};
    const { priors = [] } = frame;
    if (factor === undefined && constant === undefined && priors.length === 0) return;
    const text = (value: number | undefined) => (value === undefined ? undefined : literalText('float64', value));
    xml.start('Targets');
    xml.start('Target', { field: frame.target, rescaleFactor: text(factor), rescaleConstant: text(constant) });
    for (const { label, probability } of priors) {
      xml.leaf('TargetValue', { value: String(label), priorProbability: text(probability) });
    }
    xml.end().end();
  }

  /** A MiningSchema is never empty: a model that uses no field lists the first one. */
  #atLeastOne(names: readonly string[]): readonly string[] {
    return names.length > 0 ? names : this.fields.data.slice(0, 1).map(({ name }) => name);
  }

  #miningFields(names: readonly string[]): void {
    for (const name of names) this.xml.leaf('MiningField', { name });
  }

  #regression(plan: RegressionPlan, frame: Frame): void {
    const { xml, fields } = this;
    const { tables, method, float } = plan;
    xml.start('RegressionModel', {
      modelName: frame.name,
      functionName: frame.functionName,
      algorithmName: frame.algorithm,
      normalizationMethod: method === 'none' ? undefined : method,
      'x-mathContext': float ? 'float' : undefined,
    });
    this.head(refsOf(plan), frame);
    const kind = float ? 'float32' : 'float64';
    for (const table of tables) {
      xml.start('RegressionTable', {
        intercept: literalText(kind, table.intercept),
        targetCategory: table.label === undefined ? undefined : String(table.label),
      });
      for (const term of table.terms) {
        if (term.category !== undefined) continue;
        xml.leaf('NumericPredictor', {
          name: fields.nameOf(term.ref),
          coefficient: literalText(kind, term.coefficient),
        });
      }
      for (const term of table.terms) {
        if (term.category === undefined) continue;
        xml.leaf('CategoricalPredictor', {
          name: fields.nameOf(term.ref),
          value: literalText(fields.builder.kindOf(term.ref), term.category as Literal),
          coefficient: literalText(kind, term.coefficient),
        });
      }
      xml.end();
    }
    xml.end();
  }

  #trees(plan: TreesPlan, frame: Frame): void {
    const { xml } = this;
    const { node } = plan;
    const writer = new TreeWriter(xml, plan, this.fields);
    const trees = plan.only ?? this.#treesThatCount(plan);
    const attributes = {
      modelName: frame.name,
      functionName: frame.functionName,
      algorithmName: frame.algorithm,
      'x-mathContext': node.type.kind === 'float32' ? 'float' : undefined,
    };
    if (trees.length === 1 && (plan.method === 'sum' || plan.method === 'average')) {
      xml.start('TreeModel', attributes);
      this.head(node.features, frame);
      writer.write(trees[0]!);
      xml.end();
      return;
    }
    xml.start('MiningModel', attributes);
    this.head(node.features, frame);
    xml.start('Segmentation', {
      multipleModelMethod: plan.method,
      [missingPredictionName(this.fields.version)]: plan.method.endsWith('Vote') ? 'skipSegment' : 'returnMissing',
    });
    const context = { functionName: frame.functionName, 'x-mathContext': attributes['x-mathContext'] };
    trees.forEach((tree, index) => {
      const weight = plan.method.startsWith('weighted') ? node.weights?.[tree] : undefined;
      xml.start('Segment', {
        id: index + 1,
        weight: weight === undefined ? undefined : literalText('float64', weight),
      });
      xml.leaf('True').start('TreeModel', context).start('MiningSchema');
      const names = [...writer.featuresOf(tree)].map((feature) => this.fields.nameOf(node.features[feature]!));
      this.#miningFields(this.#atLeastOne(usedNames(names)));
      xml.end();
      writer.write(tree);
      xml.end().end();
    });
    xml.end().end();
  }

  /** A regression needs only the trees that add something; the others keep every tree. */
  #treesThatCount(plan: TreesPlan): number[] {
    const { node, column } = plan;
    const all = Array.from(node.splits.roots, (_, index) => index);
    if (column === undefined || plan.method !== 'sum' || node.width === 1) return all;
    const { splits, leaves, width } = node;
    const adds = (root: number): boolean => {
      const seen = new Set<number>();
      const open = [root];
      for (let at = open.pop(); at !== undefined; at = open.pop()) {
        if (seen.has(at)) continue;
        seen.add(at);
        const leaf = splits.leaf[at]!;
        if (leaf < 0) open.push(splits.whenTrue[at]!, splits.whenFalse[at]!, splits.whenMissing[at]!);
        else if (leaves[leaf * width + column] !== 0) return true;
      }
      return false;
    };
    const some = all.filter((tree) => adds(splits.roots[tree]!));
    return some.length === 0 ? all.slice(0, 1) : some;
  }
}

/** Names once each, in their order. */
function usedNames(names: readonly string[]): string[] {
  return [...new Set(names)];
}
