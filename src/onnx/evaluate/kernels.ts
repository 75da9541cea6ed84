import type { Kernel } from './kernel.js';
import { activationKernels } from './ops/activation.js';
import { castKernels } from './ops/cast.js';
import { constantKernels } from './ops/constant.js';
import { controlKernels } from './ops/control.js';
import { convKernels } from './ops/conv.js';
import { elementwiseKernels } from './ops/elementwise.js';
import { indexingKernels } from './ops/indexing.js';
import { labelEncoderKernels } from './ops/label-encoder.js';
import { layoutKernels } from './ops/layout.js';
import { matmulKernels } from './ops/matmul.js';
import { microsoftKernels } from './ops/microsoft.js';
import { featureKernels } from './ops/ml-features.js';
import { linearKernels } from './ops/ml-linear.js';
import { normalizationKernels } from './ops/normalization.js';
import { poolKernels } from './ops/pool.js';
import { reduceKernels } from './ops/reduce.js';
import { textKernels } from './ops/text.js';
import { treeKernels } from './ops/tree-ensemble.js';

/** Kernels by `domain/operator`; the domain ai.onnx is empty. Each family stands in its own file under ops/. */
export const KERNELS: Readonly<Record<string, Kernel>> = {
  ...activationKernels,
  ...castKernels,
  ...constantKernels,
  ...controlKernels,
  ...convKernels,
  ...elementwiseKernels,
  ...featureKernels,
  ...indexingKernels,
  ...labelEncoderKernels,
  ...layoutKernels,
  ...linearKernels,
  ...matmulKernels,
  ...microsoftKernels,
  ...normalizationKernels,
  ...poolKernels,
  ...reduceKernels,
  ...textKernels,
  ...treeKernels,
};

export function kernelOf(domain: string, op: string): Kernel | undefined {
  const key = `${domain}/${op}`;
  return Object.hasOwn(KERNELS, key) ? KERNELS[key] : undefined;
}
