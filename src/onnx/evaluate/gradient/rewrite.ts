import { attribute } from '../../attributes.js';
import type { AttributeProto, FunctionProto, GraphProto, NodeProto } from '../../document.js';
import { badAttribute, badGraph, noDerivative } from '../../errors.js';
import { canonicalDomain, schemaAt } from '../../operator-schemas.js';
import { EXPANSIONS } from './expansions.js';
import { FIRST_ONLY, FLAT, RULES } from './rules.js';
import { Call, GENERATED, GENERATED_OPSET, Tape } from './tape.js';

const TRAINING = 'ai.onnx.preview.training';

export const isGradient = (node: NodeProto): boolean => node.op_type === 'Gradient' && node.domain === TRAINING;

/** The graph around a Gradient node. */
interface Around {
  readonly nodes: readonly NodeProto[];
  readonly opset: number;
  /** Names that a node needs: its inputs and what its subgraphs capture. */
  readonly needs: (node: NodeProto) => Iterable<string>;
  readonly pathOf: (node: NodeProto) => string;
  readonly producers: ReadonlyMap<string, NodeProto>;
  /** The model-local function that a node calls. */
  readonly functionOf: (node: NodeProto) => FunctionProto | undefined;
  /** Gradient nodes whose graph is being made: one that needs itself is a cycle. */
  readonly busy: Set<NodeProto>;
  count: number;
}

function callOf(
  node: NodeProto,
  around: Around,
  gradients?: readonly (string | undefined)[],
  active?: ReadonlySet<string>,
): Call {
  const isGenerated = node.domain === GENERATED;
  const since = schemaAt('', node.op_type ?? '', isGenerated ? GENERATED_OPSET : around.opset)?.since ?? 1;
  return new Call(node, since, gradients, active);
}

/** The nodes of another gradient's graph, with the values that its node is given and the names that it makes. */
function inlined(gradient: NodeProto, body: GraphProto, around: Around): NodeProto[] {
  const names = new Map<string, string>();
  body.input.forEach((info, i) => {
    names.set(info.name ?? '', gradient.input[i] ?? '');
  });
  const prefix = `${GENERATED}.${around.count++}/`;
  for (const node of body.node) for (const name of node.output) if (name !== '') names.set(name, prefix + name);
  const renamed = (name: string): string => names.get(name) ?? name;
  const results = gradient.output.flatMap((name, i): NodeProto[] =>
    name === ''
      ? []
      : [
          {
            op_type: 'Identity',
            domain: GENERATED,
            input: [renamed(body.output[i]?.name ?? '')],
            output: [name],
            attribute: [],
          },
        ],
  );
  return [
    ...body.node.map((node) => ({ ...node, input: node.input.map(renamed), output: node.output.map(renamed) })),
    ...results,
  ];
}

const MOST_CALLS = 100;

/** The nodes of a function's body with the names and attributes of a call, calls within them likewise. */
function called(node: NodeProto, definition: FunctionProto, around: Around, depth = 0): NodeProto[] {
  const refuse = (): never => {
    throw noDerivative(node.op_type ?? '', { path: around.pathOf(node) });
  };
  const other = definition.opset_import.find((entry) => canonicalDomain(entry.domain) === '');
  if (depth > MOST_CALLS || (other !== undefined && Number(other.version) !== around.opset)) return refuse();
  const prefix = `${GENERATED}.${around.count++}/`;
  const names = new Map(definition.input.map((name, i) => [name, node.input[i] ?? '']));
  definition.output.forEach((name, i) => {
    names.set(name, node.output[i] || prefix + name);
  });
  const renamed = (name: string): string => (name === '' ? '' : (names.get(name) ?? prefix + name));
  const given = new Map([...(definition.attribute_proto ?? []), ...node.attribute].map((each) => [each.name, each]));
  return definition.node.flatMap((inner): NodeProto[] => {
    const attributes = inner.attribute.flatMap((each): AttributeProto[] => {
      if (each.g !== undefined || each.graphs !== undefined) return refuse();
      const reference = each.ref_attr_name ?? '';
      if (reference === '') return [each];
      const bound = given.get(reference);
      return bound === undefined ? [] : [{ ...bound, name: each.name ?? '' }];
    });
    const made = {
      ...inner,
      input: inner.input.map(renamed),
      output: inner.output.map(renamed),
      attribute: attributes,
    };
    const nested = around.functionOf(inner);
    return nested === undefined ? [made] : called(made, nested, around, depth + 1);
  });
}

function partsOf(node: NodeProto, around: Around): NodeProto[] {
  if (isGradient(node)) return inlined(node, graphOfGradient(node, around), around);
  const definition = around.functionOf(node);
  return definition === undefined ? [node] : called(node, definition, around);
}

/** The nodes between `inputs` and `y`, each after those that it needs; gradients and calls among them as what they are made of. */
function between(y: string, inputs: ReadonlySet<string>, around: Around): NodeProto[] {
  const order: NodeProto[] = [];
  const state = new Map<NodeProto, 'open' | 'done'>();
  const stack: { node: NodeProto; parts: NodeProto[]; before: string[] }[] = [];
  const enter = (name: string): void => {
    const node = inputs.has(name) ? undefined : around.producers.get(name);
    if (node === undefined || state.has(node)) return;
    state.set(node, 'open');
    const parts = partsOf(node, around);
    stack.push({ node, parts, before: parts.flatMap((part) => [...around.needs(part)]) });
  };
  enter(y);
  while (stack.length > 0) {
    const top = stack[stack.length - 1]!;
    const next = top.before.pop();
    if (next !== undefined) {
      enter(next);
      continue;
    }
    state.set(top.node, 'done');
    order.push(...top.parts);
    stack.pop();
  }
  return order;
}

