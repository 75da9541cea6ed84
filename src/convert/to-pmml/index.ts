import type { IrBuilder } from '../../ir/builder.js';
import { IrBuilder as Builder } from '../../ir/builder.js';
import { withCategoricalSplits } from '../../ir/categorical.js';
import type { Program, ProgramOutput } from '../../ir/nodes.js';
import { inputsOf } from '../../ir/nodes.js';
import { scalarise } from '../../ir/scalarise.js';
import type { Literal, Ref } from '../../ir/types.js';
import type { PmmlDocument } from '../../pmml/document.js';
import { XmlBuilder } from '../../wire/xml/builder.js';
import { declined } from '../declined.js';
import { analyseClasses, analyseNumber, columnPlan, type TargetPlan } from './analyse.js';
import { type TargetField, writeDictionary, writeHeader } from './document.js';
import { optypeOf, writeExpression } from './expressions.js';
import { DATA_TYPE, Fields } from './fields.js';
import { analyseGate, type Gate, peelGate } from './gate.js';
import { type ModelPlan, refsOf, type StepPlan, tableOf } from './model-plan.js';
import { type Frame, ModelWriter } from './models.js';

export interface LowerToPmmlOptions {
  /** 4.2, 4.3 or 4.4 (the default). */
  readonly pmmlVersion?: string;
}

interface Peeled extends ProgramOutput {
  /** The output's scalars. */
  readonly elements: readonly Ref[];
}

/** A program as a PMML document. Raises convert/… for what PMML cannot hold. */
export function lowerToPmml(source: Program, options: LowerToPmmlOptions = {}): PmmlDocument {
  const version = options.pmmlVersion ?? '4.4';
  if (!['4.2', '4.3', '4.4'].includes(version)) {
    throw declined(
      'pmml-version',
      `PMML ${version} cannot be written`,
      {},
      { expected: '4.2, 4.3 or 4.4', got: version },
    );
  }
  const builder = new Builder();
  const program = withCategoricalSplits(scalarise(source, { builder }));
  builder.nodes.splice(0, builder.nodes.length, ...program.nodes);
  return new Lowering(program, builder, version).document();
}

/** One conversion: planned first, because a model's head names all that its body refers to. */
class Lowering {
  readonly #xml = new XmlBuilder();
  readonly #fields: Fields;
  readonly #outputs: readonly Peeled[];
  readonly #gate: Gate;
  readonly #steps: StepPlan[] = [];
  readonly #target: TargetField;
  #final: ModelPlan | undefined;
  #rescale: TargetPlan = {};

  constructor(
    readonly program: Program,
    readonly builder: IrBuilder,
    readonly version: string,
  ) {
    const { gate, outputs } = peelAll(builder, program.outputs);
    this.#outputs = outputs;
    const used = outputs.flatMap((output) => output.elements);
    this.#fields = new Fields(builder, program.inputs, used);
    this.#gate = analyseGate(builder, gate, this.#fields.data);
    this.#target = this.#targetField();
  }

  document(): PmmlDocument {
    this.#plan();
    const { version } = this;
    const xml = this.#xml;
    xml.start('PMML', { xmlns: `http://www.dmg.org/PMML-${version.replace('.', '_')}`, version });
    writeHeader(xml, this.program.metadata);
    writeDictionary(xml, this.#fields, this.#target);
    this.#model();
    xml.end();
    const document = xml.finish();
    return { xml: document, root: document.root, version };
  }

  #byRole(role: string): Peeled | undefined {
    return this.#outputs.find((output) => output.role === role);
  }

