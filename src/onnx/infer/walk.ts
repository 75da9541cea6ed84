import type { Finding } from '../../core/finding.js';
import { type Limits, withDefaults } from '../../core/limits.js';
import { Attributes, type Bindings } from '../attributes.js';
import type { AttributeProto, FunctionProto, GraphProto, ModelProto, NodeProto, ValueInfoProto } from '../document.js';
import { wrongShape } from '../errors.js';
import { canonicalDomain, type OperatorSchema, schemaAt, schemasOf } from '../operator-schemas.js';
import { pathOfNode, subgraphsOf } from '../paths.js';
import { elementsOf, MOST_ELEMENTS } from './elements.js';
import type { Known, NodeFacts } from './facts.js';
import { callKey } from './function-calls.js';
import { inferNode, type NodeProblem } from './node.js';
import { contradiction, met, typeOfProto, typeOfSparse, typeOfTensor, type ValueType } from './value-type.js';

/** What is known of the values of each graph, by name. */
export interface Inference {
  /** Of the model's graph. */
  readonly values: ReadonlyMap<string, Known>;
  /** Of every graph, subgraphs included. */
  readonly graphs: ReadonlyMap<GraphProto, ReadonlyMap<string, Known>>;
}

export interface InferOptions {
  readonly limits?: Partial<Limits>;
  /** Told of everything that is at fault with types and shapes. */
  readonly report?: (finding: Finding) => void;
}

/** How often nodes are looked at again: in loops whose states change, and in functions that are called often. */
const MOST_REPEATS = 1_000_000;
/** Deeper loops are followed without their shapes, so that passes do not multiply. */
const DEEPEST_PASSES = 6;
const DEEPEST = 100;

/** What the whole inference shares. */
interface Shared {
  readonly functions: ReadonlyMap<string, FunctionProto>;
  readonly modelOpsets: ReadonlyMap<string, number>;
  readonly graphs: Map<GraphProto, ReadonlyMap<string, Known>>;
  readonly calls: Map<string, readonly Known[]>;
  readonly report: (finding: Finding) => void;
  readonly depth: number;
  /** Whether an initializer of the same name is only the default of an input. */
  readonly defaultsMayChange: boolean;
  visitsLeft: number;
}

/** A graph or a function's body while it is followed. */
interface Frame {
  readonly shared: Shared;
  readonly values: Map<string, Known>;
  readonly parent: Frame | undefined;
  readonly opsets: ReadonlyMap<string, number>;
  readonly bindings: Bindings | undefined;
  readonly depth: number;
  readonly path: string;
  /** Problems of a pass that is not the last are not told. */
  readonly isQuiet: boolean;
  /** Inputs of a function that the call leaves out. */
  readonly absent: ReadonlySet<string>;
  readonly active: ReadonlySet<string>;
}

function find(frame: Frame, name: string): Known | undefined {
  if (name === '') return undefined;
  for (let at: Frame | undefined = frame; at !== undefined; at = at.parent) {
    const known = at.values.get(name);
    if (known !== undefined) return known;
    if (at.absent.has(name)) return undefined;
  }
  return {};
}

function tell(frame: Frame, path: string, field: string | undefined, problem: NodeProblem): void {
  if (frame.isQuiet) return;
  const { code, sentence, expected, got, attribute } = problem;
  const details = [expected === undefined ? '' : `expected ${expected}`, got === undefined ? '' : `got ${got}`];
  const shown = details.filter((text) => text !== '').join(', ');
  frame.shared.report({
    severity: problem.severity ?? 'error',
    code,
    message: shown === '' ? sentence : `${sentence} (${shown})`,
    place: { path, ...(attribute === undefined ? {} : { attribute }), ...(field === undefined ? {} : { field }) },
  });
}

/** The elements that a Constant node spells out. */
function constantData(node: NodeProto, attributes: Attributes): readonly number[] | undefined {
  if (node.op_type !== 'Constant') return undefined;
  const value = attributes.get('value')?.t;
  if (value !== undefined) return elementsOf(value);
  const int = attributes.get('value_int')?.i;
  if (int !== undefined) return [Number(int)];
  const float = attributes.get('value_float')?.f;
  if (float !== undefined) return [float];
  const list = attributes.get('value_ints')?.ints ?? attributes.get('value_floats')?.floats;
  return list === undefined || list.length > MOST_ELEMENTS
    ? undefined
    : Array.from(list as ArrayLike<number | bigint>, Number);
}

function factsOf(node: NodeProto, version: number, path: string, frame: Frame): NodeFacts {
  const attributes = new Attributes(node.attribute, frame.bindings);
  return {
    op: node.op_type ?? '',
    version,
    attributes,
    inputs: node.input.map((name) => find(frame, name)),
    outputs: node.output,
    body(name, inputs, isFinal = true) {
      const graph = attributes.get(name)?.g;
      if (graph === undefined || frame.depth >= frame.shared.depth) return [];
      if (!isFinal && frame.depth > DEEPEST_PASSES) return [];
      if (graph.input.length !== inputs.length)
        throw wrongShape(`${name} takes another number of inputs than it is given`, {
          expected: String(inputs.length),
          got: String(graph.input.length),
        });
      return inferBody(graph, inputs, {
        ...frame,
        values: new Map(),
        parent: frame,
        absent: NOTHING,
        depth: frame.depth + 1,
        path: `${path}/${name}`,
        isQuiet: frame.isQuiet || !isFinal,
      });
    },
  };
}

