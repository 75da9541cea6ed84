import { type Inputs, type Kernels, type NodeContext, optionalTensor, scalarOf, tensorAt } from '../kernel.js';
import { Tensor } from '../tensor.js';

type Box = readonly [y1: number, x1: number, y2: number, x2: number];

function overlap(a: Box, b: Box): number {
  const height = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const width = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (height <= 0 || width <= 0) return 0;
  const area = (box: Box): number => (box[2] - box[0]) * (box[3] - box[1]);
  return (height * width) / (area(a) + area(b) - height * width);
}

/** For each batch and class, the best boxes that do not overlap better ones by more than the threshold. */
function nonMaxSuppression(inputs: Inputs, node: NodeContext): Tensor {
  const [boxes, scores] = [tensorAt(inputs, 0), tensorAt(inputs, 1)];
  const option = (index: number, fallback: number): number => {
    const tensor = optionalTensor(inputs, index);
    return tensor === undefined || tensor.size === 0 ? fallback : scalarOf(tensor);
  };
  const most = option(2, 0);
  const threshold = option(3, 0);
  const least = option(4, Number.NEGATIVE_INFINITY);
  const centered = node.attributes.int('center_point_box', 0) === 1;
  const [batches = 0, classes = 0, count = 0] = scores.dims;
  const boxAt = (batch: number, i: number): Box => {
    const [a = 0, b = 0, c = 0, d = 0] = [0, 1, 2, 3].map((k) => boxes.data[(batch * count + i) * 4 + k] as number);
    if (centered) return [b - d / 2, a - c / 2, b + d / 2, a + c / 2];
    return [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)];
  };
  const chosen: bigint[] = [];
  for (let batch = 0; batch < batches; batch++)
    for (let label = 0; label < classes; label++) {
      const score = (i: number): number => scores.data[(batch * classes + label) * count + i] as number;
      const order = Array.from({ length: count }, (_, i) => i)
        .filter((i) => score(i) > least)
        .sort((a, b) => score(b) - score(a) || a - b);
      const kept: Box[] = [];
      for (const i of order) {
        if (kept.length >= most) break;
        const box = boxAt(batch, i);
        if (kept.some((other) => overlap(box, other) > threshold)) continue;
        kept.push(box);
        chosen.push(BigInt(batch), BigInt(label), BigInt(i));
      }
    }
  return new Tensor('int64', [chosen.length / 3, 3], BigInt64Array.from(chosen));
}

export const detectionKernels = {
  '/NonMaxSuppression': nonMaxSuppression,
} satisfies Kernels;
