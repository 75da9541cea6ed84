import type { SingleBar } from 'cli-progress';

export type Progress = (stage: string, done: number, total: number) => void;

/**
 * Runs `body` with a progress bar on standard error, on a terminal only. The bar appears when work is long enough to
 * wonder: after half a second.
 */
export async function withProgress<T>(
  quiet: boolean | undefined,
  body: (progress: Progress) => Promise<T>,
): Promise<T> {
  if (quiet === true || process.stderr.isTTY !== true) return body(() => {});
  const { default: cliProgress } = await import('cli-progress');
  const started = Date.now();
  let bar: SingleBar | undefined;
  let current = '';
  const progress: Progress = (stage, done, total) => {
    if (bar === undefined && Date.now() - started < 500) return;
    bar ??= new cliProgress.SingleBar(
      {
        format: '{stage} {bar} {percentage}% {value}/{total}',
        stream: process.stderr,
        clearOnComplete: true,
        hideCursor: true,
      },
      cliProgress.Presets.shades_classic,
    );
    if (current !== stage) bar.start(total, done, { stage });
    else bar.update(done, { stage });
    current = stage;
  };
  try {
    return await body(progress);
  } finally {
    bar?.stop();
  }
}
