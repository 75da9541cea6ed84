import { IrBuilder } from '../../ir/builder.js';
import { withCategoricalSplits } from '../../ir/categorical.js';
import { inputsOf, type Program, type ProgramOutput, type TreesNode } from '../../ir/nodes.js';
import { functionScalars, scalarise } from '../../ir/scalarise.js';
import type { Literal, Ref } from '../../ir/types.js';
import type { PmmlDocument } from '../../pmml/document.js';
import { XmlBuilder } from '../../wire/xml/builder.js';
import { declined } from '../declined.js';
import { analyseClasses, analyseNumber, columnPlan } from './analyse.js';
import { branchesOf, peelPriors, peelSentinel } from './branches.js';
import { type TargetField, writeDictionary, writeHeader } from './document.js';
import { literalText, optypeOf, writeExpression } from './expressions.js';
import { DATA_TYPE, Fields } from './fields.js';
import { analyseGate, type Gate, peelGate } from './gate.js';
import { type BranchPlan, type ModelPlan, refsOf, type StepPlan, tableOf } from './model-plan.js';
import { type Frame, ModelWriter } from './models.js';
import { finalResult, missingPredictionName } from './spelling.js';
import { analyseTreatments, type Treatment } from './treatments.js';

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
  const builder = new IrBuilder();
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
  readonly #treatments: ReadonlyMap<string, Treatment>;
  readonly #target: TargetField;
  #branches: BranchPlan[] = [];
  /** The probabilities' scalars where the model that chooses the label does not give them. */
  #apart: readonly Ref[] | undefined;

  constructor(
    readonly program: Program,
    readonly builder: IrBuilder,
    readonly version: string,
  ) {
    const { gate, outputs } = peelAll(builder, program.outputs);
    this.#outputs = outputs;
    const used = outputs.flatMap((output) => output.elements);
    const size = builder.nodes.length;
    this.#fields = new Fields(builder, program.inputs, used, version);
    this.#gate = analyseGate(builder, gate, this.#fields.data);
    this.#treatments = analyseTreatments(
      this.#fields,
      size,
      program.outputs.map((output) => output.ref),
    );
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

  get #label(): Peeled | undefined {
    return this.#byRole('label') ?? this.#byRole('cluster');
  }

  #targetField(): TargetField {
    const { target } = this.program;
    const main = this.#label ?? this.#byRole('value');
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
    const classifies = main === this.#label;
    const kind = classifies && target?.kind === 'bool' ? 'bool' : this.builder.kindOf(main.elements[0]!);
    const name = this.#fields.fresh(target?.name ?? (classifies ? 'label' : 'target'));
    return { name, kind, classifies, classes: [] };
  }

  #plan(): void {
    const probability = this.#byRole('probability');
    const main = (this.#label ?? this.#byRole('value'))!;
    const rest = this.#gate.rest;
    for (const branch of branchesOf(this.#fields, [...main.elements, ...(probability?.elements ?? [])])) {
      const conditions = branch.condition === undefined ? rest : [...rest, branch.condition];
      const condition =
        conditions.length === 0 ? undefined : conditions.reduce((a, b) => this.builder.apply('and', a, b));
      this.#branches.push(this.#branch(condition, branch.refs[0]!, branch.refs.slice(1)));
      if (condition !== undefined) this.#fields.named(condition);
    }
    if (this.#target.classifies) this.#target.classes.push(...this.#labels());
    const extra = this.#extras().flatMap((output) => output.elements);
    if (this.#branches.length > 1 && extra.some((ref) => this.#fields.needsModel(ref))) {
      throw declined('outputs', 'further outputs of models that stand in branches have no place in PMML', {});
    }
    for (const ref of extra) this.#fields.named(ref);
  }

  #branch(condition: Ref | undefined, main: Ref, probabilities: readonly Ref[]): BranchPlan {
    const steps: StepPlan[] = [];
    let planned: Pick<BranchPlan, 'model' | 'rescale' | 'priors'>;
    if (this.#target.classifies) {
      const peeled = peelPriors(this.builder, main, probabilities);
      const categories = this.#byRole('probability')?.categories ?? [];
      const all = probabilities.length === 0 ? undefined : { categories, elements: peeled.probabilities };
      const label = peelSentinel(this.#fields, peeled.label, peeled.probabilities, categories);
      const model = analyseClasses(this.#fields, label, all);
      if (model.op === 'regression' && model.labelOnly === true) this.#apart = this.#scalars(peeled.probabilities);
      const priors = peeled.priors?.map((probability, index) => ({ label: categories[index]!, probability }));
      planned = { model, rescale: undefined, priors };
    } else {
      const { model, target } = analyseNumber(this.#fields, main);
      planned = { model, rescale: target, priors: undefined };
    }
    const extra = this.#extras().flatMap((output) => output.elements);
    for (const ref of [...refsOf(planned.model), ...extra]) this.#step(ref, steps, new Set());
    for (const ref of refsOf(planned.model)) this.#fields.nameOf(ref);
    return { condition, steps, ...planned };
  }

  /** Makes every model that a value needs a step of the chain, those that it builds on first. */
  #step(ref: Ref, steps: StepPlan[], seen: Set<Ref>): void {
    if (seen.has(ref) || !this.#fields.needsModel(ref)) return;
    seen.add(ref);
    const node = this.#fields.node(ref);
    if (node.op !== 'element' || !this.#fields.isModel(node.input)) {
      for (const input of inputsOf(node)) {
        if (this.#fields.isModel(input)) {
          for (const element of this.builder.elements(input)) this.#step(element, steps, seen);
        } else this.#step(input, steps, seen);
      }
      return;
    }
    if (steps.some((step) => step.ref === ref)) return;
    const source = this.#fields.node(node.input);
    const float = node.type.kind === 'float32';
    const model: ModelPlan =
      source.op === 'linear'
        ? { op: 'regression', method: 'none', float: false, tables: [tableOf(this.#fields, source, node.index)] }
        : columnPlan(source as TreesNode, node.index);
    for (const feature of refsOf(model)) this.#step(feature, steps, seen);
    for (const feature of refsOf(model)) this.#fields.nameOf(feature);
    const name = this.#fields.known(ref) ?? this.#fields.publish(ref, `score(${this.#stepName(node.index, steps)})`);
    steps.push({ ref, model, float, name });
  }

  #stepName(index: number, steps: readonly StepPlan[]): string {
    const classes = this.program.target?.classes ?? [];
    return classes.length > 2 && classes[index] !== undefined ? String(classes[index]) : String(steps.length + 1);
  }

  /** The program's own order of the classes, if engines take that of ties from elsewhere; else the order of ties. */
  #labels(): Literal[] {
    const declared = this.program.target?.classes ?? [];
    const found: Literal[] = [];
    let free = true;
    for (const { model } of this.#branches) {
      const labels =
        model.op === 'trees' ? model.classes!.map((one) => one.label) : model.tables.map((table) => table.label!);
      if (model.op === 'trees') free = false;
      for (const label of labels) if (!found.some((one) => String(one) === String(label))) found.push(label);
    }
    const texts = declared.map(String);
    return free && found.every((label) => texts.includes(String(label))) ? [...declared] : found;
  }

  /** Outputs that are computed beside the model's prediction. */
  #extras(): readonly Peeled[] {
    const probability = this.#byRole('probability');
    const main = new Set([this.#label ?? this.#byRole('value'), probability]);
    const rest = this.#outputs.filter((output) => !main.has(output));
    if (this.#apart === undefined || probability === undefined) return rest;
    return [{ ...probability, name: 'probability', elements: this.#apart }, ...rest];
  }

  /** Elements of softmax and the like spelt out, as a derived field needs them. */
  #scalars(refs: readonly Ref[]): readonly Ref[] {
    return refs.map((ref) => {
      const node = this.builder.nodes[ref]!;
      const vector = node.op === 'element' ? this.builder.nodes[node.input]! : undefined;
      if (node.op !== 'element' || vector?.op !== 'vector-function') return ref;
      return functionScalars(this.builder, vector.fn, this.builder.elements(vector.input))[node.index]!;
    });
  }

  #model(): void {
    const xml = this.#xml;
    const { derived } = this.#fields;
    const writer = new ModelWriter(xml, this.#fields);
    const functionName = this.#target.classifies ? 'classification' : 'regression';
    const output = this.#hasOutput() ? { output: () => this.#output() } : {};
    const base: Frame = { functionName, target: this.#target.name };
    const top: Frame = {
      ...base,
      mining: () => this.#miningFields(),
      derived: derived.filter((plan) => !this.#fields.needsModel(plan.ref)),
      name: this.program.metadata['name'],
      algorithm: this.program.metadata['algorithm'],
    };
    const [only] = this.#branches;
    if (this.#branches.length === 1 && only!.condition === undefined) {
      this.#writeBranch(writer, only!, top, output);
      return;
    }
    xml.start('MiningModel', { modelName: top.name, functionName, algorithmName: top.algorithm });
    writer.head([], { ...top, ...output });
    xml.start('Segmentation', { multipleModelMethod: 'selectFirst' });
    this.#branches.forEach((branch, index) => {
      xml.start('Segment', { id: index + 1 });
      if (branch.condition === undefined) xml.leaf('True');
      else {
        const field = this.#fields.nameOf(branch.condition);
        xml.leaf('SimplePredicate', { field, operator: 'equal', value: 'true' });
      }
      this.#writeBranch(writer, branch, base, {});
      xml.end();
    });
    xml.end().end();
  }

  /** A model, or the chain of models that ends in it; `output` stands in the model that predicts. */
  #writeBranch(writer: ModelWriter, branch: BranchPlan, frame: Frame, output: Pick<Frame, 'output'>): void {
    const xml = this.#xml;
    const { steps, model, rescale, priors } = branch;
    if (steps.length === 0) {
      writer.write(model, { ...frame, ...output, rescale, priors });
      return;
    }
    const { functionName, target } = frame;
    xml.start('MiningModel', { modelName: frame.name, functionName, algorithmName: frame.algorithm });
    const own = new Set(steps.map((step) => step.name));
    const refs = [...steps.flatMap((step) => refsOf(step.model)), ...refsOf(model)];
    writer.head(refs, { derived: [], ...frame, without: own });
    // Where nothing replaces a missing result of a step, the whole is missing with it; a tree goes on without it.
    const goesOn = [model, ...steps.map((step) => step.model)].some(
      (plan) => plan.op === 'trees' && refsOf(plan).some((ref) => this.#fields.needsModel(ref)),
    );
    const missingPredictionTreatment = goesOn || this.#replacesMissing() ? undefined : 'returnMissing';
    xml.start('Segmentation', {
      multipleModelMethod: 'modelChain',
      [missingPredictionName(this.version)]: missingPredictionTreatment,
    });
    steps.forEach((step, index) => {
      xml.start('Segment', { id: index + 1 }).leaf('True');
      const dataType = step.float ? 'float' : 'double';
      const field = {
        name: step.name,
        optype: 'continuous',
        dataType,
        feature: 'predictedValue',
        isFinalResult: finalResult(this.version),
      };
      writer.write(step.model, { functionName: 'regression', output: () => xml.leaf('OutputField', field) });
      xml.end();
    });
    xml.start('Segment', { id: steps.length + 1 }).leaf('True');
    const extra = this.#extras().flatMap((one) => one.elements);
    const last: Frame = { functionName, target, rescale, priors, ...output };
    // Further outputs may need derived fields that the model itself does not.
    const derived = this.#fields.derived.filter((plan) => this.#fields.needsModel(plan.ref));
    writer.write(
      model,
      extra.length === 0 ? last : { ...last, derived, also: [...extra, ...derived.map((plan) => plan.ref)] },
    );
    xml.end().end().end();
  }

  #replacesMissing(): boolean {
    if (this.#extras().length > 0) return true;
    return this.#fields.builder.nodes.some(
      (node, ref) =>
        node.op === 'primitive' &&
        ['coalesce', 'is-missing', 'select'].includes(node.fn) &&
        this.#fields.needsModel(ref),
    );
  }

  #miningFields(): void {
    for (const { name, kind, field } of this.#fields.data) {
      const { invalid, missing } = this.#treatments.get(name) ?? {};
      const asIs = hasDomain(field) && !this.#gate.invalid.has(name) ? 'asIs' : undefined;
      const replacement = invalid?.replacement ?? null;
      if (replacement !== null && this.version !== '4.4') {
        throw declined(
          'invalid-value',
          `PMML ${this.version} cannot replace an invalid value`,
          { field: name },
          { hint: 'write --pmml-version 4.4' },
        );
      }
      this.#xml.leaf('MiningField', {
        name,
        invalidValueTreatment: invalid === undefined ? asIs : replacement === null ? 'asMissing' : 'asValue',
        invalidValueReplacement: replacement === null ? undefined : literalText(kind, replacement),
        missingValueTreatment: this.#gate.missing.has(name) ? 'returnInvalid' : undefined,
        missingValueReplacement: missing === undefined ? undefined : literalText(kind, missing),
      });
    }
  }

  #hasOutput(): boolean {
    return this.#byRole('probability') !== undefined || this.#extras().length > 0;
  }

  #output(): void {
    const xml = this.#xml;
    const probability = this.#byRole('probability');
    if (this.#apart === undefined) this.#probabilityFields(probability);
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

  #probabilityFields(probability: Peeled | undefined): void {
    const xml = this.#xml;
    probability?.categories?.forEach((category, index) => {
      const dataType = DATA_TYPE[this.builder.kindOf(probability.elements[index]!)];
      const name = this.#fields.fresh(`probability(${category})`);
      xml.leaf('OutputField', { name, optype: 'continuous', dataType, feature: 'probability', value: category });
    });
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
