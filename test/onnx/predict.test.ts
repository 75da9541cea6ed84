import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { attribute } from '../../src/onnx/attributes.js';
import type { TypeProto } from '../../src/onnx/document.js';
import { writeOnnx } from '../../src/onnx/index.js';
import { readParquet } from '../../src/wire/rows/parquet.js';
import { run } from '../cli/run.js';
import { graph, info, model, node } from './models.js';

const folder = mkdtempSync(join(tmpdir(), 'samescore-onnx-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string): string => join(folder, name);

const listOf = (type: TypeProto): TypeProto => ({ sequence_type: { elem_type: type } });
const body = graph(
  [
    node('SequenceConstruct', ['X', 'X'], ['pair']),
    node('Cast', ['X'], ['i'], { to: 7 }),
    node('SplitToSequence', ['i'], ['parts'], { axis: 1 }),
    node(
      'ZipMap',
      ['X'],
      ['maps'],
      { classlabels_int64s: attribute('classlabels_int64s', 'INTS', [10, 2]) },
      'ai.onnx.ml',
    ),
    node('Identity', ['maps'], ['kept']),
  ],
  [info('X', 'float', ['N', 2])],
  [
    { name: 'pair', type: listOf({ tensor_type: { elem_type: 1 } }) },
    { name: 'parts', type: listOf({ tensor_type: { elem_type: 7 } }) },
    { name: 'kept', type: listOf({ map_type: { key_type: 7, value_type: { tensor_type: { elem_type: 1 } } } }) },
  ],
);
const document = model(body, 18, {
  opset_import: [
    { domain: '', version: 18 },
    { domain: 'ai.onnx.ml', version: 3 },
  ],
});
writeFileSync(at('model.onnx'), writeOnnx(document));
writeFileSync(at('rows.csv'), 'a,b\n1,2\n3,4.5\n');

test('sequences are lists in NDJSON', async () => {
  const { code, err } = await run('predict', at('model.onnx'), at('rows.csv'), '-o', at('out.ndjson'));
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(readFileSync(at('out.ndjson'), 'utf8')).toBe(
    '{"pair":[[1,2],[1,2]],"parts":[1,2],"kept":[1,2]}\n{"pair":[[3,4.5],[3,4.5]],"parts":[3,4],"kept":[3,4.5]}\n',
  );
});

test('and JSON in a cell of CSV and Parquet', async () => {
  expect((await run('predict', at('model.onnx'), at('rows.csv'), '-o', at('out.csv'))).code).toBe(0);
  expect(readFileSync(at('out.csv'), 'utf8')).toBe(
    'pair,parts,kept[0],kept[1]\n"[[1,2],[1,2]]","[1,2]",1,2\n"[[3,4.5],[3,4.5]]","[3,4]",3,4.5\n',
  );
  const { code, err } = await run('predict', at('model.onnx'), at('rows.csv'), '-o', at('out.parquet'));
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const table = await readParquet(new Uint8Array(readFileSync(at('out.parquet'))));
  expect([...table.columns.keys()]).toEqual(['pair', 'parts', 'kept[0]', 'kept[1]']);
});

test('a map is an object, in cells too', async () => {
  const single = graph(
    [...body.node, node('SequenceAt', ['kept', 'zero'], ['one']), node('Constant', [], ['zero'], { value_int: 0 })],
    [info('X', 'float', ['N', 2])],
    [{ name: 'one', type: { map_type: { key_type: 7, value_type: { tensor_type: { elem_type: 1 } } } } }],
  );
  writeFileSync(at('map.onnx'), writeOnnx({ ...document, graph: single }));
  expect((await run('predict', at('map.onnx'), at('rows.csv'), '-o', at('map.ndjson'))).code).toBe(0);
  expect(readFileSync(at('map.ndjson'), 'utf8')).toBe('{"one":{"2":2,"10":1}}\n{"one":{"2":4.5,"10":3}}\n');
  expect((await run('predict', at('map.onnx'), at('rows.csv'), '-o', at('map.parquet'))).code).toBe(0);
  expect(readFileSync(at('map.parquet'), 'latin1')).toContain('{"2":2,"10":1}');
  const { code, err } = await run('predict', at('map.onnx'), at('rows.csv'), '-o', at('map.avro'));
  expect(code).toBe(1);
  expect(err).toContain('the column "one" holds objects');
});