const NOTHING: ReadonlySet<string> = new Set();

function inferStep(node: NodeProto, index: number, frame: Frame): Known[] {
  const path = pathOfNode(node, index, frame.path);
  const field = node.output.find((name) => name !== '');
  const domain = canonicalDomain(node.domain);
  const op = node.op_type ?? '';
  const key = callKey(domain, op, node.overload ?? '');
  const definition = frame.shared.functions.get(key);
  if (definition !== undefined) return inferCall(definition, key, node, path, frame);
  const opset = frame.opsets.get(domain);
  const schema: OperatorSchema | undefined = opset === undefined ? undefined : schemaAt(domain, op, opset);
  // An operator that the imported set does not have is told of by the checker.
  if (schema === undefined && schemasOf(domain, op).length > 0) return node.output.map(() => ({}));
  const facts = factsOf(node, schema?.since ?? 0, path, frame);
  const results = inferNode(facts, domain, schema, node.input, (problem) => tell(frame, path, field, problem));
  const constant = domain === '' ? constantData(node, facts.attributes) : undefined;
  if (constant !== undefined && results[0] !== undefined) results[0] = { ...results[0], data: constant };
  return results;
}

/** Follows a call through the body of its function; the same call of the same types only once. */
function inferCall(definition: FunctionProto, key: string, node: NodeProto, path: string, frame: Frame): Known[] {
  const { shared } = frame;
  const unknown = node.output.map((): Known => ({}));
  if (frame.active.has(key) || frame.depth >= shared.depth) return unknown;
  const given = new Attributes(node.attribute, frame.bindings);
  const bindings = new Map<string, AttributeProto>();
  for (const attribute of definition.attribute_proto ?? []) bindings.set(attribute.name ?? '', attribute);
  for (const [name, attribute] of given.entries()) bindings.set(name, attribute);
  const inputs = node.input.map((name) => find(frame, name));
  const memory = `${key}|${signatureOf(inputs, bindings)}`;
  let results = shared.calls.get(memory);
  if (results === undefined) {
    const values = new Map<string, Known>();
    const absent = new Set<string>();
    definition.input.forEach((name, i) => {
      const known = inputs[i];
      if (known === undefined) absent.add(name);
      else values.set(name, known);
    });
    const own = definition.opset_import.map(
      ({ domain, version }) => [canonicalDomain(domain), Number(version ?? 1)] as const,
    );
    const body: Frame = {
      shared,
      values,
      parent: undefined,
      opsets: new Map([...shared.modelOpsets, ...own]),
      bindings,
      depth: frame.depth + 1,
      path,
      isQuiet: frame.isQuiet,
      absent,
      active: new Set([...frame.active, key]),
    };
    inferNodes(definition.node, declaredIn(definition.value_info ?? [], body), body);
    results = definition.output.map((name) => values.get(name) ?? {});
    if (shared.visitsLeft > 0) shared.calls.set(memory, results);
  }
  return node.output.map((_, i) => results[i] ?? {});
}

let marks = 0;
const marked = new WeakMap<object, number>();

/** Tells calls apart whose types, elements or attributes differ. */
function signatureOf(inputs: readonly (Known | undefined)[], bindings: Bindings): string {
  const attributes = [...bindings].map(([name, attribute]) => {
    const { i, f } = attribute;
    if (i !== undefined || f !== undefined) return [name, String(i ?? ''), f ?? null];
    if (!marked.has(attribute)) marked.set(attribute, marks++);
    return [name, marked.get(attribute)];
  });
  return JSON.stringify(
    [inputs.map((known) => [known === undefined, known?.type, known?.data]), attributes],
    (_, value) => (value === undefined ? null : value),
  );
}

type Declared = ReadonlyMap<string, ValueType>;

function declaredIn(infos: readonly ValueInfoProto[], frame: Frame): Declared {
  const declared = new Map<string, ValueType>();
  for (const info of infos) {
    const name = info.name ?? '';
    const type = typeOfProto(info.type);
    if (type === undefined) continue;
    const before = declared.get(name);
    const clash = contradiction(before, type);
    // Engines take the first: that of an output before that of a value_info.
    if (clash !== undefined)
      tell(frame, frame.path === '' ? 'graph' : frame.path, name.slice(0, 60), {
        severity: 'warning',
        code: `onnx/wrong-${clash.what}`,
        sentence: 'the value is declared twice, and differently',
        expected: clash.first,
        got: clash.second,
      });
    declared.set(name, met(before, type)!);
  }
  return declared;
}

