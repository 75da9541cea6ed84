import { counted, type Description } from '../core/description.js';
import type { GraphProto, OnnxModel, TensorProto } from './document.js';
import type { Known } from './infer/facts.js';
import { contradiction, sameType, typeOfProto, typeText } from './infer/value-type.js';
import { inferOnnx } from './infer.js';

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
      ...valueFacts(model),
      ...model.metadata_props.map(({ key, value }) => [`metadata ${key}`, value ?? ''] as const),
    ],
    parts: counted(graphs.flatMap((graph) => graph.node.map(operatorOf))),
  };
}

/** More inputs and outputs are not listed. */
const MOST_LISTED = 20;

type Fact = readonly [label: string, text: string];

/** The graph's inputs and outputs with types and shapes, and how many of the values between have one that is known. */
function valueFacts(model: OnnxModel): Fact[] {
  if (model.graph === undefined) return [];
  const { values } = inferOnnx(model);
  const given = new Set(model.graph.initializer.map(({ name }) => name));
  const inputs = model.graph.input.filter(({ name }) => !given.has(name));
  const made = new Set(model.graph.node.flatMap((node) => node.output));
  made.delete('');
  const knownOf = (test: (known: Known) => boolean): number =>
    [...made].filter((name) => test(values.get(name) ?? {})).length;
  const ranked = knownOf(({ type }) => type?.dims !== undefined);
  const fixed = knownOf(({ type }) => type?.dims?.every((dim) => typeof dim === 'number') === true);
  return [
    ...inputs.slice(0, MOST_LISTED).map(({ name = '', type }): Fact => [`input ${name}`, typeText(typeOfProto(type))]),
    ...model.graph.output.slice(0, MOST_LISTED).map(({ name = '', type }): Fact => {
      const declared = typeOfProto(type);
      const inferred = values.get(name)?.type;
      if (inferred === undefined || sameType(declared, inferred)) return [`output ${name}`, typeText(declared)];
      const note = contradiction(declared, inferred) === undefined ? 'inferred' : `declared ${typeText(declared)}`;
      return [`output ${name}`, `${typeText(inferred)} (${note})`];
    }),
    ['values', `${made.size}; the shape of ${ranked} follows, of ${fixed} in numbers`],
  ];
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
