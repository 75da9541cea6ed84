import type { FunctionProto } from '../document.js';
import type { Referable } from './attributes.js';
import type { Report } from './report.js';

/** What is known where a graph is checked. A subgraph sees the names that are made before its node. */
export interface Scope {
  readonly report: Report;
  readonly opsets: ReadonlyMap<string, number>;
  readonly functions: ReadonlyMap<string, FunctionProto>;
  /** Names that are made so far, of this graph. */
  readonly names: Set<string>;
  readonly parent: Scope | undefined;
  readonly depth: number;
  readonly mostDepth: number;
  readonly path: string;
  readonly referable: Referable;
  readonly ir: number;
}

export function isMade(scope: Scope, name: string): boolean {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) if (at.names.has(name)) return true;
  return false;
}
