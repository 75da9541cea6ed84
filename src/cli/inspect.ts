import type { Argv } from 'yargs';
import {
  type InputField,
  type Model,
  type OutputField,
  prettyPfa,
  printProgram,
  SamescoreError,
  type Signature,
} from '../index.js';
import type { Command } from './command.js';
import { loadModel, READ_OPTIONS, type ReadArguments } from './options.js';
import { note, print, remark, strong } from './screen.js';

interface InspectArguments extends ReadArguments {
  readonly model: string;
  readonly ir?: boolean | undefined;
  readonly pretty?: boolean | undefined;
}

export const inspectCommand: Command<InspectArguments> = {
  command: 'inspect <model>',
  describe: 'Show what a model is, what it takes and what it gives',
  builder: (yargs: Argv) =>
    yargs
      .positional('model', { type: 'string', demandOption: true, describe: 'Model to look at (- for standard input)' })
      .options(READ_OPTIONS)
      .option('ir', { type: 'boolean', describe: 'Print the intermediate representation that conversions use' })
      .option('pretty', { type: 'boolean', describe: 'Print a PFA document as PrettyPFA' })
      .example('$0 inspect churn.pmml', 'Inputs, outputs, parts')
      .example('$0 inspect churn.onnx --json', 'The same for a program'),
  run: async (options) => {
    const model = await loadModel(options.model, options);
    if (options.pretty === true) print(await pretty(model));
    else if (options.ir === true) print(printProgram(model.program()));
    else if (options.json === true) print(JSON.stringify(asJson(model), null, 2));
    else print(asText(model));
    return 0;
  },
};

function pretty(model: Model): Promise<string> {
  if (model.format === 'pfa') return prettyPfa(model);
  throw new SamescoreError('cli/not-pfa', 'usage', 'only a PFA document has a PrettyPFA form', {
    place: { file: model.name },
    hint: 'convert it first: samescore convert MODEL model.pfa',
  });
}

/** The signature, or why there is none: a model can be looked at even where it cannot be scored. */
function signatureOf(model: Model): Signature | SamescoreError {
  try {
    return model.signature;
  } catch (error) {
    if (error instanceof SamescoreError) return error;
    throw error;
  }
}

function asJson(model: Model): unknown {
  const { version, producer, facts, parts } = model.describe();
  const signature = signatureOf(model);
  return {
    model: model.name,
    format: model.format,
    version,
    producer,
    facts: Object.fromEntries(facts),
    parts: Object.fromEntries(parts),
    ...(signature instanceof SamescoreError
      ? { error: signature.sentence }
      : { inputs: signature.inputs, outputs: signature.outputs }),
  };
}

function asText(model: Model): string {
  const { version, producer, facts, parts } = model.describe();
  const signature = signatureOf(model);
  const lines = [
    strong(
      `${model.name}: ${model.format.toUpperCase()} ${version}${producer === undefined ? '' : `, written by ${producer}`}`,
    ),
  ];
  for (const [label, text] of facts) lines.push(`  ${label}: ${text.length > 200 ? `${text.slice(0, 200)}…` : text}`);
  if (parts.size > 0)
    lines.push(
      `  made of: ${[...parts]
        .slice(0, 20)
        .map(([name, count]) => `${count} ${name}`)
        .join(', ')}`,
    );
  if (signature instanceof SamescoreError) {
    remark(note(`cannot be scored: ${signature.sentence}`));
    return lines.join('\n');
  }
  lines.push(strong('inputs'), ...signature.inputs.map((input) => `  ${inputLine(input)}`));
  lines.push(strong('outputs'), ...signature.outputs.map((output) => `  ${outputLine(output)}`));
  return lines.join('\n');
}

const shapeText = (shape: readonly number[]) => (shape.length === 0 ? '' : `[${shape.join(', ')}]`);

function listText(values: readonly unknown[], most = 8): string {
  return `${values.slice(0, most).join(', ')}${values.length > most ? `, … (${values.length})` : ''}`;
}

function inputLine(input: InputField): string {
  const notes = [
    ...(input.optional ? ['may be missing'] : []),
    ...(input.values === undefined ? [] : [`one of ${listText(input.values)}`]),
    ...(input.intervals ?? []).map(
      ({ low, high, lowOpen, highOpen }) =>
        `${lowOpen ? '(' : '['}${low ?? '-∞'}, ${high ?? '∞'}${highOpen ? ')' : ']'}`,
    ),
    ...(input.elementNames === undefined ? [] : [`elements ${listText(input.elementNames)}`]),
  ];
  return [`${input.name}: ${input.type}${shapeText(input.shape)}`, ...notes].join(', ');
}

function outputLine(output: OutputField): string {
  const classes = output.categories ?? (output.category === undefined ? [] : [output.category]);
  return `${output.name}: ${output.type}${shapeText(output.shape)}, ${output.role}${classes.length === 0 ? '' : ` of ${listText(classes)}`}`;
}
