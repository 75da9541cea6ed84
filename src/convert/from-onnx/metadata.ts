import type { InputField, Role } from '../../core/scorer.js';
import type { OnnxModel } from '../../onnx/document.js';
import { FEATURE_NAMES, FIELDS, OUTPUTS, recorded, TARGET } from '../../onnx/recorded.js';

/** What is recorded of an output: `categories` of a vector of probabilities. */
export interface RecordedOutput {
  readonly name: string;
  readonly role: Role;
  readonly categories?: readonly string[];
  /** The integer that stands for a label that is missing. */
  readonly missing?: number;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** Column names of each matrix input. */
export function recordedNames(model: OnnxModel): Readonly<Record<string, readonly string[]>> {
  const found = recorded(model, FEATURE_NAMES);
  if (typeof found !== 'object' || found === null) return {};
  return Object.fromEntries(Object.entries(found).filter(([, names]) => isTexts(names)));
}

/** Fields with their domains, by name. */
export function recordedFields(model: OnnxModel): ReadonlyMap<string, InputField> {
  const found = recorded(model, FIELDS);
  const fields = Array.isArray(found) ? (found as Partial<InputField>[]) : [];
  const named = fields.filter((field) => typeof field?.name === 'string' && Array.isArray(field.shape));
  return new Map(named.map((field) => [field.name!, field as InputField]));
}

export function recordedOutputs(model: OnnxModel): ReadonlyMap<string, RecordedOutput> {
  const found = recorded(model, OUTPUTS);
  const outputs = Array.isArray(found) ? (found as Partial<RecordedOutput>[]) : [];
  const named = outputs.filter((output) => typeof output?.name === 'string' && typeof output.role === 'string');
  return new Map(named.map((output) => [output.name!, output as RecordedOutput]));
}

/** Name of the target, where it is recorded. */
export function recordedTarget(model: OnnxModel): string | undefined {
  return model.metadata_props.find((entry) => entry.key === TARGET)?.value;
}

/** What describes the model, as text. */
export function metadataOf(model: OnnxModel): Record<string, string> {
  const metadata: Record<string, string> = {};
  for (const { key, value } of model.metadata_props) {
    if (key !== undefined && value !== undefined && !key.startsWith('samescore.')) metadata[key] = value;
  }
  if (model.doc_string) metadata['description'] = model.doc_string;
  if (model.graph?.name) metadata['name'] = model.graph.name;
  if (model.producer_name) {
    metadata['producer'] = [model.producer_name, model.producer_version].filter(Boolean).join(' ');
  }
  if (model.model_version) metadata['version'] = String(model.model_version);
  return metadata;
}
