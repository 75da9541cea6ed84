import type { Argv } from 'yargs';
import { type Finding, formatFinding, type Model, SamescoreError } from '../index.js';
import type { Command } from './command.js';
import { loadModel, READ_OPTIONS, type ReadArguments } from './options.js';
import { bad, good, print } from './screen.js';

interface ValidateArguments extends ReadArguments {
  readonly model: string;
}

export const validateCommand: Command<ValidateArguments> = {
  command: 'validate <model>',
  describe: 'Find everything that is wrong in a model',
  builder: (yargs: Argv) =>
    yargs
      .positional('model', { type: 'string', demandOption: true, describe: 'Model to check (- for standard input)' })
      .options(READ_OPTIONS)
      .example('$0 validate churn.pmml', 'Exit code 0 if valid, 1 if not'),
  run: async (options) => {
    const model = await loadModel(options.model, options);
    const findings = model.validate().toSorted(byPlace);
    const version = versionOf(model);
    const errors = findings.filter((finding) => finding.severity === 'error').length;
    const warnings = findings.length - errors;
    if (options.json === true) {
      const { format } = model;
      const report = { model: options.model, format, version, valid: errors === 0, errors, warnings, findings };
      print(JSON.stringify(report, null, 2));
    } else {
      for (const finding of findings) print(formatFinding(finding));
      for (const line of kindsOf(findings)) print(line);
      const counts = `${errors} error${errors === 1 ? '' : 's'}, ${warnings} warning${warnings === 1 ? '' : 's'}`;
      const what = `${options.model} (${version === undefined ? '' : `${FORMAT_TITLES[model.format]} ${version}: `}${counts})`;
      print(errors === 0 ? good(`valid: ${what}`) : bad(`not valid: ${what}`));
    }
    return errors === 0 ? 0 : 1;
  },
};

const FORMAT_TITLES = { onnx: 'ONNX', pmml: 'PMML', pfa: 'PFA' } as const;

/** What version of its format the model says that it is; undefined where it is too broken to tell. */
function versionOf(model: Model): string | undefined {
  try {
    return model.describe().version;
  } catch (error) {
    if (error instanceof SamescoreError) return undefined;
    throw error;
  }
}

/** In the order of lines and columns, or of bytes; what has no place stays behind. */
function byPlace({ place: a }: Finding, { place: b }: Finding): number {
  const none = Number.POSITIVE_INFINITY;
  const compare = (x = none, y = none) => (x === y ? 0 : x - y);
  return compare(a.line, b.line) || compare(a.column, b.column) || compare(a.byte, b.byte);
}

/** How many of which kind, where there are too many to be seen at once. */
function kindsOf(findings: readonly Finding[]): string[] {
  if (findings.length <= 20) return [];
  const counts = new Map<string, number>();
  for (const { severity, code } of findings)
    counts.set(`${severity} ${code}`, (counts.get(`${severity} ${code}`) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).map(([kind, count]) => `${count} × ${kind}`);
}
