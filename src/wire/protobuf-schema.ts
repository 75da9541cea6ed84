/** Kinds of scalar fields that ONNX messages use. */
export type ScalarKind = 'int32' | 'int64' | 'uint64' | 'enum' | 'float' | 'double' | 'string' | 'bytes';

export type Label = 'optional' | 'repeated' | 'packed';

/** One field of a message: `kind` is a scalar kind or the name of a message. */
export interface FieldSpec {
  readonly number: number;
  readonly name: string;
  readonly kind: string;
  readonly label: Label;
  /** Whether a reader puts an empty list where the message has none. */
  readonly always: boolean;
}

export interface MessageSpec {
  readonly name: string;
  /** In the order of their numbers. */
  readonly fields: readonly FieldSpec[];
  readonly byNumber: ReadonlyMap<number, FieldSpec>;
}

export type Schema = ReadonlyMap<string, MessageSpec>;

/** An int64: a number when it is safe (|n| < 2^53), else a bigint, so that nothing is lost. */
export type Int64 = number | bigint;

/** Many int64: eight bytes an entry. Readers give Float64Array when every entry is safe, else BigInt64Array. */
export type Int64List = Float64Array | Int32Array | BigInt64Array;

/** A message as plain data, with the fields that the schema does not know kept as bytes (tag included). */
export interface Message {
  [field: string]: unknown;
  unknown?: Uint8Array[];
}

const SCALARS: ReadonlySet<string> = new Set([
  'int32',
  'int64',
  'uint64',
  'enum',
  'float',
  'double',
  'string',
  'bytes',
]);

export function isScalar(kind: string): kind is ScalarKind {
  return SCALARS.has(kind);
}

/** `rows`: message → [number, name, kind, label]; `always`: the repeated fields (`Message.field`) that are never absent. */
export function schemaOf(
  rows: Readonly<Record<string, readonly (readonly [number, string, string, Label])[]>>,
  always: ReadonlySet<string>,
): Schema {
  const schema = new Map<string, MessageSpec>();
  for (const [message, list] of Object.entries(rows)) {
    const fields = list
      .map(([number, name, kind, label]) => ({ number, name, kind, label, always: always.has(`${message}.${name}`) }))
      .sort((a, b) => a.number - b.number);
    schema.set(message, { name: message, fields, byNumber: new Map(fields.map((field) => [field.number, field])) });
  }
  return schema;
}
