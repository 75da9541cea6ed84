import { SamescoreError } from '../../core/errors.js';
import type { InputField } from '../../core/scorer.js';
import type { DataType } from '../../core/table.js';
import { IrBuilder } from '../../ir/builder.js';
import type { Program } from '../../ir/nodes.js';
import { withTextSplits } from '../../ir/ordinal.js';
import { simplify } from '../../ir/simplify.js';
import { unguard } from '../../ir/unguard.js';
import type { GraphProto, NodeProto, OnnxModel, ValueInfoProto } from '../../onnx/document.js';
import { declined } from '../declined.js';
import { type Call, type Lifting, nodePath, type Rule } from './call.js';
import { metadataOf, recordedFields, recordedNames } from './metadata.js';
import { programOutputs } from './outputs.js';
import { RULES } from './rules.js';
import { kindOfType, tensorOf } from './tensor.js';
import { BATCH, type Value } from './values.js';

const FIELD_TYPES: Readonly<Record<string, DataType>> = {
  bool: 'boolean',
  int32: 'int32',
  int64: 'int64',
  float32: 'float32',
  float64: 'float64',
  string: 'string',
};

/** Turns a model into a program over one row. What cannot be moved raises convert/… with the node. */
export function liftOnnx(model: OnnxModel): Program {
  const graph = model.graph;
  if (graph === undefined) throw declined('no-graph', 'the model has no graph', {});
  const lifting: Lifting = {
    builder: new IrBuilder(),
    values: new Map(),
    opsets: new Map(model.opset_import.map((set) => [set.domain ?? '', Number(set.version ?? 1)])),
    guards: [],
    batchSize: fixedBatch(graph),
  };
  const initialised = new Set(graph.initializer.map((tensor) => tensor.name ?? ''));
  for (const tensor of graph.initializer) {
    lifting.values.set(tensor.name ?? '', tensorOf(tensor, { path: `initializer ${JSON.stringify(tensor.name)}` }));
  }
  if ((graph.sparse_initializer?.length ?? 0) > 0) {
    throw declined('sparse', 'sparse initializers cannot be moved', { path: graph.name ?? 'graph' });
  }
  for (const input of graph.input) {
    if (!initialised.has(input.name ?? '')) lifting.values.set(input.name ?? '', inputValue(lifting, model, input));
  }
  for (const node of inOrder(graph)) liftNode(lifting, node);
  const program = lifting.builder.finish({
    ...programOutputs(lifting, model, graph),
    metadata: metadataOf(model),
  });
  return simplify(unguard(withTextSplits(simplify(program))));
}

function fixedBatch(graph: GraphProto): number | undefined {
  const sizes = graph.input.map((input) => input.type?.tensor_type?.shape?.dim[0]?.dim_value);
  const first = sizes[0];
  return first !== undefined && sizes.every((size) => size === first) ? Number(first) : undefined;
}

function inputValue(lifting: Lifting, model: OnnxModel, info: ValueInfoProto): Value {
  const name = info.name ?? '';
  const place = { field: name };
  const tensor = info.type?.tensor_type;
  if (tensor === undefined) throw declined('input-type', `the input is no tensor`, place);
  const kind = kindOfType(tensor.elem_type, place);
  const sizes = (tensor.shape?.dim ?? []).slice(1).map((dim) => Number(dim.dim_value ?? Number.NaN));
  if (tensor.shape === undefined || tensor.shape.dim.length === 0 || sizes.some(Number.isNaN)) {
    throw declined('input-shape', 'the input has no fixed number of columns', place, {
      hint: 'export the model with the shape [None, number of columns]',
    });
  }
  const width = sizes.reduce((all, size) => all * size, 1);
  const recorded = recordedFields(model).get(name);
  const names = recordedNames(model)[name];
  const field: InputField = {
    name,
    type: FIELD_TYPES[kind]!,
    shape: width === 1 ? [] : [width],
    optional: kind === 'string' || kind === 'float32' || kind === 'float64',
    ...(recorded?.values === undefined ? {} : { values: recorded.values }),
    ...(recorded?.intervals === undefined ? {} : { intervals: recorded.intervals }),
    ...(names === undefined || names.length !== width || width === 1 ? {} : { elementNames: names }),
  };
  const ref = lifting.builder.input(field, kind);
  return { of: 'rows', kind, dims: [BATCH, ...sizes], batch: 0, ref };
}

/** The nodes, each after those that it reads. */
function inOrder(graph: GraphProto): NodeProto[] {
  const makers = new Map<string, NodeProto>();
  for (const node of graph.node) for (const output of node.output) makers.set(output, node);
  const done = new Set<NodeProto>();
  const open = new Set<NodeProto>();
  const order: NodeProto[] = [];
  for (const start of graph.node) {
    const stack: { node: NodeProto; next: number }[] = [{ node: start, next: 0 }];
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      if (done.has(top.node)) {
        stack.pop();
        continue;
      }
      open.add(top.node);
      if (top.next < top.node.input.length) {
        const maker = makers.get(top.node.input[top.next++]!);
        if (maker === undefined || done.has(maker)) continue;
        if (open.has(maker)) throw declined('cycle', 'the graph has a cycle', { path: nodePath(maker) });
        stack.push({ node: maker, next: 0 });
        continue;
      }
      done.add(top.node);
      order.push(top.node);
      stack.pop();
    }
  }
  return order;
}

/** Inputs whose types do not fit the operator are the model's fault, not the program's. */
function attempted(call: Call, rule: Rule): Value[] {
  try {
    return rule(call);
  } catch (error) {
    if (!(error instanceof SamescoreError) || error.code !== 'ir/bad-program') throw error;
    throw declined(
      'bad-types',
      `the inputs of ${call.node.op_type} do not fit together`,
      { path: nodePath(call.node) },
      {
        got: error.sentence,
        hint: 'check the model with samescore validate',
      },
    );
  }
}

function liftNode(lifting: Lifting, node: NodeProto): void {
  const place = { path: nodePath(node) };
  const type = node.op_type ?? '';
  const domain = node.domain ?? '';
  const entry = RULES.get(domain)?.[type];
  if (entry === undefined) {
    const full = domain === '' ? type : `${domain}.${type}`;
    throw declined('operator', `the operator ${full} cannot be moved`, place, {
      hint: 'samescore ops lists what can be',
    });
  }
  if (typeof entry === 'string') throw declined('operator', `${type} ${entry}`, place);
  const inputs = node.input.map((name) => {
    if (name === '') return undefined;
    const value = lifting.values.get(name);
    if (value === undefined) throw declined('undefined-value', `nothing gives ${JSON.stringify(name)}`, place);
    return value;
  });
  const version = lifting.opsets.get(domain) ?? lifting.opsets.get(domain === '' ? 'ai.onnx' : '') ?? 1;
  const call: Call = { lifting, builder: lifting.builder, node, version, inputs };
  const values = lifting.builder.at(place, () => attempted(call, entry));
  values.forEach((value, index) => {
    const name = node.output[index];
    if (name !== undefined && name !== '') lifting.values.set(name, value);
  });
}
