import { elementTypeOf } from '../../element-types.js';
import { badAttribute, wrongShape } from '../../errors.js';
import { broadcastDims, plus, times, unified } from '../dims.js';
import { dimsAt, elementAt, isGiven, type NodeFacts, type Rule, type Rules, rankedAt } from '../facts.js';
import { type Dim, type Dims, dimsText, tensorOfType } from '../value-type.js';

/** The shape of numpy's matmul. Errors: `onnx/wrong-shape`. */
export function matmulDims(a: Dims, b: Dims): Dims {
  if (a === undefined || b === undefined) return undefined;
  if (a.length === 0 || b.length === 0)
    throw wrongShape('a matrix product takes no scalars', { got: `${dimsText(a)} and ${dimsText(b)}` });
  unified(a.at(-1), b.at(b.length > 1 ? -2 : -1), 'the inner sizes');
  const batch = broadcastDims([a.slice(0, -2), b.slice(0, -2)]) ?? [];
  return [...batch, ...(a.length > 1 ? [a.at(-2)] : []), ...(b.length > 1 ? [b.at(-1)] : [])];
}

const matmul =
  (first: number, second: number): Rule =>
  (node) => ({ dims: matmulDims(dimsAt(node, first), dimsAt(node, second)) });

export const gemm: Rule = (node) => {
  const [a, b] = [rankedAt(node, 0, 2), rankedAt(node, 1, 2)];
  if (a?.length !== 2 || b?.length !== 2) return { dims: [undefined, undefined] };
  const turnA = node.attributes.int('transA', 0) !== 0;
  const turnB = node.attributes.int('transB', 0) !== 0;
  unified(a[turnA ? 0 : 1], b[turnB ? 1 : 0], 'the inner sizes');
  const dims = [a[turnA ? 1 : 0], b[turnB ? 0 : 1]];
  const c = dimsAt(node, 2);
  if (c !== undefined && node.version >= 7) {
    if (c.length > 2)
      throw wrongShape('C does not broadcast to the product', { expected: dimsText(dims), got: dimsText(c) });
    broadcastDims([dims, c]);
  }
  return { dims };
};

/** The inputs' subscripts and the output's, the letters of an implicit one in alphabetical order. */
function einsumTerms(node: NodeFacts): { terms: string[]; output: string } {
  const equation = node.attributes.string('equation').replaceAll(' ', '');
  const [left = '', right] = equation.split('->');
  const terms = left.split(',');
  if (terms.length !== node.inputs.length)
    throw badAttribute('equation', 'the equation does not fit the inputs', {
      expected: `${node.inputs.length} terms`,
      got: String(terms.length),
    });
  if (right !== undefined) return { terms, output: right };
  const letters = left.replaceAll(/[^A-Za-z]/g, '');
  const once = [...letters].filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter)).sort();
  return { terms, output: `${left.includes('...') ? '...' : ''}${once.join('')}` };
}

const einsum: Rule = (node) => {
  const { terms, output } = einsumTerms(node);
  const sizes = new Map<string, Dim>();
  const ellipses: Dims[] = [];
  for (const [i, term] of terms.entries()) {
    const dims = dimsAt(node, i);
    if (dims === undefined) return {};
    const [before = '', after] = term.split('...');
    const named = before.length + (after?.length ?? 0);
    if (after === undefined ? named !== dims.length : named > dims.length)
      throw wrongShape(`input ${i} does not fit its term`, { expected: term, got: dimsText(dims) });
    const behind = dims.length - (after?.length ?? 0);
    const pairs: [string, Dim][] = [
      ...[...before].map((letter, axis): [string, Dim] => [letter, dims[axis]]),
      ...[...(after ?? '')].map((letter, axis): [string, Dim] => [letter, dims[behind + axis]]),
    ];
    for (const [letter, dim] of pairs) {
      const known = sizes.get(letter);
      // Engines broadcast sizes of 1.
      sizes.set(
        letter,
        known === 1
          ? dim
          : dim === 1
            ? sizes.has(letter)
              ? known
              : 1
            : unified(known, dim, `the sizes of "${letter}"`),
      );
    }
    if (after !== undefined) ellipses.push(dims.slice(before.length, behind));
  }
  const shared = broadcastDims(ellipses) ?? [];
  const [before = '', after] = output.split('...');
  const sizeOf = (letter: string): Dim => {
    if (!sizes.has(letter))
      throw badAttribute('equation', 'the output has a subscript that no input has', { got: letter });
    return sizes.get(letter);
  };
  return {
    dims: [...[...before].map(sizeOf), ...(after === undefined ? [] : shared), ...[...(after ?? '')].map(sizeOf)],
  };
};