/** The forward nodes on the tape, those that `xs` reach in operators that have rules; gives the reached values. */
function writeForward(tape: Tape, nodes: readonly NodeProto[], xs: readonly string[], around: Around): Set<string> {
  const active = new Set(xs);
  const write = (node: NodeProto): void => {
    const call = callOf(node, around);
    const needs = FIRST_ONLY.has(call.key) ? [call.input(0)] : [...around.needs(node)];
    const isActive = needs.some((name) => active.has(name)) && !FLAT.has(call.key);
    const expansion = EXPANSIONS[call.key];
    const training = call.op === 'BatchNormalization' && call.int('training_mode', 0) !== 0;
    if (isActive && expansion !== undefined && !training) {
      const from = tape.nodes.length;
      const results = expansion(tape, call);
      node.output.forEach((name, i) => {
        if (name === '') return;
        if (results[i] === undefined) throw noDerivative(node.op_type ?? '', { path: around.pathOf(node) });
        tape.nodes.push({
          op_type: 'Identity',
          domain: GENERATED,
          input: [results[i]!],
          output: [name],
          attribute: [],
        });
      });
      for (const part of tape.nodes.splice(from)) write(part);
      return;
    }
    if (isActive) for (const name of node.output) if (name !== '') active.add(name);
    tape.nodes.push(node);
  };
  for (const node of nodes) write(node);
  return active;
}

/**
 * The graph that a Gradient node stands for: the nodes between its variables and `y`, then their derivatives in reverse
 * order. Inputs are the variables, outputs the gradients. Errors: `onnx/bad-graph`, `onnx/no-derivative`.
 */
function graphOfGradient(node: NodeProto, around: Around): GraphProto {
  const path = around.pathOf(node);
  if (around.busy.has(node)) throw badGraph('the gradient is that of its own result', { path });
  around.busy.add(node);
  const { attributes } = new Call(node, 1);
  const xs = attributes.strings('xs') ?? [];
  const y = attributes.string('y');
  const inputs = [...xs, ...(attributes.strings('zs') ?? [])];
  if (inputs.length !== node.input.length)
    throw badAttribute('xs', 'xs and zs name not as many tensors as there are inputs', {
      place: { path },
      expected: String(node.input.length),
      got: String(inputs.length),
    });
  if (!around.producers.has(y) && !inputs.includes(y))
    throw badGraph(`no node of this graph makes "${y}", whose gradient is wanted`, { path });
  const tape = new Tape(`${GENERATED}.${around.count++}.`);
  const active = writeForward(tape, between(y, new Set(inputs), around), xs, around);
  const forward = [...tape.nodes];
  const collected = new Map<string, string[]>([[y, [tape.expandLike(tape.scalar(1, y), y)]]]);
  const gradientOf = (name: string): string | undefined => {
    const parts = collected.get(name) ?? [];
    if (parts.length > 1) collected.set(name, [tape.op('Sum', parts)]);
    return collected.get(name)?.[0];
  };
  for (const made of forward.reverse()) {
    if (!made.output.some((name) => active.has(name))) continue;
    const gradients = made.output.map(gradientOf);
    if (gradients.every((gradient) => gradient === undefined)) continue;
    const call = callOf(made, around, gradients, active);
    const rule = RULES[call.key];
    const isOdd = gradients[0] === undefined && call.key !== 'Split';
    if (rule === undefined || isOdd || !isPlain(call))
      throw noDerivative(made.op_type ?? '', { path: around.pathOf(made) });
    rule(tape, call, gradients[0] ?? '').forEach((gradient, i) => {
      const name = made.input[i] ?? '';
      if (gradient !== undefined && active.has(name)) collected.set(name, [...(collected.get(name) ?? []), gradient]);
    });
  }
  const outputs = xs.map((name) => gradientOf(name) ?? tape.zeros(name));
  around.busy.delete(node);
  return {
    name: path,
    node: tape.nodes,
    input: inputs.map((name) => ({ name })),
    output: outputs.map((name) => ({ name })),
    initializer: [],
    value_info: [],
  };
}

/** Whether the rule holds for the attributes and inputs that the node has. */
function isPlain(call: Call): boolean {
  if (call.key.startsWith('Scatter')) return call.attributes.string('reduction', 'none') === 'none';
  if (call.key === 'Dropout') return call.input(2) === '';
  return !(call.key === 'Pad' && call.attributes.string('mode', 'constant') === 'wrap' && call.version < 19);
}

/** Gradient nodes with the graph that they stand for as the attribute `body`; all other nodes as they are. */
export function withGradients(
  nodes: readonly NodeProto[],
  opsets: ReadonlyMap<string, number>,
  needs: (node: NodeProto) => Iterable<string>,
  pathOf: (node: NodeProto) => string,
  functionOf: (node: NodeProto) => FunctionProto | undefined,
): readonly NodeProto[] {
  if (!nodes.some(isGradient)) return nodes;
  const producers = new Map<string, NodeProto>();
  for (const node of nodes) for (const name of node.output) if (name !== '') producers.set(name, node);
  const opset = opsets.get(canonicalDomain('')) ?? 1;
  const around: Around = { nodes, opset, needs, pathOf, functionOf, producers, busy: new Set(), count: 0 };
  return nodes.map((node) =>
    isGradient(node)
      ? { ...node, attribute: [...node.attribute, attribute('body', 'GRAPH', graphOfGradient(node, around))] }
      : node,
  );
}
