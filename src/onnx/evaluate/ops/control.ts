import type { ValueInfoProto } from '../../document.js';
import { elementTypeOf } from '../../element-types.js';
import { badInput } from '../../errors.js';
import {
  axisOf,
  type Inputs,
  isOptional,
  type Kernels,
  type NodeContext,
  optionalTensor,
  scalarOf,
  sequenceAt,
  tensorAt,
} from '../kernel.js';
import { newTensor, Tensor } from '../tensor.js';
import { describe, optional, sequence, tensorOf, type Value } from '../values.js';
import { concatenated, reshaped, sliceAxis, transposed } from './layout.js';

function truth(tensor: Tensor): boolean {
  return scalarOf(tensor) !== 0;
}

function ifElse(inputs: Inputs, node: NodeContext): Value[] {
  return node.run(node.attributes.graph(truth(tensorAt(inputs, 0)) ? 'then_branch' : 'else_branch'), []);
}

/** What a subgraph's output becomes without an iteration: its declared type and shape, 0 for what is left open. */
function unstacked(declared: ValueInfoProto | undefined): Tensor {
  const type = declared?.type?.tensor_type;
  const dims = (type?.shape?.dim ?? []).map((dim) => Number(dim.dim_value ?? 0));
  return newTensor(elementTypeOf(type?.elem_type) ?? 'float', [0, ...dims]);
}

/** Stacks what each iteration gave along a new first axis. */
function stacked(values: readonly Value[], declared?: ValueInfoProto): Tensor {
  const tensors = values.map((value) => {
    if (!(value instanceof Tensor)) throw badInput('a scan output is not a tensor', { got: describe(value) });
    return reshaped(value, [1, ...value.dims]);
  });
  if (tensors.length === 0) return unstacked(declared);
  return concatenated(tensors, 0);
}

const flag = (value: boolean): Tensor => new Tensor('bool', [], Uint8Array.of(value ? 1 : 0));

function loop(inputs: Inputs, node: NodeContext): Value[] {
  const body = node.attributes.graph('body');
  const trips = optionalTensor(inputs, 0);
  const limit = trips === undefined ? Number.POSITIVE_INFINITY : scalarOf(trips);
  const condition = optionalTensor(inputs, 1);
  let goesOn = condition === undefined || truth(condition);
  let carried = inputs.slice(2) as Value[];
  const scans: Value[][] = body.output.slice(1 + carried.length).map(() => []);
  for (let i = 0; i < limit && goesOn; i++) {
    const results = node.run(body, [tensorOf('int64', [BigInt(i)], []), flag(goesOn), ...carried]);
    goesOn = truth(results[0] as Tensor);
    carried = results.slice(1, 1 + carried.length);
    for (const [k, scan] of scans.entries()) scan.push(results[1 + carried.length + k]!);
  }
  return [...carried, ...scans.map((scan, k) => stacked(scan, body.output[1 + carried.length + k]))];
}

interface ScanShape {
  readonly count: number;
  readonly inputAxes: readonly number[];
  readonly reverseInput: readonly boolean[];
  readonly outputAxes: readonly number[];
  readonly reverseOutput: readonly boolean[];
}

function flags(list: readonly number[] | undefined, count: number): boolean[] {
  return Array.from({ length: count }, (_, i) => list?.[i] === 1);
}

