import { type Place, SamescoreError } from '../core/errors.js';
import type { Finding } from '../core/finding.js';
import { attributeType } from './attributes.js';
import type {
  FunctionProto,
  GraphProto,
  ModelProto,
  NodeProto,
  OnnxModel,
  TensorProto,
  ValueInfoProto,
} from './document.js';
import { EXTERNAL } from './document.js';
import { tensorFromProto } from './evaluate/tensor.js';
import {
  bindTypes,
  broadcastKnown,
  contradiction,
  declaredType,
  inferNode,
  tensorType,
  type ValueType,
} from './infer.js';
import { canonicalDomain, newestOpset, type OperatorSchema, schemaAt, schemasOf } from './operator-schemas.js';

/** The newest message version that this reader knows. */
const NEWEST_IR = 14;

/** What is known while a graph is checked; `names` are those that its nodes may use. */
interface Scope {
  readonly report: (severity: Finding['severity'], code: string, message: string, place: Place) => void;
  readonly model: ModelProto;
  readonly opsets: ReadonlyMap<string, number>;
  readonly functions: ReadonlyMap<string, FunctionProto>;
  readonly types: Map<string, ValueType>;
  readonly names: Set<string>;
  readonly constants: Map<string, TensorProto>;
  readonly depth: number;
  /** In a function's body attributes may refer to the call's. */
  readonly inFunction: boolean;
}

const keyOf = (domain: string, name: string, overload: string): string => `${domain}/${name}/${overload}`;

function pathOf(node: NodeProto, index: number): string {
  return node.name === undefined || node.name === '' ? `${node.op_type ?? 'node'}[${index}]` : node.name;
}

function checkAttributes(node: NodeProto, schema: OperatorSchema, path: string, scope: Scope): void {
  const seen = new Set<string>();
  for (const attribute of node.attribute) {
    const name = attribute.name ?? '';
    const place = { path, attribute: name };
    if (seen.has(name)) scope.report('error', 'onnx/duplicate-attribute', 'the attribute stands twice', place);
    seen.add(name);
    const known = schema.attributes[name];
    if (known === undefined) {
      scope.report('error', 'onnx/unknown-attribute', `${schema.name} has no such attribute`, place);
      continue;
    }
    if ((attribute.ref_attr_name ?? '') !== '') continue;
    const got = attributeType(attribute);
    if (got !== known[0])
      scope.report('error', 'onnx/attribute-type', `the attribute is ${got} instead of ${known[0]}`, place);
  }
  for (const [name, [, presence]] of Object.entries(schema.attributes)) {
    if (presence === 'required' && !seen.has(name))
      scope.report('error', 'onnx/missing-attribute', 'the required attribute is missing', { path, attribute: name });
  }
}

function checkArity(node: NodeProto, schema: OperatorSchema, path: string, scope: Scope): void {
  const [leastIn = 0, mostIn = 0, leastOut = 0, mostOut = 0] = schema.arity;
  const counts = [
    ['inputs', node.input.length, leastIn, mostIn],
    ['outputs', node.output.length, leastOut, mostOut],
  ] as const;
  for (const [what, count, least, most] of counts) {
    if (count < least || count > most)
      scope.report(
        'error',
        'onnx/arity',
        `${schema.name} has ${count} ${what} instead of ${least === most ? least : `${least} to ${most > 1e6 ? 'any number' : most}`}`,
        { path },
      );
  }
}

/** Integers of an initializer, for shape inference. */
function constantInts(scope: Scope, name: string): number[] | undefined {
  const proto = scope.constants.get(name);
  if (proto === undefined || (proto.data_type !== 7 && proto.data_type !== 6)) return undefined;
  try {
    return Array.from(tensorFromProto(proto).data as ArrayLike<number | bigint>, Number);
  } catch {
    return undefined;
  }
}

const ELEMENTWISE = new Set([
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Pow',
  'And',
  'Or',
  'Xor',
  'Equal',
  'Less',
  'Greater',
  'Where',
  'Max',
  'Min',
  'Sum',
]);

/** What follows of a node's outputs; nothing where its attributes are at fault, which is reported already. */
function inferred(
  node: NodeProto,
  schema: OperatorSchema,
  inputs: readonly (ValueType | undefined)[],
  bound: ReadonlyMap<string, string>,
  scope: Scope,
): ValueType[] {
  try {
    return inferNode(node, schema, inputs, bound, (name) => constantInts(scope, name));
  } catch (error) {
    if (error instanceof SamescoreError) return [];
    throw error;
  }
}

