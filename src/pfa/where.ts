import type { JsonNode } from '../wire/json.js';

/** A node of a document with the way that led to it; cheap to make, its path is spelt only when a message needs it. */
export interface Where {
  readonly node: JsonNode;
  readonly key: string | number;
  readonly parent: Where | null;
}

export function rootWhere(node: JsonNode): Where {
  return { node, key: '$', parent: null };
}

export function inside(parent: Where, key: string | number, node: JsonNode): Where {
  return { node, key, parent };
}

/** JSON path: `$.action.0.let.x`; keys that are no plain words stand in brackets and quotation marks. */
export function pathOf(where: Where): string {
  const parts: string[] = [];
  for (let at: Where | null = where; at !== null; at = at.parent) {
    if (at.parent === null) parts.push('$');
    else if (typeof at.key === 'number' || /^[A-Za-z_][A-Za-z0-9_]*$/.test(at.key)) parts.push(`.${at.key}`);
    else parts.push(`[${JSON.stringify(at.key)}]`);
  }
  return parts.reverse().join('');
}

/** The offset of a node that was read from text, or of the nearest one around it. */
export function offsetOf(where: Where): number {
  for (let at: Where | null = where; at !== null; at = at.parent) if (at.node.at >= 0) return at.node.at;
  return -1;
}
