import { badAttribute, wrongShape } from '../../errors.js';
import { axisIn, openDims, product, unified, withAxis } from '../dims.js';
import {
  dataAt,
  dimsAt,
  isGiven,
  lengthAt,
  type NodeFacts,
  numbersAt,
  type Rule,
  type Rules,
  rankedAt,
} from '../facts.js';
import { type Dim, dimsText } from '../value-type.js';

const gather: Rule = (node) => {
  const [x, indices] = [rankedAt(node, 0, 1, Infinity), dimsAt(node, 1)];
  if (x === undefined || indices === undefined) return {};
  const axis = axisIn(node.attributes.int('axis', 0), x.length);
  return { dims: [...x.slice(0, axis), ...indices, ...x.slice(axis + 1)] };
};

const gatherElements: Rule = (node) => {
  const [x, indices] = [rankedAt(node, 0, 1, Infinity), dimsAt(node, 1)];
  if (x !== undefined) axisIn(node.attributes.int('axis', 0), x.length);
  if (x !== undefined && indices !== undefined && x.length !== indices.length)
    throw wrongShape('the indices have another rank than the data', { expected: dimsText(x), got: dimsText(indices) });
  return { dims: indices };
};

const gatherNd: Rule = (node) => {
  const [x, indices] = [rankedAt(node, 0, 1, Infinity), rankedAt(node, 1, 1, Infinity)];
  const batch = node.attributes.int('batch_dims', 0);
  const last = indices?.at(-1);
  if (x === undefined || indices === undefined || typeof last !== 'number') return {};
  if (batch < 0 || batch + last > x.length || batch >= indices.length)
    throw wrongShape('the last axis of the indices is longer than the rank of the data', {
      expected: `at most ${x.length - batch}`,
      got: String(last),
    });
  return { dims: [...indices.slice(0, -1), ...x.slice(batch + last)] };
};

const scatterElements: Rule = (node) => {
  const [x, indices, updates] = [rankedAt(node, 0, 1, Infinity), dimsAt(node, 1), dimsAt(node, 2)];
  if (x !== undefined) axisIn(node.attributes.int('axis', 0), x.length);
  if (indices !== undefined && updates !== undefined) {
    if (indices.length !== updates.length)
      throw wrongShape('the updates do not fit the indices', { expected: dimsText(indices), got: dimsText(updates) });
    indices.forEach((dim, i) => {
      unified(dim, updates[i], `the sizes of indices and updates at axis ${i}`);
    });
  }
  return { dims: x };
};

interface Range {
  readonly axis: number;
  readonly start: Dim;
  readonly end: Dim;
  readonly step: Dim;
}

function rangesOf(node: NodeFacts, x: readonly Dim[]): readonly Range[] | undefined {
  const isOld = node.version < 10;
  const starts = isOld ? node.attributes.ints('starts') : dataAt(node, 1);
  const ends = isOld ? node.attributes.ints('ends') : dataAt(node, 2);
  const axes = isOld ? node.attributes.ints('axes') : isGiven(node, 3) ? (numbersAt(node, 3) ?? null) : undefined;
  const steps = isOld || !isGiven(node, 4) ? undefined : (dataAt(node, 4) ?? null);
  if (axes === null) return undefined;
  const count = axes?.length ?? starts?.length ?? ends?.length;
  if (count === undefined) return undefined;
  for (const list of [starts, ends, steps])
    if (list !== undefined && list !== null && list.length !== count)
      throw wrongShape('starts, ends, axes and steps are not equally long', {
        expected: String(count),
        got: String(list.length),
      });
  return Array.from({ length: count }, (_, i) => ({
    axis: axisIn(axes?.[i] ?? i, x.length),
    start: starts?.[i],
    end: ends?.[i],
    step: steps === undefined ? 1 : steps?.[i],
  }));
}

/** How many elements a slice leaves, after its bounds are brought into the axis. */
function sliced(size: Dim, { start, end, step }: Range): Dim {
  if (step === 0) throw wrongShape('a step of a slice is 0');
  if (step === 1 && start === 0 && typeof end === 'number' && end >= 2 ** 31 - 1) return size;
  if (step === 1 && start === 0 && end === size) return size;
  if (typeof size !== 'number' || typeof start !== 'number' || typeof end !== 'number' || typeof step !== 'number')
    return undefined;
  const clamp = (value: number, least: number, most: number): number =>
    Math.min(most, Math.max(least, value < 0 ? value + size : value));
  const [from, to] =
    step > 0 ? [clamp(start, 0, size), clamp(end, 0, size)] : [clamp(start, 0, size - 1), clamp(end, -1, size - 1)];
  return Math.max(0, Math.ceil((to - from) / step));
}

const slice: Rule = (node) => {
  const x = rankedAt(node, 0, 1, Infinity);
  if (x === undefined) return {};
  const ranges = rangesOf(node, x);
  if (ranges === undefined) return { dims: openDims(x.length) };
  const result = [...x];
  for (const range of ranges) result[range.axis] = sliced(x[range.axis], range);
  return { dims: result };
};

const topK: Rule = (node) => {
  const x = dimsAt(node, 0);
  if (x === undefined) return {};
  const axis = axisIn(node.attributes.int('axis', -1), x.length);
  const k = node.version < 10 ? node.attributes.int('k') : dataAt(node, 1)?.[0];
  if (typeof k === 'number' && typeof x[axis] === 'number' && (k < 0 || k > x[axis]))
    throw wrongShape('K is more than the axis has', { expected: `at most ${x[axis]}`, got: String(k) });
  return node.outputs.map(() => ({ dims: withAxis(x, axis, k) }));
};

