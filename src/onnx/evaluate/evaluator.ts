import { SamescoreError } from '../../core/errors.js';
import { type Limits, withDefaults } from '../../core/limits.js';
import type { GraphProto, OnnxModel, ValueInfoProto } from '../document.js';
import { elementTypeOf } from '../element-types.js';
import { badGraph, badInput, limitExceeded } from '../errors.js';
import type { NodeContext } from './kernel.js';
import { opsetsOf, type Plan, planOfGraph, programOf, type Step } from './plan.js';
import { Tensor, withElementLimit } from './tensor.js';
import { describe, isValue, optional, type Value } from './values.js';

export interface EvaluatorOptions {
  limits?: Partial<Limits>;
}

/** Values by name, with the graph around: a subgraph sees what its node saw. */
interface Scope {
  readonly values: Map<string, Value>;
  readonly constants: ReadonlyMap<string, Tensor>;
  readonly parent: Scope | null;
}

function find(scope: Scope | null, name: string): Value | undefined {
  for (let at = scope; at !== null; at = at.parent) {
    const value = at.values.get(name) ?? at.constants.get(name);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** What an iteration costs beside its nodes, so that an endless loop of nothing ends within seconds. */
const SUBGRAPH_STEPS = 50;

/** Counts the steps of one run. */
class Budget {
  private left: number;
  constructor(private readonly limit: number) {
    this.left = limit;
  }
  spend(path: string, steps = 1): void {
    this.left -= steps;
    if (this.left < 0) throw limitExceeded('the number of steps', this.limit, { path });
  }
}

function contextOf(step: Step, scope: Scope, budget: Budget): NodeContext {
  return {
    op: step.op,
    version: step.version,
    attributes: step.attributes,
    outputs: step.outputs,
    run(graph: GraphProto, inputs: readonly (Value | undefined)[]): Value[] {
      budget.spend(step.path, SUBGRAPH_STEPS);
      let plan = step.memory.plans.get(graph);
      if (plan === undefined) {
        plan = planOfGraph(graph, { ...step.around, depth: step.around.depth + 1 });
        step.memory.plans.set(graph, plan);
      }
      return runPlan(plan, inputs, scope, budget);
    },
    prepared<T>(make: () => T): T {
      step.memory.prepared ??= make();
      return step.memory.prepared as T;
    },
  };
}

function runStep(step: Step, scope: Scope, budget: Budget): void {
  budget.spend(step.path);
  const inputs = step.inputs.map((name) => {
    if (name === '') return undefined;
    const value = find(scope, name);
    // A function's optional input may be absent, and so may what it is handed on to.
    if (value === undefined && !scope.values.has(name) && step.around.bindings === undefined)
      throw badGraph(`nothing makes the value "${name}"`, {});
    return value;
  });
  let results: Value | readonly (Value | undefined)[];
  if (step.body !== undefined) results = runPlan(step.body(), inputs, null, budget, true);
  else results = step.kernel!(inputs, contextOf(step, scope, budget));
  const list: readonly (Value | undefined)[] = Array.isArray(results) ? results : [results as Value];
  step.outputs.forEach((name, index) => {
    const value = list[index];
    if (name !== '' && value !== undefined) scope.values.set(name, value);
  });
  for (const name of step.release) scope.values.delete(name);
}

function runPlan(
  plan: Plan,
  inputs: readonly (Value | undefined)[],
  parent: Scope | null,
  budget: Budget,
  isFunction = false,
): Value[] {
  const scope: Scope = { values: new Map(), constants: plan.constants, parent };
  plan.inputs.forEach((name, index) => {
    const value = inputs[index];
    if (value !== undefined) scope.values.set(name, value);
  });
  for (const step of plan.steps) {
    try {
      runStep(step, scope, budget);
    } catch (error) {
      throw error instanceof SamescoreError ? error.within({ path: step.path }) : asFailure(error, step.path);
    }
  }
  return plan.outputs.map((name) => {
    const value = find(scope, name);
    if (value === undefined && !isFunction) throw badGraph(`nothing makes the output "${name}"`);
    return value as Value;
  });
}

/** What the language itself threw: a value that is too large to make, or one that an operator cannot work on. */
function asFailure(error: unknown, path: string): unknown {
  if (!(error instanceof Error)) return error;
  if (error instanceof RangeError && /length|allocation|size|stack/i.test(error.message))
    return limitExceeded('the memory that a value needs', 2 ** 32, { path });
  return badInput('the operator cannot be computed on what it is given', { place: { path }, cause: error });
}

const RECORD = '{ name: Tensor }';
const TENSOR_HINT = "make one: tensorOf('float', [1, 2], [1, 2]), or readTensor(bytes) of a TensorProto";

function notAModelObject(given: unknown): SamescoreError {
  return badGraph(
    ArrayBuffer.isView(given) || given instanceof ArrayBuffer ? 'the model is still bytes' : 'this is not a model',
    {},
    'read the bytes of the file first: new OnnxEvaluator(readOnnx(bytes))',
  );
}

/** Whether a value fits the declared input: element type, rank and the sizes that are fixed. */
function checkFeed(info: ValueInfoProto, value: Value): void {
  const type = info.type?.tensor_type;
  const field = info.name ?? '';
  if (!isValue(value))
    throw badInput('an input is not a tensor', {
      place: { field },
      expected: 'a Tensor',
      got: describe(value),
      hint: TENSOR_HINT,
    });
  if (!(value instanceof Tensor) && value.kind === 'sequence' && !value.elements?.every?.(isValue))
    throw badInput('a sequence holds what is no value', { place: { field }, expected: 'Tensors', hint: TENSOR_HINT });
  if (type === undefined) {
    const kind = info.type?.sequence_type !== undefined ? 'sequence' : info.type?.map_type !== undefined ? 'map' : '';
    if (kind !== '' && (value instanceof Tensor || value.kind !== kind))
      throw badInput('an input has the wrong type', { place: { field }, expected: `a ${kind}`, got: describe(value) });
    return;
  }
  const expected = elementTypeOf(type.elem_type);
  if (!(value instanceof Tensor) || (expected !== undefined && value.type !== expected)) {
    throw badInput('an input has the wrong type', {
      place: { field },
      expected: `tensor(${expected})`,
      got: describe(value),
    });
  }
  const dims = type.shape?.dim;
  if (dims === undefined) return;
  const fits =
    dims.length === value.dims.length &&
    dims.every((dim, i) => dim.dim_value === undefined || Number(dim.dim_value) === value.dims[i]);
  if (!fits) {
    const shape = dims.map((dim) => dim.dim_value ?? dim.dim_param ?? '?').join(', ');
    throw badInput('an input has the wrong shape', { place: { field }, expected: `[${shape}]`, got: describe(value) });
  }
}

/**
 * Evaluates a model straight from the ONNX specification. Values lie by name; a run frees each one after its last use.
 * Errors of `new`: `onnx/bad-graph`, `onnx/unknown-operator`, `onnx/bad-tensor`. Errors of `run`: `onnx/bad-input`,
 * `onnx/bad-attribute`, `onnx/limit` and others, with the node's name.
 */
export class OnnxEvaluator {
  private readonly limits: Limits;
  private readonly plan: Plan;
  private readonly graph: GraphProto;

  constructor(model: OnnxModel, options: EvaluatorOptions = {}) {
    this.limits = withDefaults(options.limits);
    if (typeof model !== 'object' || model === null || ArrayBuffer.isView(model) || model instanceof ArrayBuffer)
      throw notAModelObject(model);
    if (model.graph === undefined) throw badGraph('the model has no graph');
    if (!Array.isArray(model.graph.node) || !Array.isArray(model.opset_import)) throw notAModelObject(model);
    this.graph = model.graph;
    const program = programOf(model, this.limits);
    this.plan = withElementLimit(this.limits.tensorElements, () =>
      planOfGraph(this.graph, { program, opsets: opsetsOf(model.opset_import), depth: 0 }),
    );
  }

  /** The inputs that a run must be given: those without an initializer. */
  get inputNames(): string[] {
    return this.plan.inputs.filter((name) => !this.plan.constants.has(name));
  }

  get outputNames(): string[] {
    return [...this.plan.outputs];
  }

  run(feeds: Readonly<Record<string, Value>>): Record<string, Value> {
    if (typeof feeds !== 'object' || feeds === null || feeds instanceof Tensor || Array.isArray(feeds))
      throw badInput('run takes an object of inputs by name', { expected: RECORD, got: describe(feeds as Value) });
    for (const name of Object.keys(feeds)) {
      if (!this.plan.inputs.includes(name))
        throw badInput(`the model has no input "${name}"`, { hint: `it has ${this.inputNames.join(', ')}` });
    }
    const values = this.graph.input.map((info) => {
      const name = info.name ?? '';
      const value = Object.hasOwn(feeds, name) ? feeds[name] : this.plan.constants.get(name);
      if (value === undefined && info.type?.optional_type !== undefined) return optional(null);
      if (value === undefined) throw badInput('an input is missing', { place: { field: name } });
      checkFeed(info, value);
      return value;
    });
    const results = withElementLimit(this.limits.tensorElements, () =>
      runPlan(this.plan, values, null, new Budget(this.limits.steps)),
    );
    return Object.fromEntries(this.plan.outputs.map((name, index) => [name, results[index]!]));
  }
}
