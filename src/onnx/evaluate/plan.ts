import type { Limits } from '../../core/limits.js';
import { type Attributes, attributesOf, type Bindings } from '../attributes.js';
import type {
  AttributeProto,
  FunctionProto,
  GraphProto,
  ModelProto,
  NodeProto,
  OperatorSetIdProto,
} from '../document.js';
import { badGraph, limitExceeded, newerOpset, unknownOperator } from '../errors.js';
import { canonicalDomain, newestOpset, schemaAt, schemasOf } from '../operator-schemas.js';
import { GRADIENT_KERNELS } from './gradient/kernels.js';
import { withGradients } from './gradient/rewrite.js';
import { GENERATED, GENERATED_OPSET } from './gradient/tape.js';
import type { Kernel } from './kernel.js';
import { kernelOf } from './kernels.js';
import { denseOf } from './sparse.js';
import { type Tensor, tensorFromProto } from './tensor.js';

/** What all graphs of a model share. */
export interface Program {
  readonly model: ModelProto;
  readonly limits: Limits;
  readonly functions: ReadonlyMap<string, FunctionProto>;
}

/** Where a graph stands: its operator sets and the attributes of the function call around it. */
export interface Surroundings {
  readonly program: Program;
  readonly opsets: ReadonlyMap<string, number>;
  readonly bindings?: Bindings;
  /** Nesting of subgraphs and function calls. */
  readonly depth: number;
}

export interface Step {
  readonly path: string;
  readonly op: string;
  readonly version: number;
  readonly attributes: Attributes;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Values of this graph that nothing needs after this step. */
  readonly release: readonly string[];
  /** An operator's kernel, or the body of a function. */
  readonly kernel?: Kernel;
  readonly body?: () => Plan;
  readonly around: Surroundings;
  readonly memory: { prepared?: unknown; readonly plans: Map<GraphProto, Plan> };
}

/** A graph made ready to run: nodes in order, constants read. */
export interface Plan {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly constants: ReadonlyMap<string, Tensor>;
  readonly steps: readonly Step[];
}

export function opsetsOf(imports: readonly OperatorSetIdProto[]): Map<string, number> {
  return new Map(imports.map(({ domain, version }) => [canonicalDomain(domain), Number(version ?? 1)]));
}

const functionKey = (domain: string, name: string, overload: string): string => `${domain}/${name}/${overload}`;

export function programOf(model: ModelProto, limits: Limits): Program {
  const functions = new Map<string, FunctionProto>();
  for (const definition of model.functions) {
    functions.set(
      functionKey(canonicalDomain(definition.domain), definition.name ?? '', definition.overload ?? ''),
      definition,
    );
  }
  return { model, limits, functions };
}

function subgraphsOf(node: NodeProto): GraphProto[] {
  return node.attribute.flatMap((attribute) => [
    ...(attribute.g === undefined ? [] : [attribute.g]),
    ...(attribute.graphs ?? []),
  ]);
}

/** Names that the graph takes from the graphs around it. */
function capturedBy(graph: GraphProto, depth: number, limit: number): Set<string> {
  if (depth > limit) throw limitExceeded('the nesting of subgraphs', limit);
  const own = new Set<string>();
  for (const value of graph.input) own.add(value.name ?? '');
  for (const tensor of graph.initializer) own.add(tensor.name ?? '');
  for (const sparse of graph.sparse_initializer ?? []) own.add(sparse.values?.name ?? '');
  for (const node of graph.node) for (const name of node.output) own.add(name);
  const captured = new Set<string>();
  const need = (name: string): void => {
    if (name !== '' && !own.has(name)) captured.add(name);
  };
  for (const node of graph.node) {
    node.input.forEach(need);
    for (const inner of subgraphsOf(node)) capturedBy(inner, depth + 1, limit).forEach(need);
  }
  for (const value of graph.output) need(value.name ?? '');
  return captured;
}

/** `Gemm_3`: the node's name, else its operator and place in the graph. */
export function pathOfNode(node: NodeProto, index: number): string {
  return node.name === undefined || node.name === '' ? `${node.op_type ?? 'node'}[${index}]` : node.name;
}

/** The nodes in an order in which every value is made before it is used; the file's own order where that holds. */
function inOrder(nodes: readonly NodeProto[], needs: readonly ReadonlySet<string>[], given: Set<string>): number[] {
  const producer = new Map<string, number>();
  nodes.forEach((node, index) => {
    for (const name of node.output) {
      if (name === '') continue;
      if (producer.has(name) || given.has(name))
        throw badGraph(`the value "${name}" is made twice`, { path: pathOfNode(node, index) });
      producer.set(name, index);
    }
  });
  const order: number[] = [];
  const state = new Uint8Array(nodes.length);
  for (let root = 0; root < nodes.length; root++) {
    const stack: [number, number[]][] = [];
    const enter = (index: number): void => {
      state[index] = 1;
      const before = [...needs[index]!].flatMap((name) => producer.get(name) ?? []);
      stack.push([index, before]);
    };
    if (state[root] === 0) enter(root);
    while (stack.length > 0) {
      const [index, before] = stack[stack.length - 1]!;
      const next = before.pop();
      if (next === undefined) {
        state[index] = 2;
        order.push(index);
        stack.pop();
      } else if (state[next] === 1) {
        throw badGraph('the graph has a cycle', { path: pathOfNode(nodes[next]!, next) });
      } else if (state[next] === 0) enter(next);
    }
  }
  return order;
}

