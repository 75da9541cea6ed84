import type { Landmarks } from '../core/landmarks.js';
import { randomSource } from '../core/random.js';
import { elementNamesOf, type InputField, type Signature } from '../core/scorer.js';
import { type Column, columnOf, type DataType, type Table, type Value } from '../core/table.js';
import { nextDown32, nextDown64, nextUp32, nextUp64 } from '../core/ulp.js';
import { cannotGenerate } from './errors.js';

export interface GenerateOptions {
  readonly rows: number;
  readonly seed: number;
}

/** A scalar input with the values worth trying: `sharp` ones are tried one by one, `common` ones fill the other fields. */
interface Dial {
  readonly name: string;
  readonly type: DataType;
  readonly sharp: readonly Value[];
  readonly common: () => Value;
}

const UNSEEN = 'samescore unseen category';

/**
 * Rows from what both models say of their inputs: at every landmark and at the next float32 and float64 on either side
 * of it, between landmarks, every category, an unseen one, and missing, with the other fields drawn at random. At most
 * `rows` rows: where there is more to try, a random choice of it. The same seed gives the same rows.
 * Raises parity/cannot-generate for structured inputs.
 */
export function generateRows(signature: Signature, landmarks: Landmarks, options: GenerateOptions): Table {
  const random = randomSource(options.seed);
  const dials = signature.inputs.flatMap((field) => dialsOf(field, landmarks, random));
  const probes = shuffled(
    dials.flatMap((dial, index) => dial.sharp.map((value) => ({ index, value }))),
    random,
  );
  const sharpRows = Math.min(probes.length, Math.ceil(options.rows * 0.8));
  const rows: Value[][] = [];
  for (let row = 0; row < options.rows; row++) {
    const cells = dials.map((dial) =>
      random() < 0.1 && dial.sharp.length > 0 ? pick(dial.sharp, random) : dial.common(),
    );
    const probe = row < sharpRows ? probes[row] : undefined;
    if (probe !== undefined) cells[probe.index] = probe.value;
    rows.push(cells);
  }
  const columns = new Map<string, Column>();
  dials.forEach((dial, index) => {
    columns.set(
      dial.name,
      columnOf(
        dial.type,
        rows.map((row) => row[index]!),
      ),
    );
  });
  return { length: rows.length, columns };
}

function dialsOf(field: InputField, landmarks: Landmarks, random: () => number): Dial[] {
  if (field.type === 'object') throw cannotGenerate(field.name);
  const names = field.shape.length === 0 ? [field.name] : elementNamesOf(field);
  return names.map((name) => {
    const known = [...(landmarks.get(name) ?? []), ...(field.values ?? [])];
    const ends = (field.intervals ?? []).flatMap(({ low, high }) => [low, high]).filter((end) => end !== undefined);
    if (field.type === 'string') return textDial(name, field, known.map(String), random);
    if (field.type === 'boolean') return textlessDial(name, 'boolean', [true, false], field.optional, random);
    const numbers = [...known.map(Number), ...ends].filter((value) => Number.isFinite(value));
    return numberDial(name, field, numbers, random);
  });
}

function textDial(name: string, field: InputField, known: readonly string[], random: () => number): Dial {
  const categories = known.length > 0 ? [...new Set(known)] : ['a', 'b', 'c'];
  const sharp = [...categories, UNSEEN, ...(field.optional ? [null] : [])];
  return { name, type: 'string', sharp, common: () => pick(categories, random) };
}

function textlessDial(
  name: string,
  type: DataType,
  values: readonly Value[],
  optional: boolean,
  random: () => number,
): Dial {
  return { name, type, sharp: optional ? [...values, null] : values, common: () => pick(values, random) };
}

function numberDial(name: string, field: InputField, numbers: readonly number[], random: () => number): Dial {
  const integer = field.type === 'int32' || field.type === 'int64';
  const marks = [...new Set(numbers)].sort((a, b) => a - b);
  const around = (mark: number) =>
    integer
      ? [Math.floor(mark), Math.ceil(mark), Math.floor(mark) - 1, Math.ceil(mark) + 1]
      : [
          mark,
          nextUp64(mark),
          nextDown64(mark),
          nextUp32(Math.fround(mark)),
          nextDown32(Math.fround(mark)),
          Math.fround(mark),
        ];
  const extremes = integer ? [0, -1, 1, 1_000_000] : [0, -1e6, 1e6, 1e-6];
  const sharp: Value[] = [...new Set([...marks.flatMap(around), ...extremes])];
  if (field.optional) sharp.push(null);
  const low = marks[0] ?? -2;
  const high = marks.at(-1) ?? 2;
  const margin = Math.max((high - low) * 0.25, Math.abs(low) * 0.1, 1e-3);
  const common = () => {
    const value = low - margin + random() * (high - low + 2 * margin);
    return integer ? Math.round(value) : value;
  };
  // An integer field takes whole numbers only, but a column of float64 lets every format parse them its own way.
  return { name, type: 'float64', sharp, common };
}

function pick<T>(values: readonly T[], random: () => number): T {
  return values[Math.floor(random() * values.length)]!;
}

function shuffled<T>(values: T[], random: () => number): T[] {
  for (let i = values.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [values[i], values[j]] = [values[j]!, values[i]!];
  }
  return values;
}
