import { badAttribute, wrongShape } from '../../errors.js';
import { axisIn, broadcastDims, mapDim, openDims, plus, product, times, unified, withAxis } from '../dims.js';
import {
  axesOf,
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
import { type Dim, type Dims, dimsText } from '../value-type.js';

/** The size that -1 stands for: what is left of the elements when equal open sizes are cancelled. */
function rest(from: readonly Dim[], to: readonly Dim[], wanted: string): Dim {
  const left = from.filter((dim) => typeof dim !== 'number');
  let divisor = 1;
  for (const dim of to) {
    if (typeof dim === 'number') divisor *= dim;
    else {
      const at = dim === undefined ? -1 : left.indexOf(dim);
      if (at < 0) return undefined;
      left.splice(at, 1);
    }
  }
  const size = product(from.filter((dim) => typeof dim === 'number'));
  if (typeof size !== 'number' || left.includes(undefined) || left.length > 1 || divisor === 0) return undefined;
  if (left.length === 1) return size === divisor ? left[0] : undefined;
  if (size % divisor !== 0)
    throw wrongShape('the number of elements is not what the new shape takes', {
      expected: wanted,
      got: dimsText(from),
    });
  return size / divisor;
}

const reshape: Rule = (node) => {
  const x = dimsAt(node, 0);
  const wanted: readonly Dim[] | undefined = node.version < 5 ? node.attributes.ints('shape') : dataAt(node, 1);
  if (wanted === undefined) {
    const rank = rankedAt(node, 1, 1)?.[0];
    return { dims: typeof rank === 'number' && rank <= MOST_AXES ? openDims(rank) : undefined };
  }
  const zeros = node.attributes.int('allowzero', 0) !== 0;
  if (wanted.filter((dim) => dim === -1).length > 1)
    throw wrongShape('a shape has more than one -1', { got: dimsText(wanted) });
  if (wanted.some((dim) => typeof dim === 'number' && dim < -1))
    throw wrongShape('a shape has a negative size', { got: dimsText(wanted) });
  const copied = wanted.map((dim, i): Dim => {
    if (dim !== 0 || zeros) return dim;
    if (x !== undefined && i >= x.length)
      throw wrongShape('a 0 of the new shape stands for an axis that the input lacks', {
        expected: `at most ${x.length} axes`,
        got: dimsText(wanted),
      });
    return x?.[i];
  });
  // An open entry of a computed shape may be 0 or -1 as well as a size.
  if (wanted.includes(undefined)) return { dims: copied.map((dim) => (dim === -1 ? undefined : dim)) };
  if (!copied.includes(-1)) {
    const [before, after] = [x === undefined ? undefined : product(x), product(copied)];
    if (typeof before === 'number' && typeof after === 'number' && before !== after)
      throw wrongShape('the number of elements is not what the new shape takes', {
        expected: `${before} of ${dimsText(x)}`,
        got: `${after} of ${dimsText(copied)}`,
      });
    return { dims: copied };
  }
  // What is copied stands on both sides; it cancels even where it is open.
  const isCopied = (i: number): boolean => wanted[i] === 0 && !zeros && x?.[i] !== 0;
  const known = copied.filter((dim, i) => dim !== -1 && !isCopied(i));
  const left =
    x === undefined
      ? undefined
      : rest(
          x.filter((_, i) => !isCopied(i)),
          known,
          dimsText(wanted),
        );
  return { dims: copied.map((dim) => (dim === -1 ? left : dim)) };
};

/** More axes than any engine takes. */
const MOST_AXES = 1024;

const transpose: Rule = (node) => {
  const x = dimsAt(node, 0);
  const perm = node.attributes.ints('perm') ?? x?.map((_, i) => i).reverse();
  if (x === undefined || perm === undefined)
    return { dims: perm === undefined || perm.length > MOST_AXES ? undefined : openDims(perm.length) };
  if (
    perm.length !== x.length ||
    new Set(perm).size !== perm.length ||
    perm.some((axis) => axis < 0 || axis >= x.length)
  )
    throw badAttribute('perm', 'the list is not a permutation of the axes', {
      expected: `${x.length} axes`,
      got: `[${perm.slice(0, 16).join(', ')}]`,
    });
  return { dims: perm.map((axis) => x[axis]) };
};

const squeeze: Rule = (node) => {
  const x = dimsAt(node, 0);
  const axes = axesOf(node, 13);
  if (x === undefined || axes === null) return {};
  if (axes === undefined)
    return { dims: x.every((dim) => typeof dim === 'number') ? x.filter((dim) => dim !== 1) : undefined };
  const gone = new Set(axes.map((axis) => axisIn(axis, x.length)));
  for (const axis of gone)
    if (typeof x[axis] === 'number' && x[axis] !== 1)
      throw wrongShape('an axis that goes away is not of size 1', { expected: '1', got: `${x[axis]} at axis ${axis}` });
  return { dims: x.filter((_, i) => !gone.has(i)) };
};

const unsqueeze: Rule = (node) => {
  const x = dimsAt(node, 0);
  const axes = axesOf(node, 13);
  if (axes === null) {
    const count = lengthAt(node, 1);
    return {
      dims: x === undefined || count === undefined || count > MOST_AXES ? undefined : openDims(x.length + count),
    };
  }
  if (x === undefined || axes === undefined) return {};
  const rank = x.length + axes.length;
  const added = new Set(axes.map((axis) => axisIn(axis, rank)));
  if (added.size !== axes.length)
    throw wrongShape('an axis stands twice', { got: `[${axes.slice(0, 16).join(', ')}]` });
  let next = 0;
  return { dims: Array.from({ length: rank }, (_, i) => (added.has(i) ? 1 : x[next++])) };
};

const flatten: Rule = (node) => {
  const x = dimsAt(node, 0);
  if (x === undefined) return { dims: [undefined, undefined] };
  const axis = axisIn(node.attributes.int('axis', 1), x.length, x.length, node.version < 11 ? 0 : -x.length);
  return { dims: [product(x.slice(0, axis)), product(x.slice(axis))] };
};

/** The concatenation of shapes along an axis. Errors: `onnx/wrong-shape`. */
function concatenated(shapes: readonly Dims[], axis: number): Dims {
  const known = shapes.filter((dims) => dims !== undefined);
  const first = known[0];
  if (first === undefined) return undefined;
  const along = axisIn(axis, first.length);
  const result = [...first];
  for (const dims of known.slice(1)) {
    if (dims.length !== first.length)
      throw wrongShape('the ranks of what is concatenated differ', { expected: dimsText(first), got: dimsText(dims) });
    dims.forEach((dim, i) => {
      if (i !== along) result[i] = unified(result[i], dim, `the sizes of axis ${i}`);
    });
  }
  const isWhole = known.length === shapes.length;
  result[along] = isWhole ? known.reduce<Dim>((sum, dims) => plus(sum, dims[along]), 0) : undefined;
  return result;
}

const concat: Rule = (node) => ({
  dims: concatenated(
    node.inputs.map((input) => input?.type?.dims),
    node.attributes.int('axis', node.version < 4 ? 1 : undefined),
  ),
});

const split: Rule = (node) => {
  const x = dimsAt(node, 0);
  if (x === undefined) return {};
  const axis = axisIn(node.attributes.int('axis', 0), x.length);
  const count = node.outputs.length;
  const sizes =
    node.version < 13 ? node.attributes.ints('split') : isGiven(node, 1) ? (numbersAt(node, 1) ?? null) : undefined;
  if (sizes === null) return node.outputs.map(() => ({ dims: withAxis(x, axis, undefined) }));
  if (sizes !== undefined && sizes.length > 0) {
    const sum = sizes.reduce((a, b) => a + b, 0);
    if (sizes.length !== count)
      throw wrongShape('the sizes of split do not fit the outputs', {
        expected: String(count),
        got: String(sizes.length),
      });
    if (typeof x[axis] === 'number' && sum !== x[axis])
      throw wrongShape('the sizes of split do not add up', { expected: String(x[axis]), got: String(sum) });
    return sizes.map((size) => ({ dims: withAxis(x, axis, size) }));
  }
  if (node.version >= 18 && !node.attributes.has('num_outputs'))
    throw badAttribute('num_outputs', 'neither the sizes nor the number of the outputs are given');
  const parts = node.attributes.has('num_outputs') ? node.attributes.int('num_outputs') : count;
  if (parts < 1) throw badAttribute('num_outputs', 'there must be an output', { got: String(parts) });
  const whole = x[axis];
  if (typeof whole === 'number' && node.version < 18 && whole % parts !== 0)
    throw wrongShape('the axis cannot be split evenly', { expected: `a multiple of ${parts}`, got: String(whole) });
  const chunk = mapDim(whole, (size) => Math.ceil(size / parts));
  return node.outputs.map((_, i) => {
    const size =
      typeof whole === 'number' && typeof chunk === 'number'
        ? Math.max(0, Math.min(chunk, whole - i * chunk))
        : undefined;
    return { dims: withAxis(x, axis, parts === 1 ? whole : size) };
  });
};

const expand: Rule = (node) => {
  const x = dimsAt(node, 0);
  const wanted = dataAt(node, 1);
  rankedAt(node, 1, 1);
  if (wanted !== undefined) return { dims: broadcastDims([x, wanted]) };
  const rank = lengthAt(node, 1);
  if (x === undefined || rank === undefined || rank > MOST_AXES) return {};
  const shape = openDims(Math.max(rank, x.length));
  const offset = shape.length - x.length;
  return {
    dims: shape.map((_, i) =>
      i >= offset && i < shape.length - rank
        ? x[i - offset]
        : i >= offset && typeof x[i - offset] === 'number' && x[i - offset] !== 1
          ? x[i - offset]
          : undefined,
    ),
  };
};

const tile: Rule = (node) => {
  const x = dimsAt(node, 0);
  if (x === undefined || node.version < 6) return {};
  const repeats = dataAt(node, 1);
  if (repeats === undefined) return { dims: openDims(x.length) };
  if (repeats.length !== x.length)
    throw wrongShape('the repeats do not fit the input', { expected: String(x.length), got: String(repeats.length) });
  return { dims: x.map((dim, i) => times(dim, repeats[i])) };
};

const pad: Rule = (node) => {
  const x = dimsAt(node, 0);
  if (x === undefined) return {};
  const pads =
    node.version < 11 ? (node.attributes.ints('pads') ?? node.attributes.ints('paddings')) : numbersAt(node, 1);
  const given = isGiven(node, 3) ? numbersAt(node, 3) : x.map((_, i) => i);
  if (pads === undefined || given === undefined) return { dims: openDims(x.length) };
  const axes = given.map((axis) => axisIn(axis, x.length));
  if (pads.length !== 2 * axes.length)
    throw wrongShape('the pads do not fit the input', { expected: String(2 * axes.length), got: String(pads.length) });
  const result = [...x];
  axes.forEach((axis, i) => {
    result[axis] = plus(x[axis], pads[i]! + pads[i + axes.length]!);
  });
  return { dims: result };
};

const depthToSpace: Rule = (node) => {
  const x = rankedAt(node, 0, 4);
  const block = blockOf(node);
  return {
    dims: x === undefined ? undefined : [x[0], whole(x[1], block * block), times(x[2], block), times(x[3], block)],
  };
};

const spaceToDepth: Rule = (node) => {
  const x = rankedAt(node, 0, 4);
  const block = blockOf(node);
  return {
    dims: x === undefined ? undefined : [x[0], times(x[1], block * block), whole(x[2], block), whole(x[3], block)],
  };
};

function blockOf(node: NodeFacts): number {
  const block = node.attributes.int('blocksize');
  if (block < 1) throw badAttribute('blocksize', 'a block has no extent', { got: String(block) });
  return block;
}

function whole(dim: Dim, by: number): Dim {
  if (typeof dim === 'number' && dim % by !== 0)
    throw wrongShape('a size is not a multiple of the block', { expected: `a multiple of ${by}`, got: String(dim) });
  return by === 1 ? dim : mapDim(dim, (size) => size / by);
}

const centerCropPad: Rule = (node) => {
  const x = dimsAt(node, 0);
  if (x === undefined) return {};
  const axes = (node.attributes.ints('axes') ?? x.map((_, i) => i)).map((axis) => axisIn(axis, x.length));
  const sizes = dataAt(node, 1);
  unified(lengthAt(node, 1), axes.length, 'the numbers of sizes and of axes');
  if (sizes !== undefined && sizes.length !== axes.length)
    throw wrongShape('the sizes do not fit the axes', { expected: String(axes.length), got: String(sizes.length) });
  const result = [...x];
  axes.forEach((axis, i) => {
    result[axis] = sizes?.[i];
  });
  return { dims: result };
};

const scales = (node: NodeFacts, index: number, scaled: readonly Dim[]): Dims => {
  const given = node.version === 7 && index === 1 ? floatsOf(node, 'scales') : numbersAt(node, index);
  if (given === undefined) return openDims(scaled.length);
  if (given.length !== scaled.length)
    throw wrongShape('the scales do not fit the input', { expected: String(scaled.length), got: String(given.length) });
  return scaled.map((dim, i) =>
    given[i] === 1 ? dim : mapDim(dim, (size) => Math.floor(Math.fround(size * given[i]!))),
  );
};

function floatsOf(node: NodeFacts, name: string): readonly number[] | undefined {
  const list = node.attributes.floats(name);
  return list === undefined ? undefined : Array.from(list);
}

const resize: Rule = (node) => {
  const x = dimsAt(node, 0);
  if (x === undefined) return {};
  const axes = (node.attributes.ints('axes') ?? x.map((_, i) => i)).map((axis) => axisIn(axis, x.length));
  const chosen = axes.map((axis) => x[axis]);
  const result = [...x];
  const put = (sizes: Dims): { dims: Dims } => {
    axes.forEach((axis, i) => {
      result[axis] = sizes?.[i];
    });
    return { dims: result };
  };
  if (node.version >= 11) for (const index of [2, 3]) rankedAt(node, index, 1);
  if (node.version >= 13 && isGiven(node, 3) === isGiven(node, 2) && lengthAt(node, 2) !== 0 && lengthAt(node, 3) !== 0)
    throw wrongShape('either scales or sizes must be given', { got: isGiven(node, 2) ? 'both' : 'neither' });
  for (const index of [2, 3]) {
    const length = node.version < 11 ? undefined : lengthAt(node, index);
    if (length !== undefined && length !== 0 && length !== axes.length)
      throw wrongShape('scales or sizes do not fit the axes', { expected: String(axes.length), got: String(length) });
  }
  if (node.attributes.int('antialias', 0) !== 0 && node.attributes.string('mode', 'nearest') === 'nearest')
    throw badAttribute('antialias', 'the nearest element has no filter', {
      expected: 'mode linear or cubic',
      got: 'nearest',
    });
  const scalesAt = node.version < 11 ? 1 : 2;
  const sizes =
    node.version < 11 ? undefined : isGiven(node, 3) && lengthAt(node, 3) !== 0 ? (dataAt(node, 3) ?? null) : undefined;
  if (sizes === undefined) return put(scales(node, scalesAt, chosen));
  if (sizes === null) return put(undefined);
  if (sizes.length !== axes.length)
    throw wrongShape('the sizes do not fit the axes', { expected: String(axes.length), got: String(sizes.length) });
  const policy = node.attributes.string('keep_aspect_ratio_policy', 'stretch');
  if (policy === 'stretch') return put(sizes);
  if (![...sizes, ...chosen].every((dim) => typeof dim === 'number' && dim > 0)) return put(undefined);
  const ratios = sizes.map((size, i) => Math.fround((size as number) / (chosen[i] as number)));
  const ratio = policy === 'not_larger' ? Math.min(...ratios) : Math.max(...ratios);
  return put(chosen.map((dim) => Math.floor(Math.fround((dim as number) * ratio) + 0.5)));
};

const upsample: Rule = (node) => {
  const x = dimsAt(node, 0);
  return { dims: x === undefined || node.version < 7 ? undefined : scales(node, 1, x) };
};

export const LAYOUT: Rules = {
  '/CenterCropPad': centerCropPad,
  '/Concat': concat,
  '/DepthToSpace': depthToSpace,
  '/Expand': expand,
  '/Flatten': flatten,
  '/Pad': pad,
  '/Reshape': reshape,
  '/Resize': resize,
  '/ReverseSequence': (node) => {
    rankedAt(node, 1, 1);
    return { dims: rankedAt(node, 0, 2, Infinity) };
  },
  '/SpaceToDepth': spaceToDepth,
  '/Split': split,
  '/Squeeze': squeeze,
  '/Tile': tile,
  '/Transpose': transpose,
  '/Unsqueeze': unsqueeze,
  '/Upsample': upsample,
};
