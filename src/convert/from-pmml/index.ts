import { IrBuilder } from '../../ir/builder.js';
import type { Program, ProgramOutput } from '../../ir/nodes.js';
import type { Ref } from '../../ir/types.js';
import type { PmmlDocument } from '../../pmml/document.js';
import type { Element } from '../../wire/xml/document.js';
import { declined } from '../declined.js';
import { shallowEnough } from '../shallow.js';
import { targetOf } from './classes.js';
import { liftModel, type ModelResult } from './model.js';
import { outputsOf } from './output.js';
import { inputOf, type Lift, Scope } from './scope.js';

/** The program of a document's first scorable model. Declines what the IR has no counterpart for, with its place. */
export function liftPmml(document: PmmlDocument): Program {
  return shallowEnough('the definitions of the document are nested too deeply', () => lifted(document.root));
}

function lifted(root: Element): Program {
  const model = scorableModel(root);
  const lift = newLift(root);
  const scope = new Scope(lift, undefined, model);
  declareInputs(model, scope);
  const result = liftModel(model, scope);
  const { name, dataField } = targetOf(model, scope);
  return lift.builder.finish({
    outputs: gated(lift, outputs(model, scope, result)),
    task: result.task,
    target: {
      ...(name === undefined ? {} : { name }),
      ...(result.task === 'regression'
        ? { kind: lift.builder.kindOf(result.value) }
        : {
            kind: dataField?.attribute('dataType') === 'boolean' ? ('bool' as const) : result.classes.kind,
            classes: result.classes.labels as (string | number)[],
          }),
    },
    metadata: metadataOf(root, model, lift),
  });
}

function newLift(root: Element): Lift {
  const named = (parent: Element | undefined, element: string) =>
    new Map((parent?.children(element) ?? []).map((child) => [child.attribute('name') ?? '', child]));
  const transformations = root.child('TransformationDictionary');
  return {
    builder: new IrBuilder(),
    dataFields: named(root.child('DataDictionary'), 'DataField'),
    derivedFields: named(transformations, 'DerivedField'),
    functions: named(transformations, 'DefineFunction'),
    inputs: new Map(),
    valid: new Set(),
    dropped: new Set(),
    depth: 0,
    calls: 0,
  };
}

const NOT_MODELS = new Set(['Header', 'MiningBuildTask', 'DataDictionary', 'TransformationDictionary', 'Extension']);

function scorableModel(root: Element): Element {
  const models = root.children().filter((child) => !NOT_MODELS.has(child.name));
  const model = models.find((child) => child.attribute('isScorable') !== 'false');
  if (model === undefined) throw declined('no-model', 'the document has no model that is scorable', root.place);
  return model;
}

const UNTYPED = /^(date|time)/;

/** The active fields become inputs in the order of the DataDictionary; dates only if something uses them. */
function declareInputs(model: Element, scope: Scope): void {
  const active = new Map<string, Element>();
  for (const field of model.child('MiningSchema')?.children('MiningField') ?? []) {
    if ((field.attribute('usageType') ?? 'active') === 'active') active.set(field.attribute('name') ?? '', field);
  }
  for (const [name, dataField] of scope.lift.dataFields) {
    if (active.has(name) && !UNTYPED.test(dataField.attribute('dataType') ?? '')) inputOf(scope.lift, name);
  }
  for (const [name, field] of active) if (scope.lift.inputs.has(name)) scope.field(name, field);
}

function outputs(model: Element, scope: Scope, result: ModelResult): ProgramOutput[] {
  const transformed = transformedValues(model, scope, result);
  if (result.task === 'regression') {
    return [{ name: 'variable', role: 'value', ref: result.value }, ...others(transformed)];
  }
  const label: ProgramOutput = { name: 'label', role: 'label', ref: result.label };
  const categories = result.classes.texts;
  const computed = categories.map((text) => transformed.get(`probability(${text})`));
  // What the model reports itself serves its label alone where outputs compute a probability of every class.
  const apart = computed.every((ref) => ref !== undefined);
  const probabilities = apart ? scope.lift.builder.pack(computed as Ref[]) : result.probabilities;
  if (apart) for (const text of categories) transformed.delete(`probability(${text})`);
  if (probabilities === undefined) return [label, ...others(transformed)];
  return [
    label,
    { name: 'probabilities', role: 'probability', ref: probabilities, categories },
    ...others(transformed),
  ];
}

function others(values: ReadonlyMap<string, Ref>): ProgramOutput[] {
  return [...values].map(([name, ref]) => ({ name, role: 'other', ref }));
}

/** Transformed values: results beside the prediction, of the model or of the last one of its chain. */
function transformedValues(model: Element, scope: Scope, result: ModelResult): Map<string, Ref> {
  const own = outputsOf(model, scope, result);
  const values = new Map<string, Ref>();
  for (const field of finalFields(model)) {
    const name = field.attribute('name') ?? '';
    if (field.attribute('feature') !== 'transformedValue' || field.attribute('isFinalResult') === 'false') continue;
    const value = own.get(name) ?? scope.find(name, field);
    if (value !== undefined) values.set(name, value.ref);
  }
  return values;
}

/** The output fields of a model, and of the last segment where it is a chain. */
function finalFields(model: Element): Element[] {
  const own = model.child('Output')?.children('OutputField') ?? [];
  const segmentation = model.child('Segmentation');
  if (segmentation?.attribute('multipleModelMethod') !== 'modelChain') return [...own];
  const last = segmentation
    .children('Segment')
    .at(-1)
    ?.children()
    .find((child) => child.child('MiningSchema') !== undefined);
  return last === undefined ? [...own] : [...own, ...finalFields(last)];
}

/** A row that is not valid has no results at all. */
function gated(lift: Lift, outputs: readonly ProgramOutput[]): ProgramOutput[] {
  const { builder } = lift;
  if (lift.valid.size === 0) return [...outputs];
  const valid = [...lift.valid].reduce((a, b) => builder.apply('and', a, b));
  return outputs.map((output) => {
    const missing = builder.const(builder.kindOf(output.ref), null);
    return { ...output, ref: builder.apply('select', valid, output.ref, missing) };
  });
}

function metadataOf(root: Element, model: Element, lift: Lift): Record<string, string> {
  const header = root.child('Header');
  const application = header?.child('Application');
  const entries = {
    name: model.attribute('modelName'),
    algorithm: model.attribute('algorithmName'),
    description: header?.attribute('description'),
    copyright: header?.attribute('copyright'),
    version: header?.attribute('modelVersion'),
    producer: application?.attribute('name'),
    producerVersion: application?.attribute('version'),
    droppedOutputs: lift.dropped.size === 0 ? undefined : [...lift.dropped].join(', '),
  };
  const extensions = (header?.children('Extension') ?? [])
    .filter((child) => child.attribute('extender') === 'samescore')
    .map((child) => [child.attribute('name') ?? '', child.attribute('value') ?? ''] as const);
  return Object.fromEntries([
    ...Object.entries(entries).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ...extensions,
  ]);
}
