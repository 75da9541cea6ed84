import { readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { columnOf, tableOfText, valueAt } from '../../src/core/table.js';
import { ulpDistance } from '../../src/core/ulp.js';
import { makePfa, pfaScorer, readPfa, readPfaText } from '../../src/pfa/index.js';

const fixtures = fileURLToPath(new URL('../../fixtures/', import.meta.url));

interface Source {
  format: string;
  model: string;
  tolerance: { kind: 'exact' | 'ulp' | 'rel' | 'abs'; value: number };
  /** Rows (from 1) on which the document itself says something else than the framework; peer.csv has Titus' answer. */
  peerDiffers?: { rows: number[] };
}

function close(got: number, wanted: number, { kind, value }: Source['tolerance']): boolean {
  if (kind === 'ulp') return ulpDistance(got, wanted, 64) <= value;
  if (kind === 'rel') return Math.abs(got - wanted) <= value * Math.abs(wanted);
  if (kind === 'abs') return Math.abs(got - wanted) <= value;
  return Object.is(got, wanted) || got === wanted;
}

/** The fixture folders whose model is PFA. */
function pfaFixtures(): string[] {
  const found: string[] = [];
  for (const family of readdirSync(fixtures)) {
    if (!statSync(fixtures + family).isDirectory() || family === 'generate') continue;
    for (const name of readdirSync(`${fixtures}${family}`)) {
      if (name.endsWith('-pfa')) found.push(`${family}/${name}`);
    }
  }
  return found;
}

function rowsOf(path: string): { names: string[]; rows: string[][] } {
  const [names = [], ...rows] = parse(readFileSync(path)) as string[][];
  return { names, rows };
}

describe('fixtures score as the frameworks that trained them', () => {
  const folders = pfaFixtures();
  test('there are fixtures', () => expect(folders.length).toBeGreaterThan(10));
  test.each(folders)('%s', (folder) => {
    const source = JSON.parse(readFileSync(`${fixtures}${folder}/source.json`, 'utf8')) as Source;
    const scorer = pfaScorer(readPfa(readFileSync(`${fixtures}${folder}/${source.model}`)));
    const given = rowsOf(`${fixtures}${folder}/rows.csv`);
    const expected = rowsOf(`${fixtures}${folder}/expected.csv`);
    const peer = rowsOf(`${fixtures}${folder}/peer.csv`);
    const differs = new Set(source.peerDiffers?.rows);
    const { table, errors } = scorer.score(tableOfText(given.names, given.rows));
    let compared = 0;
    expected.names.forEach((name, index) => {
      const [role, category] = name.split(':') as [string, string | undefined];
      const field = scorer.signature.outputs.find((output) => output.role === role);
      expect(field, name).toBeDefined();
      const at = category === undefined ? 0 : (field?.categories?.indexOf(category) ?? -1);
      expect(at, name).toBeGreaterThanOrEqual(0);
      const column = table.columns.get(field?.name ?? '');
      expected.rows.forEach((cells, row) => {
        const told = differs.has(row + 1) ? peer.rows[row]?.[peer.names.indexOf(name)] : cells[index];
        if (column === undefined || told === undefined || told === '') return;
        expect(errors.get(row)?.message, `row ${row + 1}`).toBeUndefined();
        const got = valueAt(column, row, at);
        compared++;
        const same = typeof got === 'number' ? close(got, Number(told), source.tolerance) : String(got) === told;
        if (!same) expect.fail(`row ${row + 1} ${name}: expected ${told}, got ${got}`);
      });
    });
    expect(compared).toBeGreaterThan(10);
  });
});

describe('pfaScorer', () => {
  const document = makePfa({
    input: {
      type: 'record',
      name: 'In',
      fields: [
        { name: 'x', type: 'double' },
        { name: 'k', type: ['null', { type: 'enum', name: 'K', symbols: ['a', 'b'] }] },
      ],
    },
    output: {
      type: 'record',
      name: 'Out',
      fields: [
        { name: 'label', type: 'string' },
        { name: 'probability', type: { type: 'map', values: 'double' } },
      ],
    },
    action: [
      { if: { '<': ['input.x', 0] }, then: { error: 'negative', code: -7 } },
      { let: { p: { type: { type: 'map', values: 'double' }, new: { yes: 'input.x', no: { '-': [1, 'input.x'] } } } } },
      {
        type: 'Out',
        new: {
          label: { ifnotnull: { k: 'input.k' }, then: { 'enum.toString': 'k' }, else: { string: 'none' } },
          probability: 'p',
        },
      },
    ],
  });

  test('fields become inputs, and a map of numbers one output by class', () => {
    const { inputs, outputs } = pfaScorer(document).signature;
    expect(inputs).toEqual([
      { name: 'x', type: 'float64', shape: [], optional: false },
      { name: 'k', type: 'string', shape: [], optional: true, values: ['a', 'b'] },
    ]);
    expect(outputs).toEqual([
      { name: 'label', type: 'string', shape: [], role: 'label' },
      { name: 'probability', type: 'float64', shape: [2], role: 'probability', categories: ['yes', 'no'] },
    ]);
  });

  test('a row that fails keeps its error and the others are scored', () => {
    const { table, errors } = pfaScorer(document).score(
      tableOfText(
        ['k', 'x'],
        [
          ['a', '0.25'],
          ['', '-1'],
          ['', ''],
          ['c', '0.5'],
          ['', '0.5'],
        ],
      ),
    );
    const label = table.columns.get('label');
    const probability = table.columns.get('probability');
    if (label === undefined || probability === undefined) expect.fail('columns are missing');
    expect([0, 1, 2, 3, 4].map((row) => valueAt(label, row))).toEqual(['a', null, null, null, 'none']);
    expect([0, 1].map((index) => valueAt(probability, 0, index))).toEqual([0.25, 0.75]);
    expect([...errors].map(([row, { code, sentence, place }]) => [row, code, sentence, place.row])).toEqual([
      [1, -7, 'negative', 2],
      [2, 'pfa/bad-datum', 'the value does not fit its type', 3],
      [3, 'pfa/bad-datum', 'the value does not fit its type', 4],
    ]);
  });

  test('inputs that are no records take the columns as they come', () => {
    const sum = makePfa({
      input: { type: 'array', items: 'double' },
      output: 'double',
      action: { 'a.sum': ['input'] },
    });
    const rows = tableOfText(['p', 'q'], [['1.5', '2']]);
    expect([...(pfaScorer(sum).score(rows).table.columns.get('value')?.values ?? [])]).toEqual([3.5]);
    const twice = makePfa({ input: 'int', output: 'int', action: { '*': ['input', 2] } });
    expect([
      ...(pfaScorer(twice)
        .score(tableOfText(['n'], [['4']]))
        .table.columns.get('value')?.values ?? []),
    ]).toEqual([8]);
    expect(() => pfaScorer(twice).score(rows)).toThrow('the rows have no column "input"');
  });

  test('JSON rows may tag the values of unions', () => {
    const type = { type: 'record', name: 'In', fields: [{ name: 'x', type: ['null', 'double'] }] };
    const half = makePfa({
      input: type,
      output: 'double',
      action: { ifnotnull: { x: 'input.x' }, then: { '/': ['x', 2] }, else: -1.5 },
    });
    const rows = { length: 3, columns: new Map([['x', columnOf('object', [{ double: 3 }, null, { double: 4 }])]]) };
    expect([...(pfaScorer(half).score(rows).table.columns.get('value')?.values ?? [])]).toEqual([1.5, -1.5, 2]);
  });

  test('folds give the tally after each row, emitting documents the last value', () => {
    const values = (document: object) => [
      ...(pfaScorer(makePfa(document))
        .score(tableOfText(['n'], [['1'], ['2'], ['3']]))
        .table.columns.get('value')?.values ?? []),
    ];
    const action = { '+': ['tally', 'input'] };
    const merge = { '+': ['tallyOne', 'tallyTwo'] };
    expect(values({ input: 'int', output: 'int', method: 'fold', zero: 0, action, merge })).toEqual([1, 3, 6]);
    expect(values({ input: 'int', output: 'int', method: 'emit', action: [{ emit: 0 }, { emit: 'input' }] })).toEqual([
      1, 2, 3,
    ]);
  });

  test('recorded fields give the inputs their original names', () => {
    const fields = [{ identifier: 'x_1', name: 'x 1', type: 'float64', shape: [], optional: false }];
    const scorer = pfaScorer(
      readPfaText(
        JSON.stringify({
          input: { type: 'record', name: 'In', fields: [{ name: 'x_1', type: 'double' }] },
          output: 'double',
          action: { '*': ['input.x_1', 2] },
          metadata: { 'samescore.fields': JSON.stringify(fields) },
        }),
      ),
    );
    expect(scorer.signature.inputs.map(({ name }) => name)).toEqual(['x 1']);
    const { table } = scorer.score(tableOfText(['x 1'], [['1.5']]));
    expect([...(table.columns.get('value')?.values ?? [])]).toEqual([3]);
  });
});
