import { encodeMessage } from '../wire/protobuf-write.js';
import type { OnnxModel } from './document.js';
import { ONNX_MESSAGES } from './schema.js';

/** Writes a ModelProto canonically: what a canonical writer wrote comes back with the same bytes. */
export function writeOnnx(model: OnnxModel): Uint8Array {
  return encodeMessage(model, ONNX_MESSAGES, 'ModelProto', 1 << 16);
}
