import type { InputField } from '../core/scorer.js';
import { type Column, columnNamed, type DataType, type Table, valueAt } from '../core/table.js';
import { readJson } from '../wire/json.js';
import type { Program } from './ast.js';
import { decodeJson } from './data/json.js';
import { fromPlain } from './data/plain.js';
import { fitInt, longOf } from './data/scalars.js';
import { badDatum } from './datum-errors.js';
import { type AvroType, newMap, tagged, tagOf, type Value } from './types.js';
import { rootWhere } from './where.js';

const DATA_TYPES: Readonly<Record<string, DataType>> = {
  boolean: 'boolean',
  int: 'int32',
  long: 'int64',
  float: 'float32',
  double: 'float64',
  string: 'string',
  enum: 'string',
};

/** The column type of a PFA type; what has no column of its own is an object. */
export function dataTypeOf(type: AvroType): DataType {
  return DATA_TYPES[nonNull(type).type] ?? 'object';
}

/** The type without null, where a union has just one other branch. */
export function nonNull(type: AvroType): AvroType {
  if (type.type !== 'union') return type;
  const rest = type.branches.filter((branch) => branch.type !== 'null');
  return rest.length === 1 ? (rest[0] as AvroType) : type;
}

function nullable(type: AvroType): boolean {
  return type.type === 'null' || (type.type === 'union' && type.branches.some((branch) => branch.type === 'null'));
}

/** One input of the scorer and how its values get into the datum. */
export interface InputBinding {
  readonly field: InputField;
  /** The record's field, undefined where the datum is the value itself. */
  readonly member: string | undefined;
  readonly type: AvroType;
}

/** The inputs of a document: a record's fields, or the datum itself under the name `input`. */
export function inputBindings(program: Program): InputBinding[] {
  const recorded = recordedFields(program.metadata);
  const type = program.input.resolved as AvroType;
  if (type.type !== 'record') return [{ field: fieldOf('input', type, recorded), member: undefined, type }];
  return type.fields.map((field) => ({
    field: fieldOf(field.name, field.type, recorded),
    member: field.name,
    type: field.type,
  }));
}

type Recorded = ReadonlyMap<string, InputField>;

/** What converted documents record of their fields, by the record field's name. */
function recordedFields(metadata: Readonly<Record<string, string>>): Recorded {
  const text = metadata['samescore.fields'];
  if (text === undefined) return new Map();
  try {
    const fields = JSON.parse(text) as (InputField & { identifier: string })[];
    return new Map(fields.map(({ identifier, ...field }) => [identifier, field]));
  } catch {
    return new Map();
  }
}

function fieldOf(name: string, type: AvroType, recorded: Recorded): InputField {
  const known = recorded.get(name);
  const inner = nonNull(type);
  const own: InputField = {
    name,
    type: dataTypeOf(type),
    shape: [],
    optional: nullable(type),
    ...(inner.type === 'enum' ? { values: inner.symbols } : {}),
  };
  return known === undefined ? own : { ...known, type: own.type, shape: [], optional: own.optional };
}

/** Reads the datum of one row after the other. Columns are found by the field's own name, else by the record field's. A
 * datum that is no record takes the only column, one that is an array all columns in order. */
export function datumReader(bindings: readonly InputBinding[], rows: Table): (row: number) => Value {
  const alone = bindings[0];
  if (alone !== undefined && alone.member === undefined && !rows.columns.has(alone.field.name)) {
    const { type } = alone;
    const columns = [...rows.columns];
    if (type.type === 'array' && columns.length > 0) {
      return (row) => columns.map(([name, column]) => cellValue(column, row, type.items, name));
    }
    const only = columns[0];
    if (only !== undefined && columns.length === 1) return (row) => cellValue(only[1], row, type, only[0]);
  }
  const sources = bindings.map((binding) => {
    const { field, member } = binding;
    const name =
      !rows.columns.has(field.name) && member !== undefined && rows.columns.has(member) ? member : field.name;
    const column = field.optional && !rows.columns.has(name) ? undefined : columnNamed(rows, name);
    return { ...binding, column };
  });
  const read = (source: (typeof sources)[number], row: number): Value => {
    if (source.column === undefined) return null;
    return cellValue(source.column, row, source.type, source.field.name);
  };
  const only = sources[0];
  if (sources.length === 1 && only !== undefined && only.member === undefined) return (row) => read(only, row);
  return (row) => {
    const datum = newMap();
    for (const source of sources) datum[source.member as string] = read(source, row);
    return datum;
  };
}

function cellValue(column: Column, row: number, type: AvroType, name: string): Value {
  const given = column.width === 1 ? valueAt(column, row) : vectorAt(column, row);
  if (given === null) {
    if (nullable(type)) return null;
    throw badDatum(name, `a ${type.type}`, 'a missing value').within({ field: name });
  }
  if (type.type === 'union' && isTagged(given, type.branches)) return fromPlain(given, type, name);
  const inner = nonNull(type);
  const value = typeof given === 'string' ? fromText(given, inner, name) : fromColumn(given, inner, name);
  return type.type === 'union' && inner !== type ? tagged(tagOf(inner), value) : value;
}

/** Whether a value comes as JSON data have unions: `{"double": 3.5}`. */
function isTagged(given: unknown, branches: readonly AvroType[]): boolean {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return false;
  const [tag, ...more] = Object.keys(given);
  return more.length === 0 && branches.some((branch) => tagOf(branch) === tag);
}

function vectorAt(column: Column, row: number): unknown[] {
  return Array.from({ length: column.width }, (_, index) => valueAt(column, row, index));
}

function fromColumn(given: unknown, type: AvroType, name: string): Value {
  if ((type.type === 'string' || type.type === 'enum') && typeof given !== 'object') {
    return fromPlain(String(given), type, name);
  }
  if ((type.type === 'float' || type.type === 'double') && typeof given === 'boolean') return Number(given);
  return fromPlain(given, type, name);
}

const SPECIAL: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  '+inf': Number.POSITIVE_INFINITY,
  infinity: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
  '-infinity': Number.NEGATIVE_INFINITY,
};

/** A cell of a text file by the type of its field: numbers and booleans as JSON spells them, structures as JSON. */
function fromText(text: string, type: AvroType, name: string): Value {
  const trimmed = text.trim();
  const misfit = (): never => {
    throw badDatum(name, `a ${type.type}`, JSON.stringify(text.slice(0, 40))).within({ field: name });
  };
  switch (type.type) {
    case 'string':
      return text;
    case 'enum':
      return type.symbols.includes(text) ? text : misfit();
    case 'boolean':
      if (/^(?:true|1)$/i.test(trimmed)) return true;
      return /^(?:false|0)$/i.test(trimmed) ? false : misfit();
    case 'int':
    case 'long': {
      const match = /^([+-]?[0-9]{1,20})(?:\.0*)?$/.exec(trimmed);
      if (match === null) return misfit();
      const value = BigInt((match[1] as string).replace('+', ''));
      if (type.type === 'int' ? !fitInt(value) : BigInt.asIntN(64, value) !== value) misfit();
      return longOf(value);
    }
    case 'float':
    case 'double': {
      const value = SPECIAL[trimmed.toLowerCase()] ?? (trimmed === '' ? Number.NaN : Number(trimmed));
      const plain = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/.test(trimmed);
      if (!plain && SPECIAL[trimmed.toLowerCase()] === undefined) misfit();
      return type.type === 'float' ? Math.fround(value) : value;
    }
    default:
      return decodeJson(rootWhere(readJson(text)), type, misfit);
  }
}