function checkTypes(node: NodeProto, schema: OperatorSchema, path: string, scope: Scope): void {
  const inputs = node.input.map((name) => scope.types.get(name));
  const { bound, conflict } = bindTypes(schema, inputs);
  if (conflict !== undefined) {
    scope.report(
      'error',
      'onnx/wrong-type',
      `input ${conflict.input} "${node.input[conflict.input]}" of ${schema.name} is ${conflict.got} instead of ${conflict.expected}`,
      { path },
    );
    return;
  }
  if (ELEMENTWISE.has(schema.name) && schema.since >= 7 && broadcastKnown(inputs.map((input) => input?.dims)) === null)
    scope.report('error', 'onnx/wrong-shape', `the inputs of ${schema.name} do not broadcast`, { path });
  if (schema.name === 'MatMul') {
    const [a, b] = [inputs[0]?.dims, inputs[1]?.dims];
    const [inner, other] = [a?.at(-1), b?.at(b.length > 1 ? -2 : -1)];
    if (inner !== undefined && other !== undefined && inner !== other)
      scope.report('error', 'onnx/wrong-shape', `the inner sizes ${inner} and ${other} of MatMul differ`, { path });
  }
  inferred(node, schema, inputs, bound, scope).forEach((type, i) => {
    const name = node.output[i] ?? '';
    if (name === '') return;
    const declared = scope.types.get(name);
    const clash = declared === undefined ? undefined : contradiction(declared, type);
    if (clash !== undefined)
      scope.report(
        'error',
        clash.expected.startsWith('[') ? 'onnx/wrong-shape' : 'onnx/wrong-type',
        `the output "${name}" is declared as ${clash.expected}, but ${schema.name} gives ${clash.got}`,
        { path },
      );
    scope.types.set(name, { ...type, ...declared });
  });
}

function checkNode(node: NodeProto, index: number, later: ReadonlySet<string>, scope: Scope): void {
  const path = pathOf(node, index);
  for (const name of node.input) {
    if (name === '' || scope.names.has(name)) continue;
    if (later.has(name))
      scope.report('error', 'onnx/not-sorted', `the value "${name}" is used before it is made, or in a cycle`, {
        path,
      });
    else scope.report('error', 'onnx/undefined-name', `nothing makes the value "${name}"`, { path });
  }
  const domain = canonicalDomain(node.domain);
  const op = node.op_type ?? '';
  if (op === '') scope.report('error', 'onnx/missing-field', 'the node has no op_type', { path });
  const definition = scope.functions.get(keyOf(domain, op, node.overload ?? ''));
  const opset = scope.opsets.get(domain);
  if (definition === undefined && opset === undefined)
    scope.report(
      'error',
      'onnx/missing-opset',
      `the model imports no operator set for the domain "${domain === '' ? 'ai.onnx' : domain}"`,
      { path },
    );
  else if (definition === undefined) {
    const schema = schemaAt(domain, op, opset!);
    const newest = newestOpset(domain) ?? Number.POSITIVE_INFINITY;
    if (opset! > newest)
      scope.report('error', 'onnx/newer-opset', `operator set ${opset} is not known; ${newest} is the newest`, {
        path,
      });
    else if (schema !== undefined) {
      if (schema.deprecated)
        scope.report('error', 'onnx/deprecated', `${op} is deprecated in operator set ${opset}`, { path });
      checkAttributes(node, schema, path, scope);
      checkArity(node, schema, path, scope);
      checkTypes(node, schema, path, scope);
    } else if (schemasOf(domain, op).length > 0)
      scope.report('error', 'onnx/unknown-operator', `${op} is not yet in operator set ${opset}`, { path });
    else {
      const isOwn = domain === '' || domain.startsWith('ai.onnx');
      scope.report(
        isOwn ? 'error' : 'warning',
        'onnx/unknown-operator',
        `no operator ${op} in the domain "${domain === '' ? 'ai.onnx' : domain}"`,
        { path },
      );
    }
  }
  for (const attribute of node.attribute)
    for (const graph of [...(attribute.g === undefined ? [] : [attribute.g]), ...(attribute.graphs ?? [])]) {
      const inner = { ...scope, types: new Map(scope.types), names: new Set(scope.names), depth: scope.depth + 1 };
      if (scope.depth > 100)
        scope.report('error', 'onnx/too-deep', 'subgraphs are nested more than 100 deep', { path });
      else checkGraph(graph, inner, `${path}/${attribute.name ?? ''}`);
    }
  for (const name of node.output) {
    if (name === '') continue;
    if (scope.names.has(name))
      scope.report('error', 'onnx/duplicate-name', `the value "${name}" is made twice`, { path });
    scope.names.add(name);
  }
}

function checkTensor(tensor: TensorProto, scope: Scope): void {
  if (tensor.data_location === EXTERNAL && tensor.external_bytes === undefined) return;
  try {
    tensorFromProto(tensor);
  } catch (error) {
    if (!(error instanceof SamescoreError)) throw error;
    const detail = error.expected === undefined ? '' : ` (expected ${error.expected}, got ${error.got})`;
    scope.report('error', String(error.code), `${error.sentence}${detail}`, error.place);
  }
}

function declare(infos: readonly ValueInfoProto[], scope: Scope): void {
  for (const info of infos) {
    const name = info.name ?? '';
    scope.types.set(name, { ...scope.types.get(name), ...declaredType(info.type) });
  }
}

