import type { AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto } from './document.js';
import { EXTERNAL } from './document.js';
import { externalData } from './errors.js';

/** Gives the bytes of a file beside the model; the location has been checked to stay inside the model's folder. */
export type Resolve = (location: string) => Uint8Array;

/** Calls `visit` for each tensor of the model: initializers, attributes, subgraphs, functions, training graphs. */
export function visitTensors(model: ModelProto, visit: (tensor: TensorProto) => void): void {
  const ofAttribute = (attribute: AttributeProto): void => {
    if (attribute.t !== undefined) visit(attribute.t);
    attribute.tensors?.forEach(visit);
    if (attribute.g !== undefined) ofGraph(attribute.g);
    attribute.graphs?.forEach(ofGraph);
    for (const sparse of [attribute.sparse_tensor, ...(attribute.sparse_tensors ?? [])]) {
      if (sparse?.values !== undefined) visit(sparse.values);
      if (sparse?.indices !== undefined) visit(sparse.indices);
    }
  };
  const ofNode = (node: NodeProto): void => node.attribute.forEach(ofAttribute);
  const ofGraph = (graph: GraphProto): void => {
    graph.initializer.forEach(visit);
    for (const sparse of graph.sparse_initializer ?? []) {
      if (sparse.values !== undefined) visit(sparse.values);
      if (sparse.indices !== undefined) visit(sparse.indices);
    }
    graph.node.forEach(ofNode);
  };
  if (model.graph !== undefined) ofGraph(model.graph);
  for (const definition of model.functions) {
    definition.node.forEach(ofNode);
    definition.attribute_proto?.forEach(ofAttribute);
  }
  for (const training of model.training_info ?? []) {
    if (training.initialization !== undefined) ofGraph(training.initialization);
    if (training.algorithm !== undefined) ofGraph(training.algorithm);
  }
}

function checkedLocation(location: string, path: string): string {
  const parts = location.split(/[/\\]/);
  const leaves = location === '' || parts[0] === '' || /^[A-Za-z]:/.test(location) || location.includes('\0');
  if (leaves || parts.includes('..')) {
    throw externalData(
      `external data at ${JSON.stringify(location)} would be read outside the model's folder`,
      { path, attribute: 'location' },
      'keep external data beside the model, under a relative path',
    );
  }
  return location;
}

function checkedCount(text: string, key: string, path: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw externalData(`external data has the impossible ${key} ${JSON.stringify(text)}`, { path, attribute: key });
  }
  return value;
}

/** Puts `external_bytes` on each tensor whose data is external. Errors: `onnx/external-data`. */
export function resolveExternalData(model: ModelProto, resolve: Resolve): void {
  const files = new Map<string, Uint8Array>();
  visitTensors(model, (tensor) => {
    if (tensor.data_location !== EXTERNAL) return;
    const path = tensor.name ?? '';
    const entries = new Map((tensor.external_data ?? []).map((entry) => [entry.key ?? '', entry.value ?? '']));
    const location = checkedLocation(entries.get('location') ?? '', path);
    let file = files.get(location);
    if (file === undefined) files.set(location, (file = resolve(location)));
    const offset = checkedCount(entries.get('offset') ?? '0', 'offset', path);
    const length = checkedCount(entries.get('length') ?? String(Math.max(0, file.length - offset)), 'length', path);
    if (offset + length > file.length) {
      throw externalData(
        `external data of ${file.length} bytes in ${JSON.stringify(location)} has no bytes ${offset} to ${offset + length}`,
        { path },
      );
    }
    tensor.external_bytes = file.subarray(offset, offset + length);
  });
}
