import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import { afterAll, describe, expect, test } from 'vitest';
import { ROOT, run, spawned } from './run.js';

const folder = mkdtempSync(join(tmpdir(), 'samescore-cli-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);
const FOREST = join(ROOT, 'fixtures/forest/iris-random-forest-sklearn-pmml');
const MODEL = join(FOREST, 'model.pmml');
const ROWS = join(FOREST, 'rows.csv');

function write(name: string, text: string): string {
  writeFileSync(at(name), text);
  return at(name);
}

describe('convert', () => {
  test('writes the file and one verdict line, and leaves no temporary file', async () => {
    const { code, out, err } = await run('convert', MODEL, at('a.onnx'), '--rows', ROWS);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(
      `${MODEL} → ${at('a.onnx')}: same scores: 1,136 rows, 4 outputs, bit for bit, 8 rows without a prediction in either\n`,
    );
    expect(readdirSync(folder).filter((name) => name.includes('part'))).toEqual([]);
  });

  test('--json gives the same as a line of JSON', async () => {
    const { out } = await run('convert', MODEL, at('b.pfa'), '--generate', '50', '--json');
    expect(JSON.parse(out)).toMatchObject({
      out: at('b.pfa'),
      checked: true,
      same: true,
      rows: 50,
      flips: 0,
      worstUlps: 0,
    });
  });

  test('--no-check says that nothing was proved', async () => {
    const { out } = await run('convert', MODEL, at('c.pfa'), '--no-check');
    expect(out).toMatch(/^written, not checked: .*c\.pfa \([\d,]+ bytes\)\n$/);
  });

  test('standard output gets the model alone, the verdict goes to standard error', () => {
    const { code, out, err } = spawned(['convert', MODEL, '-', '--to', 'pfa', '--generate', '20']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ method: 'map' });
    expect(err).toContain('same scores: 20 rows');
  });

  test('a model comes from standard input as well', () => {
    const { code, out } = spawned(['convert', '-', at('stdin.onnx'), '--generate', '20'], readFileSync(MODEL, 'utf8'));
    expect(code).toBe(0);
    expect(out).toContain('same scores: 20 rows');
  });

  test('.yaml and .gz in a name are honoured, and read back', async () => {
    expect((await run('convert', MODEL, at('y.yaml'), '--generate', '20')).code).toBe(0);
    expect(readFileSync(at('y.yaml'), 'utf8')).toMatch(/^name: /);
    expect((await run('convert', at('y.yaml'), at('z.pmml.gz'), '--generate', '20')).code).toBe(0);
    expect([...readFileSync(at('z.pmml.gz')).subarray(0, 2)]).toEqual([0x1f, 0x8b]);
    expect((await run('check', MODEL, at('z.pmml.gz'), '--generate', '20')).code).toBe(0);
  });

  test.each(['4.2', '4.3', '4.4'])('PMML %s is valid for its version', async (version) => {
    const file = at(`v${version}.pmml`);
    const onnx = join(ROOT, 'fixtures/boosting/wine-hist-gradient-boosting-sklearn-onnx/model.onnx');
    expect((await run('convert', onnx, file, '--generate', '50', '--pmml-version', version)).code).toBe(0);
    expect(await run('validate', file)).toMatchObject({ code: 0 });
  });

  test('a name that tells no format needs --to', async () => {
    expect(await run('convert', MODEL, at('model.bin'))).toMatchObject({
      code: 2,
      err: `error cli/which-format: the name ${JSON.stringify(at('model.bin'))} does not tell the format to write\n  hint: end it in .onnx, .pmml or .pfa, or say --to onnx, pmml or pfa\n`,
    });
  });

  test('a folder that is not there is file trouble, and nothing is left behind', async () => {
    const { code, err } = await run('convert', MODEL, at('nowhere/a.onnx'), '--generate', '5');
    expect(code).toBe(4);
    expect(err).toContain('files/cannot-write: cannot write the file: there is no such file or folder');
  });
});

describe('check', () => {
  const other = at('other.pmml');

  test('models that differ: exit code 1, and the smallest row found with both predictions', async () => {
    writeFileSync(
      other,
      readFileSync(MODEL, 'utf8').replaceAll('value="setosa" recordCount="0"', 'value="setosa" recordCount="1"'),
    );
    const { code, out } = await run('check', MODEL, other, '--generate', '300');
    expect(code).toBe(1);
    expect(out).toMatch(/^scores differ: /);
    expect(out).toMatch(/row \d+: sepal/);
  });

  test('models that are only roundings apart: which tolerance accepts them', async () => {
    const pfa = (action: string) => `{"input": "double", "output": "double", "action": ${action}}`;
    const a = write('a.pfa', pfa('{"*": [{"*": ["input", 0.1]}, 3.0]}'));
    const b = write('b.pfa', pfa('{"*": ["input", 0.3]}'));
    const { code, out } = await run('check', a, b, '--tolerance', 'exact');
    expect(code).toBe(1);
    const accepted = /hint: no label differs, and no number by more than \d ULP; --tolerance (\dulp) accepts/.exec(out);
    expect((await run('check', a, b, '--tolerance', accepted![1]!)).code).toBe(0);
  });

  test('reports of every kind are written, JUnit with a failure', async () => {
    const files = ['txt', 'json', 'xml', 'md', 'html'].map((kind) => at(`report.${kind}`));
    await run('check', MODEL, other, '--generate', '300', ...files.flatMap((file) => ['--report', file]));
    for (const file of files) expect(readFileSync(file, 'utf8').length).toBeGreaterThan(100);
    const { testsuites } = new XMLParser({ ignoreAttributes: false }).parse(readFileSync(at('report.xml'), 'utf8'));
    expect(Number(testsuites.testsuite['@_failures'])).toBeGreaterThan(0);
    expect(JSON.parse(readFileSync(at('report.json'), 'utf8')).same).toBe(false);
  });

  test('rows that neither model can score prove nothing', async () => {
    const rows = write('bad.csv', 'sepal length (cm),sepal width (cm),petal length (cm),petal width (cm)\nabc,1,2,3\n');
    const { code, err } = await run('check', MODEL, MODEL, '--rows', rows);
    expect(code).toBe(1);
    expect(err).toContain('parity/nothing-scored: neither model has a prediction for any of the 1 rows');
  });

  test('a number that is none, and two models from standard input, are wrong usage', async () => {
    expect(await run('check', MODEL, MODEL, '--generate', 'abc')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--generate takes a number'),
    });
    expect(await run('check', '-', '-')).toMatchObject({ code: 2, err: expect.stringContaining('cli/one-stdin') });
  });

  test('a wrong tolerance and a wrong pair are wrong usage', async () => {
    expect(await run('check', MODEL, MODEL, '--tolerance', 'close')).toMatchObject({
      code: 2,
      err: expect.stringContaining('"close" is not a tolerance'),
    });
    expect(await run('check', MODEL, MODEL, '--pair', 'y')).toMatchObject({
      code: 2,
      err: expect.stringContaining('"y" does not pair two outputs'),
    });
  });
});

