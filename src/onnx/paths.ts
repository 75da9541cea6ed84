import type { GraphProto, NodeProto } from './document.js';

const LONGEST = 200;

const cut = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

/** Where a node stands: its name or its operator with its index, behind the path of the node that it lies in. */
export function pathOfNode(node: NodeProto, index: number, around: string): string {
  const own = node.name === undefined || node.name === '' ? `${cut(node.op_type ?? 'node')}[${index}]` : cut(node.name);
  return around === '' ? own : `${around}/${own}`;
}

/** The graphs that a node has as attributes. */
export function subgraphsOf(node: NodeProto): { readonly attribute: string; readonly graph: GraphProto }[] {
  const found: { attribute: string; graph: GraphProto }[] = [];
  for (const { name, g, graphs } of node.attribute) {
    if (g !== undefined) found.push({ attribute: cut(name ?? ''), graph: g });
    for (const graph of graphs ?? []) found.push({ attribute: cut(name ?? ''), graph });
  }
  return found;
}
