// Compiles src/ to dist/ and marks the command as executable.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
rmSync(`${root}dist`, { recursive: true, force: true });
execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-p', `${root}tsconfig.build.json`], {
  cwd: root,
  stdio: 'inherit',
});
const bin = `${root}dist/cli/bin.js`;
if (existsSync(bin)) chmodSync(bin, 0o755);
