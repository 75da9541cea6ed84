export { attributeType, textOf } from './attributes.js';
export * from './document.js';
export { ELEMENT_TYPES, type ElementType, elementTypeOf } from './element-types.js';
export { type EvaluatorOptions, OnnxEvaluator } from './evaluate/evaluator.js';
export { readTensor, Tensor, type TensorData, writeTensor } from './evaluate/tensor.js';
export { type OnnxMap, type Optional, type Sequence, sequence, tensorOf, type Value } from './evaluate/values.js';
export type { Resolve } from './external-data.js';
export { looksLikeOnnx, type ReadOnnxOptions, readOnnx } from './read.js';
export { writeOnnx } from './write.js';
