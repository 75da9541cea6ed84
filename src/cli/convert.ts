import type { Argv } from 'yargs';
import {
  type CheckResult,
  check,
  convert,
  type FormatName,
  type LowerOptions,
  type Model,
  readModel,
  SamescoreError,
  verdictLine,
  writeFileWhole,
} from '../index.js';
import type { Command, GlobalOptions } from './command.js';
import { limitsOf, loadModel, loadTable, READ_OPTIONS, type ReadArguments, targetFormat } from './options.js';
import { type Progress, withProgress } from './progress.js';
import { print, remark } from './screen.js';
import { verdictText } from './verdict.js';

interface ConvertArguments extends ReadArguments {
  readonly in: string;
  readonly out: string;
  readonly to?: string | undefined;
  readonly rows?: string | undefined;
  readonly delimiter?: string | undefined;
  readonly check: boolean;
  readonly generate: number;
  readonly seed: number;
  readonly tolerance: string;
  readonly opset?: number | undefined;
  readonly pmmlVersion?: string | undefined;
  readonly inputs?: string | undefined;
}

export const convertCommand: Command<ConvertArguments> = {
  command: 'convert <in> <out>',
  describe: 'Convert a model to another format and prove that it scores the same',
  builder: (yargs: Argv) =>
    yargs
      .positional('in', { type: 'string', demandOption: true, describe: 'Model to read (- for standard input)' })
      .positional('out', {
        type: 'string',
        demandOption: true,
        describe: 'Model to write (- for standard output, with --to)',
      })
      .options(READ_OPTIONS)
      .option('to', {
        type: 'string',
        choices: ['onnx', 'pmml', 'pfa'],
        describe: 'Format to write; by default as the name of <out> says',
      })
      .option('check', {
        type: 'boolean',
        default: true,
        describe: 'Score both models before anything is written (--no-check: do not)',
      })
      .option('rows', {
        type: 'string',
        describe: 'CSV, NDJSON or Parquet rows to check with, beside the generated ones',
      })
      .option('delimiter', { type: 'string', describe: 'Separator of CSV rows; found where it is not given' })
      .option('generate', { type: 'number', default: 1000, describe: 'Rows to generate for the check' })
      .option('seed', { type: 'number', default: 0, describe: 'Seed of the generated rows' })
      .option('tolerance', {
        type: 'string',
        default: '4ulp',
        describe: 'exact, 4ulp, or rel:1e-6; labels must always be equal',
      })
      .option('opset', { type: 'number', describe: 'ai.onnx opset of a new ONNX model' })
      .option('pmml-version', {
        type: 'string',
        choices: ['4.2', '4.3', '4.4'],
        describe: 'Version of a new PMML document',
      })
      .option('inputs', {
        type: 'string',
        choices: ['matrix', 'columns'],
        describe: 'ONNX inputs: one matrix, or one input a field',
      })
      .example('$0 convert churn.pmml churn.onnx', 'PMML to ONNX, checked on generated rows')
      .example('$0 convert iris.onnx iris.pfa --rows iris.csv', 'ONNX to PFA, checked on your rows too')
      .example('$0 convert model.xml - --to pfa > model.pfa', 'Write to standard output'),
  run: (options) => withProgress(options.quiet, (progress) => runConvert(options, progress)),
};

async function runConvert(options: ConvertArguments & GlobalOptions, progress: Progress): Promise<number> {
  const to = targetFormat(options.out, options.to);
  const original = await loadModel(options.in, options);
  const converted = convert(original, to, lowerOptions(options));
  const bytes = converted.bytes(options.out);
  const result = options.check ? await proveIt(original, bytes, to, options, progress) : undefined;
  if (result === undefined || result.same) await writeFileWhole(options.out, [bytes]);
  report(options, result, bytes.length);
  return result === undefined || result.same ? 0 : 1;
}

function lowerOptions(options: ConvertArguments): LowerOptions {
  return {
    ...(options.opset === undefined ? {} : { opset: options.opset }),
    ...(options.pmmlVersion === undefined ? {} : { pmmlVersion: options.pmmlVersion }),
    ...(options.inputs === undefined ? {} : { inputs: options.inputs as 'matrix' | 'columns' }),
  };
}

/** Reads the new bytes back, so that the writer is part of what is proved. */
async function proveIt(
  original: Model,
  bytes: Uint8Array,
  to: FormatName,
  options: ConvertArguments,
  progress: Progress,
): Promise<CheckResult> {
  const rows = await loadTable(options.rows, options.delimiter);
  const written = readModel(bytes, { format: to, name: options.out, limits: limitsOf(options) });
  if (rows === undefined && options.generate <= 0) {
    throw new SamescoreError('cli/nothing-to-check', 'usage', 'there are no rows to check with', {
      hint: 'give --rows or --generate N, or say --no-check',
    });
  }
  return check(original, written, {
    generate: options.generate,
    seed: options.seed,
    tolerance: options.tolerance,
    progress,
    ...(rows === undefined ? {} : { rows }),
  });
}

function report(options: ConvertArguments & GlobalOptions, result: CheckResult | undefined, bytes: number): void {
  const written = result === undefined || result.same;
  const say = options.out === '-' ? remark : print;
  if (options.json === true) {
    say(
      JSON.stringify({
        in: options.in,
        out: written ? options.out : null,
        bytes,
        checked: result !== undefined,
        ...(result === undefined
          ? {}
          : {
              same: result.same,
              verdict: verdictLine(result),
              rows: result.rows,
              flips: result.flips,
              differingRows: result.differingRows,
              worstUlps: result.worstUlps,
            }),
      }),
    );
    return;
  }
  if (result === undefined) say(`written, not checked: ${options.out} (${bytes.toLocaleString('en-US')} bytes)`);
  else if (result.same) say(`${options.in} → ${options.out}: ${verdictText(result, options.in, options.out)}`);
  else {
    say(verdictText(result, options.in, options.out));
    remark(`nothing was written; --no-check writes ${options.out} all the same`);
  }
}
