// Copies a small part of the open PFA conformance corpus into fixtures/conformance/pfa, so that a fresh clone has one:
// all corner cases of moderate size, a third of the recorded engines, and two trials of each official function test.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const from = new URL('../../shared/conformance/pfa/', import.meta.url);
const to = new URL('../fixtures/conformance/pfa/', import.meta.url);
mkdirSync(to, { recursive: true });
const lines = (name) =>
  readFileSync(new URL(name, from), 'utf8')
    .split('\n')
    .filter((line) => line !== '');

const edge = lines('edge-cases.open.jsonl').filter((line) => line.length < 1800);
writeFileSync(new URL('edge-cases.open.jsonl', to), `${edge.join('\n')}\n`);

const engines = lines('titus-unit.open.jsonl').filter((line, index) => line.length < 900 && index % 3 === 0);
writeFileSync(new URL('titus-unit.open.jsonl', to), `${engines.join('\n')}\n`);

const official = JSON.parse(readFileSync(new URL('official-functions.open.json', from), 'utf8'));
const tests = official['pfa-tests'].flatMap((test) => {
  const short = test.trials.filter((trial) => JSON.stringify(trial).length < 200 && trial.disputed === undefined);
  const picked = [
    short.find((trial) => trial.error !== undefined),
    short.findLast((trial) => trial.error === undefined),
  ];
  const trials = picked.filter((trial) => trial !== undefined);
  return trials.length === 0 || test.engine.length > 900 ? [] : [{ ...test, trials }];
});
const rows = tests.filter((_, index) => index % 2 === 0).map((test) => JSON.stringify(test));
writeFileSync(
  new URL('official-functions.open.json', to),
  `{"pfa-version":"${official['pfa-version']}",\n"pfa-tests":[\n${rows.join(',\n')}\n]}\n`,
);
