import type { Argv } from 'yargs';
import { check, type Report, writeFileWhole, writeReport } from '../index.js';
import type { Command } from './command.js';
import { loadModel, loadTable, oneStdin, pairsOf, READ_OPTIONS, type ReadArguments } from './options.js';
import { withProgress } from './progress.js';
import { print } from './screen.js';
import { verdictText } from './verdict.js';

interface CheckArguments extends ReadArguments {
  readonly original: string;
  readonly converted: string;
  readonly rows?: string | undefined;
  readonly delimiter?: string | undefined;
  readonly generate?: number | undefined;
  readonly seed: number;
  readonly tolerance: string;
  readonly pair?: readonly string[] | undefined;
  readonly report?: readonly string[] | undefined;
}

export const checkCommand: Command<CheckArguments> = {
  command: 'check <original> <converted>',
  describe: 'Score rows with two models and tell whether they agree',
  builder: (yargs: Argv) =>
    yargs
      .positional('original', { type: 'string', demandOption: true, describe: 'First model' })
      .positional('converted', { type: 'string', demandOption: true, describe: 'Second model, in any format' })
      .options(READ_OPTIONS)
      .option('rows', { type: 'string', describe: 'CSV, NDJSON or Parquet rows to score' })
      .option('delimiter', { type: 'string', describe: 'Separator of CSV rows; found where it is not given' })
      .option('generate', {
        type: 'number',
        describe: "Rows to generate from both models' thresholds and categories [1000 without --rows]",
      })
      .option('seed', { type: 'number', default: 0, describe: 'Seed of the generated rows' })
      .option('tolerance', {
        type: 'string',
        default: '4ulp',
        describe: 'exact, 4ulp, or rel:1e-6; labels must always be equal',
      })
      .option('pair', { type: 'string', array: true, describe: 'Outputs to compare: first=second' })
      .option('report', {
        type: 'string',
        array: true,
        describe: 'Write a report: .txt, .json, .xml (JUnit), .md or .html',
      })
      .example('$0 check churn.pmml churn.onnx', 'On generated rows')
      .example('$0 check a.onnx b.onnx --rows test.csv --tolerance exact', 'On your rows, bit for bit')
      .example('$0 check a.pmml b.pfa --report parity.xml', 'For a CI system'),
  run: (options) =>
    withProgress(options.quiet, async (progress) => {
      if (options.original === '-' && options.converted === '-') throw oneStdin();
      const [a, b] = [await loadModel(options.original, options), await loadModel(options.converted, options)];
      const rows = await loadTable(options.rows, options.delimiter);
      const pairs = pairsOf(options.pair);
      const result = check(a, b, {
        seed: options.seed,
        tolerance: options.tolerance,
        progress,
        ...(rows === undefined ? {} : { rows }),
        ...(options.generate === undefined ? {} : { generate: options.generate }),
        ...(pairs === undefined ? {} : { pairs }),
      });
      const report: Report = {
        nameA: options.original,
        nameB: options.converted,
        parity: result,
        ...(result.counterexample === undefined ? {} : { counterexample: result.counterexample }),
      };
      for (const path of options.report ?? []) {
        await writeFileWhole(path, [await writeReport(path.slice(path.lastIndexOf('.') + 1).toLowerCase(), report)]);
      }
      print(
        options.json === true
          ? await writeReport('json', report)
          : verdictText(result, options.original, options.converted),
      );
      return result.same ? 0 : 1;
    }),
};
