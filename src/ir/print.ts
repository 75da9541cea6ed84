import type { IrNode, Program } from './nodes.js';
import { formatType } from './types.js';

const FEW = 8;

function listed(values: readonly unknown[]): string {
  const shown = values
    .slice(0, FEW)
    .map((value) => (typeof value === 'string' ? JSON.stringify(value) : String(value)));
  return `[${shown.join(', ')}${values.length > FEW ? `, … ${values.length} in all` : ''}]`;
}

const refs = (inputs: readonly number[]) =>
  inputs
    .slice(0, FEW)
    .map((ref) => `%${ref}`)
    .join(', ') + (inputs.length > FEW ? `, … ${inputs.length} in all` : '');

const DETAILS: { readonly [O in IrNode['op']]: (node: Extract<IrNode, { op: O }>) => string } = {
  input: (node) => JSON.stringify(node.field.name),
  const: (node) => (node.type.shape.length === 0 ? listed(node.values).slice(1, -1) : listed(node.values)),
  primitive: (node) => `${node.fn}(${refs(node.inputs)})`,
  cast: (node) => `%${node.input}`,
  pack: (node) => refs(node.inputs),
  element: (node) => `%${node.input}[${node.index}]`,
  lookup: (node) => `%${node.input} ${listed(node.keys)} → ${listed(node.values)}, otherwise ${node.otherwise}`,
  'one-hot': (node) => `%${node.input} ${listed(node.categories)}`,
  reduce: (node) => `${node.fn} %${node.input}`,
  'vector-function': (node) => `${node.fn} %${node.input}`,
  trees: (node) =>
    `${node.combine} of ${node.splits.roots.length} trees, ${node.splits.leaf.length} nodes, on ${refs(node.features)}`,
  linear: (node) => `${node.intercepts.length} × ${node.features.length}, on ${refs(node.features)}`,
};

/** The program as text, one node a line: `%3: float64[2] = trees …`. Long lists are cut. */
export function printProgram(program: Program): string {
  const lines = program.nodes.map((node, ref) => {
    const details = DETAILS[node.op] as (node: IrNode) => string;
    return `%${ref}: ${formatType(node.type)} = ${node.op} ${details(node)}`;
  });
  const outputs = program.outputs.map((output) => {
    const classes = output.categories ?? (output.category === undefined ? [] : [output.category]);
    return `output ${JSON.stringify(output.name)} = %${output.ref} (${output.role}${classes.length === 0 ? '' : ` ${listed(classes)}`})`;
  });
  return `${[...lines, ...outputs].join('\n')}\n`;
}

export type { Program } from './nodes.js';