function scanOnce(states: Value[], scanned: readonly Tensor[], shape: ScanShape, node: NodeContext): Value[] {
  const body = node.attributes.graph('body');
  const length = scanned.length === 0 ? 0 : scanned[0]!.dims[shape.inputAxes[0]!]!;
  let carried = states;
  const outputs: Value[][] = body.output.slice(states.length).map(() => []);
  for (let step = 0; step < length; step++) {
    const slices = scanned.map((tensor, i) => {
      const at = shape.reverseInput[i]! ? length - 1 - step : step;
      const axis = shape.inputAxes[i]!;
      const part = sliceAxis(tensor, axis, at, at + 1);
      return reshaped(
        part,
        part.dims.filter((_, k) => k !== axis),
      );
    });
    const results = node.run(body, [...carried, ...slices]);
    carried = results.slice(0, states.length);
    for (const [k, output] of outputs.entries()) output.push(results[states.length + k]!);
  }
  const finished = outputs.map((output, k) => {
    const tensor = stacked(shape.reverseOutput[k]! ? output.reverse() : output, body.output[states.length + k]);
    const axis = axisOf(shape.outputAxes[k] ?? 0, tensor.dims.length);
    if (axis === 0) return tensor;
    const rest = tensor.dims.map((_, i) => i).slice(1);
    return transposed(tensor, [...rest.slice(0, axis), 0, ...rest.slice(axis)]);
  });
  return [...carried, ...finished];
}

/** Version 8 has a batch axis in front and the lengths of the sequences as its first input. */
function scan8(inputs: Inputs, node: NodeContext): Value[] {
  const count = node.attributes.int('num_scan_inputs');
  const tensors = inputs.slice(1).map((_, i) => tensorAt(inputs, i + 1));
  const lengths = optionalTensor(inputs, 0);
  const reverse = flags(node.attributes.ints('directions'), count);
  const states = tensors.length - count;
  const batches = tensors[0]?.dims[0] ?? 0;
  const results: Value[][] = [];
  for (let batch = 0; batch < batches; batch++) {
    const own = tensors.map((tensor, i) => {
      const part = sliceAxis(tensor, 0, batch, batch + 1);
      const row = reshaped(part, part.dims.slice(1));
      return i < states || lengths === undefined ? row : sliceAxis(row, 0, 0, Number(lengths.data[batch]));
    });
    const zeros = own.slice(states).map(() => 0);
    const shape = { count, inputAxes: zeros, reverseInput: reverse, outputAxes: [], reverseOutput: [] };
    results.push(scanOnce(own.slice(0, states), own.slice(states), shape, node));
  }
  return (results[0] ?? []).map((_, k) => stacked(results.map((result) => result[k]!)));
}

function scan(inputs: Inputs, node: NodeContext): Value[] {
  if (node.version < 9) return scan8(inputs, node);
  const { attributes } = node;
  const count = attributes.int('num_scan_inputs');
  const states = inputs.length - count;
  const scanned = inputs.slice(states).map((_, i) => tensorAt(inputs, states + i));
  const outputs = attributes.graph('body').output.length - states;
  const axes = attributes.ints('scan_input_axes');
  return scanOnce(
    inputs.slice(0, states) as Value[],
    scanned,
    {
      count,
      inputAxes: scanned.map((tensor, i) => axisOf(axes?.[i] ?? 0, tensor.dims.length)),
      reverseInput: flags(attributes.ints('scan_input_directions'), count),
      outputAxes: attributes.ints('scan_output_axes') ?? [],
      reverseOutput: flags(attributes.ints('scan_output_directions'), outputs),
    },
    node,
  );
}

function placeIn(inputs: Inputs, at: number, length: number, fallback: number): number {
  const tensor = optionalTensor(inputs, at);
  if (tensor === undefined) return fallback;
  const given = scalarOf(tensor);
  const place = given < 0 ? given + length : given;
  if (place < 0 || place > length)
    throw badInput('a place in a sequence is out of range', {
      expected: `${-length} to ${length}`,
      got: String(given),
    });
  return place;
}

function sequenceInsert(inputs: Inputs): Value {
  const { elements } = sequenceAt(inputs, 0);
  const place = placeIn(inputs, 2, elements.length, elements.length);
  return sequence([...elements.slice(0, place), inputs[1]!, ...elements.slice(place)]);
}

function sequenceErase(inputs: Inputs): Value {
  const { elements } = sequenceAt(inputs, 0);
  const place = placeIn(inputs, 1, elements.length, elements.length - 1);
  return sequence(elements.filter((_, i) => i !== place));
}