describe('predict', () => {
  test.each(['csv', 'ndjson', 'parquet', 'avro'])('writes %s, which reads back as rows', async (kind) => {
    const out = at(`scores.${kind}`);
    expect((await run('predict', MODEL, ROWS, '-o', out)).code).toBe(0);
    expect(readFileSync(out).length).toBeGreaterThan(1000);
    if (kind === 'csv') expect(readFileSync(out, 'utf8').split('\n')[0]).toContain('probability(setosa)');
    if (kind === 'ndjson')
      expect(JSON.parse(readFileSync(out, 'utf8').split('\n')[0]!)['probability(virginica)']).toBe(1);
  });

  test('rows that fail keep their place, with the error beside them', async () => {
    const model = write(
      'strict.pmml',
      readFileSync(join(ROOT, 'fixtures/pipeline/penguins-onehot-strict-logistic-sklearn-pmml/model.pmml'), 'utf8'),
    );
    const header = readFileSync(
      join(ROOT, 'fixtures/pipeline/penguins-onehot-strict-logistic-sklearn-pmml/rows.csv'),
      'utf8',
    ).split('\n')[0]!;
    const rows = write(
      'strict.csv',
      `${header}\n${header
        .split(',')
        .map(() => 'Atlantis')
        .join(',')}\n`,
    );
    const { code, out, err } = await run('predict', model, rows);
    expect(code).toBe(0);
    expect(out.split('\n')[0]).toMatch(/,error$/);
    expect(err).toMatch(/^1 of 1 rows have no prediction; the first: /);
  });

  test('NDJSON of PMML has all that the document says, the results it need not name among them', async () => {
    const { out } = await run('predict', MODEL, ROWS, '--json');
    expect(JSON.parse(out.split('\n')[0]!)).toMatchObject({
      y: 'virginica',
      $predictedValue: 'virginica',
      'probability(virginica)': 1,
    });
  });

  test('--explain tells the nodes that a row passed, and is for PMML', async () => {
    const model = join(ROOT, 'fixtures/tree/iris-decision-tree-sklearn-pmml/model.pmml');
    const { code, out } = await run('predict', model, ROWS, '--explain');
    expect(code).toBe(0);
    expect(JSON.parse(out.split('\n')[0]!)).toMatchObject({ model: 'TreeModel', path: expect.any(Array) });
    const onnx = join(ROOT, 'fixtures/tree/iris-decision-tree-sklearn-onnx/model.onnx');
    expect(await run('predict', onnx, ROWS, '--explain')).toMatchObject({
      code: 3,
      err: expect.stringContaining('explain/not-pmml'),
    });
  });

  test('lists in NDJSON are the vector that an ONNX model takes, true and false the numbers 1 and 0', async () => {
    const onnx = join(ROOT, 'fixtures/tree/iris-decision-tree-sklearn-onnx/model.onnx');
    const lists = write('lists.ndjson', '{"X":[5,3,1,0.2]}\n{"X":[6.7,3.1,5.6,2.4]}\n');
    expect((await run('predict', onnx, lists)).out).toBe(
      'label,probabilities[0],probabilities[1],probabilities[2]\nsetosa,1,0,0\nvirginica,0,0,1\n',
    );
    const truths = write('truths.csv', 'a,b,c,d\ntrue,1,2,false\n');
    expect((await run('predict', onnx, truths)).err).toBe('');
  });

  test('an ending that is none is wrong usage', async () => {
    expect(await run('predict', MODEL, ROWS, '-o', at('x.doc'))).toMatchObject({
      code: 2,
      err: expect.stringContaining('cli/which-output'),
    });
    expect(existsSync(at('x.doc'))).toBe(false);
  });
});

