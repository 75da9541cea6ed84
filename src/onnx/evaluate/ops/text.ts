import { badAttribute, badInput } from '../../errors.js';
import { broadcastDims, forEachPair } from '../broadcast.js';
import { type Inputs, type Kernels, type NodeContext, tensorAt, typedAt } from '../kernel.js';
import { type NumberArray, newTensor, Tensor, type TensorData } from '../tensor.js';
import { describe, tensorOf } from '../values.js';
import { regexOfRe2 } from './re2.js';

/** Removes stop words along the last axis, and changes the case. Without any word left, one empty string. */
function stringNormalizer(inputs: Inputs, node: NodeContext): Tensor {
  const { attributes } = node;
  const input = typedAt(inputs, 0, 'string');
  const action = attributes.string('case_change_action', 'NONE');
  const sensitive = attributes.int('is_case_sensitive', 0) !== 0;
  const stops = new Set((attributes.strings('stopwords') ?? []).map((word) => (sensitive ? word : word.toLowerCase())));
  if (input.dims.length > 2 || (input.dims.length === 2 && input.dims[0] !== 1))
    throw badInput('the operator takes one row', { expected: '[C] or [1, C]', got: describe(input) });
  const kept = (input.data as string[]).filter((word) => !stops.has(sensitive ? word : word.toLowerCase()));
  const words = kept.map((word) =>
    action === 'LOWER' ? word.toLowerCase() : action === 'UPPER' ? word.toUpperCase() : word,
  );
  const data = words.length === 0 ? [''] : words;
  return new Tensor('string', [...input.dims.slice(0, -1), data.length], data as TensorData);
}

function stringConcat(inputs: Inputs): Tensor {
  const [a, b] = [typedAt(inputs, 0, 'string'), typedAt(inputs, 1, 'string')];
  const result = newTensor('string', broadcastDims(a.dims, b.dims));
  forEachPair(a.dims, b.dims, result.dims, (o, i, j) => {
    (result.data as string[])[o] = `${a.data[i]}${b.data[j]}`;
  });
  return result;
}

function piecesOf(text: string, delimiter: string, most: number): string[] {
  if (delimiter !== '') {
    const pieces = text === '' ? [] : text.split(delimiter);
    return pieces.length <= most + 1 ? pieces : [...pieces.slice(0, most), pieces.slice(most).join(delimiter)];
  }
  const pieces: string[] = [];
  let rest = text.trimStart();
  while (rest !== '') {
    const match = pieces.length < most ? /^(\S+)\s*/.exec(rest) : null;
    if (match === null) {
      pieces.push(rest.trimEnd());
      break;
    }
    pieces.push(match[1]!);
    rest = rest.slice(match[0].length);
  }
  return pieces;
}

function stringSplit(inputs: Inputs, node: NodeContext): Tensor[] {
  const input = typedAt(inputs, 0, 'string');
  const delimiter = node.attributes.string('delimiter', '');
  const most = node.attributes.int('maxsplit', Number.MAX_SAFE_INTEGER);
  const lists = (input.data as string[]).map((text) => piecesOf(text, delimiter, most));
  const width = lists.reduce((most, list) => Math.max(most, list.length), 0);
  const data = lists.flatMap((list) => [...list, ...new Array<string>(width - list.length).fill('')]);
  return [
    new Tensor('string', [...input.dims, width], data as TensorData),
    tensorOf(
      'int64',
      lists.map((list) => BigInt(list.length)),
      input.dims,
    ),
  ];
}

/** The whole text must match an expression in RE2's syntax. */
function regexFullMatch(inputs: Inputs, node: NodeContext): Tensor {
  const input = typedAt(inputs, 0, 'string');
  const pattern = node.attributes.string('pattern', '');
  let expression: RegExp;
  try {
    expression = regexOfRe2(pattern, true);
  } catch {
    throw badAttribute('pattern', 'the pattern is no regular expression', { got: pattern });
  }
  return tensorOf(
    'bool',
    (input.data as string[]).map((text) => expression.test(text)),
    input.dims,
  );
}

interface Grams {
  /** n-gram, its parts joined, → place in the pool. */
  readonly pool: ReadonlyMap<string, number>;
  readonly indexes: readonly number[];
  readonly weights: ArrayLike<number> | undefined;
}

const joined = (parts: readonly unknown[]): string => parts.map(String).join('\u0000');

function gramsOf(node: NodeContext): Grams {
  const { attributes } = node;
  const counts = attributes.ints('ngram_counts') ?? [];
  const texts: readonly unknown[] = attributes.strings('pool_strings') ?? attributes.bigints('pool_int64s') ?? [];
  const pool = new Map<string, number>();
  let place = 0;
  counts.forEach((start, i) => {
    const size = i + 1;
    const end = counts[i + 1] ?? texts.length;
    if (!(start >= 0 && end <= texts.length))
      throw badAttribute('ngram_counts', 'a place is outside the pool', {
        expected: `0 to ${texts.length}`,
        got: String(start),
      });
    for (let at = start; at + size <= end; at += size) pool.set(joined(texts.slice(at, at + size)), place++);
  });
  return { pool, indexes: attributes.ints('ngram_indexes') ?? [], weights: attributes.floats('weights') };
}

/** Counts n-grams of the pool, with up to max_skip_count elements left out between their parts. */
function tfIdfVectorizer(inputs: Inputs, node: NodeContext): Tensor {
  const { attributes } = node;
  const input = tensorAt(inputs, 0);
  const { pool, indexes, weights } = node.prepared(() => gramsOf(node));
  const mode = attributes.string('mode');
  const [least, most, skips] = [
    attributes.int('min_gram_length'),
    attributes.int('max_gram_length'),
    attributes.int('max_skip_count'),
  ];
  const isRow = input.dims.length < 2;
  const rows = isRow ? 1 : input.dims[0]!;
  const columns = input.size / Math.max(1, rows);
  const width = indexes.reduce((most, index) => Math.max(most, index), -1) + 1;
  const result = newTensor('float', isRow ? [width] : [rows, width]);
  const out = result.data as NumberArray;
  const parts = Array.from(input.data as ArrayLike<unknown>);
  for (let row = 0; row < rows; row++) {
    const own = parts.slice(row * columns, (row + 1) * columns);
    for (let size = Math.max(1, least); size <= Math.min(most, columns); size++) {
      // A single element has no gaps, so skipping counts it once.
      const gaps = size === 1 ? 0 : Math.min(skips, columns);
      for (let skip = 0; skip <= gaps; skip++) {
        const step = skip + 1;
        for (let at = 0; at + (size - 1) * step < own.length; at++) {
          const gram = Array.from({ length: size }, (_, k) => own[at + k * step]);
          const place = pool.get(joined(gram));
          if (place !== undefined) out[row * width + indexes[place]!]!++;
        }
      }
    }
    if (mode === 'TF') continue;
    pool.forEach((place) => {
      const at = row * width + indexes[place]!;
      const weight = weights?.[place] ?? 1;
      if (mode === 'IDF') out[at] = out[at]! > 0 ? weight : 0;
      else out[at] = out[at]! * weight;
    });
  }
  return result;
}

export const textKernels = {
  '/RegexFullMatch': regexFullMatch,
  '/StringConcat': stringConcat,
  '/StringNormalizer': stringNormalizer,
  '/StringSplit': stringSplit,
  '/TfIdfVectorizer': tfIdfVectorizer,
} satisfies Kernels;
