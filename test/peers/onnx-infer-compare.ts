import { readFileSync } from 'node:fs';
import type { GraphProto, OnnxModel } from '../../src/onnx/document.js';
import { elementTypeOf } from '../../src/onnx/element-types.js';
import type { Known } from '../../src/onnx/infer/facts.js';
import { mapOf, optionalOf, sequenceOf, type ValueType } from '../../src/onnx/infer/value-type.js';
import { type Inference, inferOnnx } from '../../src/onnx/infer.js';
import { canonicalDomain } from '../../src/onnx/operator-schemas.js';

type PeerDims = (number | string | null)[] | null;
/** As onnx-infer.py writes it. */
export type PeerType =
  | ['tensor' | 'sparse_tensor', number, PeerDims]
  | ['sequence' | 'optional', PeerType]
  | ['map', number, PeerType]
  | null;

export interface PeerAnswer {
  readonly job: number;
  readonly opset: number | null;
  readonly error?: string;
  /** By the path of the subgraph ('' is the model's graph), then by name. */
  readonly graphs: Readonly<Record<string, Readonly<Record<string, PeerType>>>>;
}

export function answersIn(path: string): PeerAnswer[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as PeerAnswer);
}

export function typeOfPeer(type: PeerType | undefined): ValueType | undefined {
  if (type === null || type === undefined) return undefined;
  if (type[0] === 'sequence') return sequenceOf(typeOfPeer(type[1]));
  if (type[0] === 'optional') return optionalOf(typeOfPeer(type[1]));
  if (type[0] === 'map') {
    const value = typeOfPeer(type[2]);
    return { ...mapOf('int64', 'float'), element: elementTypeOf(type[1] as number), inner: value };
  }
  const [kind, element, dims] = type as ['tensor', number, PeerDims];
  return {
    kind,
    element: elementTypeOf(element),
    // Symbols that onnx makes up for what it does not know say nothing.
    dims: dims?.map((dim) => (dim === null || String(dim).startsWith('unk__') ? undefined : dim)),
  };
}

/** How the statements about one value compare, each kind, element type, rank and size counted. */
export interface Tally {
  equal: number;
  more: number;
  less: number;
  values: number;
  contradictions: string[];
  lesser: string[];
}

export const emptyTally = (): Tally => ({ equal: 0, more: 0, less: 0, values: 0, contradictions: [], lesser: [] });

function note(tally: Tally, where: string, ours: unknown, theirs: unknown): void {
  if (theirs === undefined) {
    if (ours === undefined) return;
    tally.more++;
  } else if (ours === undefined) {
    tally.less++;
    tally.lesser.push(`${where}: ${String(theirs)}`);
  } else if (ours === theirs) tally.equal++;
  else tally.contradictions.push(`${where}: ${String(ours)} instead of ${String(theirs)}`);
}

function compareTypes(ours: ValueType | undefined, theirs: ValueType | undefined, where: string, tally: Tally): void {
  note(tally, `${where} kind`, ours?.kind, theirs?.kind);
  if (ours === undefined || theirs === undefined || ours.kind !== theirs.kind) return;
  note(tally, `${where} element`, ours.element, theirs.element);
  if (ours.inner !== undefined || theirs.inner !== undefined)
    compareTypes(ours.inner, theirs.inner, `${where} of`, tally);
  note(tally, `${where} rank`, ours.dims?.length, theirs.dims?.length);
  if (ours.dims?.length !== theirs.dims?.length) return;
  ours.dims?.forEach((dim, i) => {
    const other = theirs.dims![i];
    const at = `${where} axis ${i}`;
    // A symbol is a name for what is open: it neither contradicts a size nor another symbol.
    if (typeof dim === 'string' && typeof other === 'string') tally.equal++;
    else if (typeof dim === 'number' && typeof other === 'string') tally.more++;
    else if (typeof dim === 'string' && typeof other === 'number') note(tally, at, undefined, other);
    else note(tally, at, dim, other);
  });
}

function graphsByPath(graph: GraphProto, path: string, found: Map<string, GraphProto>): Map<string, GraphProto> {
  found.set(path, graph);
  graph.node.forEach((node, index) => {
    for (const { name, g } of node.attribute) if (g !== undefined) graphsByPath(g, `${path}/${index}.${name}`, found);
  });
  return found;
}

/** The graph with nothing declared but its inputs: everything else must be inferred. */
export function stripped(graph: GraphProto): GraphProto {
  return {
    ...graph,
    value_info: [],
    output: graph.output.map(({ name }) => (name === undefined ? {} : { name })),
    node: graph.node.map((node) => ({
      ...node,
      attribute: node.attribute.map((attribute) =>
        attribute.g === undefined ? attribute : { ...attribute, g: stripped(attribute.g) },
      ),
    })),
  };
}

/** Sizes of inputs replaced by symbols, equal ones by equal symbols, or left open. */
export function opened(model: OnnxModel, variant: number): OnnxModel {
  if (variant === 0) return model;
  const input = model.graph!.input.map((info, i) => {
    const tensor = info.type?.tensor_type;
    if (tensor?.shape === undefined) return info;
    const dim = tensor.shape.dim.map((given, j) => {
      const choice = (7 * i + 5 * j + variant) % 3;
      if (given.dim_value === undefined || choice === 0) return given;
      return choice === 1 ? { dim_param: `s${given.dim_value}` } : {};
    });
    return { ...info, type: { ...info.type, tensor_type: { ...tensor, shape: { dim } } } };
  });
  return { ...model, graph: { ...model.graph!, input } };
}

/** The model stamped with another operator set. */
export function stamped(model: OnnxModel, opset: number | null): OnnxModel {
  if (opset === null) return model;
  const opset_import = model.opset_import.map((entry) =>
    canonicalDomain(entry.domain) === '' ? { ...entry, version: opset } : entry,
  );
  return { ...model, opset_import };
}

export function compareInference(given: OnnxModel, answer: PeerAnswer, where: string, tally: Tally): Inference {
  const model = { ...given, graph: stripped(given.graph!) };
  const inference = inferOnnx(stamped(model, answer.opset));
  const graphs = graphsByPath(model.graph, '', new Map());
  for (const [path, values] of Object.entries(answer.graphs)) {
    const ours: ReadonlyMap<string, Known> | undefined = inference.graphs.get(graphs.get(path)!);
    for (const [name, type] of Object.entries(values)) {
      tally.values++;
      compareTypes(ours?.get(name)?.type, typeOfPeer(type), `${where}${path} ${name}`, tally);
    }
  }
  return inference;
}