describe('inspect, validate, ops', () => {
  test('inspect shows inputs and outputs, as text and as JSON', async () => {
    const text = await run('inspect', MODEL);
    expect(text.out).toContain('written by SkLearn2PMML package');
    expect(text.out).toMatch(/inputs\n {2}sepal length \(cm\): float/);
    expect(text.out).toContain('probability(setosa): float64, probability of setosa');
    const json = JSON.parse((await run('inspect', MODEL, '--json')).out);
    expect(json).toMatchObject({ format: 'pmml', inputs: expect.any(Array), outputs: expect.any(Array) });
    expect((await run('inspect', MODEL, '--ir')).out).toContain('= trees sum of');
  });

  test('inspect prints a PFA document as PrettyPFA, and says what it is for otherwise', async () => {
    const pfa = join(ROOT, 'fixtures/tree/iris-simple-tree-label-handmade-pfa/model.pfa.json');
    expect((await run('inspect', pfa, '--pretty')).out).toContain('model.tree.simpleTree');
    expect(await run('inspect', MODEL, '--pretty')).toMatchObject({
      code: 2,
      err: expect.stringContaining('only a PFA document'),
    });
  });

  test('validate counts what it finds; errors give exit code 1', async () => {
    expect(await run('validate', MODEL)).toMatchObject({ code: 0, out: expect.stringContaining('valid: ') });
    const bad = join(ROOT, 'fixtures/invalid/pmml/unknown-field/input.pmml');
    const { code, out } = await run('validate', bad);
    expect(code).toBe(1);
    expect(out).toMatch(/10:44 .*pmml\/unknown-field/);
    expect(out).toMatch(/^not valid: .*input\.pmml \(PMML 4\.4: [1-9]\d* errors?, 0 warnings\)$/m);
    expect(JSON.parse((await run('validate', bad, '--json')).out)).toMatchObject({ valid: false, version: '4.4' });
  });

  test('validate tells everything in the order of lines, and how much of which kind', async () => {
    const bad = join(ROOT, 'fixtures/producers/r/ranger-probability/model.pmml');
    const lines = (await run('validate', bad)).out.trim().split('\n');
    const places = lines.flatMap((line) => (/model\.pmml:(\d+):/.exec(line) ?? []).slice(1).map(Number));
    expect(places.length).toBeGreaterThan(100);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(lines.slice(-2)).toEqual([
      `${places.length} × error pmml/missing-attribute`,
      `not valid: ${bad} (PMML 4.4: ${places.length} errors, 0 warnings)`,
    ]);
  });

  test("validate scores a document's own verification records", async () => {
    const verified = join(ROOT, 'fixtures/forest/wine-random-forest-verified-sklearn-pmml/model.pmml');
    expect(await run('validate', verified)).toMatchObject({ code: 0 });
    const text = readFileSync(verified, 'utf8');
    const wrong = write('verified.pmml', text.replace('<data:probability_0>0.0<', '<data:probability_0>0.5<'));
    expect(await run('validate', wrong)).toMatchObject({ code: 1, out: expect.stringContaining('pmml/verification') });
  });

  test('ops lists every format, and finds by name', async () => {
    const all = JSON.parse((await run('ops', '--json')).out) as { format: string; evaluated: boolean }[];
    const count = (format: string) => all.filter((operation) => operation.format === format).length;
    expect(count('pfa')).toBe(449);
    expect(count('onnx')).toBeGreaterThan(200);
    expect(count('pmml')).toBeGreaterThan(80);
    expect((await run('ops', '--format', 'pfa', '--find', 'simpleTree')).out).toContain('model.tree.simpleTree');
  });
});

