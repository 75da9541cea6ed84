import type { InputField, Role } from '../../core/scorer.js';
import type { DataType } from '../../core/table.js';
import { IrBuilder } from '../../ir/builder.js';
import type { Program, ProgramOutput } from '../../ir/nodes.js';
import { simplify } from '../../ir/simplify.js';
import { unguard } from '../../ir/unguard.js';
import type { PfaDocument } from '../../pfa/document.js';
import { outputRole } from '../../pfa/output-roles.js';
import { readProgram } from '../../pfa/parse/program.js';
import type { AvroType } from '../../pfa/types.js';
import { rootWhere } from '../../pfa/where.js';
import { declined } from '../declined.js';
import { Run } from './expressions.js';
import { entriesOf, isNull, itemsOf, kindOf, ref, refOf, type Sym } from './sym.js';

const FIELD_TYPE: Readonly<Record<string, DataType>> = {
  bool: 'boolean',
  int32: 'int32',
  int64: 'int64',
  float32: 'float32',
  float64: 'float64',
  string: 'string',
};

/**
 * A PFA document as a program: its action is run once over symbolic values. Declines documents that keep state, emit or
 * fold, and those whose loops depend on the input.
 */
export function liftPfa(document: PfaDocument): Program {
  const source = readProgram(rootWhere(document.root));
  if (source.method !== 'map')
    throw declined('pfa-method', `a document with method ${source.method} gives no prediction for each row`, {
      path: '$.method',
    });
  const builder = new IrBuilder();
  const run = new Run(builder, source);
  const fields = recordedFields(source.metadata);
  const result = run.action(inputOf(builder, source.input.resolved!, fields));
  const outputs = outputsOf(builder, run.coerced(result, source.output.resolved!), source.output.resolved!);
  const labels = outputs.some(({ role }) => role === 'label');
  const { 'samescore.fields': _, ...metadata } = source.metadata;
  const program = builder.finish({
    outputs,
    task: labels ? 'classification' : 'regression',
    metadata: { name: source.name, ...metadata },
  });
  return simplify(unguard(simplify(program)));
}

/** What our own documents record of their fields: the names in the source's spelling, and the domains. */
function recordedFields(metadata: Readonly<Record<string, string>>): ReadonlyMap<string, InputField> {
  const text = metadata['samescore.fields'];
  if (text === undefined) return new Map();
  const fields = JSON.parse(text) as (InputField & { identifier: string })[];
  return new Map(fields.map(({ identifier, ...field }) => [identifier, field]));
}

function inputOf(builder: IrBuilder, type: AvroType, recorded: ReadonlyMap<string, InputField>): Sym {
  if (type.type !== 'record') return inputField(builder, 'input', type, recorded);
  return {
    k: 'entries',
    entries: new Map(type.fields.map((field) => [field.name, inputField(builder, field.name, field.type, recorded)])),
  };
}

function inputField(builder: IrBuilder, name: string, type: AvroType, recorded: ReadonlyMap<string, InputField>): Sym {
  const kind = kindOf(type);
  if (kind === undefined)
    throw declined('pfa-input', 'an input that is no record of scalars', { path: '$.input', field: name });
  const symbols = type.type === 'enum' ? { values: type.symbols } : {};
  const field: InputField = {
    name,
    shape: [],
    optional: type.type === 'union',
    ...symbols,
    ...recorded.get(name),
    type: FIELD_TYPE[kind]!,
  };
  return ref(builder.input(field, kind));
}

function outputsOf(builder: IrBuilder, result: Sym, type: AvroType): ProgramOutput[] {
  if (type.type !== 'record') return outputField(builder, 'output', undefined, result, type);
  const entries = entriesOf(result);
  return type.fields.flatMap((field) =>
    outputField(builder, field.name, field.name, entries.get(field.name)!, field.type),
  );
}

function outputField(
  builder: IrBuilder,
  name: string,
  fieldName: string | undefined,
  sym: Sym,
  type: AvroType,
): ProgramOutput[] {
  const role = outputRole(fieldName, type);
  if (type.type === 'map') return [vectorOutput(builder, name, role, [...entriesOf(sym)])];
  if (type.type === 'array')
    return [
      vectorOutput(
        builder,
        name,
        role,
        itemsOf(sym).map((item) => [undefined, item]),
      ),
    ];
  if (isNull(sym)) throw declined('pfa-null', 'an output that is always null', { path: '$.output', field: name });
  return [{ name, role, ref: refOf(builder, sym, kindOf(type)) }];
}

function vectorOutput(
  builder: IrBuilder,
  name: string,
  role: Role,
  members: readonly (readonly [string | undefined, Sym])[],
): ProgramOutput {
  const refs = members.map(([, item]) => refOf(builder, item));
  const categories = members.flatMap(([category]) => (category === undefined ? [] : [category]));
  return { name, role, ref: builder.pack(refs), ...(categories.length === members.length ? { categories } : {}) };
}
