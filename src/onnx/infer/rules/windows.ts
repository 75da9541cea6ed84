import { badAttribute, wrongShape } from '../../errors.js';
import { mapDim, openDims, plus, product, times, unified } from '../dims.js';
import {
  dataAt,
  isGiven,
  lengthAt,
  listOf,
  type NodeFacts,
  numbersAt,
  type Rule,
  type Rules,
  rankedAt,
} from '../facts.js';
import type { Dim, Dims } from '../value-type.js';

interface Window {
  readonly kernel: readonly Dim[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly auto: string;
}

function windowOf(node: NodeFacts, kernel: readonly Dim[]): Window {
  const rank = kernel.length;
  const strides = listOf(node, 'strides', rank, 1);
  const dilations = listOf(node, 'dilations', rank, 1);
  if (strides.some((stride) => stride < 1)) throw badAttribute('strides', 'a stride is less than 1');
  if (dilations.some((dilation) => dilation < 1)) throw badAttribute('dilations', 'a dilation is less than 1');
  if (kernel.some((size) => typeof size === 'number' && size < 1))
    throw badAttribute('kernel_shape', 'a kernel has no extent');
  const auto = node.attributes.string('auto_pad', 'NOTSET');
  const pads =
    auto === 'NOTSET' || auto === '' ? listOf(node, 'pads', 2 * rank, 0) : new Array<number>(2 * rank).fill(0);
  return { kernel, strides, dilations, before: pads.slice(0, rank), after: pads.slice(rank), auto };
}

function slid(size: Dim, window: Window, i: number, ceil: boolean): Dim {
  const stride = window.strides[i]!;
  if (window.auto === 'SAME_UPPER' || window.auto === 'SAME_LOWER')
    return stride === 1 ? size : mapDim(size, (n) => Math.ceil(n / stride));
  const [kernel, dilation] = [window.kernel[i], window.dilations[i]!];
  if (typeof kernel !== 'number') return undefined;
  const reach = (kernel - 1) * dilation + 1;
  const [before, after] = [window.before[i]!, window.after[i]!];
  if (stride === 1 && before + after === reach - 1) return size;
  if (typeof size !== 'number') return undefined;
  const steps = (size + before + after - reach) / stride;
  if (steps < 0) return undefined;
  if (!ceil) return Math.floor(steps) + 1;
  const count = Math.ceil(steps) + 1;
  return (count - 1) * stride >= size + before ? count - 1 : count;
}

/** The kernel's size: the attribute, else what follows from the weights. */
function kernelOf(node: NodeFacts, spatial: number, weights: Dims): readonly Dim[] | undefined {
  const given = node.attributes.ints('kernel_shape');
  if (given === undefined || given.length === 0) return weights?.slice(2);
  if (given.length !== spatial)
    throw badAttribute('kernel_shape', 'the list does not fit the input', {
      expected: `${spatial} entries`,
      got: String(given.length),
    });
  weights?.slice(2).forEach((dim, i) => {
    unified(dim, given[i], 'the sizes of kernel_shape and of the weights');
  });
  return given;
}

function convolution(node: NodeFacts, weightsAt: number): Dims {
  const x = rankedAt(node, 0, 2, Infinity);
  const w = rankedAt(node, weightsAt, 2, Infinity);
  if (x === undefined) return w === undefined ? undefined : [undefined, w[0], ...w.slice(2).map(() => undefined)];
  if (w !== undefined && w.length !== x.length)
    throw wrongShape('the ranks of the input and of the weights differ', {
      expected: String(x.length),
      got: String(w.length),
    });
  const group = node.attributes.int('group', 1);
  if (w !== undefined) unified(x[1], times(w[1], group), 'the channels of the input and of the weights');
  const kernel = kernelOf(node, x.length - 2, w);
  const head = [x[0], w?.[0]];
  if (kernel === undefined) return [...head, ...x.slice(2).map(() => undefined)];
  const window = windowOf(node, kernel);
  return [...head, ...x.slice(2).map((size, i) => slid(size, window, i, false))];
}

const convTranspose: Rule = (node) => {
  const x = rankedAt(node, 0, 2, Infinity);
  const w = rankedAt(node, 1, 2, Infinity);
  if (x === undefined) return {};
  if (w !== undefined && w.length !== x.length)
    throw wrongShape('the ranks of the input and of the weights differ', {
      expected: String(x.length),
      got: String(w.length),
    });
  if (w !== undefined) unified(x[1], w[0], 'the channels of the input and of the weights');
  const spatial = x.length - 2;
  const head = [x[0], times(w?.[1], node.attributes.int('group', 1))];
  const kernel = kernelOf(node, spatial, w);
  const given = node.attributes.ints('output_shape');
  if (given !== undefined && given.length > 0) {
    const sizes = given.length === spatial + 2 ? given.slice(2) : listOf(node, 'output_shape', spatial, 0);
    return { dims: [...head, ...sizes] };
  }
  if (kernel === undefined) return { dims: [...head, ...x.slice(2).map(() => undefined)] };
  const window = windowOf(node, kernel);
  const extra = listOf(node, 'output_padding', spatial, 0);
  const sizes = x.slice(2).map((size, i): Dim => {
    if (window.auto === 'SAME_UPPER' || window.auto === 'SAME_LOWER') return times(size, window.strides[i]!);
    const [k, stride] = [kernel[i], window.strides[i]!];
    if (typeof k !== 'number') return undefined;
    const reach = (k - 1) * window.dilations[i]! + 1;
    const add = reach + extra[i]! - window.before[i]! - window.after[i]! - stride;
    return plus(times(size, stride), add);
  });
  return { dims: [...head, ...sizes] };
};

const pool: Rule = (node) => {
  const x = rankedAt(node, 0, 3, Infinity);
  if (x === undefined) return {};
  const kernel = kernelOf(node, x.length - 2, undefined);
  if (kernel === undefined) throw badAttribute('kernel_shape', 'the required attribute is missing');
  const window = windowOf(node, kernel);
  const ceil = node.attributes.int('ceil_mode', 0) !== 0;
  const dims = [...x.slice(0, 2), ...x.slice(2).map((size, i) => slid(size, window, i, ceil))];
  return node.outputs.map(() => ({ dims }));
};

const globalPool: Rule = (node) => {
  const x = rankedAt(node, 0, 2, Infinity);
  return { dims: x?.map((dim, i) => (i < 2 ? dim : 1)) };
};

const maxUnpool: Rule = (node) => {
  const [values, indices] = [rankedAt(node, 0, 2, Infinity), rankedAt(node, 1, 2, Infinity)];
  const x = values?.map((dim, i) => unified(dim, indices?.[i], 'the sizes of values and indices'));
  if (x === undefined) return {};
  if (isGiven(node, 2)) {
    const data = dataAt(node, 2);
    return { dims: data === undefined || data.length !== x.length ? x.map(() => undefined) : data };
  }
  const kernel = kernelOf(node, x.length - 2, undefined) ?? [];
  const window = windowOf(node, kernel);
  const sizes = x.slice(2).map((size, i) => {
    const [stride, k] = [window.strides[i]!, kernel[i] as number];
    return plus(times(size, stride), k - stride - window.before[i]! - window.after[i]!);
  });
  return { dims: [...x.slice(0, 2), ...sizes] };
};

const maxRoiPool: Rule = (node) => {
  const pooled = node.attributes.ints('pooled_shape');
  if (pooled?.length !== 2) throw badAttribute('pooled_shape', 'the attribute must have two entries');
  return { dims: [rankedAt(node, 1, 2)?.[0], rankedAt(node, 0, 4)?.[1], ...pooled] };
};

const roiAlign: Rule = (node) => {
  const rois = unified(rankedAt(node, 1, 2)?.[0], rankedAt(node, 2, 1)?.[0], 'the numbers of regions and of indices');
  const [height, width] = [node.attributes.int('output_height', 1), node.attributes.int('output_width', 1)];
  return { dims: [rois, rankedAt(node, 0, 4)?.[1], height, width] };
};

const col2Im: Rule = (node) => {
  const x = rankedAt(node, 0, 3);
  for (const index of [1, 2]) rankedAt(node, index, 1);
  const [image, block] = [dataAt(node, 1), numbersAt(node, 2)];
  const size = block === undefined ? undefined : product(block);
  const channels =
    typeof size === 'number' && size > 0 && x !== undefined ? mapDim(x[1], (n) => Math.floor(n / size)) : undefined;
  const listed = ['dilations', 'strides', 'pads'].map((name) => node.attributes.ints(name)?.length ?? 0);
  const byAttribute = listed[0] || listed[1] || listed[2]! / 2 || undefined;
  const axes = lengthAt(node, 1) ?? lengthAt(node, 2) ?? byAttribute;
  const spatial =
    image ?? block?.map(() => undefined) ?? (axes === undefined || axes > 1024 ? undefined : openDims(axes));
  return { dims: spatial === undefined ? undefined : [x?.[0], channels, ...spatial] };
};

const conv =
  (weightsAt: number): Rule =>
  (node) => ({ dims: convolution(node, weightsAt) });

export const WINDOWS: Rules = {
  '/AveragePool': pool,
  '/Col2Im': col2Im,
  '/Conv': conv(1),
  '/ConvInteger': (node) => ({ dims: convolution(node, 1), element: 'int32' }),
  '/ConvTranspose': convTranspose,
  '/DeformConv': conv(1),
  '/GlobalAveragePool': globalPool,
  '/GlobalLpPool': globalPool,
  '/GlobalMaxPool': globalPool,
  '/LpPool': pool,
  '/MaxPool': pool,
  '/MaxRoiPool': maxRoiPool,
  '/MaxUnpool': maxUnpool,
  '/QLinearConv': conv(3),
  '/RoiAlign': roiAlign,
};
