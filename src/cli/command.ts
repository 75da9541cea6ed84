import type { Argv } from 'yargs';

/** One command: what yargs needs of it, and a `run` that gives the exit code. */
export interface Command<Options> {
  readonly command: string;
  readonly describe: string;
  readonly builder: (yargs: Argv) => Argv<Options>;
  readonly run: (options: Options & GlobalOptions) => Promise<number>;
}

export interface GlobalOptions {
  readonly json?: boolean | undefined;
  readonly verbose?: boolean | undefined;
  readonly quiet?: boolean | undefined;
}
