export { type Inference, type InferOptions, inferOnnx } from './infer/walk.js';
