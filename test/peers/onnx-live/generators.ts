import type { Generator } from './case.js';
import { ELEMENTWISE } from './elementwise.js';
import { LAYOUT } from './layout.js';
import { LEARNERS } from './learners.js';
import { NEURAL } from './neural.js';

export const GENERATORS: Readonly<Record<string, Generator>> = { ...ELEMENTWISE, ...LAYOUT, ...NEURAL, ...LEARNERS };

const NO_KERNEL = 'the engine has no CPU kernel';
const NEWER = 'newer than operator set 26, the newest that is drawn';
const GRAPHS = 'has a body: drawn in onnx-live-graphs.test.ts';

/** Operators that are not drawn one by one, and why. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  '/CausalConvWithState': NEWER,
  '/LinearAttention': NEWER,
  '/SwiGLU': NEWER,
  '/If': GRAPHS,
  '/Loop': GRAPHS,
  '/Scan': GRAPHS,
  '/SequenceMap': GRAPHS,
  '/Optional': GRAPHS,
  '/OptionalGetElement': GRAPHS,
  '/OptionalHasElement': GRAPHS,
  'ai.onnx.preview/FlexAttention': NO_KERNEL,
  'ai.onnx.preview.training/Adagrad': NO_KERNEL,
  'ai.onnx.preview.training/Adam': NO_KERNEL,
  'ai.onnx.preview.training/Momentum': NO_KERNEL,
  'com.microsoft/CDist': 'compared in test/onnx/engine.test.ts',
  'com.microsoft/FusedGemm': 'compared in test/onnx/engine.test.ts',
  'com.microsoft/FusedMatMul': 'compared in test/onnx/engine.test.ts',
  'com.microsoft/Gelu': 'compared in test/onnx/engine.test.ts',
  'com.microsoft/Tokenizer': 'compared in test/onnx/engine.test.ts',
};
