import { describe, expect, test } from 'vitest';
import { type Fixture, type FixtureFormat, fixtures } from './fixtures.js';
import { type PeerAnswer, type PeerJob, type PeerValue, runJpmml, runOrt, runTitus } from './peers.js';

const ENGINES: Record<FixtureFormat, (jobs: readonly PeerJob[]) => Promise<PeerAnswer[][]>> = {
  onnx: runOrt,
  pmml: runJpmml,
  pfa: runTitus,
};

/** Text of a value as peer.csv has it: missing is empty. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return Array.isArray(value) && value.length === 1 ? textOf(value[0]) : String(value);
}

/** All scalars of an answer, flattened: the columns of peer.csv are among them. */
function scalars(answer: PeerAnswer): string[] {
  if ('error' in answer) return ['error'];
  const flat = (value: unknown): unknown[] => {
    if (typeof value !== 'object' || value === null) return [value];
    return Object.values(value).flatMap(flat);
  };
  return Object.values(answer.ok).flatMap((item: PeerValue) => flat(item.value).map(textOf));
}

function sameText(a: string, b: string): boolean {
  return a === b || (a !== '' && b !== '' && Number(a) === Number(b));
}

function mismatches(fixture: Fixture, answers: readonly PeerAnswer[]): string[] {
  const wrong: string[] = [];
  const errorColumn = fixture.peer.header.indexOf('error');
  fixture.peer.rows.forEach((row, index) => {
    const answer = answers[index];
    if (answer === undefined) {
      wrong.push(`row ${index + 1}: no answer`);
      return;
    }
    const values = scalars(answer);
    if (errorColumn >= 0 && row[errorColumn] === '1') {
      if (!('error' in answer)) wrong.push(`row ${index + 1}: expected an error, got ${values.join(' ')}`);
      return;
    }
    for (const [column, cell] of row.entries()) {
      if (column === errorColumn) continue;
      if (!values.some((value) => sameText(value, cell))) {
        wrong.push(`row ${index + 1} ${fixture.peer.header[column]}: expected ${cell}, got ${values.join(' ')}`);
      }
    }
  });
  return wrong;
}

describe.each(['onnx', 'pmml', 'pfa'] as const)('%s fixtures', (format) => {
  test('the installed engine still gives the recorded answers', async () => {
    const found = fixtures(format);
    const answers = await ENGINES[format](found.map(({ model, rowsFile }) => ({ model, rows: rowsFile })));
    const wrong = found.flatMap((fixture, index) =>
      mismatches(fixture, answers[index] ?? []).map((line) => `${fixture.name} ${line}`),
    );
    expect(wrong).toEqual([]);
    expect(answers.flat().length).toBe(found.reduce((sum, fixture) => sum + fixture.peer.rows.length, 0));
  });
});
