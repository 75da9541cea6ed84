import { quote } from '../../core/errors.js';
import type { Element } from '../../wire/xml/document.js';
import { BUILT_INS, LAZY_FUNCTIONS } from '../evaluate/functions/index.js';
import { ruleOf } from '../grammar.js';
import type { Report } from './report.js';
import { pushChildren } from './walk.js';

/** Attributes of type FIELD-NAME that name a new field, or a field outside of the scope. */
const NOT_REFERENCES: ReadonlySet<string> = new Set([
  'DataField/name',
  'DerivedField/name',
  'OutputField/name',
  'MiningField/name',
  'ParameterField/name',
  'ResultField/name',
  'InstanceField/field',
  'NearestNeighborModel/instanceIdVariable',
  'FieldValue/field',
  'FieldValueCount/field',
  'TimeSeries/field',
  'PredictiveModelQuality/targetField',
]);
/** Statistics and explanations may speak of fields that the model does not use. */
const STATISTICS: ReadonlySet<string> = new Set(['ModelStats', 'ModelExplanation', 'Partition']);

/** The fields that may be referred to: those of some sets, and those of an enclosing scope. */
interface Names {
  readonly sets: readonly ReadonlySet<string>[];
  readonly around?: Names;
}

function isKnown(name: string, names: Names): boolean {
  for (let scope: Names | undefined = names; scope !== undefined; scope = scope.around)
    if (scope.sets.some((set) => set.has(name))) return true;
  return false;
}

export class FieldChecker {
  private readonly dictionary: ReadonlySet<string>;
  private readonly derived: ReadonlySet<string>;
  private readonly functions: ReadonlyMap<string, Element>;

  constructor(
    private readonly root: Element,
    private readonly report: Report,
  ) {
    const transformations = root.child('TransformationDictionary');
    this.dictionary = this.defineAll(root.child('DataDictionary')?.children('DataField') ?? [], 'field');
    this.derived = this.defineAll(transformations?.children('DerivedField') ?? [], 'field', this.dictionary);
    const functions = transformations?.children('DefineFunction') ?? [];
    this.defineAll(functions, 'function');
    this.functions = new Map(functions.map((element) => [element.attribute('name') ?? '', element]));
  }

  check(): void {
    this.checkTaxonomies();
    const transformations = this.root.child('TransformationDictionary');
    if (transformations !== undefined) {
      const names: Names = { sets: [this.dictionary, this.derived] };
      for (const element of transformations.children('DerivedField')) this.walk(element, names);
      for (const element of this.functions.values()) {
        const parameters = this.defineAll(element.children('ParameterField'), 'parameter');
        this.walk(element, { sets: [parameters] });
      }
      this.checkCycles(transformations.children('DerivedField'), 'field', 'FieldRef', 'field');
      this.checkCycles([...this.functions.values()], 'function', 'Apply', 'function');
    }
    for (const child of this.root.children()) if (isModel(child)) this.checkModel(child);
  }

  private defineAll(elements: readonly Element[], what: string, before: ReadonlySet<string> = new Set()): Set<string> {
    const names = new Set<string>();
    for (const element of elements) {
      const name = element.attribute('name');
      if (name === undefined) continue;
      if (names.has(name) || before.has(name)) {
        this.report.error('duplicate', `the ${what} ${quote(name)} is defined twice`, element, 'name');
      }
      names.add(name);
    }
    return names;
  }

  private checkTaxonomies(): void {
    const dictionary = this.root.child('DataDictionary');
    const known = new Set(dictionary?.children('Taxonomy').map((child) => child.attribute('name')));
    for (const field of dictionary?.children('DataField') ?? []) {
      const taxonomy = field.attribute('taxonomy');
      if (taxonomy !== undefined && !known.has(taxonomy))
        this.report.error('unknown-reference', `there is no taxonomy ${quote(taxonomy)}`, field, 'taxonomy');
    }
  }

  /** `around` is what an enclosing model offers to the MiningSchema. */
  private checkModel(model: Element, around?: Names): void {
    const schema = model.child('MiningSchema')?.children('MiningField') ?? [];
    const mining = this.defineAll(schema, 'mining field');
    for (const field of schema) {
      const name = field.attribute('name');
      if (name === undefined || this.derived.has(name) || this.dictionary.has(name)) continue;
      if (around !== undefined && isKnown(name, around)) continue;
      this.report.error('unknown-field', `there is no field ${quote(name)} for the MiningSchema`, field, 'name');
    }
    const localElements = model.child('LocalTransformations')?.children('DerivedField') ?? [];
    const local = this.defineAll(localElements, 'field');
    const centers = model.child('CenterFields')?.children('DerivedField') ?? [];
    const outputElements = model.child('Output')?.children('OutputField') ?? [];
    const outputs = this.defineAll(outputElements, 'output field');
    const segments = segmentOutputs(model);
    const sets = [
      mining,
      local,
      this.derived,
      outputs,
      segments,
      new Set(centers.map((field) => field.attribute('name') ?? '')),
      new Set(networkNodes(model)),
    ].filter(({ size }) => size > 0);
    // Segments and wrapped models also see what surrounds the model.
    const names: Names = around === undefined ? { sets } : { sets, around };
    this.checkTargets(model, schema, segments);
    this.checkCycles(localElements, 'field', 'FieldRef', 'field');
    for (const child of model.children()) {
      if (child.name === 'MiningSchema') continue;
      this.walk(child, names);
    }
    for (const attribute of referencesOf(model.name)) this.checkReference(model, attribute, names);
  }

