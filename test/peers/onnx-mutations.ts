import { attribute } from '../../src/onnx/attributes.js';
import type { AttributeProto, GraphProto, ModelProto, NodeProto } from '../../src/onnx/document.js';

/** Numbers from 0 to 1, the same for the same seed. */
export function drawing(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

type Draw = (below: number) => number;
/** Changes a copy of a model in one place; false where there is nothing to change. */
type Mutation = (model: ModelProto, draw: Draw) => boolean;

const nodeOf = (
  model: ModelProto,
  draw: Draw,
  fits: (node: NodeProto) => boolean = () => true,
): NodeProto | undefined => {
  const nodes = model.graph!.node.filter(fits);
  return nodes[draw(nodes.length)];
};

const inputAt = (node: NodeProto, draw: Draw): number => {
  const given = node.input.flatMap((name, i) => (name === '' ? [] : [i]));
  return given[draw(given.length)] ?? -1;
};

const attributeOf = (model: ModelProto, draw: Draw, fits: (value: AttributeProto) => boolean = () => true) => {
  const node = nodeOf(model, draw, ({ attribute: list }) => list.some(fits));
  const list = node?.attribute.filter(fits) ?? [];
  return node === undefined ? undefined : { node, value: list[draw(list.length)]! };
};

const TYPES = [1, 7, 11, 8, 9, 6, 10, 2];

const otherType = (type: number | undefined, draw: Draw): number => {
  const others = TYPES.filter((code) => code !== type);
  return others[draw(others.length)]!;
};

function renamed(node: NodeProto, from: string, to: string): void {
  node.input = node.input.map((name) => (name === from ? to : name));
}

function subgraphOf(model: ModelProto): GraphProto | undefined {
  return model.graph!.node.flatMap((node) => node.attribute.flatMap(({ g }) => (g === undefined ? [] : [g])))[0];
}

export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'drop a node': (model, draw) => {
    const node = nodeOf(model, draw);
    if (node === undefined) return false;
    model.graph!.node = model.graph!.node.filter((other) => other !== node);
    return true;
  },
  'an input that nothing makes': (model, draw) => {
    const node = nodeOf(model, draw, ({ input }) => input.some((name) => name !== ''));
    if (node === undefined) return false;
    node.input[inputAt(node, draw)] = 'nowhere';
    return true;
  },
  'another name for an output': (model, draw) => {
    const node = nodeOf(model, draw, ({ output }) => output.length > 0);
    if (node === undefined) return false;
    node.output[draw(node.output.length)] = 'elsewhere';
    return true;
  },
  'a name twice': (model, draw) => {
    const node = nodeOf(model, draw, ({ output, input }) => output.length > 0 && input.some((name) => name !== ''));
    if (node === undefined) return false;
    node.output[0] = node.input[inputAt(node, draw)]!;
    return true;
  },
  'a node twice': (model, draw) => {
    const node = nodeOf(model, draw);
    if (node === undefined) return false;
    model.graph!.node.push(structuredClone(node));
    return true;
  },
  'a cycle': (model, draw) => {
    const node = nodeOf(model, draw, ({ input, output }) => input.some((name) => name !== '') && output.length > 0);
    if (node === undefined) return false;
    node.input[inputAt(node, draw)] = node.output[0]!;
    return true;
  },
  'the nodes in reverse': (model) => {
    model.graph!.node.reverse();
    return model.graph!.node.length > 1;
  },
  'an attribute of another type': (model, draw) => {
    const found = attributeOf(model, draw, ({ i, f, s, ints }) => (i ?? f ?? s ?? ints) !== undefined);
    if (found === undefined) return false;
    const { node, value } = found;
    const name = value.name!;
    const other = value.i === undefined ? attribute(name, 'INT', 1) : attribute(name, 'FLOATS', [1, 2]);
    node.attribute = node.attribute.map((old) => (old === value ? other : old));
    return true;
  },
  'an attribute whose type is another than its value': (model, draw) => {
    const found = attributeOf(model, draw, ({ i, f, s }) => (i ?? f ?? s) !== undefined);
    if (found === undefined) return false;
    found.value.type = found.value.type === 2 ? 1 : 2;
    return true;
  },
  'an attribute by another name': (model, draw) => {
    const found = attributeOf(model, draw);
    if (found === undefined) return false;
    found.value.name = 'misspelt';
    return true;
  },
  'an attribute less': (model, draw) => {
    const found = attributeOf(model, draw);
    if (found === undefined) return false;
    found.node.attribute = found.node.attribute.filter((value) => value !== found.value);
    return true;
  },
  'an attribute twice': (model, draw) => {
    const found = attributeOf(model, draw);
    if (found === undefined) return false;
    found.node.attribute.push(structuredClone(found.value));
    return true;
  },
  'an attribute that refers to another': (model, draw) => {
    const found = attributeOf(model, draw);
    if (found === undefined) return false;
    const { node, value } = found;
    const reference: AttributeProto = {
      name: value.name!,
      ref_attr_name: 'alpha',
      ...(value.type !== undefined && { type: value.type }),
    };
    node.attribute = node.attribute.map((old) => (old === value ? reference : old));
    return true;
  },
  'an input less': (model, draw) => {
    const node = nodeOf(model, draw, ({ input }) => input.length > 0);
    node?.input.pop();
    return node !== undefined;
  },
  'an input more': (model, draw) => {
    const node = nodeOf(model, draw, ({ input }) => input.length > 0);
    node?.input.push(node.input[0]!);
    return node !== undefined;
  },
  'a required input left out': (model, draw) => {
    const node = nodeOf(model, draw, ({ input }) => input.length > 1 && input[0] !== '');
    if (node === undefined) return false;
    node.input[0] = '';
    return true;
  },
  'an output more': (model, draw) => {
    const node = nodeOf(model, draw);
    node?.output.push('surplus');
    return node !== undefined;
  },
  'an input of another element type': (model, draw) => {
    const infos = model.graph!.input.filter(({ type }) => type?.tensor_type !== undefined);
    const info = infos[draw(infos.length)];
    if (info === undefined) return false;
    info.type!.tensor_type!.elem_type = otherType(info.type!.tensor_type!.elem_type, draw);
    return true;
  },
  'an input of another shape': (model, draw) => {
    const infos = model.graph!.input.filter(({ type }) => (type?.tensor_type?.shape?.dim.length ?? 0) > 0);
    const dims = infos[draw(infos.length)]?.type?.tensor_type?.shape?.dim;
    if (dims === undefined) return false;
    const dim = dims[draw(dims.length)]!;
    if (dim.dim_value === undefined) return false;
    dim.dim_value = Number(dim.dim_value) + 1;
    return true;
  },
  'an input of another rank': (model, draw) => {
    const infos = model.graph!.input.filter(({ type }) => type?.tensor_type?.shape !== undefined);
    const dims = infos[draw(infos.length)]?.type?.tensor_type?.shape?.dim;
    dims?.push({ dim_value: 2 });
    return dims !== undefined;
  },
  'an output of another element type': (model, draw) => {
    const infos = model.graph!.output.filter(({ type }) => type?.tensor_type !== undefined);
    const info = infos[draw(infos.length)];
    if (info === undefined) return false;
    info.type!.tensor_type!.elem_type = otherType(info.type!.tensor_type!.elem_type, draw);
    return true;
  },
  'an output of another shape': (model, draw) => {
    const infos = model.graph!.output.filter(({ type }) => (type?.tensor_type?.shape?.dim.length ?? 0) > 0);
    const dims = infos[draw(infos.length)]?.type?.tensor_type?.shape?.dim;
    const dim = dims?.[draw(dims.length)];
    if (dim?.dim_value === undefined) return false;
    dim.dim_value = Number(dim.dim_value) + 1;
    return true;
  },
  'an output of another rank': (model, draw) => {
    const infos = model.graph!.output.filter(({ type }) => type?.tensor_type?.shape !== undefined);
    const dims = infos[draw(infos.length)]?.type?.tensor_type?.shape?.dim;
    dims?.push({ dim_value: 2 });
    return dims !== undefined;
  },
  'an output without a type': (model) => {
    const [info] = model.graph!.output;
    if (info === undefined) return false;
    delete info.type;
    return true;
  },
  'an input without a shape': (model) => {
    const [info] = model.graph!.input;
    if (info?.type?.tensor_type === undefined) return false;
    delete info.type.tensor_type.shape;
    return true;
  },
  'an output that nothing makes': (model) => {
    const [info] = model.graph!.output;
    if (info === undefined) return false;
    info.name = 'nobody';
    return true;
  },
  'an input twice': (model) => {
    const [info] = model.graph!.input;
    if (info === undefined) return false;
    model.graph!.input.push(structuredClone(info));
    return true;
  },
  'a value_info of another type': (model, draw) => {
    const node = nodeOf(model, draw, ({ output }) => output.length > 0);
    if (node === undefined) return false;
    model.graph!.value_info.push({
      name: node.output[0]!,
      type: { tensor_type: { elem_type: 15, shape: { dim: [] } } },
    });
    return true;
  },
  'no import': (model, draw) => {
    model.opset_import.splice(draw(model.opset_import.length), 1);
    return true;
  },
  'an operator that nobody knows': (model, draw) => {
    const node = nodeOf(model, draw);
    if (node === undefined) return false;
    node.op_type = 'Frobnicate';
    return true;
  },
  'a domain that nobody knows': (model, draw) => {
    const node = nodeOf(model, draw);
    if (node === undefined) return false;
    node.domain = 'com.example';
    return true;
  },
  'no operator': (model, draw) => {
    const node = nodeOf(model, draw);
    if (node === undefined) return false;
    node.op_type = '';
    return true;
  },
  'an earlier operator set': (model, draw) => {
    const entry = model.opset_import.find(({ domain }) => (domain ?? '') === '');
    if (entry === undefined || Number(entry.version) < 9) return false;
    entry.version = 7 + draw(Number(entry.version) - 7);
    return true;
  },
  'a far operator set': (model) => {
    for (const entry of model.opset_import) entry.version = 999;
    return true;
  },
  'no graph name': (model) => {
    delete model.graph!.name;
    return true;
  },
  'another IR version': (model, draw) => {
    model.ir_version = [1, 2, 3, 7, 99][draw(5)]!;
    return true;
  },
  'initializer data of another length': (model, draw) => {
    const tensors = model.graph!.initializer.filter(({ raw_data }) => raw_data !== undefined && raw_data.length > 4);
    const tensor = tensors[draw(tensors.length)];
    if (tensor === undefined) return false;
    tensor.raw_data = tensor.raw_data!.slice(0, tensor.raw_data!.length - 1 - draw(3));
    return true;
  },
  'an initializer of another shape': (model, draw) => {
    const tensors = model.graph!.initializer.filter(({ dims }) => dims.length > 0);
    const tensor = tensors[draw(tensors.length)];
    if (tensor === undefined) return false;
    tensor.dims[0] = Number(tensor.dims[0]) + 1;
    return true;
  },
  'an initializer of no type': (model, draw) => {
    const tensor = model.graph!.initializer[draw(model.graph!.initializer.length)];
    if (tensor === undefined) return false;
    tensor.data_type = 0;
    return true;
  },
  'an initializer twice': (model, draw) => {
    const tensor = model.graph!.initializer[draw(model.graph!.initializer.length)];
    if (tensor === undefined) return false;
    model.graph!.initializer.push(structuredClone(tensor));
    return true;
  },
  'an initializer without a name': (model, draw) => {
    const tensor = model.graph!.initializer[draw(model.graph!.initializer.length)];
    if (tensor === undefined) return false;
    delete tensor.name;
    return true;
  },
  'a name of the graph around in a subgraph': (model) => {
    const inner = subgraphOf(model)?.node.find(({ output }) => output.length > 0);
    const name = model.graph!.input[0]?.name;
    if (inner === undefined || name === undefined) return false;
    const before = inner.output[0]!;
    inner.output[0] = name;
    for (const node of subgraphOf(model)!.node) renamed(node, before, name);
    for (const info of subgraphOf(model)!.output) if (info.name === before) info.name = name;
    return true;
  },
  'a subgraph uses what nothing makes': (model) => {
    const inner = subgraphOf(model)?.node.find(({ input }) => input.length > 0);
    if (inner === undefined) return false;
    inner.input[0] = 'nowhere';
    return true;
  },
  'a subgraph with an output less': (model) => {
    const inner = subgraphOf(model);
    inner?.output.pop();
    return inner !== undefined;
  },
  'a subgraph of another type': (model, draw) => {
    const info = subgraphOf(model)?.output.find(({ type }) => type?.tensor_type !== undefined);
    if (info === undefined) return false;
    info.type!.tensor_type!.elem_type = otherType(info.type!.tensor_type!.elem_type, draw);
    return true;
  },
  'metadata twice': (model) => {
    model.metadata_props.push({ key: 'a', value: '1' }, { key: 'a', value: '2' });
    return true;
  },
};