function sequenceElement(inputs: Inputs): Value {
  const { elements } = sequenceAt(inputs, 0);
  const element = elements[placeIn(inputs, 1, elements.length, 0)];
  if (element === undefined)
    throw badInput('a place in a sequence is out of range', { expected: `less than ${elements.length}` });
  return element;
}

function concatFromSequence(inputs: Inputs, node: NodeContext): Tensor {
  const tensors = sequenceAt(inputs, 0).elements as Tensor[];
  const axis = node.attributes.int('axis');
  if (node.attributes.int('new_axis', 0) === 0) return concatenated(tensors, axis);
  const at = axisOf(axis, (tensors[0]?.dims.length ?? 0) + 1);
  return concatenated(
    tensors.map((tensor) => reshaped(tensor, [...tensor.dims.slice(0, at), 1, ...tensor.dims.slice(at)])),
    at,
  );
}

function splitToSequence(inputs: Inputs, node: NodeContext): Value {
  const input = tensorAt(inputs, 0);
  const axis = axisOf(node.attributes.int('axis', 0), input.dims.length);
  const size = input.dims[axis]!;
  const given = optionalTensor(inputs, 1);
  const keep = given !== undefined || node.attributes.int('keepdims', 1) !== 0;
  let parts: number[];
  if (given === undefined) parts = new Array<number>(size).fill(1);
  else if (given.dims.length === 0) {
    const part = scalarOf(given);
    parts = Array.from({ length: Math.ceil(size / part) }, (_, i) => Math.min(part, size - i * part));
  } else parts = Array.from(given.data as ArrayLike<number | bigint>, Number);
  let at = 0;
  return sequence(
    parts.map((part) => {
      const piece = sliceAxis(input, axis, at, (at += part));
      return keep
        ? piece
        : reshaped(
            piece,
            piece.dims.filter((_, i) => i !== axis),
          );
    }),
  );
}

function sequenceMap(inputs: Inputs, node: NodeContext): Value[] {
  const body = node.attributes.graph('body');
  const { elements } = sequenceAt(inputs, 0);
  const results = elements.map((element, i) => {
    const rest = inputs
      .slice(1)
      .map((input) =>
        input === undefined || input instanceof Tensor || input.kind !== 'sequence' ? input : input.elements[i],
      );
    return node.run(body, [element, ...rest]);
  });
  return body.output.map((_, k) => sequence(results.map((result) => result[k]!)));
}

/** Optionals are a wrapper only where they are empty: a value stands for itself. */
function optionalGetElement(inputs: Inputs): Value {
  const value = inputs[0];
  if (!isOptional(value)) {
    if (value === undefined) throw badInput('the optional has no element');
    return value;
  }
  if (value.value === null) throw badInput('the optional has no element');
  return value.value;
}

function optionalHasElement(inputs: Inputs): Tensor {
  const value = inputs[0];
  return flag(value !== undefined && !(isOptional(value) && value.value === null));
}

export const controlKernels = {
  '/ConcatFromSequence': concatFromSequence,
  '/If': ifElse,
  '/Loop': loop,
  '/Optional': (inputs) => inputs[0] ?? optional(null),
  '/OptionalGetElement': optionalGetElement,
  '/OptionalHasElement': optionalHasElement,
  '/Scan': scan,
  '/SequenceAt': sequenceElement,
  '/SequenceConstruct': (inputs) => sequence(inputs as Value[]),
  '/SequenceEmpty': () => sequence([]),
  '/SequenceErase': sequenceErase,
  '/SequenceInsert': sequenceInsert,
  '/SequenceLength': (inputs) => tensorOf('int64', [BigInt(sequenceAt(inputs, 0).elements.length)], []),
  '/SequenceMap': sequenceMap,
  '/SplitToSequence': splitToSequence,
} satisfies Kernels;
