import type { AvroType, RecordType, Type } from '../types.js';

/** The record that a parameter is, or whose array it is. */
export function recordAt(types: readonly Type[], index: number): RecordType | undefined {
  const type = types[index];
  const inner = type?.type === 'array' ? type.items : type;
  return inner?.type === 'record' ? inner : undefined;
}

export function fieldType(record: RecordType, name: string): AvroType | undefined {
  return record.fields.find((field) => field.name === name)?.type;
}

export function hasField(record: RecordType | undefined, name: string): boolean {
  return record !== undefined && fieldType(record, name) !== undefined;
}

/** The complaint if an optional field is there with another type than this primitive. */
export function optionalField(record: RecordType, name: string, wanted: string): string | undefined {
  const type = fieldType(record, name);
  return type === undefined || type.type === wanted ? undefined : `field "${name}" must be ${wanted}, not ${type.type}`;
}
