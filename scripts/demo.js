// The main job on a shipped model: a PMML forest becomes ONNX, with the verdict whether it scores the same.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'samescore-demo-'));
const fixture = 'fixtures/forest/iris-random-forest-sklearn-pmml';
const commands = [
  ['convert', `${fixture}/model.pmml`, join(folder, 'iris.onnx'), '--rows', `${fixture}/rows.csv`],
  ['convert', join(folder, 'iris.onnx'), join(folder, 'iris.pfa')],
  ['check', `${fixture}/model.pmml`, join(folder, 'iris.pfa'), '--tolerance', 'exact'],
];
let status = 0;
for (const command of commands) {
  const shown = command.map((word) => word.replace(`${folder}/`, ''));
  process.stdout.write(`$ samescore ${shown.join(' ')}\n`);
  const result = spawnSync(process.execPath, [join(root, 'dist/cli/bin.js'), ...command], {
    cwd: root,
    encoding: 'utf8',
  });
  process.stdout.write(`${(result.stdout + result.stderr).replaceAll(`${folder}/`, '')}\n`);
  status ||= result.status ?? 1;
}
rmSync(folder, { recursive: true, force: true });
process.exitCode = status;
