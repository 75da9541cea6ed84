import type { CharacterSet } from './character-set.js';
import type { Node, Parsed } from './parse.js';

/** One step of the matcher; `next` and `other` are indexes of steps, `other` is tried second. */
export type Step =
  | { op: 'character'; code: number }
  | { op: 'any' }
  | { op: 'set'; set: CharacterSet }
  | { op: 'begin' }
  | { op: 'end' }
  | { op: 'save'; slot: number }
  | { op: 'reference'; index: number }
  | { op: 'split'; other: number }
  | { op: 'jump'; next: number }
  /** Leaves a loop whose last turn consumed nothing since `slot` was saved. */
  | { op: 'progress'; slot: number; other: number }
  | { op: 'match' };

export interface Program {
  steps: Step[];
  groups: number;
  /** Capture slots, two a group, and after them one for each loop. */
  slots: number;
  references: boolean;
}

const MAX_STEPS = 100_000;

/** Undefined where counted repetitions make the program too long. */
export function compile(parsed: Parsed): Program | undefined {
  const program: Program = {
    steps: [],
    groups: parsed.groups,
    slots: 2 * (parsed.groups + 1),
    references: parsed.references,
  };
  program.steps.push({ op: 'save', slot: 0 });
  if (!emit(program, parsed.root)) return undefined;
  program.steps.push({ op: 'save', slot: 1 }, { op: 'match' });
  return program;
}

function emit(program: Program, node: Node): boolean {
  const { steps } = program;
  if (steps.length > MAX_STEPS) return false;
  switch (node.kind) {
    case 'empty':
      return true;
    case 'character':
      steps.push({ op: 'character', code: node.code });
      return true;
    case 'set':
      steps.push({ op: 'set', set: node.set });
      return true;
    case 'any':
    case 'begin':
    case 'end':
      steps.push({ op: node.kind });
      return true;
    case 'reference':
      steps.push({ op: 'reference', index: node.index });
      return true;
    case 'sequence':
      return node.items.every((item) => emit(program, item));
    case 'group': {
      steps.push({ op: 'save', slot: 2 * node.index });
      const whole = emit(program, node.body);
      steps.push({ op: 'save', slot: 2 * node.index + 1 });
      return whole;
    }
    case 'choice':
      return emitChoice(program, node.items);
    case 'repeat':
      return emitRepeat(program, node);
  }
}

function emitChoice(program: Program, items: readonly Node[]): boolean {
  const { steps } = program;
  const jumps: { op: 'jump'; next: number }[] = [];
  for (const [index, item] of items.entries()) {
    const last = index === items.length - 1;
    const split: { op: 'split'; other: number } = { op: 'split', other: 0 };
    if (!last) steps.push(split);
    if (!emit(program, item)) return false;
    if (last) break;
    const jump: { op: 'jump'; next: number } = { op: 'jump', next: 0 };
    steps.push(jump);
    jumps.push(jump);
    split.other = steps.length;
  }
  for (const jump of jumps) jump.next = steps.length;
  return true;
}

function emitRepeat(program: Program, node: Node & { kind: 'repeat' }): boolean {
  const { steps } = program;
  for (let count = 0; count < node.low; count++) if (!emit(program, node.body)) return false;
  if (node.high === Infinity) {
    const split: Step & { op: 'split' } = { op: 'split', other: 0 };
    const start = steps.length;
    const slot = program.slots;
    program.slots += 1;
    steps.push(split, { op: 'save', slot });
    if (!emit(program, node.body)) return false;
    const progress: Step & { op: 'progress' } = { op: 'progress', slot, other: 0 };
    steps.push(progress, { op: 'jump', next: start });
    split.other = steps.length;
    progress.other = steps.length;
    return true;
  }
  const splits: (Step & { op: 'split' })[] = [];
  for (let count = node.low; count < node.high; count++) {
    const split: Step & { op: 'split' } = { op: 'split', other: 0 };
    steps.push(split);
    splits.push(split);
    if (!emit(program, node.body)) return false;
  }
  for (const split of splits) split.other = steps.length;
  return true;
}
