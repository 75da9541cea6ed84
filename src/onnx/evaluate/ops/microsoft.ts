import { badAttribute } from '../../errors.js';
import { fma } from '../float-math.js';
import { type Inputs, type Kernels, type NodeContext, tensorAt } from '../kernel.js';
import { type NumberArray, newTensor, Tensor, type TensorData } from '../tensor.js';
import { activationKernels } from './activation.js';

type Round = (value: number) => number;

/**
 * The sum of squares of a row as the engine forms it: in lanes of `width`, two groups of lanes by turns, the lanes added
 * at the end, then what is left over.
 */
function squaredNorm(data: NumberArray, at: number, count: number, width: 2 | 4, round: Round): number {
  const square = (i: number): number => round(data[at + i]! * data[at + i]!);
  const groups = Math.floor(count / width);
  const lane = (l: number): number => {
    let even = square(l);
    if (groups === 1) return even;
    let odd = square(width + l);
    const pairs = groups - (groups % 2);
    for (let g = 2; g < pairs; g += 2) {
      even = round(even + square(g * width + l));
      odd = round(odd + square((g + 1) * width + l));
    }
    even = round(even + odd);
    return pairs === groups ? even : round(even + square(pairs * width + l));
  };
  let sum = 0;
  if (groups > 0)
    sum = width === 2 ? round(lane(0) + lane(1)) : round(round(lane(0) + lane(2)) + round(lane(1) + lane(3)));
  for (let i = groups * width; i < count; i++) sum = round(sum + square(i));
  return sum;
}

/** Distances between the rows of two matrices, as |a|² - 2ab + |b|²: those of scikit-learn's neighbours. */
function cDist(inputs: Inputs, node: NodeContext): Tensor {
  const [a, b] = [tensorAt(inputs, 0), tensorAt(inputs, 1)];
  const metric = node.attributes.string('metric', 'sqeuclidean');
  if (metric !== 'euclidean' && metric !== 'sqeuclidean')
    throw badAttribute('metric', 'there is no such distance', { expected: 'euclidean or sqeuclidean', got: metric });
  const [rows = 0, columns = 0] = a.dims;
  const others = b.dims[0]!;
  const isFloat = a.type === 'float';
  const round: Round = isFloat ? Math.fround : (value) => value;
  const [x, y] = [a.data as NumberArray, b.data as NumberArray];
  const width = isFloat ? 4 : 2;
  const result = newTensor(a.type, [rows, others]);
  for (let i = 0; i < rows; i++) {
    const own = squaredNorm(x, i * columns, columns, width, round);
    for (let j = 0; j < others; j++) {
      let dot = 0;
      for (let k = 0; k < columns; k++) {
        const [p, q] = [x[i * columns + k]!, y[j * columns + k]!];
        dot = isFloat ? Math.fround(p * q + dot) : fma(p, q, dot);
      }
      const square = Math.max(0, round(round(own - 2 * dot) + squaredNorm(y, j * columns, columns, width, round)));
      (result.data as NumberArray)[i * others + j] = metric === 'euclidean' ? Math.sqrt(square) : square;
    }
  }
  return result;
}

/** Splits each text into tokens: by separators (literal or regular expressions), or into what an expression matches. */
function tokenizer(inputs: Inputs, node: NodeContext): Tensor {
  const { attributes } = node;
  const input = tensorAt(inputs, 0);
  const least = attributes.int('mincharnum', 1);
  const pad = attributes.string('pad_value', '');
  const separators = attributes.strings('separators') ?? [];
  const expression = attributes.has('tokenexp') ? new RegExp(attributes.string('tokenexp'), 'gu') : undefined;
  const mark = attributes.int('mark', 0) !== 0;
  const isChars = expression === undefined && separators.every((separator) => separator === '');
  const splitter = isChars ? undefined : new RegExp(separators.filter((text) => text !== '').join('|') || '$^', 'u');
  const lists = (input.data as string[]).map((text) => {
    const found =
      expression !== undefined
        ? [...text.matchAll(expression)].map((match) => match[0])
        : splitter === undefined
          ? [...text]
          : text.split(splitter);
    return found.filter((token) => token !== '' && [...token].length >= least);
  });
  const longest = lists.reduce((most, list) => Math.max(most, list.length), 0);
  // Without any token the engine leaves the marks out as well.
  const marks = mark && longest > 0;
  const width = longest + (marks ? 2 : 0);
  const data = lists.flatMap((tokens) => {
    const list = marks ? ['\u0002', ...tokens, '\u0003'] : tokens;
    return [...list, ...new Array<string>(width - list.length).fill(pad)];
  });
  return new Tensor('string', [...input.dims, width], data as TensorData);
}

export const microsoftKernels = {
  'com.microsoft/CDist': cDist,
  'com.microsoft/Gelu': activationKernels['/Gelu'],
  'com.microsoft/Tokenizer': tokenizer,
} satisfies Kernels;
