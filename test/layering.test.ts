import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { expect, test } from 'vitest';

const SRC = join(import.meta.dirname, '../src');

/** Layer of a source file → the layers that it may import. An evaluator is a layer of its own. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  core: ['core'],
  wire: ['core', 'wire'],
  onnx: ['core', 'wire', 'onnx', 'onnx/evaluate'],
  pmml: ['core', 'wire', 'pmml', 'pmml/evaluate'],
  pfa: ['core', 'wire', 'pfa', 'pfa/evaluate'],
  'onnx/evaluate': ['core', 'wire', 'onnx', 'onnx/evaluate'],
  'pmml/evaluate': ['core', 'wire', 'pmml', 'pmml/evaluate'],
  'pfa/evaluate': ['core', 'wire', 'pfa', 'pfa/evaluate'],
  ir: ['core', 'ir'],
  convert: ['core', 'wire', 'ir', 'convert', 'onnx', 'pmml', 'pfa'],
  parity: ['core', 'parity'],
  top: [
    'core',
    'wire',
    'onnx',
    'pmml',
    'pfa',
    'onnx/evaluate',
    'pmml/evaluate',
    'pfa/evaluate',
    'ir',
    'convert',
    'parity',
    'top',
  ],
  cli: ['top', 'cli'],
};

/** Files of a format's own folder that bring its evaluator along, so the converter may not import them. */
const WITH_EVALUATOR = /^(onnx|pmml|pfa)\/(index|scorer)\.ts$/;

function layerOf(file: string): string {
  const parts = file.split('/');
  if (parts.length === 1) return 'top';
  const nested = `${parts[0]}/${parts[1]}`;
  return nested in MAY_IMPORT ? nested : parts[0]!;
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replaceAll('\\', '/'));

function importsOf(file: string): string[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  const found = text.matchAll(/(?:from|import|import\()\s*'(\.[^']+)'/g);
  return [...found].map((match) =>
    relative(SRC, normalize(join(SRC, dirname(file), match[1]!))).replace(/\.js$/, '.ts'),
  );
}

test('imports point left only: core, wire, formats and ir, convert and parity, public API, command line', () => {
  const offending: string[] = [];
  let seen = 0;
  for (const file of files) {
    const allowed = MAY_IMPORT[layerOf(file)];
    expect(allowed, `src/${file} is in no known layer`).toBeDefined();
    for (const target of importsOf(file)) {
      seen++;
      const bad = !allowed!.includes(layerOf(target)) || (layerOf(file) === 'convert' && WITH_EVALUATOR.test(target));
      if (bad) offending.push(`src/${file} imports src/${target}`);
    }
  }
  expect(seen).toBeGreaterThan(0);
  expect(offending).toEqual([]);
});

test('nothing outside the command line and the file helpers imports a Node module', () => {
  const offending = files.filter(
    (file) =>
      !file.startsWith('cli/') &&
      file !== 'files.ts' &&
      /from 'node:|import\('node:/.test(readFileSync(join(SRC, file), 'utf8')),
  );
  expect(offending).toEqual([]);
});
