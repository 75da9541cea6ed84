import { elementRow, elementTypeOf } from '../../element-types.js';
import { badAttribute, wrongShape, wrongType } from '../../errors.js';
import { axisIn, broadcastDims, unified } from '../dims.js';
import { dimsAt, elementAt, elementAttribute, type NodeFacts, type Rule, type Rules, rankedAt } from '../facts.js';
import { dimsText } from '../value-type.js';

/** Every output has the shape of the first input. */
export const same: Rule = (node) => node.outputs.map(() => ({ dims: dimsAt(node, 0) }));

export const broadcast: Rule = (node) => {
  // Before operator set 7 (8 for those with many inputs) the second operand was fitted to the first.
  if (node.version < 7 && node.op !== 'Not') return { dims: dimsAt(node, 0) };
  return { dims: broadcastDims(node.inputs.map((input) => input?.type?.dims)) };
};

/** Along an axis, which must be there. */
const alongAxis: Rule = (node) => {
  const dims = dimsAt(node, 0);
  if (dims !== undefined && node.version >= 13 && node.attributes.has('axis') && dims.length > 0)
    axisIn(node.attributes.int('axis'), dims.length);
  return { dims };
};

const binaryOnes: Rule = (node) => {
  const [a, b] = [dimsAt(node, 0), dimsAt(node, 1)];
  const differ = a?.some((dim, i) => typeof dim === 'number' && typeof b?.[i] === 'number' && dim !== b[i]);
  if (a !== undefined && b !== undefined && (differ || a.length !== b.length))
    throw wrongShape('the shapes of the inputs differ', { expected: dimsText(a), got: dimsText(b) });
  return { dims: a?.map((dim, i) => unified(dim, b === undefined ? undefined : b[i], 'the sizes')) ?? b };
};

const clip: Rule = (node) => {
  for (const index of [1, 2]) if (node.version >= 11) rankedAt(node, index, 0, 1);
  return { dims: dimsAt(node, 0) };
};

const prelu: Rule = (node) => {
  const [x, slope] = [dimsAt(node, 0), dimsAt(node, 1)];
  if (node.version >= 7 && x !== undefined && slope !== undefined && slope.length <= x.length)
    broadcastDims([x, slope]);
  return { dims: x };
};

/** The element type stands in an attribute; without it, in the input. */
const typedBy =
  (attribute: string, fallback: (node: NodeFacts) => ReturnType<typeof elementAt>): Rule =>
  (node) => ({ element: elementAttribute(node, attribute) ?? fallback(node), dims: dimsAt(node, 0) });

const bitCast: Rule = (node) => {
  const [from, to] = [elementAt(node, 0), elementAttribute(node, 'to')];
  if (from !== undefined && to !== undefined && elementRow(from).bits !== elementRow(to).bits)
    throw wrongType('the two types are not equally wide', {
      expected: `${elementRow(from).bits} bits`,
      got: `${elementRow(to).bits} bits`,
    });
  return { element: to, dims: dimsAt(node, 0) };
};

const castLike: Rule = (node) => ({ element: elementAt(node, 1), dims: dimsAt(node, 0) });

const batchNormalization: Rule = (node) => {
  const dims = rankedAt(node, 0, 1, Infinity);
  const isTraining = node.attributes.int('training_mode', 0) !== 0;
  if (node.version >= 14 && !isTraining && node.outputs.length > 1)
    throw badAttribute('training_mode', 'there is more than one output only while training', {
      expected: '1',
      got: '0',
    });
  const vectors = [1, 2, 3, 4].map((index) => rankedAt(node, index, 1)?.[0]);
  const channels = vectors.reduce((all, dim) => unified(all, dim, 'the numbers of channels'), dims?.[1]);
  return node.outputs.map((_, i) => ({ dims: i === 0 ? dims : [channels] }));
};

const layerNormalization: Rule = (node) => {
  const dims = dimsAt(node, 0);
  const axis = dims === undefined ? 0 : axisIn(node.attributes.int('axis', -1), dims.length);
  const stash = elementTypeOf(node.attributes.int('stash_type', 1));
  const kept = dims?.map((dim, i) => (i < axis ? dim : 1));
  return node.outputs.map((_, i) => (i === 0 ? { dims } : { dims: kept, element: stash }));
};

const SAME =
  'Abs Acos Acosh Asin Asinh Atan Atanh BitwiseNot Ceil Celu Cos Cosh Dropout Elu Erf Exp Floor Gelu HardSigmoid HardSwish InstanceNormalization IsInf IsNaN LRN LeakyRelu Log MeanVarianceNormalization Mish Neg Not Reciprocal RegexFullMatch Relu Round Selu Shrink Sigmoid Sign Sin Sinh Softplus Softsign Sqrt Swish Tan Tanh ThresholdedRelu Trilu'.split(
    ' ',
  );
const BROADCAST =
  'Add And BitShift BitwiseAnd BitwiseOr BitwiseXor Div Equal Greater GreaterOrEqual Less LessOrEqual Max Mean Min Mod Mul Or Pow StringConcat Sub Sum Where Xor'.split(
    ' ',
  );
const ALONG_AXIS = 'CumProd CumSum Hardmax LogSoftmax LpNormalization Softmax'.split(' ');

const groupNormalization: Rule = (node) => {
  const x = rankedAt(node, 0, 2, Infinity);
  // A factor for each group, and since version 21 for each channel.
  const factors = node.version < 21 ? node.attributes.int('num_groups') : x?.[1];
  for (const index of [1, 2]) unified(factors, rankedAt(node, index, 1)?.[0], 'the numbers of factors');
  return { dims: x };
};

export const ELEMENTWISE: Rules = {
  ...Object.fromEntries(SAME.map((name) => [`/${name}`, same])),
  ...Object.fromEntries(BROADCAST.map((name) => [`/${name}`, broadcast])),
  ...Object.fromEntries(ALONG_AXIS.map((name) => [`/${name}`, alongAxis])),
  '/BatchNormalization': batchNormalization,
  '/Bernoulli': typedBy('dtype', (node) => elementAt(node, 0)),
  '/BitCast': bitCast,
  '/Cast': typedBy('to', () => undefined),
  '/CastLike': castLike,
  '/Clip': clip,
  '/GroupNormalization': groupNormalization,
  '/LayerNormalization': layerNormalization,
  '/PRelu': prelu,
  '/RMSNormalization': (node) => ({ dims: dimsAt(node, 0), element: elementAt(node, 1) }),
  '/RandomNormalLike': typedBy('dtype', (node) => elementAt(node, 0)),
  '/RandomUniformLike': typedBy('dtype', (node) => elementAt(node, 0)),
  '/SwiGLU': binaryOnes,
  '/Identity': (node) => ({ type: node.inputs[0]?.type }),
};
