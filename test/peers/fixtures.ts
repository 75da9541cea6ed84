import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { CellTable } from './peers.js';

export type FixtureFormat = 'onnx' | 'pmml' | 'pfa';

export interface FixtureSource {
  readonly family: string;
  readonly format: FixtureFormat;
  readonly model: string;
  readonly rows: number;
  readonly task: 'classification' | 'regression';
  /** Width at which the model sees the rows' numbers, and the framework saw them. */
  readonly width: 'float32' | 'float64';
  /** Measured distance between expected.csv and peer.csv, on rows that are not in peerDiffers. */
  readonly tolerance: {
    readonly kind: 'exact' | 'ulp' | 'rel' | 'abs';
    readonly value: number;
    readonly reason: string;
  };
  readonly peer: {
    readonly engine: { readonly name: string; readonly version: string };
    /** Type of the scores that the engine answers. */
    readonly type: string;
    readonly errors?: readonly {
      readonly rows: readonly number[];
      readonly message: string;
      readonly fault?: string;
    }[];
  };
  /** Rows, from 1, on which the file itself does not say what the framework says. */
  readonly peerDiffers?: { readonly rows: readonly number[]; readonly reason: string };
}

export interface Fixture {
  /** `forest/iris-random-forest-sklearn-onnx` */
  readonly name: string;
  readonly model: string;
  readonly rowsFile: string;
  readonly source: FixtureSource;
  readonly rows: CellTable;
  /** What the framework answers, and what the format's own engine answers on the file. */
  readonly expected: CellTable;
  readonly peer: CellTable;
}

const root = resolve(import.meta.dirname, '../../fixtures');

export function readCells(path: string): CellTable {
  const [header = [], ...rows] = parse(readFileSync(path, 'utf8')) as string[][];
  return { header, rows };
}

/** Every fixture that has a source.json; throws when there is none. */
export function fixtures(format?: FixtureFormat): Fixture[] {
  const found: Fixture[] = [];
  for (const family of readdirSync(root, { withFileTypes: true })) {
    if (!family.isDirectory()) continue;
    for (const name of readdirSync(join(root, family.name)).sort()) {
      const folder = join(root, family.name, name);
      if (!existsSync(join(folder, 'source.json'))) continue;
      const source = JSON.parse(readFileSync(join(folder, 'source.json'), 'utf8')) as FixtureSource;
      if (format !== undefined && source.format !== format) continue;
      found.push({
        name: `${family.name}/${name}`,
        model: join(folder, source.model),
        rowsFile: join(folder, 'rows.csv'),
        source,
        rows: readCells(join(folder, 'rows.csv')),
        expected: readCells(join(folder, 'expected.csv')),
        peer: readCells(join(folder, 'peer.csv')),
      });
    }
  }
  if (found.length === 0)
    throw new Error(`no fixtures${format === undefined ? '' : ` of format ${format}`} in fixtures/`);
  return found;
}
