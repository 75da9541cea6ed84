// A residual network of ResNet-50's size (25.5 million random weights) as an ONNX file.
import { writeFileSync } from 'node:fs';

const FLOAT = 1;
const INTS = 7;
const INT = 2;

/** [output channels of the narrow layers, blocks, stride of the first block] of the four stages. */
const STAGES = [
  [64, 3, 1],
  [128, 4, 2],
  [256, 6, 2],
  [512, 3, 2],
];

class Network {
  nodes = [];
  weights = [];
  #state;

  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** Uniform with the variance 2 / inputs, so that values keep their size through the layers. */
  tensor(name, dims, inputs) {
    const values = new Float32Array(dims.reduce((product, dim) => product * dim, 1));
    const width = Math.sqrt(6 / inputs);
    for (let i = 0; i < values.length; i++) {
      this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
      values[i] = (this.#state / 2 ** 31 - 1) * width;
    }
    this.weights.push({ name, dims, data_type: FLOAT, raw_data: new Uint8Array(values.buffer) });
    return name;
  }

  node(op_type, input, attributes = {}) {
    const name = `${op_type}_${this.nodes.length}`;
    const attribute = Object.entries(attributes).map(([key, value]) =>
      Array.isArray(value) ? { name: key, type: INTS, ints: value } : { name: key, type: INT, i: value },
    );
    this.nodes.push({ op_type, name, input, output: [name], attribute });
    return name;
  }

  conv(input, from, to, size, stride) {
    const at = this.weights.length;
    const weight = this.tensor(`w${at}`, [to, from, size, size], from * size * size);
    const bias = this.tensor(`b${at}`, [to], 1e4);
    const edge = (size - 1) >> 1;
    return this.node('Conv', [input, weight, bias], {
      kernel_shape: [size, size],
      strides: [stride, stride],
      pads: [edge, edge, edge, edge],
    });
  }

  relu(input) {
    return this.node('Relu', [input]);
  }

  block(input, from, narrow, stride) {
    const inner = this.relu(this.conv(this.relu(this.conv(input, from, narrow, 1, 1)), narrow, narrow, 3, stride));
    const beside = from === narrow * 4 ? input : this.conv(input, from, narrow * 4, 1, stride);
    return this.relu(this.node('Add', [this.conv(inner, narrow, narrow * 4, 1, 1), beside]));
  }
}

const info = (name, dims) => ({
  name,
  type: { tensor_type: { elem_type: FLOAT, shape: { dim: dims.map((dim_value) => ({ dim_value })) } } },
});

export async function writeNetwork(path, seed) {
  const { readOnnx, writeOnnx } = await import('../dist/onnx/index.js');
  const net = new Network(seed);
  let at = net.relu(net.conv('image', 3, 64, 7, 2));
  at = net.node('MaxPool', [at], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] });
  let channels = 64;
  for (const [narrow, blocks, stride] of STAGES) {
    for (let block = 0; block < blocks; block++) {
      at = net.block(at, channels, narrow, block === 0 ? stride : 1);
      channels = narrow * 4;
    }
  }
  at = net.node('Flatten', [net.node('GlobalAveragePool', [at])]);
  at = net.node('Gemm', [at, net.tensor('fc', [channels, 1000], channels), net.tensor('fcb', [1000], 1e4)]);
  const bytes = writeOnnx({
    ir_version: 8,
    opset_import: [{ domain: '', version: 17 }],
    metadata_props: [],
    functions: [],
    graph: {
      name: 'residual',
      node: net.nodes,
      initializer: net.weights,
      input: [info('image', [1, 3, 224, 224])],
      output: [info(at, [1, 1000])],
      value_info: [],
    },
  });
  readOnnx(bytes);
  writeFileSync(path, bytes);
}