function inferNodes(nodes: readonly NodeProto[], declared: Declared, frame: Frame): void {
  for (const [index, node] of nodes.entries()) {
    if (frame.shared.visitsLeft-- <= 0) {
      if (frame.shared.visitsLeft === -1) tellExhausted(pathOfNode(node, index, frame.path), frame);
      return;
    }
    const results = inferStep(node, index, frame);
    node.output.forEach((name, i) => {
      if (name === '') return;
      const type = declared.get(name);
      const known = results[i] ?? {};
      const clash = contradiction(type, known.type);
      if (clash !== undefined)
        tell(frame, pathOfNode(node, index, frame.path), name, {
          code: `onnx/wrong-${clash.what}`,
          sentence: `the output is declared otherwise than ${node.op_type} gives it`,
          expected: clash.second,
          got: clash.first,
        });
      frame.values.set(name, { type: met(known.type, type), data: known.data });
    });
  }
}

function tellExhausted(path: string, frame: Frame): void {
  const sentence = 'loops and function calls are too many to follow the types through them';
  tell({ ...frame, isQuiet: false }, path, undefined, {
    code: 'onnx/limit',
    sentence,
    expected: `at most ${MOST_REPEATS} repeated nodes`,
  });
}

function inferBody(graph: GraphProto, inputs: readonly (Known | undefined)[], frame: Frame): readonly Known[] {
  const { values, shared } = frame;
  const names = new Set(graph.input.map((info) => info.name ?? ''));
  graph.input.forEach((info, i) => {
    const name = info.name ?? '';
    const declared = typeOfProto(info.type);
    const clash = contradiction(declared, inputs[i]?.type);
    if (clash !== undefined)
      tell(frame, frame.path, name, {
        code: `onnx/wrong-${clash.what}`,
        sentence: 'the input is declared otherwise than it is given',
        expected: clash.second,
        got: clash.first,
      });
    values.set(name, { type: met(inputs[i]?.type, declared), data: inputs[i]?.data });
  });
  const put = (name: string, type: ValueType, data: readonly number[] | undefined): void => {
    const clash = names.has(name) ? contradiction(values.get(name)?.type, type) : undefined;
    if (clash !== undefined)
      tell(frame, frame.path, name, {
        code: `onnx/wrong-${clash.what}`,
        sentence: 'the initializer is not what the input of the same name is declared as',
        expected: clash.first,
        got: clash.second,
      });
    values.set(name, { type, data: names.has(name) && shared.defaultsMayChange ? undefined : data });
  };
  for (const tensor of graph.initializer) put(tensor.name ?? '', typeOfTensor(tensor), elementsOf(tensor));
  for (const sparse of graph.sparse_initializer ?? []) put(sparse.values?.name ?? '', typeOfSparse(sparse), undefined);
  const declared = declaredIn([...graph.output, ...graph.value_info], frame);
  inferNodes(graph.node, declared, frame);
  shared.graphs.set(graph, values);
  return graph.output.map((info) => {
    const name = info.name ?? '';
    const known = find(frame, name) ?? {};
    return { type: met(known.type, declared.get(name)), data: known.data };
  });
}

/** All nodes of a model, each counted once. */
function countNodes(model: ModelProto): number {
  let count = 0;
  const open: (readonly NodeProto[])[] = [
    model.graph?.node ?? [],
    ...model.functions.map((definition) => definition.node),
  ];
  for (let nodes = open.pop(); nodes !== undefined; nodes = open.pop()) {
    count += nodes.length;
    for (const node of nodes) for (const { graph } of subgraphsOf(node)) open.push(graph.node);
  }
  return count;
}

/** Types, shapes and elements of every value of a model as far as they follow; nothing is run. Never throws for a bad model. */
export function inferOnnx(model: ModelProto, options: InferOptions = {}): Inference {
  const opsets = new Map(
    model.opset_import.map(({ domain, version }) => [canonicalDomain(domain), Number(version ?? 1)]),
  );
  const ir = Number(model.ir_version ?? 0);
  const shared: Shared = {
    functions: new Map(
      model.functions.map((definition) => [
        callKey(canonicalDomain(definition.domain), definition.name ?? '', definition.overload ?? ''),
        definition,
      ]),
    ),
    modelOpsets: opsets,
    graphs: new Map(),
    calls: new Map(),
    report: options.report ?? (() => undefined),
    depth: Math.min(withDefaults(options.limits).depth, DEEPEST),
    defaultsMayChange: ir >= 4,
    visitsLeft: countNodes(model) + MOST_REPEATS,
  };
  const values = new Map<string, Known>();
  if (model.graph === undefined) return { values, graphs: shared.graphs };
  inferBody(model.graph, [], {
    shared,
    values,
    parent: undefined,
    opsets,
    bindings: undefined,
    depth: 0,
    path: '',
    isQuiet: false,
    absent: NOTHING,
    active: NOTHING,
  });
  return { values, graphs: shared.graphs };
}
