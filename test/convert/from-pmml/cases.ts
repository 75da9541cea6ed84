import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { interpret } from '../../../src/ir/interpret.js';
import type { InputNode, Program } from '../../../src/ir/nodes.js';
import type { Kind, Literal } from '../../../src/ir/types.js';
import type { PmmlDocument } from '../../../src/pmml/document.js';
import type { Element } from '../../../src/wire/xml/document.js';
import { casesIn } from '../../pmml/conformance-case.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
export type Row = Readonly<Record<string, unknown>>;

interface Expected {
  readonly records?: readonly Row[];
  readonly tolerance?: number;
  readonly error?: boolean;
}

export interface Case {
  readonly name: string;
  readonly folder: string;
  readonly expected: Expected;
}

/** Conformance cases with records: the shipped ones, and the open ones where they lie beside the repository. */
export function conformanceCases(): Case[] {
  const found = new Map<string, Case>();
  for (const folder of [join(root, '../shared/conformance/pmml'), join(root, 'fixtures/conformance/pmml')]) {
    for (const name of casesIn(folder)) {
      const expected = JSON.parse(readFileSync(join(folder, name, 'expected.json'), 'utf8')) as Expected;
      if (expected.records !== undefined) found.set(name, { name, folder: join(folder, name), expected });
    }
  }
  return [...found.values()];
}

export function rowsOf({ folder }: Case): Row[] {
  const json = join(folder, 'input.json');
  if (existsSync(json)) return JSON.parse(readFileSync(json, 'utf8')) as Row[];
  return parse(readFileSync(join(folder, 'input.csv'), 'utf8'), { columns: true, bom: true }) as Row[];
}

/** What a name in a case's expected record means: the prediction, the probability of a class, another output. */
export type Meaning =
  | { readonly kind: 'prediction' | 'error' }
  | { readonly kind: 'probability'; readonly category: string }
  | { readonly kind: 'output'; readonly name: string };

export function meaningOf(document: PmmlDocument, program: Program, name: string): Meaning | undefined {
  if (name === '$error') return { kind: 'error' };
  if (name === '$predictedValue' || name === program.target?.name) return { kind: 'prediction' };
  if (name.startsWith('$probability:')) return { kind: 'probability', category: name.slice('$probability:'.length) };
  if (name.startsWith('$')) return undefined;
  const field = outputFields(document.root).find((element) => element.attribute('name') === name);
  const feature = field?.attribute('feature') ?? 'predictedValue';
  const category = field?.attribute('value');
  if (field === undefined || field.attribute('isFinalResult') === 'false') return undefined;
  if (feature === 'probability' && category !== undefined) return { kind: 'probability', category };
  if (feature === 'transformedValue') return { kind: 'output', name };
  return feature === 'predictedValue' ? { kind: 'prediction' } : undefined;
}

function outputFields(element: Element): Element[] {
  return element
    .children()
    .flatMap((child) => (child.name === 'OutputField' ? [child] : child.name === 'Node' ? [] : outputFields(child)));
}

export interface Results {
  readonly prediction: unknown;
  readonly probabilities: ReadonlyMap<string, unknown>;
  readonly outputs: ReadonlyMap<string, unknown>;
}

/** Runs a program on a row of text or plain values. */
export function run(program: Program, row: Row): Results {
  const inputs = program.inputs.map((ref) => {
    const node = program.nodes[ref] as InputNode;
    return [literal(row[node.field.name], node.type.kind)];
  });
  const results = interpret(program, inputs);
  let prediction: unknown = null;
  const probabilities = new Map<string, unknown>();
  const outputs = new Map<string, unknown>();
  program.outputs.forEach((output, index) => {
    const values = results[index]!.map((value) => (typeof value === 'bigint' ? Number(value) : value));
    if (output.role === 'probability') {
      for (const [at, category] of (output.categories ?? []).entries()) probabilities.set(category, values[at]);
    } else if (output.role === 'label' || output.role === 'value') prediction = values[0];
    else outputs.set(output.name, values[0]);
  });
  return { prediction, probabilities, outputs };
}

/** Undefined text for a kind is thrown out by the caller: evaluators fail such a row. */
function literal(value: unknown, kind: Kind): Literal {
  if (value === undefined || value === null || value === '') return null;
  if (kind === 'string') return String(value);
  if (kind === 'bool') return value === true || /^(true|1)$/i.test(String(value));
  return kind === 'int64' ? BigInt(Math.round(Number(value))) : Number(value);
}

/** Whether every text of a row fits the kind of its input. */
export function fits(program: Program, row: Row): boolean {
  return program.inputs.every((ref) => {
    const node = program.nodes[ref] as InputNode;
    const value = row[node.field.name];
    if (value === undefined || value === null || value === '' || node.type.kind === 'string') return true;
    if (node.type.kind === 'bool') return /^(true|false|0|1)$/i.test(String(value));
    return node.type.kind === 'int64' ? Number.isInteger(Number(value)) : !Number.isNaN(Number(value));
  });
}

/** Whether the interpreter knows every function of a program; it has no normal distribution function. */
export function runs(program: Program): boolean {
  return program.nodes.every((node) => node.op !== 'primitive' || node.fn !== 'normcdf');
}