function checkGraph(graph: GraphProto, scope: Scope, path: string): void {
  if ((graph.name ?? '') === '') scope.report('warning', 'onnx/missing-field', 'the graph has no name', { path });
  const own = new Set<string>();
  for (const info of graph.input) {
    const name = info.name ?? '';
    if (own.has(name)) scope.report('error', 'onnx/duplicate-name', `the input "${name}" stands twice`, { path });
    if (scope.depth === 0 && info.type === undefined)
      scope.report('error', 'onnx/missing-field', `the input "${name}" has no type`, { path });
    own.add(name);
    scope.names.add(name);
  }
  for (const tensor of graph.initializer) {
    const name = tensor.name ?? '';
    if (name === '') scope.report('error', 'onnx/missing-field', 'an initializer has no name', { path });
    scope.constants.set(name, tensor);
    scope.types.set(name, tensorType(tensor));
    scope.names.add(name);
    checkTensor(tensor, scope);
  }
  for (const sparse of graph.sparse_initializer ?? []) scope.names.add(sparse.values?.name ?? '');
  declare([...graph.input, ...graph.value_info, ...graph.output], scope);
  checkNodes(graph.node, scope);
  for (const info of graph.output) {
    const name = info.name ?? '';
    if (!scope.names.has(name))
      scope.report('error', 'onnx/undefined-name', `nothing makes the output "${name}"`, { path });
  }
}

function checkNodes(nodes: readonly NodeProto[], scope: Scope): void {
  const later = new Set(nodes.flatMap((node) => node.output));
  nodes.forEach((node, index) => {
    checkNode(node, index, later, scope);
  });
}

/** Functions that call themselves, directly or through others. */
function recursive(functions: ReadonlyMap<string, FunctionProto>): string[] {
  const calls = new Map(
    [...functions].map(([key, definition]) => [
      key,
      definition.node
        .map((node) => keyOf(canonicalDomain(node.domain), node.op_type ?? '', node.overload ?? ''))
        .filter((name) => functions.has(name)),
    ]),
  );
  return [...functions.keys()].filter((start) => {
    const seen = new Set<string>();
    const queue = [...calls.get(start)!];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      if (next === start) return true;
      if (!seen.has(next)) queue.push(...calls.get(next)!);
      seen.add(next);
    }
    return false;
  });
}

function opsets(imports: ModelProto['opset_import'], report: Scope['report'], path: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const { domain, version } of imports) {
    const key = canonicalDomain(domain);
    if (found.has(key)) {
      // Exporters repeat imports; that matters only where the versions differ.
      const severity = found.get(key) === Number(version ?? 1) ? 'warning' : 'error';
      report(severity, 'onnx/duplicate-opset', `the domain "${key === '' ? 'ai.onnx' : key}" is imported twice`, {
        path,
      });
    }
    if (!(Number(version) >= 1))
      report('error', 'onnx/missing-field', `the import of "${key === '' ? 'ai.onnx' : key}" has no version`, { path });
    found.set(key, Number(version ?? 1));
  }
  return found;
}

/** Everything that is wrong with a model, by the rules of the ONNX specification; nothing is run. */
export function checkOnnx(model: OnnxModel): Finding[] {
  const findings: Finding[] = [];
  const report: Scope['report'] = (severity, code, message, place) => {
    findings.push({ severity, code, message, place });
  };
  const ir = Number(model.ir_version ?? 0);
  if (ir < 1) report('error', 'onnx/missing-field', 'the model has no ir_version', { path: 'ModelProto' });
  else if (ir > NEWEST_IR)
    report('warning', 'onnx/newer-version', `the model has IR version ${ir}; ${NEWEST_IR} is the newest known`, {
      path: 'ModelProto',
    });
  const imported = opsets(model.opset_import, report, 'ModelProto');
  if (model.opset_import.length === 0 && ir >= 3)
    report('error', 'onnx/missing-opset', 'the model imports no operator set', { path: 'ModelProto' });
  const functions = new Map<string, FunctionProto>();
  for (const definition of model.functions) {
    const key = keyOf(canonicalDomain(definition.domain), definition.name ?? '', definition.overload ?? '');
    if (functions.has(key))
      report('error', 'onnx/duplicate-name', `the function "${definition.name}" is defined twice`, { path: key });
    functions.set(key, definition);
  }
  for (const key of recursive(functions))
    report('error', 'onnx/recursive-function', 'the function calls itself', { path: key });
  const scope = (own: ReadonlyMap<string, number>, inFunction: boolean): Scope => ({
    report,
    model,
    opsets: own,
    functions,
    types: new Map(),
    names: new Set(),
    constants: new Map(),
    depth: 0,
    inFunction,
  });
  if (model.graph === undefined)
    report('error', 'onnx/missing-field', 'the model has no graph', { path: 'ModelProto' });
  else checkGraph(model.graph, scope(imported, false), 'graph');
  for (const [key, definition] of functions) {
    const inner = scope(new Map([...imported, ...opsets(definition.opset_import, report, key)]), true);
    for (const name of definition.input) inner.names.add(name);
    checkNodes(definition.node, inner);
    for (const name of definition.output)
      if (!inner.names.has(name))
        report('error', 'onnx/undefined-name', `nothing makes the output "${name}" of the function`, { path: key });
  }
  return findings;
}
