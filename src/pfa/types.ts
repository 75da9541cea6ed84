/** Avro types as the PFA specification uses them, and the function types of PFA's type inference. */

export const PRIMITIVES = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'] as const;
export type PrimitiveName = (typeof PRIMITIVES)[number];

export interface PrimitiveType {
  readonly type: PrimitiveName;
}
export interface ArrayType {
  readonly type: 'array';
  readonly items: AvroType;
}
export interface MapType {
  readonly type: 'map';
  readonly values: AvroType;
}
export interface RecordField {
  readonly name: string;
  readonly type: AvroType;
  readonly order: 'ascending' | 'descending' | 'ignore';
  /** The default in Avro's JSON encoding (see wire/json), absent where the field has none. */
  readonly default?: unknown;
}
export interface RecordType {
  readonly type: 'record';
  readonly name: string;
  readonly namespace: string;
  /** `namespace.name`, or the name alone without a namespace. */
  readonly fullName: string;
  /** In declaration order; filled in after construction where the type is recursive. */
  readonly fields: readonly RecordField[];
}
export interface EnumType {
  readonly type: 'enum';
  readonly name: string;
  readonly namespace: string;
  readonly fullName: string;
  readonly symbols: readonly string[];
}
export interface FixedType {
  readonly type: 'fixed';
  readonly name: string;
  readonly namespace: string;
  readonly fullName: string;
  readonly size: number;
}
export interface UnionType {
  readonly type: 'union';
  readonly branches: readonly AvroType[];
}
/** Not Avro: the type of an argument that is a function. */
export interface FcnType {
  readonly type: 'fcn';
  readonly params: readonly AvroType[];
  readonly returns: AvroType;
}
/** Not Avro: the type of an expression that never returns (`error`); it goes wherever a type is wanted. */
export interface ExceptionType {
  readonly type: 'exception';
}

export type NamedType = RecordType | EnumType | FixedType;
export type AvroType = PrimitiveType | ArrayType | MapType | NamedType | UnionType | ExceptionType;
export type Type = AvroType | FcnType;

/**
 * A value while it is scored. int, float (already rounded by Math.fround) and double are numbers; a long is a number,
 * or a bigint when its magnitude is beyond 2^53 - 1; bytes and fixed are Uint8Arrays; enums are strings; maps and
 * records are objects without inherited members (make them with `newMap`); a union's value is null or `{ tag: value }`.
 * Values are never changed once made.
 */
export type Value = null | boolean | number | bigint | string | Uint8Array | readonly Value[] | ValueMap | Fn;
export interface ValueMap {
  readonly [key: string]: Value;
}
/** A function argument at run time: takes and returns values of exactly the types that the signature resolved to. */
export type Fn = (...args: Value[]) => Value;

/**
 * Objects without inherited members, made by a constructor: unlike those of Object.create(null), which V8 keeps as hash
 * tables, they share hidden classes.
 */
const Bare = function Bare() {} as unknown as new () => Record<string, Value>;
Bare.prototype = Object.create(null);

/** An empty map or record that may be filled before it is handed out; every key is safe, `__proto__` included. */
export function newMap(): Record<string, Value> {
  return new Bare();
}

export function primitive(name: PrimitiveName): PrimitiveType {
  return TYPE_OF[name];
}

const TYPE_OF = Object.fromEntries(PRIMITIVES.map((name) => [name, Object.freeze({ type: name })])) as Record<
  PrimitiveName,
  PrimitiveType
>;

export function arrayOf(items: AvroType): ArrayType {
  return { type: 'array', items };
}

export function mapOf(values: AvroType): MapType {
  return { type: 'map', values };
}

export function isNamed(type: Type): type is NamedType {
  return type.type === 'record' || type.type === 'enum' || type.type === 'fixed';
}

/** The tag of a union's branch: the primitive's name, `array`, `map`, or the full name of a named type. */
export function tagOf(type: AvroType): string {
  return isNamed(type) ? type.fullName : type.type;
}

/** The union without one of its branches; a single branch left stands alone. */
export function branchesOf(type: AvroType): readonly AvroType[] {
  return type.type === 'union' ? type.branches : [type];
}

/** Tag of a union's value: `null` for null. */
export function unionTag(value: Value): string {
  if (value === null) return 'null';
  for (const key in value as ValueMap) return key;
  return 'null';
}

/** The value inside a union's value, null for null. */
export function untagged(value: Value): Value {
  if (value === null) return null;
  for (const key in value as ValueMap) return (value as ValueMap)[key] as Value;
  return null;
}

/** A union's value of the branch with that tag. */
export function tagged(tag: string, value: Value): Value {
  if (tag === 'null') return null;
  const made = newMap();
  made[tag] = value;
  return made;
}
