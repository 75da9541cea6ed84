import type { Element } from '../../../wire/xml/document.js';
import { invalidDocument, missingElement } from '../../errors.js';
import { arrayStrings } from '../arrays.js';
import { optionalNumber, required, requiredChild } from '../attributes.js';
import type { Field, Frame, ModelCompiler, RuleResult } from '../model.js';
import { type Scalar, textOf } from '../values.js';
import { readItemsets } from './association-model.js';

/** A set of items and how it follows the set before it. */
interface Step {
  readonly items: readonly string[];
  /** The set may stand in the same transaction as the one before. */
  readonly sameWindow: boolean;
  /** No other set may stand between. */
  readonly adjacent: boolean;
}

/** SequenceModel: the rules whose antecedent sequence the record's sequence of item sets contains, in order. */
export const compileSequenceModel: ModelCompiler = (element, scope) => {
  const sets = readSets(element);
  const sequences = new Map(
    element.children('Sequence').map((sequence) => [required(sequence, 'id'), readSteps(sequence, sets)]),
  );
  const rules = element.children('SequenceRule').map((rule) => {
    const antecedent = referenced(rule, 'AntecedentSequence', sequences);
    const consequent = referenced(rule, 'ConsequentSequence', sequences);
    return { id: required(rule, 'id'), antecedent, consequent, numbers: numbersOfRule(rule) };
  });
  const constraints = element.child('Constraints');
  const minimumSupport = (constraints && optionalNumber(constraints, 'minimumSupport')) ?? 0;
  const minimumConfidence = (constraints && optionalNumber(constraints, 'minimumConfidence')) ?? 0;
  const kept = rules.filter(
    ({ numbers }) => (numbers.support ?? 1) >= minimumSupport && (numbers.confidence ?? 1) >= minimumConfidence,
  );
  const fields = scope.activeNames.map((name) => scope.field(name, element));
  return (frame) => {
    const history = historyOf(fields, frame);
    const results = kept.map((rule) => {
      const hasAntecedent = contains(history, rule.antecedent);
      return {
        id: rule.id,
        antecedent: rule.antecedent.flatMap(({ items }) => items),
        consequent: rule.consequent.flatMap(({ items }) => items),
        ...rule.numbers,
        hasAntecedent,
        hasConsequent: hasAntecedent && contains(history, [...rule.antecedent, ...rule.consequent]),
      } satisfies RuleResult;
    });
    const fired = kept.filter((_, i) => results[i]!.hasAntecedent);
    return {
      value: undefined,
      rules: results,
      sequenceRules: fired.map(({ id, consequent }) => ({ id, consequent: consequent.map(({ items }) => items) })),
      ...(fired[0] === undefined ? {} : { entityId: fired[0].id }),
      explain: () => ({ sequence: history.map((set) => [...set]), rules: fired.map(({ id }) => id) }),
    };
  };
};

function numbersOfRule(rule: Element): Pick<RuleResult, 'support' | 'confidence' | 'lift'> {
  return Object.fromEntries(
    ['support', 'confidence', 'lift'].flatMap((name) => {
      const value = optionalNumber(rule, name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Itemsets and SetPredicates by id, as the texts of their items. */
function readSets(element: Element): Map<string, readonly string[]> {
  const sets = new Map<string, readonly string[]>();
  for (const [id, { items }] of readItemsets(element)) {
    sets.set(
      id,
      items.map(({ value }) => value),
    );
  }
  for (const predicate of element.children('SetPredicate')) {
    sets.set(required(predicate, 'id'), arrayStrings(requiredChild(predicate, 'Array')));
  }
  return sets;
}

function readSteps(sequence: Element, sets: ReadonlyMap<string, readonly string[]>): Step[] {
  const steps: Step[] = [];
  let delimiter: Element | undefined;
  for (const child of sequence.children()) {
    if (child.name === 'Delimiter') delimiter = child;
    if (child.name !== 'SetReference') continue;
    const items = sets.get(required(child, 'setId'));
    if (items === undefined) throw invalidDocument(`there is no set ${child.attribute('setId')}`, child);
    steps.push({
      items,
      sameWindow: delimiter?.attribute('delimiter') === 'sameTimeWindow',
      adjacent: delimiter?.attribute('gap') === 'false',
    });
    delimiter = undefined;
  }
  if (steps.length === 0) throw missingElement(sequence, 'SetReference');
  return steps;
}

function referenced(rule: Element, name: string, sequences: ReadonlyMap<string, readonly Step[]>): readonly Step[] {
  const reference = requiredChild(requiredChild(rule, name), 'SequenceReference');
  const steps = sequences.get(required(reference, 'seqId'));
  if (steps === undefined) throw invalidDocument(`there is no sequence ${reference.attribute('seqId')}`, reference);
  return steps;
}

/** The record's item sets in order: a collection of collections, or a flat collection of single items. */
function historyOf(fields: readonly Field[], frame: Frame): ReadonlySet<string>[] {
  const history: ReadonlySet<string>[] = [];
  for (const field of fields) {
    // A field's value is flat; item sets in order are taken as the caller gave them.
    const given = frame.record[field.name];
    const nested = Array.isArray(given) && given.some((set) => Array.isArray(set));
    const value: unknown = nested ? given : field.value(frame);
    if (value === undefined || value === null) continue;
    for (const set of Array.isArray(value) ? value : [value]) {
      history.push(new Set((Array.isArray(set) ? set : [set]).map((item: Scalar) => textOf(item))));
    }
  }
  return history;
}

/** Whether the steps can be found in the history, in order; every choice of positions is tried. */
function contains(history: readonly ReadonlySet<string>[], steps: readonly Step[]): boolean {
  // reachable[i]: some choice of positions for the steps so far ends at position i.
  let reachable: boolean[] | undefined;
  for (const step of steps) {
    const before = reachable;
    reachable = history.map((set, at) => step.items.every((item) => set.has(item)) && follows(before, at, step));
  }
  return reachable === undefined || reachable.some((value) => value);
}

function follows(before: readonly boolean[] | undefined, at: number, step: Step): boolean {
  if (before === undefined) return true;
  if (step.sameWindow && before[at] === true) return true;
  if (step.adjacent) return before[at - 1] === true;
  return before.slice(0, at).some((value) => value);
}
