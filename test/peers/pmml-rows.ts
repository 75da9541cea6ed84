import type { Element } from '../../src/wire/xml/document.js';
import type { CellTable } from './peers.js';

/** A seeded generator of numbers in [0, 1) (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const MARGINS = ['leftMargin', 'rightMargin', 'lowValue', 'highValue'];

function walk(element: Element, visit: (element: Element) => void): void {
  visit(element);
  for (const child of element.children()) walk(child, visit);
}

/** For each field, the values that the document compares it with: thresholds, categories, ends of intervals, outlier bounds. */
export function boundaries(root: Element): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  const add = (field: string | undefined, value: string | undefined) => {
    if (field === undefined || value === undefined) return;
    const values = found.get(field) ?? new Set<string>();
    if (values.size < 200) values.add(value);
    found.set(field, values);
  };
  walk(root, (element) => {
    const field = element.attribute('field') ?? element.attribute('name');
    if (element.attribute('field') !== undefined) add(field, element.attribute('value'));
    if (element.name !== 'DataField' && element.name !== 'MiningField') return;
    for (const margin of MARGINS) add(field, element.attribute(margin));
    for (const child of element.children()) {
      add(field, child.attribute('value'));
      for (const margin of MARGINS) add(field, child.attribute(margin));
    }
  });
  return found;
}

/** The double next to a number, up or down. */
function beside(value: number, up: boolean): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  if (value === 0) return up ? Number.MIN_VALUE : -Number.MIN_VALUE;
  view.setBigInt64(0, view.getBigInt64(0) + (up === value > 0 ? 1n : -1n));
  return view.getFloat64(0);
}

const isNumber = (cell: string): boolean => cell.trim() !== '' && Number.isFinite(Number(cell));

/** A cell that is not as the trainer saw it. */
function disturbed(cell: string, known: readonly string[], kind: string, random: () => number): string {
  const pick = known[Math.floor(random() * known.length)];
  if (kind === 'boundary') {
    if (pick === undefined) return isNumber(cell) ? String(Number(cell) * 2 ** Math.floor(random() * 6 - 3)) : cell;
    if (!isNumber(pick) || !isNumber(cell) || !/[.e]/.test(cell)) return pick;
    const side = random();
    return String(side < 0.5 ? Number(pick) : beside(Number(pick), side < 0.75));
  }
  if (kind === 'far')
    return isNumber(cell) ? String((random() - 0.5) * 10 ** Math.floor(random() * 8)) : `unseen ${cell}`;
  return kind === 'missing' ? '' : 'no such value';
}

const KINDS = ['missing', 'missing', 'boundary', 'boundary', 'boundary', 'far', 'invalid'];

/**
 * Rows from those that the trainer saw: a quarter as they are, a quarter with values at the document's boundaries, and a
 * half with one to three cells missing, at a boundary, far out or invalid.
 */
export function disturbedRows(seen: CellTable, root: Element, count: number, seed: number): CellTable {
  const random = randomFrom(seed);
  const known = boundaries(root);
  const rows = Array.from({ length: count }, (_, index) => {
    const row = [...(seen.rows[Math.floor(random() * seen.rows.length)] ?? [])];
    const changes = index % 4 === 0 ? 0 : 1 + Math.floor(random() * 3);
    for (let change = 0; change < changes; change++) {
      const column = Math.floor(random() * row.length);
      const kind = index % 4 === 1 ? 'boundary' : (KINDS[Math.floor(random() * KINDS.length)] ?? 'missing');
      row[column] = disturbed(row[column] ?? '', [...(known.get(seen.header[column] ?? '') ?? [])], kind, random);
    }
    return row;
  });
  return { header: seen.header, rows };
}
