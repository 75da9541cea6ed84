import { evaluationError } from '../errors.js';
import type { Frame, Session } from './model.js';
import type { Value } from './values.js';

export function newFrame(size: number, record: Frame['record'], parent: Frame | undefined, session: Session): Frame {
  return { parent, values: new Array<Value>(size), states: new Uint8Array(size), record, parameters: [], session };
}

/** A frame of the same scope for another record: nearest neighbours transform their training rows with it. */
export function recordFrame(frame: Frame, record: Frame['record']): Frame {
  const parent = frame.parent === undefined ? undefined : recordFrame(frame.parent, record);
  return newFrame(frame.values.length, record, parent, frame.session);
}

/** One step of work; the record fails when it took too many. */
export function step(session: Session): void {
  if (--session.steps < 0) throw evaluationError('the record takes too many steps');
}