const recurrent: Rule = (node) => {
  const x = rankedAt(node, 0, 3);
  const hidden: Dim = node.attributes.has('hidden_size') ? node.attributes.int('hidden_size') : dimsAt(node, 2)?.[2];
  const direction = node.attributes.string('direction', 'forward');
  const directions = direction === 'bidirectional' ? 2 : 1;
  const swap = node.attributes.int('layout', 0) === 1;
  const [seq, batch] = swap ? [x?.[1], x?.[0]] : [x?.[0], x?.[1]];
  const whole = swap ? [batch, seq, directions, hidden] : [seq, directions, batch, hidden];
  const last = swap ? [batch, directions, hidden] : [directions, batch, hidden];
  return node.outputs.map((_, i) => ({ dims: i === 0 ? whole : last }));
};

/** [batch, heads, sequence, size] of an attention input that may have its heads packed into the last axis. */
function unpacked(dims: Dims, heads: Dim): readonly Dim[] {
  if (dims === undefined) return [undefined, heads, undefined, undefined];
  if (dims.length === 4) return dims;
  const size = typeof dims[2] === 'number' && typeof heads === 'number' && heads > 0 ? dims[2] / heads : undefined;
  return [dims[0], heads, dims[1], size !== undefined && Number.isInteger(size) ? size : undefined];
}

const attention: Rule = (node) => {
  const q = rankedAt(node, 0, 3, 4);
  const heads = node.attributes.has('q_num_heads') ? node.attributes.int('q_num_heads') : undefined;
  const kvHeads = node.attributes.has('kv_num_heads') ? node.attributes.int('kv_num_heads') : undefined;
  for (const name of ['q_num_heads', 'kv_num_heads'])
    if (q?.length === 3 && !node.attributes.has(name))
      throw badAttribute(name, 'inputs with packed heads need the attribute');
  const [batch, queries, sequence] = unpacked(q, heads);
  const key = unpacked(rankedAt(node, 1, 3, 4), kvHeads);
  const value = unpacked(rankedAt(node, 2, 3, 4), kvHeads);
  const [pastKey, pastValue] = [rankedAt(node, 4, 4), rankedAt(node, 5, 4)];
  if (isGiven(node, 4) !== isGiven(node, 5)) throw wrongShape('past_key and past_value must be given together');
  unified(key[3], pastKey?.[3], 'the head sizes of key and past');
  unified(value[3], pastValue?.[3], 'the head sizes of value and past');
  const isAsked = (output: number): boolean => (node.outputs[output] ?? '') !== '';
  if (node.version >= 25 && isAsked(1) !== isAsked(2))
    throw wrongShape('present_key and present_value must be asked for together');
  const past = isGiven(node, 4) ? unified(pastKey?.[2], pastValue?.[2], 'the lengths of the past') : 0;
  const length = unified(key[2], value[2], 'the lengths of key and value');
  const total = isGiven(node, 4) && past === undefined ? undefined : plus(past, length);
  const packed = [batch, sequence, times(queries, value[3])];
  const outputs: Dims[] = [
    q === undefined ? undefined : q.length === 4 ? [batch, queries, sequence, value[3]] : packed,
    [unify(unify(batch, key[0]), pastKey?.[0]), unified(key[1], pastKey?.[1], 'the numbers of heads'), total, key[3]],
    [
      unify(unify(batch, value[0]), pastValue?.[0]),
      unified(value[1], pastValue?.[1], 'the numbers of heads'),
      total,
      value[3],
    ],
    [batch, queries, sequence, total],
  ];
  return outputs.map((dims, i) => ({ dims, element: elementAt(node, i === 1 ? 1 : i === 2 ? 2 : 0) }));
};

const unify = (a: Dim, b: Dim): Dim => unified(b, a, 'the batch sizes');

const batchOf = (...shapes: readonly Dims[]): Dim =>
  shapes.reduce<Dim>((all, dims) => unified(all, dims?.[0], 'the batch sizes'), undefined);

