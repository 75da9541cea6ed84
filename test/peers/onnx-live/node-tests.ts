import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readOnnx } from '../../../src/onnx/index.js';
import { canonicalDomain, schemaAt } from '../../../src/onnx/operator-schemas.js';

const FOLDER = join(
  process.env['SAMESCORE_PEERS'] ?? join(import.meta.dirname, '../../../peers/.installed'),
  'onnx-tests/node',
);

/** How many of ONNX's own node tests are about each operator (`domain/name`) and version. */
export function nodeTests(): Map<string, Map<number, number>> {
  const counts = new Map<string, Map<number, number>>();
  if (!existsSync(FOLDER)) throw new Error(`no tests in ${FOLDER}: run npm run peers:install`);
  for (const name of readdirSync(FOLDER)) {
    if (name.endsWith('_expanded')) continue;
    const model = readOnnx(readFileSync(join(FOLDER, name, 'model.onnx')));
    for (const node of model.graph?.node ?? []) {
      const domain = canonicalDomain(node.domain);
      const opset = model.opset_import.find((one) => canonicalDomain(one.domain) === domain)?.version ?? 1;
      const since = schemaAt(domain, node.op_type ?? '', Number(opset))?.since;
      if (since === undefined) continue;
      const versions = counts.get(`${domain}/${node.op_type}`) ?? new Map<number, number>();
      counts.set(`${domain}/${node.op_type}`, versions.set(since, (versions.get(since) ?? 0) + 1));
    }
  }
  return counts;
}
