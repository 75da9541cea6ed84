import { describe, expect, test } from 'vitest';
import { typeJsonText } from '../../../src/pfa/data/type-json.js';
import { PfaEngine, PfaSyntaxError, printPretty, readPfaText, readPretty } from '../../../src/pfa/index.js';
import { readProgram } from '../../../src/pfa/parse/program.js';
import type { AvroType } from '../../../src/pfa/types.js';
import { rootWhere } from '../../../src/pfa/where.js';
import { type JsonNode, plainJson } from '../../../src/wire/json.js';
import { readFunctionTests, readRecords } from '../support/conformance.js';

/** What a document says, without where it says it. */
function meaning(root: JsonNode): string {
  const simple = (value: unknown): unknown => {
    if (value instanceof Map) return [...value].map(([key, of]) => [key, simple(of)]);
    if (value instanceof Uint8Array) return [...value];
    if (Array.isArray(value)) return value.map(simple);
    if (typeof value === 'bigint') return `${value}n`;
    if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
    if (typeof value !== 'object' || value === null) return value;
    const record = value as Record<string, unknown>;
    if ('resolved' in record) return typeJsonText(record['resolved'] as AvroType);
    if ('node' in record && 'parent' in record) return plainJson(record['node'] as JsonNode);
    return Object.fromEntries(
      Object.entries(record)
        .filter(([key, of]) => key !== 'where' && !(key === 'init' && JSON.stringify(simple(of)) === '{}'))
        .map(([key, of]) => [key, simple(of)])
        .sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1)),
    );
  };
  const program = readProgram(rootWhere(root));
  return JSON.stringify(simple({ ...program, name: '' }));
}

const documents = new Set([
  ...[...readRecords('titus-unit.open.jsonl'), ...readRecords('edge-cases.open.jsonl')]
    .filter(({ load, kind }) => load === 'ok' && kind !== 'parse')
    .map(({ doc }) => doc),
  ...readFunctionTests('official-functions.open.json').map(({ engine }) => engine),
]);

/**
 * PrettyPFA has one space of names, so that a symbol that is called like a cell or pool cannot be told from it, and no
 * word for the order of a record's field.
 */
function cannotBeSaid(text: string): boolean {
  if (text.includes('"order":')) return true;
  const program = readProgram(rootWhere(readPfaText(text).root));
  const stores = new Set([...program.cells.keys(), ...program.pools.keys()]);
  const found = new Set<string>();
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
    if (value instanceof Map) for (const of of value.values()) walk(of);
    if ('form' in value && value.form === 'symbol') found.add((value as unknown as { name: string }).name);
    if ('form' in value && (value.form === 'set' || value.form === 'let')) {
      for (const { name } of (value as unknown as { bindings: { name: string }[] }).bindings) found.add(name);
    }
    for (const [key, of] of Object.entries(value)) if (key !== 'where' && key !== 'type') walk(of);
  };
  walk(program);
  return [...found].some((name) => stores.has(name));
}

describe('printing and reading back', () => {
  test('gives the same document', () => {
    let compared = 0;
    let unsaid = 0;
    const failures: string[] = [];
    for (const text of documents) {
      const document = readPfaText(text);
      if (cannotBeSaid(text)) {
        unsaid++;
        continue;
      }
      const pretty = printPretty(document);
      try {
        compared++;
        const [a, b] = [meaning(document.root), meaning(readPretty(pretty))];
        if (a !== b) failures.push(`${text.slice(0, 400)}\n${pretty}\n${a}\n${b}`);
      } catch (error) {
        failures.push(`${text.slice(0, 400)}\n${pretty}\n${(error as Error).message}`);
      }
    }
    expect(failures.slice(0, 3), `${failures.length} of ${compared} differ`).toEqual([]);
    expect(compared).toBeGreaterThan(400);
    expect(unsaid).toBeLessThan(compared / 10);
  });
});

describe('PrettyPFA', () => {
  const counter = `
// Counts what it sees, by kind.
name: Counter
types:
  Kind = enum([low, high], Kind);
  Datum = record(x: double, k: Kind, next: union(null, Datum), Datum)
input: Datum
output: array(int)
cells:
  seen(int, rollback: true) = 0;
pools:
  kinds(type: int) = {low: 10}
action:
  var total = 0, i = 0;
  seen to fcn(n: int -> int) n + 1;
  kinds[enum.toString(input.k)] to u.more(by: 2) init 100;
  foreach (y: new(array(int), 1, 2, 3), seq: true) total = total + y;
  while (i < 3) { i = i + 1; };
  var rest = ifnotnull (n: input.next) n.x else -1.0;
  if (rest > 0 && !(input.x == 0.0)) total = total * 2 else if (rest < -5) total = 0;
  var safe = try ("integer division by zero") { 1 idiv 0 };
  new(array(int), seen, kinds[enum.toString(input.k)], total, i, -2 ** 2 idiv 1 + 7 % 4)
fcns:
  more = fcn(old: int, by: int -> int) { old + by };
`;

  test('runs what it says', () => {
    const engine = PfaEngine.from(counter);
    // 6 = 1 + 2 + 3, doubled where the next record is positive; (-2)^2 + 7 mod 4 = 7
    expect(engine.action({ x: 1, k: 'low', next: null })).toEqual([1, 12, 6, 3, 7]);
    const next = { Datum: { x: 3, k: 'low', next: null } };
    expect(engine.action({ x: 1, k: 'high', next })).toEqual([2, 102, 12, 3, 7]);
  });

  test('is told from YAML, whose keys look like its headings', () => {
    expect(readPfaText('input: double\noutput: double\naction: input\n').format).toBe('yaml');
    expect(PfaEngine.from('input: double\noutput: double\naction:\n  - {+: [input, 1]}\n').action(2)).toBe(3);
    expect(PfaEngine.from('input: double\noutput: double\naction: input + 1\n').action(2)).toBe(3);
    expect(PfaEngine.from('input: double\noutput: double\naction:\n  m.sqrt(input) + 1;\n').action(4)).toBe(3);
  });

  test.each([
    ['action:\n  1 +', 2, 6, 'the document ends where it cannot'],
    ['action:\n  f(1;\n', 2, 6, '";" stands where it cannot'],
    ['action:\n  # 1\n', 2, 3, '"#" has no meaning in PrettyPFA'],
    ['input: list(int)\n', 1, 8, '"list" makes no type'],
    ['action:\n  1\naction:\n  2\n', 3, 1, 'the section "action" stands twice'],
  ])('says where %j goes wrong', (text, line, column, sentence) => {
    let caught: unknown;
    try {
      readPretty(text);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(PfaSyntaxError);
    expect(caught).toMatchObject({ sentence, place: { line, column } });
  });

  test('does not follow a hostile nesting', () => {
    expect(() => readPretty(`action:\n  ${'('.repeat(50_000)}1`)).toThrow('nested more than 400 deep');
  });
});