describe('the command itself', () => {
  test('--version is that of the package, --help has examples for every command', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(spawned(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
    expect(spawned(['--help']).out).toContain('Exit codes');
    for (const command of ['convert', 'check', 'predict', 'inspect', 'validate', 'ops']) {
      const { code, out } = spawned([command, '--help']);
      expect(code).toBe(0);
      expect(out).toContain('Examples:');
    }
  });

  test('wrong usage is said in two lines with what to do', () => {
    const wrong: readonly (readonly [readonly string[], RegExp])[] = [
      [[], /a command is missing\n {2}hint: the commands are convert, /],
      [['transmogrify'], /there is no command "transmogrify"\n {2}hint: /],
      [['convrt', MODEL], /"convrt"\n {2}hint: Did you mean convert\?/],
      [['convert', MODEL], /<out> is missing\n {2}hint: samescore convert <in> <out>; /],
      [['check', MODEL, MODEL, '--frobnicate'], /frobnicate\n {2}hint: .*samescore check --help/],
    ];
    for (const [args, message] of wrong) {
      const { code, err } = spawned(args);
      expect(code).toBe(2);
      expect(err).toMatch(message);
      expect(err).toMatch(/^error cli\/usage: .*\n.*\n$/);
    }
  });

  test('a file that is not there is file trouble with its name', async () => {
    expect(await run('inspect', at('none.pmml'))).toMatchObject({
      code: 4,
      err: `error ${at('none.pmml')}: files/cannot-read: cannot read the file: there is no such file or folder\n`,
    });
  });
});