const oneHot: Rule = (node) => {
  const indices = dimsAt(node, 0);
  if (indices === undefined) return {};
  const depth = dataAt(node, 1)?.[0];
  const axis = axisIn(node.attributes.int('axis', -1), indices.length + 1);
  rankedAt(node, 2, 1);
  rankedAt(node, 1, 0, 1);
  if (typeof lengthAt(node, 1) === 'number') unified(lengthAt(node, 1), 1, 'the length of depth and 1');
  return {
    dims: [...indices.slice(0, axis), typeof depth === 'number' ? Math.trunc(depth) : depth, ...indices.slice(axis)],
  };
};

const compress: Rule = (node) => {
  const x = dimsAt(node, 0);
  if (!node.attributes.has('axis')) return { dims: [undefined] };
  return { dims: x === undefined ? undefined : withAxis(x, axisIn(node.attributes.int('axis'), x.length), undefined) };
};

const unique: Rule = (node) => {
  const x = dimsAt(node, 0);
  const open = [{ dims: [undefined] }, { dims: [undefined] }, { dims: [undefined] }];
  if (!node.attributes.has('axis')) return [{ dims: [undefined] }, ...open];
  return [
    { dims: x === undefined ? undefined : withAxis(x, axisIn(node.attributes.int('axis'), x.length), undefined) },
    ...open,
  ];
};

const nonMaxSuppression: Rule = (node) => {
  const [boxes, scores] = [rankedAt(node, 0, 3), rankedAt(node, 1, 3)];
  unified(boxes?.[0], scores?.[0], 'the batch sizes of boxes and scores');
  unified(boxes?.[1], scores?.[2], 'the numbers of boxes and of scores');
  if (typeof boxes?.[2] === 'number' && boxes[2] !== 4)
    throw wrongShape('a box has four corners', { expected: '4', got: String(boxes[2]) });
  return { dims: [undefined, 3] };
};

const gridSample: Rule = (node) => {
  const [x, grid] = [rankedAt(node, 0, 3, Infinity), rankedAt(node, 1, 3, Infinity)];
  if (x === undefined && grid === undefined) return {};
  if (x !== undefined && grid !== undefined && x.length !== grid.length)
    throw wrongShape('the grid has another rank than the input', { expected: dimsText(x), got: dimsText(grid) });
  unified(x?.[0], grid?.[0], 'the batch sizes of input and grid');
  if (x !== undefined) unified(grid?.at(-1), x.length - 2, 'the last axis of the grid and the number of axes');
  const spatial = grid?.slice(1, -1) ?? openDims(x!.length - 2);
  return { dims: [x?.[0] ?? grid?.[0], x?.[1], ...spatial] };
};

const affineGrid: Rule = (node) => {
  const size = dataAt(node, 1);
  if (size !== undefined) return { dims: [size[0], ...size.slice(2), size.length - 2] };
  const theta = dimsAt(node, 0);
  const rank = lengthAt(node, 1);
  const spatial = typeof theta?.[1] === 'number' ? theta[1] : rank === undefined ? undefined : rank - 2;
  return { dims: spatial !== 2 && spatial !== 3 ? undefined : [theta?.[0], ...openDims(spatial), spatial] };
};

const arrayFeatureExtractor: Rule = (node) => {
  const x = dimsAt(node, 0);
  const indices = dimsAt(node, 1);
  const count = indices === undefined ? undefined : product(indices);
  if (x === undefined) return {};
  return { dims: x.length === 1 ? [1, count] : [...x.slice(0, -1), count] };
};

const stringSplit: Rule = (node) => {
  const x = dimsAt(node, 0);
  return [{ dims: x === undefined ? undefined : [...x, undefined] }, { dims: x, element: 'int64' }];
};

const tfIdf: Rule = (node) => {
  const x = rankedAt(node, 0, 1, 2);
  const indexes = node.attributes.ints('ngram_indexes') ?? [];
  if (indexes.some((index) => index < 0)) throw badAttribute('ngram_indexes', 'an index is negative');
  const width = indexes.reduce((most, index) => Math.max(most, index), -1) + 1;
  return { dims: x === undefined ? undefined : [...x.slice(0, -1), width] };
};

const normalizedStrings: Rule = (node) => {
  const x = rankedAt(node, 0, 1, 2);
  if (x === undefined) return {};
  const stopwords = node.attributes.strings('stopwords') ?? [];
  const last = stopwords.length === 0 ? x.at(-1) : undefined;
  return { dims: x.length === 1 ? [last] : [x[0], last] };
};

const nonZero: Rule = (node) => {
  const x = dimsAt(node, 0);
  return { dims: [x === undefined ? undefined : x.length, undefined] };
};

export const INDEXING: Rules = {
  '/AffineGrid': affineGrid,
  '/Compress': compress,
  '/Gather': gather,
  '/GatherElements': gatherElements,
  '/GatherND': gatherNd,
  '/GridSample': gridSample,
  '/NonMaxSuppression': nonMaxSuppression,
  '/NonZero': nonZero,
  '/OneHot': oneHot,
  '/Scatter': scatterElements,
  '/ScatterElements': scatterElements,
  '/ScatterND': (node) => ({ dims: dimsAt(node, 0) }),
  '/Slice': slice,
  '/StringNormalizer': normalizedStrings,
  '/StringSplit': stringSplit,
  '/TfIdfVectorizer': tfIdf,
  '/TopK': topK,
  '/Unique': unique,
  'ai.onnx.ml/ArrayFeatureExtractor': arrayFeatureExtractor,
};