const linearAttention: Rule = (node) => {
  const [q, k, v] = [0, 1, 2].map((index) => rankedAt(node, index, 3));
  const past = rankedAt(node, 3, 4);
  const heads = node.attributes.int('q_num_heads');
  const kvHeads = node.attributes.int('kv_num_heads');
  const per = (dim: Dim): Dim =>
    typeof dim === 'number' && kvHeads > 0 && dim % kvHeads === 0 ? dim / kvHeads : kvHeads === 1 ? dim : undefined;
  for (const [dim, parts] of [
    [q?.[2], heads],
    [k?.[2], kvHeads],
    [v?.[2], kvHeads],
  ] as const)
    if (typeof dim === 'number' && (parts < 1 || dim % parts !== 0))
      throw wrongShape('a packed axis is not a multiple of the heads', {
        expected: `a multiple of ${parts}`,
        got: String(dim),
      });
  const rule = node.attributes.string('update_rule', 'gated_delta');
  if (rule.includes('gated') && !isGiven(node, 4)) throw wrongShape(`the update rule ${rule} needs the input decay`);
  if (rule.includes('delta') && !isGiven(node, 5)) throw wrongShape(`the update rule ${rule} needs the input beta`);
  const [decay, beta] = [rankedAt(node, 4, 3), rankedAt(node, 5, 3)];
  const querySize = typeof q?.[2] === 'number' && heads > 0 && q[2] % heads === 0 ? q[2] / heads : undefined;
  const keySize = unified(
    unified(per(k?.[2]), past?.[2], 'the sizes of key and state'),
    querySize,
    'the sizes of key and query',
  );
  const valueSize = unified(per(v?.[2]), past?.[3], 'the sizes of value and state');
  const batch = batchOf(q, k, v, past, decay, beta);
  const sequence = [k?.[1], v?.[1], decay?.[1], beta?.[1]].reduce(
    (all, dim) => unified(all, dim, 'the lengths'),
    q?.[1],
  );
  return [
    { dims: [batch, sequence, times(valueSize, heads)] },
    { dims: [batch, kvHeads, keySize, valueSize], element: elementAt(node, 3) ?? elementAt(node, 0) },
  ];
};

const flexAttention: Rule = (node) => {
  const [q, k, v] = [0, 1, 2].map((index) => rankedAt(node, index, 4));
  const batch = batchOf(q, k, v);
  const precision = elementTypeOf(node.attributes.int('softmax_precision', 0)) ?? elementAt(node, 0);
  unified(q?.[3], k?.[3], 'the head sizes of query and key');
  const scores = { type: tensorOfType(precision, [batch, q?.[1], q?.[2], k?.[2]]) };
  for (const name of ['score_mod', 'prob_mod']) {
    const count = node.attributes.has(name) ? node.body(name, [scores]).length : 1;
    if (count !== 1) throw wrongShape(`${name} has the wrong number of outputs`, { expected: '1', got: String(count) });
  }
  return { dims: [batch, q?.[1], q?.[2], v?.[3]] };
};

const causalConv: Rule = (node) => {
  const [x, w, past] = [0, 1, 3].map((index) => rankedAt(node, index, 3));
  const bias = rankedAt(node, 2, 1);
  const batch = batchOf(x, past);
  unified(w?.[1], 1, 'the middle axis of the weight and 1');
  const channels = [w?.[0], past?.[1], bias?.[0]].reduce(
    (all, dim) => unified(all, dim, 'the numbers of channels'),
    x?.[1],
  );
  const width = unified(plus(w?.[2], -1), past?.[2], 'the widths of weight and state');
  return [{ dims: [batch, channels, x?.[2]] }, { dims: [batch, channels, width] }];
};

export const PRODUCTS: Rules = {
  '/Attention': attention,
  '/CausalConvWithState': causalConv,
  '/Einsum': einsum,
  '/GRU': recurrent,
  '/Gemm': gemm,
  '/LSTM': recurrent,
  '/LinearAttention': linearAttention,
  '/MatMul': matmul(0, 1),
  '/MatMulInteger': (node) => ({ dims: matmulDims(dimsAt(node, 0), dimsAt(node, 1)), element: 'int32' }),
  '/QLinearMatMul': matmul(0, 3),
  '/RNN': recurrent,
  '/RotaryEmbedding': (node) => ({ dims: dimsAt(node, 0) }),
  '/TensorScatter': (node) => ({ dims: dimsAt(node, 0) }),
  'ai.onnx.preview/FlexAttention': flexAttention,
};
