import { evaluationError } from '../errors.js';
import type { Frame, Session } from './model.js';
import type { Value } from './values.js';

const NO_VALUES: Value[] = [];
const NO_STATES = new Uint8Array(0);

export function newFrame(size: number, record: Frame['record'], parent: Frame | undefined, session: Session): Frame {
  if (size === 0) return { parent, values: NO_VALUES, states: NO_STATES, record, parameters: NO_VALUES, session };
  return {
    parent,
    values: new Array<Value>(size),
    states: new Uint8Array(size),
    record,
    parameters: NO_VALUES,
    session,
  };
}

/** A frame of the same scope for another record: nearest neighbours transform their training rows with it. */
export function recordFrame(frame: Frame, record: Frame['record']): Frame {
  const parent = frame.parent === undefined ? undefined : recordFrame(frame.parent, record);
  return newFrame(frame.values.length, record, parent, frame.session);
}

/** Work that a record takes; it fails when it took too many steps. */
export function step(session: Session, count = 1): void {
  session.steps -= count;
  if (session.steps < 0) throw evaluationError('the record takes too many steps');
}
