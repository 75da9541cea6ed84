import type { OnnxModel } from './document.js';

/** Keys of metadata_props under which samescore keeps what ONNX has no field for. */
export const FEATURE_NAMES = 'samescore.feature_names';
export const FIELDS = 'samescore.fields';
export const OUTPUTS = 'samescore.outputs';
export const TARGET = 'samescore.target';

/** The JSON under a key of the metadata; undefined where there is none, or none that can be read. */
export function recorded(model: OnnxModel, key: string): unknown {
  const text = model.metadata_props.find((entry) => entry.key === key)?.value;
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
