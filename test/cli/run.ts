import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { vi } from 'vitest';
import { main } from '../../src/cli/main.js';

export const ROOT = join(import.meta.dirname, '../..');

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line in this process and gives what it printed. */
export async function run(...args: readonly string[]): Promise<Ran> {
  const printed = { out: '', err: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((chunk) => {
      printed[name === 'stdout' ? 'out' : 'err'] += typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk);
      return true;
    }),
  );
  try {
    return { code: await main(args), ...printed };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

/** Runs the built command in a process of its own, with text on standard input. */
export function spawned(args: readonly string[], input = ''): Ran {
  const result = spawnSync(process.execPath, [join(ROOT, 'dist/cli/bin.js'), ...args], {
    input,
    encoding: 'utf8',
    cwd: ROOT,
  });
  return { code: result.status ?? -1, out: result.stdout, err: result.stderr };
}
