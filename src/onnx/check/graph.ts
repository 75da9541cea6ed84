import { quote } from '../../core/errors.js';
import type { GraphProto, TypeProto, ValueInfoProto } from '../document.js';
import { elementTypeOf } from '../element-types.js';
import { checkNodes } from './nodes.js';
import { isMade, type Scope } from './scope.js';
import { checkSparse, checkTensor, tensorPath } from './tensors.js';

/** What is missing of a declared type; undefined where nothing is. */
function missingOf(type: TypeProto | undefined, depth = 0): string | undefined {
  if (type === undefined) return 'has no type';
  const tensor = type.tensor_type ?? type.sparse_tensor_type;
  if (tensor !== undefined) {
    if (elementTypeOf(tensor.elem_type) === undefined) return 'has no element type';
    return tensor.shape === undefined && depth === 0 ? 'has no shape' : undefined;
  }
  if (depth > 64) return 'has a type that is too deep';
  if (type.sequence_type !== undefined) return missingOf(type.sequence_type.elem_type, depth + 1);
  if (type.optional_type !== undefined) return missingOf(type.optional_type.elem_type, depth + 1);
  if (type.map_type !== undefined)
    return elementTypeOf(type.map_type.key_type) === undefined
      ? 'has no key type'
      : missingOf(type.map_type.value_type, depth + 1);
  return type.opaque_type === undefined ? 'has no type' : undefined;
}

function checkInfo(info: ValueInfoProto, what: string, scope: Scope): void {
  const name = info.name ?? '';
  const place = { path: graphPath(scope) };
  if (name === '') scope.report.error('onnx/missing-field', `an ${what} has no name`, place);
  // The inputs and outputs of a subgraph take their types from the node.
  const missing = scope.depth > 0 ? undefined : missingOf(info.type);
  if (missing !== undefined) scope.report.error('onnx/missing-field', `the ${what} ${quote(name)} ${missing}`, place);
  const dims = info.type?.tensor_type?.shape?.dim ?? [];
  if (dims.some(({ dim_value }) => Number(dim_value ?? 0) < 0))
    scope.report.warning(
      'onnx/negative-size',
      `the ${what} ${quote(name)} has a negative size, which engines take as open`,
      place,
      {
        got: `[${dims
          .slice(0, 16)
          .map((dim) => dim.dim_value ?? dim.dim_param ?? '?')
          .join(', ')}]`,
        hint: 'leave the size out, or name it',
      },
    );
}

const graphPath = (scope: Scope): string => (scope.path === '' ? 'graph' : scope.path);

function checkInitializers(graph: GraphProto, inputs: ReadonlySet<string>, scope: Scope): void {
  const own = new Set<string>();
  const define = (name: string): void => {
    const place = { path: graphPath(scope) };
    if (name === '') scope.report.error('onnx/missing-field', 'an initializer has no name', place);
    if (own.has(name)) scope.report.error('onnx/duplicate-name', `the initializer ${quote(name)} stands twice`, place);
    else if (!inputs.has(name) && isMade(scope, name))
      scope.report.error('onnx/duplicate-name', `the initializer ${quote(name)} has the name of another value`, place);
    if (scope.depth === 0 && scope.ir > 0 && scope.ir < 4 && !inputs.has(name))
      scope.report.error('onnx/version', `the initializer ${quote(name)} is not an input`, place, {
        expected: 'IR version 4 or later',
        got: String(scope.ir),
      });
    own.add(name);
    scope.names.add(name);
  };
  for (const tensor of graph.initializer) {
    define(tensor.name ?? '');
    checkTensor(tensor, tensorPath(scope.path, tensor.name), scope.report);
  }
  for (const sparse of graph.sparse_initializer ?? []) {
    define(sparse.values?.name ?? '');
    checkSparse(sparse, tensorPath(scope.path, sparse.values?.name), scope.report);
  }
}

/** Names, operators, attributes and tensors of a graph and of those in it; types and shapes are another matter. */
export function checkGraph(graph: GraphProto, scope: Scope): void {
  const { report } = scope;
  const place = { path: graphPath(scope) };
  if ((graph.name ?? '') === '') report.error('onnx/missing-field', 'the graph has no name', place);
  const inputs = new Set<string>();
  for (const info of graph.input) {
    const name = info.name ?? '';
    checkInfo(info, 'input', scope);
    if (inputs.has(name)) report.error('onnx/duplicate-name', `the input ${quote(name)} stands twice`, place);
    else if (isMade(scope, name))
      report.error('onnx/duplicate-name', `the input ${quote(name)} has the name of a value around the graph`, place);
    inputs.add(name);
    scope.names.add(name);
  }
  checkInitializers(graph, inputs, scope);
  checkNodes(graph.node, scope);
  const outputs = new Set<string>();
  for (const info of graph.output) {
    const name = info.name ?? '';
    checkInfo(info, 'output', scope);
    if (outputs.has(name)) report.error('onnx/duplicate-name', `the output ${quote(name)} stands twice`, place);
    outputs.add(name);
    if (!isMade(scope, name)) report.error('onnx/undefined-name', `nothing makes the output ${quote(name)}`, place);
  }
}
