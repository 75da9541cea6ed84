import type { Argv } from 'yargs';
import { formatFinding } from '../index.js';
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
    const findings = model.validate();
    const errors = findings.filter((finding) => finding.severity === 'error').length;
    const warnings = findings.length - errors;
    if (options.json === true) {
      print(JSON.stringify({ model: options.model, format: model.format, valid: errors === 0, findings }, null, 2));
    } else {
      for (const finding of findings) print(formatFinding(finding));
      const counts = `${errors} error${errors === 1 ? '' : 's'}, ${warnings} warning${warnings === 1 ? '' : 's'}`;
      print(
        errors === 0 ? good(`valid: ${options.model} (${counts})`) : bad(`not valid: ${options.model} (${counts})`),
      );
    }
    return errors === 0 ? 0 : 1;
  },
};
