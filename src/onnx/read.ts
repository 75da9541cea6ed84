import { checkBytes } from '../core/arguments.js';
import { type Limits, withDefaults } from '../core/limits.js';
import { decodeMessage } from '../wire/protobuf-read.js';
import type { OnnxModel } from './document.js';
import { limitExceeded, notAModel } from './errors.js';
import { type Resolve, resolveExternalData } from './external-data.js';
import { ONNX_MESSAGES } from './schema.js';

export interface ReadOnnxOptions {
  limits?: Partial<Limits>;
  /** Fetches external tensor data; without it such tensors stay as they are and cannot be evaluated. */
  resolve?: Resolve;
}

/** Whether the bytes look like a ModelProto: they begin with a field of it, as every exporter writes them. */
export function looksLikeOnnx(bytes: Uint8Array): boolean {
  return (
    bytes.length > 2 && bytes[0] === 0x08 && bytes[1]! <= 0x40 && [0x12, 0x1a, 0x22, 0x3a, 0x42].includes(bytes[2]!)
  );
}

/**
 * Reads a ModelProto without loss; `raw_data` is a view of `bytes`. Errors: `wire/truncated`, `wire/malformed`,
 * `wire/too-deep` (with the byte), `onnx/not-a-model`, `onnx/external-data`, `onnx/limit`.
 */
export function readOnnx(bytes: Uint8Array, options: ReadOnnxOptions = {}): OnnxModel {
  checkBytes(bytes, 'readOnnx');
  const limits = withDefaults(options.limits);
  if (bytes.length > limits.bytes) throw limitExceeded(`the model's size of ${bytes.length} bytes`, limits.bytes);
  if (bytes.length === 0) throw notAModel('the file is empty', { byte: 0 });
  const model = decodeMessage(bytes, ONNX_MESSAGES, 'ModelProto', limits.depth) as unknown as OnnxModel;
  if (model.graph === undefined) throw notAModel('the model has no graph', { path: 'ModelProto', attribute: 'graph' });
  if (options.resolve !== undefined) resolveExternalData(model, options.resolve);
  return model;
}
