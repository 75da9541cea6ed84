import yargs from 'yargs';
import { EXIT_CODES, type FailureKind, formatError, SamescoreError } from '../index.js';
import { checkCommand } from './check.js';
import type { Command, GlobalOptions } from './command.js';
import { convertCommand } from './convert.js';
import { inspectCommand } from './inspect.js';
import { opsCommand } from './ops.js';
import { predictCommand } from './predict.js';
import { danger } from './screen.js';
import { type Named, usageError } from './usage.js';
import { validateCommand } from './validate.js';

const COMMANDS: readonly Named[] = [
  convertCommand,
  checkCommand,
  predictCommand,
  inspectCommand,
  validateCommand,
  opsCommand,
];

/** What went wrong, for the people who typed the command: never a stack unless they asked for it. */
/** Files that cannot be read at all: there is nothing in them to validate. */
const UNREADABLE = /^(xml|wire|json|yaml)\/|gzip$|not-a-model$|not-pmml$|^pfa\/syntax$/;

const NEXT_STEP: Readonly<Record<FailureKind, ((file: string) => string) | undefined>> = {
  invalid: (file) => `samescore validate ${file} lists what is wrong`,
  unsupported: () => 'samescore ops lists what is evaluated and what is moved',
  io: undefined,
  usage: undefined,
};

function explain(error: unknown, verbose: boolean): number {
  const known =
    error instanceof SamescoreError
      ? error
      : new SamescoreError('core/internal', 'unsupported', `samescore failed: ${(error as Error).message}`, {
          hint: 'this is a fault in samescore; run again with --verbose and report what it prints',
        });
  const hint = known.hint === undefined ? nextStep(known) : undefined;
  const message = formatError(known) + (hint === undefined ? '' : `\n  hint: ${hint}`);
  process.stderr.write(`${danger('error')} ${message}\n`);
  if (verbose) process.stderr.write(`${(error as Error).stack ?? ''}\n`);
  return EXIT_CODES[known.kind];
}

/** What to do where the error itself has no hint. */
function nextStep({ code, kind, place }: SamescoreError): string | undefined {
  if (place.file === undefined) return undefined;
  return UNREADABLE.test(String(code))
    ? 'the file is damaged or of another kind: export or fetch it again'
    : NEXT_STEP[kind]?.(place.file);
}

function notANumber(option: string): SamescoreError {
  return new SamescoreError('cli/not-a-number', 'usage', `--${option} takes a number`, {
    hint: 'samescore COMMAND --help shows the options',
  });
}

/** The parser makes an empty text of a lone `-`, which stands for standard input or output. */
function withDashes(options: object): object {
  for (const [name, value] of Object.entries(options)) if (Number.isNaN(value)) throw notANumber(name);
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [name, value === '' ? '-' : value]));
}

/** Runs the command line and gives the exit code: 0 good, 1 scores differ or invalid, 2 usage, 3 not supported, 4 files. */
export async function main(args: readonly string[]): Promise<number> {
  let code = 0;
  let started = false;
  const parser = yargs([...args])
    .scriptName('samescore')
    .usage('$0 <command>\n\nMoves models between ONNX, PMML and PFA, and proves that they still score the same.')
    .option('json', { type: 'boolean', describe: 'Print the result as JSON', global: true })
    .option('verbose', { type: 'boolean', describe: 'Print the stack of an error', global: true })
    .option('quiet', { alias: 'q', type: 'boolean', describe: 'No progress bars', global: true })
    .parserConfiguration({ 'duplicate-arguments-array': true })
    .demandCommand(1)
    .recommendCommands()
    .strict()
    .help()
    .alias('help', 'h')
    .version(false)
    .option('version', { alias: 'V', type: 'boolean', describe: 'Print the version', global: false })
    .epilogue(
      'Exit codes: 0 good, 1 the scores differ or the model is invalid, 2 wrong usage, 3 not supported, 4 file trouble.',
    )
    .wrap(Math.min(110, process.stdout.columns ?? 100))
    .exitProcess(false)
    .fail(false);
  for (const command of COMMANDS) {
    const { command: usage, describe, builder, run } = command as unknown as Command<unknown>;
    parser.command(usage, describe, builder, async (argv) => {
      started = true;
      code = await run(withDashes(argv) as GlobalOptions);
    });
  }
  const verbose = args.includes('--verbose');
  try {
    await parser.parseAsync();
    return code;
  } catch (error) {
    // What fails before a command runs is the parser's complaint about the words.
    return explain(error instanceof SamescoreError || started ? error : usageError(args, COMMANDS, error), verbose);
  }
}
