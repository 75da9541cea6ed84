import type { Generator } from './case.js';
import { ELEMENTWISE } from './elementwise.js';
import { LAYOUT } from './layout.js';
import { LEARNERS } from './learners.js';
import { NEURAL } from './neural.js';
import { REFERENCE_ONLY } from './wider.js';

export const GENERATORS: Readonly<Record<string, Generator>> = {
  ...ELEMENTWISE,
  ...LAYOUT,
  ...NEURAL,
  ...LEARNERS,
  ...REFERENCE_ONLY,
};

const GRAPHS = 'has a body: drawn in graphs.ts';

/** Operators that are not drawn one by one, and why. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  '/If': GRAPHS,
  '/Loop': GRAPHS,
  '/Scan': GRAPHS,
  '/SequenceMap': GRAPHS,
  '/Optional': GRAPHS,
  '/OptionalGetElement': GRAPHS,
  '/OptionalHasElement': GRAPHS,
  '/ImageDecoder': "compared in ONNX's own tests",
  '/SimplifiedLayerNormalization': 'compared in onnx-microsoft.test.ts',
  'ai.onnx.preview.training/Gradient': "compared in ONNX's own tests",
  'ai.onnx.preview.training/Adam': "the reference evaluator answers in another type: compared in ONNX's own tests",
};

export { WIDER } from './wider.js';