  #targetField(): TargetField {
    const { target } = this.program;
    const label = this.#byRole('label') ?? this.#byRole('cluster');
    const value = this.#byRole('value');
    const main = label ?? value;
    if (main === undefined || main.elements.length !== 1) {
      throw declined(
        'outputs',
        'PMML needs one label or one value as its target',
        {},
        {
          got: this.program.outputs.map((output) => output.name).join(', '),
        },
      );
    }
    const kind = this.builder.kindOf(main.elements[0]!);
    const name = this.#fields.fresh(target?.name ?? (label === undefined ? 'target' : 'label'));
    return { name, kind, classifies: label !== undefined, classes: [] };
  }

  #plan(): void {
    const label = this.#byRole('label') ?? this.#byRole('cluster');
    const probability = this.#byRole('probability');
    const value = this.#byRole('value');
    if (label !== undefined) {
      this.#final = analyseClasses(this.#fields, label.elements[0]!, probability);
      this.#target.classes.push(...this.#labels(this.#final));
    } else {
      const { model, target } = analyseNumber(this.#fields, value!.elements[0]!);
      this.#final = model;
      this.#rescale = target;
    }
    const final = this.#final;
    if (final.op === 'trees') for (const ref of final.node.features) this.#publish(ref);
    else for (const ref of refsOf(final)) this.#publish(ref);
    const extra = this.#extras().flatMap((output) => output.elements);
    for (const ref of [...this.#gate.rest, ...extra]) this.#publish(ref);
    for (const ref of refsOf(final)) this.#fields.nameOf(ref);
    for (const ref of [...this.#gate.rest, ...extra]) this.#fields.named(ref);
  }

  /** The program's own order of the classes, if it says; else the order in which ties are decided. */
  #labels(final: ModelPlan): Literal[] {
    const decided =
      final.op === 'trees' ? final.classes!.map((one) => one.label) : final.tables.map((table) => table.label!);
    const declared = this.program.target?.classes ?? [];
    const texts = declared.map(String);
    // Engines break ties between trees by the order of the target's values.
    const free = final.op === 'regression' && decided.every((label) => texts.includes(String(label)));
    return free ? [...declared] : decided;
  }

  /** Makes every model that a value needs a step of the chain, those that it builds on first. */
  #publish(ref: Ref, seen = new Set<Ref>()): void {
    if (seen.has(ref) || this.#fields.known(ref) !== undefined || !this.#fields.needsModel(ref)) return;
    seen.add(ref);
    const node = this.#fields.node(ref);
    if (node.op !== 'element' || !this.#fields.isModel(node.input)) {
      for (const input of inputsOf(node)) this.#publish(input, seen);
      return;
    }
    const model = this.#fields.node(node.input);
    for (const feature of inputsOf(model)) this.#publish(feature, seen);
    const float = node.type.kind === 'float32';
    const plan: ModelPlan =
      model.op === 'trees'
        ? columnPlan(model, node.index)
        : model.op === 'linear'
          ? { op: 'regression', method: 'none', float, tables: [tableOf(this.#fields, model, node.index)] }
          : this.#never();
    for (const feature of refsOf(plan)) this.#fields.nameOf(feature);
    this.#steps.push({ model: plan, float, name: this.#fields.publish(ref, this.#stepName(node.index)) });
  }

  #never(): never {
    throw declined('model', 'a model that PMML has no element for', {});
  }

  #stepName(index: number): string {
    const { classes } = this.#target;
    const label = classes.length > 2 ? classes[index] : undefined;
    return label === undefined ? `score(${this.#steps.length + 1})` : `score(${label})`;
  }

  #extras(): readonly Peeled[] {
    const main = new Set(['label', 'cluster', 'value', 'probability'].map((role) => this.#byRole(role)));
    return this.#outputs.filter((output) => !main.has(output));
  }

  #model(): void {
    const xml = this.#xml;
    const unchecked = new Set(
      this.#fields.data
        .filter(({ name, field }) => !this.#gate.invalid.has(name) && hasDomain(field))
        .map(({ name }) => name),
    );
    const writer = new ModelWriter(xml, this.#fields, unchecked);
    const functionName = this.#target.classifies ? 'classification' : 'regression';
    const { metadata } = this.program;
    const named = { name: metadata['name'], algorithm: metadata['algorithm'] };
    const top = {
      functionName,
      target: this.#target.name,
      mining: () => this.#miningFields(),
      derived: this.#fields.derived.filter((plan) => !this.#fields.needsModel(plan.ref)),
      ...named,
    } as const;
    const output = this.#hasOutput() ? { output: () => this.#output() } : {};
    const final: Frame = { functionName, target: this.#target.name, rescale: this.#rescale, ...output };
    const chain = this.#steps.length > 0;
    const plan = this.#final!;
    if (!chain && this.#gate.rest.length === 0) {
      writer.write(plan, { ...final, ...top });
      return;
    }
    xml.start('MiningModel', { modelName: top.name, functionName, algorithmName: top.algorithm });
    writer.head([], this.#gate.rest.length > 0 && !chain ? { ...top, ...output } : top);
    if (this.#gate.rest.length > 0) {
      if (chain) throw declined('validity', 'this test of the whole row has no place in a chain of models', {});
      xml.start('Segmentation', { multipleModelMethod: 'selectFirst' }).start('Segment', { id: 1 });
      this.#gatePredicate();
      writer.write(plan, { functionName, target: this.#target.name, rescale: this.#rescale });
    } else {
      xml.start('Segmentation', { multipleModelMethod: 'modelChain' });
      this.#steps.forEach((step, index) => {
        xml.start('Segment', { id: index + 1 }).leaf('True');
        const dataType = step.float ? 'float' : 'double';
        const field = {
          name: step.name,
          optype: 'continuous',
          dataType,
          feature: 'predictedValue',
          isFinalResult: false,
        };
        writer.write(step.model, { functionName: 'regression', output: () => xml.leaf('OutputField', field) });
        xml.end();
      });
      xml.start('Segment', { id: this.#steps.length + 1 }).leaf('True');
      const extra = this.#extras().flatMap((one) => one.elements);
      writer.write(plan, { ...final, ...this.#localsWith(plan, extra) });
    }
    xml.end().end().end();
  }

  /** Extra outputs may need derived fields that the model itself does not. */
  #localsWith(_plan: ModelPlan, extra: readonly Ref[]): { derived?: Frame['derived'] & object } {
    if (extra.length === 0) return {};
    return { derived: this.#fields.derived.filter((plan) => this.#fields.needsModel(plan.ref)) };
  }

  #gatePredicate(): void {
    const xml = this.#xml;
    const several = this.#gate.rest.length > 1;
    if (several) xml.start('CompoundPredicate', { booleanOperator: 'and' });
    for (const ref of this.#gate.rest) {
      xml.leaf('SimplePredicate', { field: this.#fields.nameOf(ref), operator: 'equal', value: 'true' });
    }
    if (several) xml.end();
  }

  #miningFields(): void {
    for (const { name, field } of this.#fields.data) {
      const asIs = hasDomain(field) && !this.#gate.invalid.has(name);
      this.#xml.leaf('MiningField', {
        name,
        invalidValueTreatment: asIs ? 'asIs' : undefined,
        missingValueTreatment: this.#gate.missing.has(name) ? 'returnInvalid' : undefined,
      });
    }
  }

  #hasOutput(): boolean {
    return this.#byRole('probability') !== undefined || this.#extras().length > 0;
  }

  #output(): void {
    const xml = this.#xml;
    const probability = this.#byRole('probability');
    probability?.categories?.forEach((category, index) => {
      const dataType = DATA_TYPE[this.builder.kindOf(probability.elements[index]!)];
      const name = this.#fields.fresh(`probability(${category})`);
      xml.leaf('OutputField', { name, optype: 'continuous', dataType, feature: 'probability', value: category });
    });
    for (const output of this.#extras()) {
      output.elements.forEach((ref, index) => {
        const suffix = output.categories?.[index] ?? (output.elements.length === 1 ? undefined : index + 1);
        const kind = this.builder.kindOf(ref);
        xml.start('OutputField', {
          name: this.#fields.fresh(suffix === undefined ? output.name : `${output.name}(${suffix})`),
          optype: optypeOf(kind),
          dataType: DATA_TYPE[kind],
          feature: 'transformedValue',
        });
        writeExpression(xml, this.#fields, ref);
        xml.end();
      });
    }
  }
}

function hasDomain(field: { readonly values?: readonly unknown[]; readonly intervals?: readonly unknown[] }): boolean {
  return (field.values?.length ?? 0) > 0 || (field.intervals?.length ?? 0) > 0;
}

function peelAll(builder: IrBuilder, outputs: readonly ProgramOutput[]): { gate: Ref | undefined; outputs: Peeled[] } {
  const peeled = outputs.map((output) => peelGate(builder, output.ref));
  const gate = peeled[0]?.gate;
  const shared = gate !== undefined && peeled.every((part) => part.gate === gate);
  return {
    gate: shared ? gate : undefined,
    outputs: outputs.map((output, index) => {
      const ref = shared ? peeled[index]!.value : output.ref;
      return { ...output, ref, elements: builder.elements(ref) };
    }),
  };
}
