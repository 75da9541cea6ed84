import { quote } from '../../core/errors.js';
import type { NodeProto } from '../document.js';
import { callKey } from '../infer/function-calls.js';
import { canonicalDomain, newestOpset, type OperatorSchema, schemaAt, schemasOf } from '../operator-schemas.js';
import { OPERATORS } from '../operators.js';
import { pathOfNode, subgraphsOf } from '../paths.js';
import { checkAttributes } from './attributes.js';
import { checkGraph } from './graph.js';
import { isMade, type Scope } from './scope.js';

const titled = (domain: string): string => (domain === '' ? 'ai.onnx' : domain);

function checkArity(node: NodeProto, schema: OperatorSchema, path: string, scope: Scope): void {
  const [leastIn = 0, mostIn = 0, leastOut = 0, mostOut = 0] = schema.arity;
  const counts = [
    ['inputs', node.input.length, leastIn, mostIn],
    ['outputs', node.output.length, leastOut, mostOut],
  ] as const;
  for (const [what, count, least, most] of counts) {
    if (count >= least && count <= most) continue;
    const wanted = least === most ? String(least) : most > 1e6 ? `${least} or more` : `${least} to ${most}`;
    scope.report.error('onnx/arity', `${schema.name} has the wrong number of ${what}`, placeOf(node, path), {
      expected: wanted,
      got: String(count),
    });
  }
  // Only optional parameters may be left out.
  const parameters = [
    ['input', node.input, schema.inputs],
    ['output', node.output, schema.outputs],
  ] as const;
  for (const [what, names, formal] of parameters)
    names.forEach((name, i) => {
      const [parameter, , arity] = formal[Math.min(i, formal.length - 1)] ?? ['', '', '?'];
      const isRequired = arity === '' ? i < formal.length : arity === '*' && what === 'input';
      if (name === '' && isRequired)
        scope.report.error('onnx/arity', `${schema.name} lacks its ${what} ${i} "${parameter}"`, placeOf(node, path));
    });
}

/** A node's place names its first output. */
function placeOf(node: NodeProto, path: string): { path: string; field?: string } {
  const field = node.output.find((name) => name !== '');
  return field === undefined ? { path } : { path, field: quote(field).slice(1, -1) };
}

function checkInputs(node: NodeProto, path: string, later: ReadonlySet<string>, scope: Scope): void {
  for (const name of node.input) {
    if (name === '' || isMade(scope, name)) continue;
    const place = placeOf(node, path);
    if (later.has(name))
      scope.report.error('onnx/not-sorted', `the value ${quote(name)} is used before it is made, or in a cycle`, place);
    else scope.report.error('onnx/undefined-name', `nothing makes the value ${quote(name)}`, place);
  }
}

/** The schema of the operator that a node names, if it has one; what is wrong with the name is told. */
function schemaOf(node: NodeProto, path: string, scope: Scope): OperatorSchema | undefined {
  const domain = canonicalDomain(node.domain);
  const op = node.op_type ?? '';
  const place = placeOf(node, path);
  if (op === '') {
    scope.report.error('onnx/missing-field', 'the node has no op_type', place);
    return undefined;
  }
  const opset = scope.opsets.get(domain);
  if (opset === undefined) {
    scope.report.error(
      'onnx/missing-opset',
      `the model imports no operator set for the domain "${titled(domain)}"`,
      place,
    );
    return undefined;
  }
  const schema = schemaAt(domain, op, opset);
  if (schema?.deprecated === true)
    scope.report.error('onnx/deprecated', `${op} is deprecated in operator set ${opset}`, place);
  if (schema !== undefined) return schema;
  const [first] = schemasOf(domain, op);
  if (first !== undefined)
    scope.report.error('onnx/unknown-operator', `${op} is not yet in operator set ${opset}`, place, {
      expected: `${first.since} or later`,
      got: String(opset),
    });
  else {
    // Operators of other domains are their engines' own, and engines have some of their own in ONNX's.
    const isKnown = Object.hasOwn(OPERATORS, `${domain}/${op}`);
    if (isKnown && domain !== '') return undefined;
    const isOwn = !isKnown && (newestOpset(domain) !== undefined || domain.startsWith('ai.onnx'));
    scope.report[isOwn ? 'error' : 'warning'](
      'onnx/unknown-operator',
      `no operator ${quote(op)} in the domain ${quote(titled(domain))}`,
      place,
    );
  }
  return undefined;
}

function checkCall(node: NodeProto, key: string, path: string, scope: Scope): void {
  const definition = scope.functions.get(key)!;
  const place = placeOf(node, path);
  if (node.input.length > definition.input.length)
    scope.report.error('onnx/arity', 'the call has more inputs than the function', place, {
      expected: `at most ${definition.input.length}`,
      got: String(node.input.length),
    });
  if (node.output.length > definition.output.length)
    scope.report.error('onnx/arity', 'the call has more outputs than the function', place, {
      expected: `at most ${definition.output.length}`,
      got: String(node.output.length),
    });
  const given = new Set(node.attribute.map(({ name }) => name ?? ''));
  for (const name of definition.attribute)
    if (!given.has(name))
      scope.report.error('onnx/missing-attribute', 'the call lacks an attribute of the function', {
        path,
        attribute: name,
      });
}

function checkNode(node: NodeProto, index: number, later: ReadonlySet<string>, scope: Scope): void {
  const path = pathOfNode(node, index, scope.path);
  if (node.input.length === 0 && node.output.length === 0)
    scope.report.error('onnx/arity', 'the node has neither inputs nor outputs', { path });
  checkInputs(node, path, later, scope);
  const key = callKey(canonicalDomain(node.domain), node.op_type ?? '', node.overload ?? '');
  const isCall = scope.functions.has(key);
  const schema = isCall ? undefined : schemaOf(node, path, scope);
  checkAttributes(node, schema, path, scope.referable, scope.report);
  if (isCall) checkCall(node, key, path, scope);
  if (schema !== undefined) checkArity(node, schema, path, scope);
  for (const { attribute, graph } of subgraphsOf(node)) {
    if (scope.depth >= scope.mostDepth)
      scope.report.error('onnx/too-deep', `subgraphs are nested more than ${scope.mostDepth} deep`, { path });
    else
      checkGraph(graph, {
        ...scope,
        names: new Set(),
        parent: scope,
        depth: scope.depth + 1,
        path: `${path}/${attribute}`,
      });
  }
  for (const name of node.output) {
    if (name === '') continue;
    if (isMade(scope, name))
      scope.report.error('onnx/duplicate-name', `the value ${quote(name)} is made twice`, {
        path,
        field: quote(name).slice(1, -1),
      });
    scope.names.add(name);
  }
}

export function checkNodes(nodes: readonly NodeProto[], scope: Scope): void {
  const later = new Set<string>();
  for (const node of nodes) for (const name of node.output) later.add(name);
  nodes.forEach((node, index) => {
    checkNode(node, index, later, scope);
  });
}
