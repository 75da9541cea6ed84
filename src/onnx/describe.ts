import { counted, type Description } from '../core/description.js';
import type { GraphProto, OnnxModel, TensorProto } from './document.js';

/** What `inspect` shows of a model, subgraphs included, without evaluating or unpacking anything. */
export function describeOnnx(model: OnnxModel): Description {
  const graphs = model.graph === undefined ? [] : allGraphs(model.graph);
  const tensors = graphs.flatMap((graph) => graph.initializer);
  const elements = tensors.reduce((sum, tensor) => sum + elementsOf(tensor), 0);
  const opsets = model.opset_import.map(
    ({ domain, version }) => `${domain === undefined || domain === '' ? 'ai.onnx' : domain} ${version ?? 0}`,
  );
  const producer = [model.producer_name, model.producer_version]
    .filter((part) => part !== undefined && part !== '')
    .join(' ');
  return {
    version: `IR version ${model.ir_version ?? 'unknown'}`,
    ...(producer === '' ? {} : { producer }),
    facts: [
      ['opsets', opsets.join(', ')],
      ['graph', model.graph?.name ?? ''],
      ['nodes', String(graphs.reduce((sum, graph) => sum + graph.node.length, 0))],
      ['initializers', `${tensors.length} with ${elements.toLocaleString('en-US')} elements`],
      ...(model.functions.length > 0 ? [['functions', String(model.functions.length)] as const] : []),
      ...model.metadata_props.map(({ key, value }) => [`metadata ${key}`, value ?? ''] as const),
    ],
    parts: counted(graphs.flatMap((graph) => graph.node.map(operatorOf))),
  };
}

function operatorOf({ domain, op_type }: { domain?: string; op_type?: string }): string {
  return domain === undefined || domain === '' ? (op_type ?? '') : `${domain}.${op_type}`;
}

function allGraphs(graph: GraphProto): GraphProto[] {
  const inner = graph.node.flatMap((node) =>
    node.attribute.flatMap(({ g, graphs }) => [...(g === undefined ? [] : [g]), ...(graphs ?? [])]),
  );
  return [graph, ...inner.flatMap(allGraphs)];
}

function elementsOf(tensor: TensorProto): number {
  return Array.from(tensor.dims, Number).reduce((product, size) => product * size, 1);
}
