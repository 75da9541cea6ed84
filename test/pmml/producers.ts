import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'csv-parse/sync';

export interface Product {
  /** `r/lm-cars` */
  readonly name: string;
  readonly folder: string;
  readonly bytes: Uint8Array;
  readonly source: ProductSource;
  readonly rows: Cells;
  /** The training framework's answers; the header has keys of our answers, or `error`. None where it has no scorer. */
  readonly expected: Cells | undefined;
}

export interface Cells {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface ProductSource {
  /** The element of the first model in the document. */
  readonly model: string;
  /** Largest relative distance to the framework's own numbers; for probabilities the absolute one. */
  readonly tolerance: number;
  /** Where the file does not say what its framework says: rows from 1 (all without them), columns, and the reason. */
  readonly differs?: readonly {
    readonly rows?: readonly number[];
    readonly columns?: readonly string[];
    readonly reason: string;
  }[];
}

const root = resolve(import.meta.dirname, '../../fixtures/producers');

function cells(path: string): Cells {
  const [header = [], ...rows] = parse(readFileSync(path, 'utf8'), { skip_empty_lines: false }) as string[][];
  return { header, rows };
}

const RULES = ['recommendation', 'exclusiveRecommendation', 'ruleAssociation'].flatMap((algorithm) =>
  [1, 2, 3].map(
    (rank) =>
      `<OutputField name="${algorithm}${rank}" feature="ruleValue" algorithm="${algorithm}" ruleFeature="consequent"
        rankBasis="confidence" rankOrder="descending" rank="${rank}" dataType="string" optype="categorical"/>`,
  ),
);

/**
 * Rules answer by output fields alone, and pmml-sparkml writes none: a document of rules without an Output with one that
 * has the best three consequents of each algorithm, and all `recommended` ones where `everything` is asked for.
 */
export function answering(bytes: Uint8Array, everything = false): Uint8Array {
  const text = new TextDecoder().decode(bytes);
  if (!text.includes('<AssociationModel ') || text.includes('<Output>')) return bytes;
  const all = `<OutputField name="recommended" feature="ruleValue" algorithm="exclusiveRecommendation" ruleFeature="consequent"
    rankBasis="confidence" rankOrder="descending" rank="0" isMultiValued="1" dataType="string" optype="categorical"/>`;
  const output = `<Output>${RULES.join('')}${everything ? all : ''}</Output>`;
  return new TextEncoder().encode(text.replace('</MiningSchema>', `</MiningSchema>${output}`));
}

/** Every document under fixtures/producers with the answers of the framework that trained it; throws when there is none. */
export function products(): Product[] {
  const found: Product[] = [];
  for (const kind of readdirSync(root).sort()) {
    for (const name of readdirSync(join(root, kind)).sort()) {
      const folder = join(root, kind, name);
      if (!existsSync(join(folder, 'source.json'))) continue;
      found.push({
        name: `${kind}/${name}`,
        folder,
        bytes: readFileSync(join(folder, 'model.pmml')),
        source: JSON.parse(readFileSync(join(folder, 'source.json'), 'utf8')) as ProductSource,
        rows: cells(join(folder, 'rows.csv')),
        expected: existsSync(join(folder, 'expected.csv')) ? cells(join(folder, 'expected.csv')) : undefined,
      });
    }
  }
  if (found.length === 0) throw new Error(`no documents under ${root}`);
  return found;
}
