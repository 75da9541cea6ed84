import { quote } from '../../core/errors.js';
import type { FunctionProto, ModelProto } from '../document.js';
import { callKey } from '../infer/function-calls.js';
import { canonicalDomain } from '../operator-schemas.js';
import { subgraphsOf } from '../paths.js';
import { checkNodes } from './nodes.js';
import type { Report } from './report.js';
import type { Scope } from './scope.js';
import { checkImports } from './versions.js';

const keyOf = ({ domain, name, overload }: FunctionProto): string =>
  callKey(canonicalDomain(domain), name ?? '', overload ?? '');

export const functionPath = (definition: FunctionProto): string =>
  `function ${quote(`${definition.domain ?? ''}.${definition.name ?? ''}`).slice(1, -1)}`;

/** The functions of a model by the name under which they are called. */
export function functionsOf(model: ModelProto, report: Report): Map<string, FunctionProto> {
  const functions = new Map<string, FunctionProto>();
  for (const definition of model.functions) {
    const key = keyOf(definition);
    if ((definition.name ?? '') === '')
      report.error('onnx/missing-field', 'a function has no name', { path: 'ModelProto' });
    if (functions.has(key))
      report.error('onnx/duplicate-name', 'the function is defined twice', { path: functionPath(definition) });
    functions.set(key, definition);
  }
  return functions;
}

/** Functions that a body calls, in its subgraphs too. */
function callsOf(definition: FunctionProto, functions: ReadonlyMap<string, FunctionProto>): string[] {
  const called = new Set<string>();
  const open = [definition.node];
  for (let nodes = open.pop(); nodes !== undefined; nodes = open.pop())
    for (const node of nodes) {
      const key = callKey(canonicalDomain(node.domain), node.op_type ?? '', node.overload ?? '');
      if (functions.has(key)) called.add(key);
      for (const { graph } of subgraphsOf(node)) open.push(graph.node);
    }
  return [...called];
}

/** Reports functions that call themselves, directly or through others: those in a cycle of the calls. */
export function checkRecursion(functions: ReadonlyMap<string, FunctionProto>, report: Report): void {
  const calls = new Map([...functions].map(([key, definition]) => [key, callsOf(definition, functions)]));
  for (const component of cyclesOf(calls))
    for (const key of component)
      report.error('onnx/recursive-function', 'the function calls itself', { path: functionPath(functions.get(key)!) });
}

/** The strongly connected components with a cycle (Tarjan, without recursion). */
function cyclesOf(calls: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const onStack = new Set<string>();
  const stack: string[] = [];
  const found: string[][] = [];
  for (const root of calls.keys()) {
    if (order.has(root)) continue;
    const work: { key: string; next: number }[] = [{ key: root, next: 0 }];
    while (work.length > 0) {
      const top = work.at(-1)!;
      const { key } = top;
      if (top.next === 0) {
        order.set(key, order.size);
        low.set(key, order.get(key)!);
        stack.push(key);
        onStack.add(key);
      }
      const callee = calls.get(key)![top.next++];
      if (callee !== undefined) {
        if (!order.has(callee)) work.push({ key: callee, next: 0 });
        else if (onStack.has(callee)) low.set(key, Math.min(low.get(key)!, order.get(callee)!));
        continue;
      }
      work.pop();
      const caller = work.at(-1)?.key;
      if (caller !== undefined) low.set(caller, Math.min(low.get(caller)!, low.get(key)!));
      if (low.get(key) !== order.get(key)) continue;
      const component = stack.splice(stack.lastIndexOf(key));
      for (const member of component) onStack.delete(member);
      if (component.length > 1 || calls.get(key)!.includes(key)) found.push(component);
    }
  }
  return found;
}

/** A function's own names, imports and attributes, and its nodes. */
export function checkFunction(
  definition: FunctionProto,
  around: Omit<Scope, 'names' | 'parent' | 'path' | 'referable'>,
): void {
  const path = functionPath(definition);
  const { report } = around;
  const imports = checkImports(definition.opset_import, path, report);
  const referable = new Set<string>();
  for (const name of [...definition.attribute, ...(definition.attribute_proto ?? []).map(({ name = '' }) => name)]) {
    if (referable.has(name))
      report.error('onnx/duplicate-attribute', 'the attribute of the function stands twice', { path, attribute: name });
    referable.add(name);
  }
  const names = new Set<string>();
  for (const name of definition.input) {
    if (names.has(name))
      report.error('onnx/duplicate-name', `the input ${quote(name)} of the function stands twice`, { path });
    names.add(name);
  }
  const outputs = new Set<string>();
  for (const name of definition.output) {
    if (outputs.has(name))
      report.error('onnx/duplicate-name', `the output ${quote(name)} of the function stands twice`, { path });
    outputs.add(name);
  }
  const opsets = new Map([...around.opsets, ...imports]);
  checkNodes(definition.node, { ...around, opsets, names, parent: undefined, path, referable });
  for (const name of definition.output)
    if (!names.has(name))
      report.error('onnx/undefined-name', `nothing makes the output ${quote(name)} of the function`, { path });
}
