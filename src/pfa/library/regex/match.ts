import { inSet } from './character-set.js';
import { compile, type Program, type Step } from './compile.js';
import { parse } from './parse.js';

/** Codes of a text: code points of a string, or bytes. */
export type Codes = ArrayLike<number>;
/** Charges for work done; throws when the budget is used up. */
export type Spend = (steps: number) => void;

/** Starts and ends of the match and of each group, −1 for a group that took no part. */
export type Match = readonly number[];

/** A compiled pattern; undefined where it is not a valid one. */
export function regex(pattern: Codes, unicode: boolean): Program | undefined {
  const parsed = parse(Array.from(pattern), unicode);
  return parsed === undefined ? undefined : compile(parsed);
}

const MAX_REMEMBERED = 2 ** 28;
const CHUNK = 4096;

/** Which pairs of step and position have been tried in the present search: a bit each, and what to clear after it. */
interface Memory {
  bits: Uint8Array;
  touched: number[];
}

function memoryFor(program: Program, text: Codes): Memory | undefined {
  const pairs = program.steps.length * (text.length + 1);
  if (program.references || pairs > MAX_REMEMBERED) return undefined;
  return { bits: new Uint8Array(Math.ceil(pairs / 8)), touched: [] };
}

/**
 * The leftmost match at `from` or after it, its alternatives tried in order. Without back-references every pair of step
 * and position is tried once, so that the time grows with pattern times text; with them, `spend` sets the bound.
 */
export function search(
  program: Program,
  text: Codes,
  from: number,
  spend: Spend,
  memory = memoryFor(program, text),
): Match | undefined {
  let found: Match | undefined;
  for (let start = from; start <= text.length && found === undefined; start++) {
    found = attempt(program, text, start, memory, spend);
  }
  if (memory !== undefined) {
    for (const byte of memory.touched) memory.bits[byte] = 0;
    memory.touched = [];
  }
  return found;
}

function attempt(
  program: Program,
  text: Codes,
  start: number,
  memory: Memory | undefined,
  spend: Spend,
): Match | undefined {
  const { steps } = program;
  const width = text.length + 1;
  const slots = new Array<number>(program.slots).fill(-1);
  // triples: a step and a position to go on from, or ~slot and the value to put back
  const stack: number[] = [0, start];
  let work = 0;
  while (stack.length > 0) {
    let at = stack.pop()!;
    let pc = stack.pop()!;
    if (pc < 0) {
      slots[~pc] = at;
      continue;
    }
    for (;;) {
      work += 1;
      if (work % CHUNK === 0) spend(CHUNK);
      if (memory !== undefined) {
        const bit = pc * width + at;
        const byte = memory.bits[bit >> 3]!;
        if ((byte >> (bit & 7)) & 1) break;
        if (byte === 0) memory.touched.push(bit >> 3);
        memory.bits[bit >> 3] = byte | (1 << (bit & 7));
      }
      const step = steps[pc] as Step;
      pc += 1;
      if (step.op === 'match') {
        spend(work % CHUNK);
        return slots.slice(0, 2 * (program.groups + 1));
      }
      if (step.op === 'save') {
        stack.push(~step.slot, slots[step.slot]!);
        slots[step.slot] = at;
      } else if (step.op === 'split') stack.push(step.other, at);
      else if (step.op === 'jump') pc = step.next;
      else if (step.op === 'progress') {
        if (slots[step.slot] === at) pc = step.other;
      } else {
        const after = consume(step, text, at, slots);
        if (after < 0) break;
        at = after;
      }
    }
  }
  spend(work % CHUNK);
  return undefined;
}

/** The position after what this step consumes, −1 where it does not fit. */
function consume(step: Step, text: Codes, at: number, slots: readonly number[]): number {
  const { length } = text;
  switch (step.op) {
    case 'character':
      return at < length && text[at] === step.code ? at + 1 : -1;
    case 'any':
      return at < length ? at + 1 : -1;
    case 'set':
      return at < length && inSet(step.set, text[at]!) ? at + 1 : -1;
    case 'begin':
      return at === 0 ? at : -1;
    case 'end':
      return at === length || (at === length - 1 && text[at] === 10) ? at : -1;
    case 'reference':
      return reference(step.index, text, at, slots);
    default:
      return -1;
  }
}

function reference(index: number, text: Codes, at: number, slots: readonly number[]): number {
  const start = slots[2 * index]!;
  const end = slots[2 * index + 1]!;
  if (start < 0 || end < start || at + (end - start) > text.length) return -1;
  for (let offset = 0; offset < end - start; offset++) {
    if (text[start + offset] !== text[at + offset]) return -1;
  }
  return at + (end - start);
}

/** All matches from left to right that do not overlap; empty ones are passed over. */
export function searchAll(program: Program, text: Codes, spend: Spend): Match[] {
  const found: Match[] = [];
  const memory = memoryFor(program, text);
  let from = 0;
  while (from <= text.length) {
    const match = search(program, text, from, spend, memory);
    if (match === undefined) break;
    if (match[1]! > match[0]!) {
      found.push(match);
      from = match[1]!;
    } else from = match[0]! + 1;
  }
  return found;
}
