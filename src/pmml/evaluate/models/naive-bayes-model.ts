import type { Element } from '../../../wire/xml/document.js';
import { badAttribute, missingElement } from '../../errors.js';
import { numberAttribute, required, requiredChild } from '../attributes.js';
import type { Field, Frame, ModelCompiler, Scope } from '../model.js';
import { equalValues, lenientLiteral, numberOf, type Scalar, textOf } from '../values.js';
import { type Density, distributionChild } from './distributions.js';
import { scalarOf } from './field-values.js';
import { localDerivedField } from './local-fields.js';

/** ln P(value | target value), one for each target value; undefined where the input is missing or not counted. */
type Likelihoods = (frame: Frame) => readonly number[] | undefined;

/** NaiveBayesModel: discrete, Discretize-d and continuous inputs. Missing inputs are left out. */
export const compileNaiveBayesModel: ModelCompiler = (element, scope) => {
  const threshold = numberAttribute(element, 'threshold');
  const output = requiredChild(element, 'BayesOutput');
  const target = scope.target(output.attribute('fieldName')) ?? scope.target();
  const keyOf: Key = (label) => textOf(lenientLiteral(label, target?.dataType ?? 'string'));
  const priors = targetCounts(requiredChild(output, 'TargetValueCounts'), keyOf);
  const labels = [...priors.keys()];
  const inputs = bayesInputs(requiredChild(element, 'BayesInputs')).map((input) => ({
    name: required(input, 'fieldName'),
    likelihoods: compileInput(input, { labels, keyOf, threshold, scope }),
  }));
  const byLabel = (logs: readonly number[]) => Object.fromEntries(labels.map((label, i) => [label, logs[i]]));
  const logPriors = labels.map((label) => Math.log(priors.get(label)!));
  return (frame) => {
    const scores = [...logPriors];
    for (const { likelihoods } of inputs) {
      const logs = likelihoods(frame);
      if (logs === undefined) continue;
      for (let i = 0; i < scores.length; i++) scores[i]! += logs[i]!;
    }
    const explain = () => ({
      logPriors: byLabel(logPriors),
      inputs: inputs.map(({ name, likelihoods }) => {
        const logs = likelihoods(frame);
        return { field: name, logLikelihoods: logs === undefined ? null : byLabel(logs) };
      }),
      logLikelihoods: byLabel(scores),
    });
    const largest = Math.max(...scores);
    if (!Number.isFinite(largest)) return { value: undefined, explain };
    const shares = scores.map((score) => Math.exp(score - largest));
    const sum = shares.reduce((total, share) => total + share, 0);
    const winner = scores.indexOf(largest);
    return {
      value: lenientLiteral(labels[winner]!, target?.dataType ?? 'string'),
      probabilities: new Map(labels.map((label, i) => [label, shares[i]! / sum])),
      explain,
    };
  };
};

/** A target value as the document spells it → its canonical text. */
type Key = (label: string) => string;

interface Context {
  /** Canonical texts of the target values. */
  readonly labels: readonly string[];
  readonly keyOf: Key;
  readonly threshold: number;
  readonly scope: Scope;
}

/** BayesInput elements; old writers of R wrap continuous ones in an Extension. */
function bayesInputs(element: Element): Element[] {
  return element
    .children()
    .flatMap((child) =>
      child.name === 'BayesInput' ? [child] : child.name === 'Extension' ? child.children('BayesInput') : [],
    );
}

function targetCounts(element: Element, keyOf: Key): Map<string, number> {
  return new Map(
    element
      .children('TargetValueCount')
      .map((child) => [keyOf(required(child, 'value')), numberAttribute(child, 'count')]),
  );
}

function compileInput(element: Element, context: Context): Likelihoods {
  const { threshold, scope } = context;
  const name = required(element, 'fieldName');
  const derived = element.child('DerivedField');
  const field = derived === undefined ? scope.field(name, element) : localDerivedField(derived, scope, name);
  const stats = element.child('TargetValueStats') ?? extensionStats(element);
  if (stats !== undefined) {
    // Documents of before 4.2 follow R, where the threshold replaces a density of zero only.
    const wrapped = element.parent?.name === 'Extension' || stats.parent?.name === 'Extension';
    const floor = (density: number) => (wrapped ? density || threshold : Math.max(density, threshold));
    return continuous(stats, field, context, floor);
  }
  return discrete(element, field, context);
}

function extensionStats(element: Element): Element | undefined {
  return element
    .children('Extension')
    .map((extension) => extension.child('TargetValueStats'))
    .find((stats) => stats !== undefined);
}

/** "the same threshold … when the calculated probability of the distribution falls below that value". */
function continuous(
  element: Element,
  field: Field,
  { labels, keyOf }: Context,
  floor: (density: number) => number,
): Likelihoods {
  const densities = new Map<string, Density>();
  for (const child of element.children('TargetValueStat')) {
    densities.set(keyOf(required(child, 'value')), distributionChild(child));
  }
  const ordered = labels.map((label) => densities.get(label));
  return (frame) => {
    const value = numberOf(field.value(frame));
    if (value === undefined) return undefined;
    return ordered.map((density) => Math.log(floor(density?.(value) ?? 0)));
  };
}

/** "in lieu of P(Ij* | Tk) when count[Ij*Ti] is zero". */
function discrete(element: Element, field: Field, { labels, keyOf, threshold }: Context): Likelihoods {
  const pairs = element.children('PairCounts');
  if (pairs.length === 0) throw missingElement(element, 'PairCounts');
  const counts = pairs.map((pair) => targetCounts(requiredChild(pair, 'TargetValueCounts'), keyOf));
  const totals = labels.map((label) => counts.reduce((sum, count) => sum + (count.get(label) ?? 0), 0));
  const rows = pairs.map((pair, index) => ({
    value: lenientLiteral(required(pair, 'value'), field.dataType) as Scalar,
    logs: labels.map((label, i) => {
      const count = counts[index]!.get(label) ?? 0;
      if (count < 0) throw badAttribute(pair, 'count', 'a count');
      return Math.log(count === 0 ? threshold : count / totals[i]!);
    }),
  }));
  return (frame) => {
    const value = scalarOf(field.value(frame));
    if (value === undefined) return undefined;
    return rows.find((row) => equalValues(row.value, value))?.logs;
  };
}
