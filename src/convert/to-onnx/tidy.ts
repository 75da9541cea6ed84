import type { NodeProto, TensorProto } from '../../onnx/document.js';
import type { Emitter } from './emitter.js';

/** Leaves out what no output needs, and names results directly where only an Identity did. */
export function tidy(
  emitter: Emitter,
  outputs: ReadonlySet<string>,
): { nodes: NodeProto[]; initializers: TensorProto[] } {
  const makers = new Map<string, NodeProto>();
  for (const node of emitter.nodes) for (const output of node.output) makers.set(output, node);
  const uses = new Map<string, number>();
  const needed = new Set<NodeProto>();
  const pending = [...outputs];
  const seen = new Set<string>();
  while (pending.length > 0) {
    const name = pending.pop()!;
    uses.set(name, (uses.get(name) ?? 0) + 1);
    if (seen.has(name)) continue;
    seen.add(name);
    const node = makers.get(name);
    if (node === undefined || needed.has(node)) continue;
    needed.add(node);
    pending.push(...node.input);
  }
  const nodes: NodeProto[] = [];
  for (const node of emitter.nodes) {
    if (!needed.has(node)) continue;
    const source = makers.get(node.input[0]!);
    const only = node.op_type === 'Identity' && source !== undefined && uses.get(node.input[0]!) === 1;
    if (only && outputs.has(node.output[0]!)) {
      source.output[source.output.indexOf(node.input[0]!)] = node.output[0]!;
    } else nodes.push(node);
  }
  const initializers = emitter.initializers.filter((tensor) => seen.has(tensor.name ?? ''));
  return { nodes, initializers };
}
