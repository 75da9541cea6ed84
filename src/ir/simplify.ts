import type { Program } from './nodes.js';

export function simplify(program: Program): Program {
  return program;
}
