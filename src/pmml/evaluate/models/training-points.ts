import { recordFrame } from '../frames.js';
import type { Field, Frame } from '../model.js';
import { lenientLiteral, type Scalar } from '../values.js';
import { scalarOf } from './field-values.js';
import type { TrainingTable } from './training-table.js';

/** The training rows as points of the input space; derived inputs that are not stored are computed row by row. */
export function trainingPoints(fields: readonly Field[], table: TrainingTable, frame: Frame): (Scalar | undefined)[][] {
  const stored = new Set(table.fields);
  const direct = fields.map((field) => stored.has(field.name));
  const complete = direct.every((value) => value);
  return table.rows.map((row) => {
    const rowFrame = complete ? undefined : recordFrame(frame, Object.fromEntries(row));
    return fields.map((field, i) => {
      if (!direct[i] && rowFrame !== undefined) return scalarOf(field.value(rowFrame));
      const text = row.get(field.name);
      return text === undefined ? undefined : lenientLiteral(text, field.dataType);
    });
  });
}
