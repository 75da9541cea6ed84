import type { EvaluatedKey } from '../operators.js';
import { gradientKernels } from './gradient/kernels.js';
import type { Kernel } from './kernel.js';
import { activationKernels } from './ops/activation.js';
import { attentionKernels } from './ops/attention.js';
import { castKernels } from './ops/cast.js';
import { constantKernels } from './ops/constant.js';
import { controlKernels } from './ops/control.js';
import { convKernels } from './ops/conv.js';
import { detectionKernels } from './ops/detection.js';
import { elementwiseKernels } from './ops/elementwise.js';
import { imageKernels } from './ops/image.js';
import { indexingKernels } from './ops/indexing.js';
import { labelEncoderKernels } from './ops/label-encoder.js';
import { layoutKernels } from './ops/layout.js';
import { matmulKernels } from './ops/matmul.js';
import { microsoftKernels } from './ops/microsoft.js';
import { fusedKernels } from './ops/microsoft-fused.js';
import { microsoftLayoutKernels } from './ops/microsoft-layout.js';
import { quantizedKernels } from './ops/microsoft-quantized.js';
import { featureKernels } from './ops/ml-features.js';
import { linearKernels } from './ops/ml-linear.js';
import { normalizationKernels } from './ops/normalization.js';
import { paddingKernels } from './ops/padding.js';
import { poolKernels } from './ops/pool.js';
import { quantizeKernels } from './ops/quantize.js';
import { randomKernels } from './ops/random.js';
import { recurrentKernels } from './ops/recurrent.js';
import { reduceKernels } from './ops/reduce.js';
import { resizeKernels } from './ops/resize.js';
import { signalKernels } from './ops/signal.js';
import { textKernels } from './ops/text.js';
import { trainingKernels } from './ops/training.js';
import { treeKernels } from './ops/tree-ensemble.js';

/** Kernels by `domain/operator`; the domain ai.onnx is empty. Each family stands in its own file under ops/. */
export const KERNELS: Readonly<Record<EvaluatedKey, Kernel>> = {
  ...activationKernels,
  ...attentionKernels,
  ...castKernels,
  ...constantKernels,
  ...controlKernels,
  ...convKernels,
  ...detectionKernels,
  ...elementwiseKernels,
  ...featureKernels,
  ...fusedKernels,
  ...gradientKernels,
  ...imageKernels,
  ...indexingKernels,
  ...labelEncoderKernels,
  ...layoutKernels,
  ...linearKernels,
  ...matmulKernels,
  ...microsoftKernels,
  ...microsoftLayoutKernels,
  ...normalizationKernels,
  ...paddingKernels,
  ...poolKernels,
  ...quantizeKernels,
  ...quantizedKernels,
  ...randomKernels,
  ...recurrentKernels,
  ...reduceKernels,
  ...resizeKernels,
  ...signalKernels,
  ...textKernels,
  ...trainingKernels,
  ...treeKernels,
};

export function kernelOf(domain: string, op: string): Kernel | undefined {
  const key = `${domain}/${op}`;
  return Object.hasOwn(KERNELS, key) ? KERNELS[key as EvaluatedKey] : undefined;
}
