import { SamescoreError } from '../index.js';

/** A command as its usage line names it: `convert <in> <out>`. */
export interface Named {
  readonly command: string;
}

const nameOf = ({ command }: Named) => command.split(' ')[0]!;
const inOneLine = (text: string) => text.replace(/\s*\n\s*/g, ' ').trim();

/** The parser's complaint about the words that were typed, as `cli/usage` with what to type instead. */
export function usageError(args: readonly string[], commands: readonly Named[], complaint: unknown): SamescoreError {
  const { message } = complaint as Error;
  const command = commands.find((candidate) => args.includes(nameOf(candidate)));
  if (command === undefined) return commandError(args, commands, message);
  const name = nameOf(command);
  const given = /^Not enough non-option arguments: got (\d+)/.exec(message)?.[1];
  const missing = command.command.split(' ').slice(1 + Number(given))[0];
  return usage(
    given === undefined || missing === undefined ? inOneLine(message) : `${missing} is missing`,
    `samescore ${command.command}; samescore ${name} --help shows the options`,
  );
}

function commandError(args: readonly string[], commands: readonly Named[], message: string): SamescoreError {
  const word = args.find((arg) => !arg.startsWith('-'));
  const names = `the commands are ${commands.map(nameOf).join(', ')}; samescore --help shows more`;
  if (word === undefined) return usage('a command is missing', names);
  return usage(`there is no command ${JSON.stringify(word)}`, /^did you mean/i.test(message) ? message : names);
}

function usage(sentence: string, hint: string): SamescoreError {
  return new SamescoreError('cli/usage', 'usage', sentence, { hint });
}
