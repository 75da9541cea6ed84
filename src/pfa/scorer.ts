import { SamescoreError } from '../core/errors.js';
import type { Limits } from '../core/limits.js';
import type { OutputField, Scorer, Scores } from '../core/scorer.js';
import { type Column, columnOf, type DataType, type Table, type Value as TableValue } from '../core/table.js';
import type { Program } from './ast.js';
import { toPlain } from './data/plain.js';
import type { PfaDocument } from './document.js';
import { PfaEngine } from './engine.js';
import { outputRole } from './output-roles.js';
import { dataTypeOf, datumReader, inputBindings, nonNull } from './scorer-inputs.js';
import { staticKeys } from './scorer-keys.js';
import { type AvroType, newMap, tagged, tagOf, type Value, type ValueMap } from './types.js';

/** One output of the scorer and where its values stand in what the engine returns. */
interface OutputBinding {
  readonly field: OutputField;
  /** The record's field, undefined where the output is the value itself. */
  readonly member: string | undefined;
  readonly type: AvroType;
}

/**
 * The document as a scorer of rows. A record's fields are inputs and outputs of their own; text and enums are labels,
 * numbers values, maps of numbers the probabilities of their keys (see output-roles.ts). Rows are scored in turn by one
 * engine that starts anew with each call of `score`; a fold gives its tally after each row, and of several emitted
 * values the last counts. A row whose action fails has that error.
 */
export function pfaScorer(document: PfaDocument, options: { limits?: Partial<Limits> } = {}): Scorer {
  const first = PfaEngine.from(document, options);
  const { program } = first;
  const inputs = inputBindings(program);
  const outputs = outputBindings(document, program);
  return {
    signature: { inputs: inputs.map(({ field }) => field), outputs: outputs.map(({ field }) => field) },
    score: (rows, progress) => scoreRows(document, options, inputs, outputs, rows, progress),
  };
}

function scoreRows(
  document: PfaDocument,
  options: { limits?: Partial<Limits> },
  inputs: ReturnType<typeof inputBindings>,
  outputs: readonly OutputBinding[],
  rows: Table,
  progress: ((done: number) => void) | undefined,
): Scores {
  let emitted: unknown = null;
  const engine = PfaEngine.from(document, {
    ...options,
    emit: (value) => {
      emitted = value;
    },
  });
  engine.begin();
  const datumAt = datumReader(inputs, rows);
  const cells: TableValue[][] = outputs.map(() => []);
  const errors = new Map<number, SamescoreError>();
  for (let row = 0; row < rows.length; row++) {
    emitted = null;
    try {
      const result = engine.actionOn(datumAt(row));
      const value = engine.method === 'emit' ? emitted : toPlain(result);
      outputs.forEach((output, index) => void cells[index]?.push(...rowValues(output, value)));
    } catch (error) {
      if (!(error instanceof SamescoreError)) throw error;
      errors.set(row, rowError(error, row));
      outputs.forEach((output, index) => {
        for (let i = 0; i < (output.field.categories?.length ?? 1); i++) cells[index]?.push(null);
      });
    }
    if (progress !== undefined && row % 1000 === 999) progress(row + 1);
  }
  const columns = new Map<string, Column>();
  outputs.forEach(({ field }, index) => {
    columns.set(field.name, columnOf(field.type, cells[index] as TableValue[], field.shape));
  });
  return { table: { length: rows.length, columns }, errors };
}

function rowError(error: SamescoreError, row: number): SamescoreError {
  if (error.code !== undefined) return error.within({ row: row + 1 });
  return new SamescoreError('pfa/user', 'invalid', error.sentence, { place: error.place, cause: error }).within({
    row: row + 1,
  });
}

function outputBindings(document: PfaDocument, program: Program): OutputBinding[] {
  const type = nonNull(program.output.resolved as AvroType);
  if (type.type !== 'record') return [outputBinding(document, program, undefined, type)];
  return type.fields.map((field) => outputBinding(document, program, field.name, field.type));
}