  private checkTargets(model: Element, schema: readonly Element[], segments: ReadonlySet<string>): void {
    const usage = (field: Element) => field.attribute('usageType') ?? 'active';
    const targets = new Set(
      schema
        .filter((field) => usage(field) === 'target' || usage(field) === 'predicted')
        .map((f) => f.attribute('name')),
    );
    for (const target of model.child('Targets')?.children('Target') ?? []) {
      const name = target.attribute('field');
      if (name !== undefined && !targets.has(name) && !segments.has(name)) {
        this.report.error('unknown-target', `${quote(name)} is no target of the model`, target, 'field');
      }
    }
  }

  /** References below an element, an element at a time; models inside of it are models of their own. */
  private walk(start: Element, names: Names): void {
    const pending: Element[] = [start];
    for (let element = pending.pop(); element !== undefined; element = pending.pop()) {
      if (STATISTICS.has(element.name) || element.name === 'Extension' || element.name === 'InlineTable') continue;
      if (isModel(element)) {
        this.checkModel(element, names);
        continue;
      }
      for (const attribute of referencesOf(element.name)) this.checkReference(element, attribute, names);
      if (element.name === 'Apply') this.checkFunction(element);
      pushChildren(pending, element);
    }
  }

  private checkReference(element: Element, attribute: string, names: Names): void {
    const name = element.attribute(attribute);
    if (name === undefined || isKnown(name, names)) return;
    this.report.error('unknown-field', `there is no field ${quote(name)} here`, element, attribute);
  }

  private checkFunction(apply: Element): void {
    const name = apply.attribute('function');
    if (name === undefined || Object.hasOwn(BUILT_INS, name) || LAZY_FUNCTIONS.includes(name)) return;
    const defined = this.functions.get(name);
    if (defined === undefined) {
      // A vendor's own function, named like a Java class or with an x- prefix.
      const severity = name.includes('.') || name.startsWith('x-') ? 'warning' : 'error';
      this.report[severity]('unknown-function', `there is no function ${quote(name)}`, apply, 'function');
      return;
    }
    const wanted = defined.children('ParameterField').length;
    const given = apply.children().filter((child) => child.name !== 'Extension').length;
    if (wanted !== given)
      this.report.error('arguments', `${name} takes ${wanted} arguments and gets ${given}`, apply, 'function');
  }

  /** Definitions that need themselves. */
  private checkCycles(elements: readonly Element[], what: string, via: string, attribute: string): void {
    const byName = new Map(elements.map((element) => [element.attribute('name') ?? '', element]));
    const needs = new Map([...byName].map(([name, element]) => [name, references(element, via, attribute)]));
    const state = new Map<string, 'open' | 'done'>();
    for (const start of byName.keys()) {
      const stack: { name: string; next: string[] }[] = [];
      const enter = (name: string): void => {
        state.set(name, 'open');
        stack.push({ name, next: (needs.get(name) ?? []).filter((other) => byName.has(other)) });
      };
      if (state.get(start) === undefined) enter(start);
      for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
        const next = top.next.pop();
        if (next === undefined) {
          state.set(top.name, 'done');
          stack.pop();
        } else if (state.get(next) === 'open') {
          this.report.error('cycle', `the ${what} ${quote(next)} is defined by itself`, byName.get(next)!);
        } else if (state.get(next) === undefined) enter(next);
      }
    }
  }
}

const REFERENCES = new Map<string, readonly string[]>();

/** Attributes of an element that refer to a field. */
function referencesOf(name: string): readonly string[] {
  let known = REFERENCES.get(name);
  if (known === undefined) {
    known = Object.entries(ruleOf(name)?.attributes ?? {})
      .filter(([attribute, { type }]) => type === 'FIELD-NAME' && !NOT_REFERENCES.has(`${name}/${attribute}`))
      .map(([attribute]) => attribute);
    REFERENCES.set(name, known);
  }
  return known;
}

function references(element: Element, via: string, attribute: string): string[] {
  const names: string[] = [];
  const pending: Element[] = [];
  pushChildren(pending, element);
  for (let child = pending.pop(); child !== undefined; child = pending.pop()) {
    const name = via === 'FieldRef' || child.name === via ? child.attribute(attribute) : undefined;
    if (name !== undefined) names.push(name);
    pushChildren(pending, child);
  }
  return names;
}

/** Outputs and targets of the segments and wrapped models, which the rest of a MiningModel may use. */
function segmentOutputs(model: Element): Set<string> {
  const names = new Set<string>();
  const pending: Element[] = [];
  if (model.name === 'MiningModel' || model.name === 'AnomalyDetectionModel') pushChildren(pending, model);
  for (let element = pending.pop(); element !== undefined; element = pending.pop()) {
    if (element.name === 'OutputField') names.add(element.attribute('name') ?? '');
    else if (element.name === 'ResultField') names.add(element.attribute('name') ?? '');
    else if (element.name === 'MiningField' && /^(target|predicted)$/.test(element.attribute('usageType') ?? ''))
      names.add(element.attribute('name') ?? '');
    else if (isModel(element) || HOLDERS.has(element.name)) pushChildren(pending, element);
  }
  return names;
}

const HOLDERS: ReadonlySet<string> = new Set([
  'Segmentation',
  'Segment',
  'Output',
  'MiningSchema',
  'Regression',
  'DecisionTree',
]);

function networkNodes(model: Element): string[] {
  return (model.child('BayesianNetworkNodes')?.children() ?? []).flatMap((node) => [
    node.attribute('name') ?? '',
    ...node.children('DerivedField').map((field) => field.attribute('name') ?? ''),
  ]);
}

function isModel(element: Element): boolean {
  return element.child('MiningSchema') !== undefined;
}
