import type { Argv } from 'yargs';
import { FORMAT_NAMES, type FormatName } from '../index.js';
import type { Operation } from '../ops.js';
import type { Command } from './command.js';
import { print, strong } from './screen.js';

interface OpsArguments {
  readonly format?: string | undefined;
  readonly find?: string | undefined;
}

export const opsCommand: Command<OpsArguments> = {
  command: 'ops',
  describe: 'List the operators, model elements and functions that samescore knows',
  builder: (yargs: Argv) =>
    yargs
      .option('format', { type: 'string', choices: FORMAT_NAMES, describe: 'Only of this format' })
      .option('find', { type: 'string', describe: 'Only names that contain this text' })
      .example('$0 ops --format pfa --find model.tree', 'What PFA has for trees')
      .example('$0 ops --format onnx --json', 'The table for a program'),
  run: async (options) => {
    const { operations } = await import('../ops.js');
    const wanted = options.find?.toLowerCase();
    const found = operations(options.format as FormatName | undefined).filter(
      ({ name }) => wanted === undefined || name.toLowerCase().includes(wanted),
    );
    print(options.json === true ? JSON.stringify(found, null, 2) : asText(found));
    return 0;
  },
};

const HEADINGS = ['format', 'kind', 'name', 'versions', 'evaluated', 'moved'];

function movedText(moved: Operation['moved']): string {
  if (typeof moved === 'string') return `no: ${moved}`;
  return moved ? 'yes' : 'no';
}

function asText(found: readonly Operation[]): string {
  const rows = found.map(({ format, kind, name, versions, evaluated, moved }) => [
    format,
    kind,
    name,
    versions?.join(' ') ?? '',
    evaluated ? 'yes' : 'no',
    movedText(moved),
  ]);
  const widths = HEADINGS.map((heading, column) => Math.max(heading.length, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd();
  const evaluated = found.filter((operation) => operation.evaluated).length;
  const moved = found.filter((operation) => operation.moved === true).length;
  return [
    strong(line(HEADINGS)),
    ...rows.map(line),
    '',
    `${found.length} in all, ${evaluated} evaluated, ${moved} moved`,
  ].join('\n');
}