const OWN_NAMES: Readonly<Record<string, string>> = { label: 'label', probability: 'probability', value: 'value' };

function outputBinding(
  document: PfaDocument,
  program: Program,
  member: string | undefined,
  of: AvroType,
): OutputBinding {
  const type = nonNull(of);
  const role = outputRole(member, type);
  const name = member ?? OWN_NAMES[role] ?? 'output';
  if (type.type === 'map' && NUMERIC.has(nonNull(type.values).type)) {
    const categories = staticKeys(program, member) ?? probedKeys(document, program, member);
    if (categories !== undefined && categories.length > 0) {
      const field = { name, type: dataTypeOf(type.values), shape: [categories.length], role, categories };
      return { field, member, type };
    }
  }
  return { field: { name, type: dataTypeOf(type), shape: [], role }, member, type };
}

const NUMERIC = new Set(['int', 'long', 'float', 'double']);

/** The keys of a map output when a neutral datum is scored; undefined where that fails. */
function probedKeys(document: PfaDocument, program: Program, member: string | undefined): string[] | undefined {
  let emitted: unknown = null;
  try {
    const engine = PfaEngine.from(document, {
      limits: { steps: 1_000_000 },
      seed: 0,
      emit: (value) => {
        emitted = value;
      },
    });
    engine.begin();
    const result = engine.actionOn(neutral(program.input.resolved as AvroType, 0));
    const value = engine.method === 'emit' ? emitted : toPlain(result);
    const map = member === undefined ? value : (value as Record<string, unknown> | null)?.[member];
    return map === null || typeof map !== 'object' ? undefined : Object.keys(map);
  } catch (error) {
    if (error instanceof SamescoreError) return undefined;
    throw error;
  }
}

function neutral(type: AvroType, depth: number): Value {
  switch (type.type) {
    case 'boolean':
      return false;
    case 'int':
    case 'long':
    case 'float':
    case 'double':
      return 0;
    case 'string':
      return '';
    case 'bytes':
      return new Uint8Array(0);
    case 'fixed':
      return new Uint8Array(type.size);
    case 'enum':
      return type.symbols[0] ?? '';
    case 'array':
      return [];
    case 'map':
      return newMap();
    case 'record': {
      const made = newMap();
      if (depth < 50) for (const field of type.fields) made[field.name] = neutral(field.type, depth + 1);
      return made;
    }
    case 'union': {
      if (type.branches.some((branch) => branch.type === 'null')) return null;
      const branch = type.branches[0] as AvroType;
      return tagged(tagOf(branch), neutral(branch, depth + 1));
    }
    default:
      return null;
  }
}

/** The cells of one output in one row. */
function rowValues({ field, member, type }: OutputBinding, result: unknown): TableValue[] {
  const whole = member === undefined || result === null ? result : (plainOf(result) as ValueMap)[member];
  const value = plainOf(whole as unknown, type);
  if (field.categories === undefined) {
    return [field.type === 'object' || typeof value !== 'object' ? (value as TableValue) : null];
  }
  return field.categories.map((key) => {
    const map = value as Record<string, TableValue> | null;
    return map !== null && Object.hasOwn(map, key) ? (plainOf(map[key]) as TableValue) : null;
  });
}

/** The value inside a union's value of one branch; other values as they are. */
function plainOf(value: unknown, type?: AvroType): unknown {
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array || Array.isArray(value)) return value;
  const keys = Object.keys(value);
  const key = keys[0];
  if (keys.length !== 1 || key === undefined) return value;
  if (type !== undefined && key !== tagOf(type)) return value;
  if (type === undefined && !TAGS.has(key)) return value;
  return (value as Record<string, unknown>)[key];
}

const TAGS: ReadonlySet<string> = new Set<DataType | string>(['int', 'long', 'float', 'double', 'string', 'boolean']);