function boundAttributes(definition: FunctionProto, call: Attributes): Bindings {
  const bound = new Map<string, AttributeProto>();
  for (const attribute of definition.attribute_proto ?? []) bound.set(attribute.name ?? '', attribute);
  for (const [name, attribute] of call.entries()) bound.set(name, attribute);
  return bound;
}

function resolveOperator(
  node: NodeProto,
  path: string,
  around: Surroundings,
): Pick<Step, 'kernel' | 'body' | 'version'> {
  const domain = canonicalDomain(node.domain);
  const op = node.op_type ?? '';
  const definition = around.program.functions.get(functionKey(domain, op, node.overload ?? ''));
  if (definition !== undefined) {
    let body: Plan | undefined;
    const bindings = boundAttributes(definition, attributesOf(node, around.bindings));
    const opsets = new Map([...around.opsets, ...opsetsOf(definition.opset_import)]);
    const inner: Surroundings = { program: around.program, opsets, bindings, depth: around.depth + 1 };
    return { version: 0, body: () => (body ??= planOfFunction(definition, inner)) };
  }
  if (domain === GENERATED) {
    const kernel = GRADIENT_KERNELS[op] ?? kernelOf('', op);
    if (kernel !== undefined) return { kernel, version: schemaAt('', op, GENERATED_OPSET)?.since ?? 1 };
  }
  const opset = around.opsets.get(domain);
  const known = schemasOf(domain, op).length > 0;
  if (known && opset === undefined)
    throw badGraph(`the model imports no operator set for the domain "${domain === '' ? 'ai.onnx' : domain}"`, {
      path,
    });
  const newest = newestOpset(domain);
  if (newest !== undefined && opset !== undefined && opset > newest) throw newerOpset(domain, opset, newest, { path });
  const schema = schemaAt(domain, op, opset ?? 1);
  const kernel = kernelOf(domain, op);
  if (kernel === undefined || (known && schema === undefined)) throw unknownOperator(op, domain, { path });
  return { kernel, version: schema?.since ?? 1 };
}

interface Body {
  readonly node: readonly NodeProto[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly constants: ReadonlyMap<string, Tensor>;
}

function planOf(whole: Body, around: Surroundings, isFunction: boolean): Plan {
  const { limits } = around.program;
  const depthLimit = Math.min(limits.depth, 100);
  if (around.depth > depthLimit) throw limitExceeded('the nesting of subgraphs and function calls', depthLimit);
  const given = new Set([...whole.inputs, ...whole.constants.keys()]);
  const needsOf = (node: NodeProto): Set<string> => {
    const names = new Set(node.input);
    for (const graph of subgraphsOf(node))
      for (const name of capturedBy(graph, around.depth, depthLimit)) names.add(name);
    names.delete('');
    return names;
  };
  const pathOf = (node: NodeProto): string => pathOfNode(node, whole.node.indexOf(node));
  const functionOf = (node: NodeProto): FunctionProto | undefined =>
    around.program.functions.get(functionKey(canonicalDomain(node.domain), node.op_type ?? '', node.overload ?? ''));
  const body = { ...whole, node: withGradients(whole.node, around.opsets, needsOf, pathOf, functionOf) };
  const needs = body.node.map(needsOf);
  const order = inOrder(body.node, needs, given);
  const made = new Set(given);
  const lastUse = new Map<string, number>();
  order.forEach((index, position) => {
    for (const name of needs[index]!) lastUse.set(name, position);
    for (const name of body.node[index]!.output) lastUse.set(name, position);
  });
  for (const name of body.outputs) lastUse.delete(name);
  const release: string[][] = order.map(() => []);
  for (const [name, position] of lastUse) if (!body.constants.has(name)) release[position]!.push(name);
  const steps = order.map((index, position): Step => {
    const node = body.node[index]!;
    const path = pathOfNode(node, index);
    if (isFunction || around.depth === 0) {
      for (const name of needs[index]!)
        if (!made.has(name)) throw badGraph(`nothing makes the value "${name}"`, { path });
    }
    for (const name of node.output) made.add(name);
    return {
      path,
      op: node.op_type ?? '',
      attributes: attributesOf(node, around.bindings),
      inputs: node.input,
      outputs: node.output,
      release: release[position]!,
      around,
      memory: { plans: new Map() },
      ...resolveOperator(node, path, around),
    };
  });
  return { inputs: body.inputs, outputs: body.outputs, constants: body.constants, steps };
}

/** Makes a graph ready. Errors: `onnx/bad-graph`, `onnx/unknown-operator`, `onnx/bad-tensor`, `onnx/limit`. */
export function planOfGraph(graph: GraphProto, around: Surroundings): Plan {
  const constants = new Map<string, Tensor>();
  for (const proto of graph.initializer) constants.set(proto.name ?? '', tensorFromProto(proto));
  for (const proto of graph.sparse_initializer ?? []) constants.set(proto.values?.name ?? '', denseOf(proto));
  const inputs = graph.input.map((value) => value.name ?? '');
  const outputs = graph.output.map((value) => value.name ?? '');
  return planOf({ node: graph.node, inputs, outputs, constants }, around, false);
}

function planOfFunction(definition: FunctionProto, around: Surroundings): Plan {
  const { input: inputs, output: outputs, node } = definition;
  return planOf({ node, inputs, outputs, constants: new Map() }, around, true);
}
