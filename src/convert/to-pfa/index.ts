import type { InputField } from '../../core/scorer.js';
import { elementNamesOf } from '../../core/scorer.js';
import type { InputNode, IrNode, Program, ProgramOutput } from '../../ir/nodes.js';
import { scalarise } from '../../ir/scalarise.js';
import type { Ref, Type } from '../../ir/types.js';
import type { PfaDocument } from '../../pfa/document.js';
import { type Json, tree } from './json.js';
import { Names } from './names.js';
import { NODE_RULES } from './nodes.js';
import { innerType, isFloatKind, PFA_KIND } from './types.js';
import { NAN, narrow, PfaWriter } from './writer.js';

/**
 * A program as a PFA document with method map: the input is a record of the fields, the output a record of `label`,
 * `probability` (a map by class) and the like, or a single value. Raises convert/… for what PFA cannot hold.
 */
export function lowerToPfa(source: Program): PfaDocument {
  const program = scalarise(source);
  const writer = new PfaWriter(program);
  const input = inputRecord(writer, program);
  program.nodes.forEach((node, ref) => {
    if (node.op === 'input') return;
    const [name, rule] = NODE_RULES[node.op] as readonly [string, (writer: PfaWriter, node: IrNode) => Json];
    writer.bind(ref, rule(writer, node), name);
  });
  const output = outputRecord(writer, program);
  const { cells, functions } = writer;
  const text = program.metadata['name'];
  const root = tree({
    name: new Names().take(text ?? 'SamescoreModel'),
    method: 'map',
    input: input.type,
    output: output.type,
    ...(Object.keys(cells).length === 0 ? {} : { cells }),
    ...(Object.keys(functions).length === 0 ? {} : { fcns: functions }),
    action: [...input.steps, ...writer.steps, output.value],
    metadata: metadataOf(program, input.names),
  });
  return { root, format: 'json' };
}

/** Field names as the source spells them, and their domains, stand in the metadata: PFA names are identifiers. */
function metadataOf(program: Program, names: ReadonlyMap<string, InputField>): Json {
  const fields = [...names].map(([identifier, field]) => ({ ...field, identifier }));
  return { ...program.metadata, 'samescore.fields': JSON.stringify(fields) };
}

interface InputRecord {
  readonly type: Json;
  readonly steps: readonly Json[];
  /** Identifier in PFA → the field that it stands for. */
  readonly names: ReadonlyMap<string, InputField>;
}

function inputRecord(writer: PfaWriter, program: Program): InputRecord {
  const own = new Names();
  const fields: Json[] = [];
  const names = new Map<string, InputField>();
  for (const ref of program.inputs) {
    const node = program.nodes[ref] as InputNode;
    const spelled = node.field.shape.length === 0 ? [node.field.name] : elementNamesOf(node.field);
    const identifiers = spelled.map((name) => own.take(name));
    const scalarType: Type = { ...node.type, shape: [] };
    identifiers.forEach((identifier, index) => {
      const { elementNames: _, ...field } = node.field;
      names.set(identifier, { ...field, name: spelled[index]!, shape: [] });
      fields.push({
        name: identifier,
        type: scalarType.missing ? ['null', PFA_KIND[scalarType.kind]] : PFA_KIND[scalarType.kind],
      });
    });
    bindInput(writer, ref, node, identifiers, scalarType);
  }
  const type = { type: 'record', name: writer.names.take('Input'), fields };
  return { type, steps: [], names };
}

/** Inside the action a missing float is NaN; everything else stays as the record has it. */
function bindInput(writer: PfaWriter, ref: Ref, node: InputNode, identifiers: readonly string[], type: Type): void {
  const values = identifiers.map((identifier): Json => {
    const path = `input.${identifier}`;
    if (!type.missing || !isFloatKind(type.kind)) return path;
    const name = writer.names.take(identifier);
    return { ifnotnull: { [name]: path }, then: name, else: narrow(NAN, type) };
  });
  if (node.field.shape.length === 0) writer.bind(ref, values[0]!, identifiers[0]!);
  else writer.bind(ref, { new: values, type: innerType(node.type) }, node.field.name);
}

interface OutputRecord {
  readonly type: Json;
  readonly value: Json;
}

function outputRecord(writer: PfaWriter, program: Program): OutputRecord {
  const members = outputMembers(writer, program.outputs);
  const only = members.length === 1 ? members[0]! : undefined;
  if (only?.plain === true) return { type: only.type, value: only.value };
  const type = {
    type: 'record',
    name: writer.names.take('Output'),
    fields: members.map(({ name, type: memberType }) => ({ name, type: memberType })),
  };
  return { type, value: { new: Object.fromEntries(members.map(({ name, value }) => [name, value])), type } };
}

interface Member {
  readonly name: string;
  readonly type: Json;
  readonly value: Json;
  /** Whether the output's type alone tells its role, so that it may stand without a record around it. */
  readonly plain: boolean;
}

/** Roles that PFA documents spell by the name of the field. */
const NAMED_BY_ROLE: ReadonlySet<string> = new Set(['label', 'cluster']);

const GROUPS: Readonly<Record<string, string>> = { probability: 'probability', score: 'score' };

/** Labels and values one by one; the probabilities (and scores) of all classes as one map by class. */
function outputMembers(writer: PfaWriter, outputs: readonly ProgramOutput[]): Member[] {
  const names = new Names();
  const members: Member[] = [];
  const groups = new Map<string, { category: string; ref: Ref; index?: number }[]>();
  for (const output of outputs) {
    const group = GROUPS[output.role];
    const categories = output.categories ?? (output.category === undefined ? undefined : [output.category]);
    if (output.role === 'value' && writer.type(output.ref).shape.length === 1) {
      members.push(...valueMembers(writer, names, output));
      continue;
    }
    if (group === undefined || categories === undefined) {
      const plain = output.role === 'label' ? writer.type(output.ref).kind === 'string' : output.role === 'value';
      members.push({
        name: names.take(NAMED_BY_ROLE.has(output.role) ? output.role : output.name),
        ...outerValue(writer, output.ref),
        plain,
      });
      continue;
    }
    const list = groups.get(group) ?? [];
    categories.forEach((category, index) => {
      list.push(output.categories === undefined ? { category, ref: output.ref } : { category, ref: output.ref, index });
    });
    groups.set(group, list);
  }
  for (const [group, list] of groups)
    members.push({ name: names.take(group), ...mapMember(writer, list), plain: false });
  return members;
}

/** Several values at once, as a field each. */
function valueMembers(writer: PfaWriter, names: Names, output: ProgramOutput): Member[] {
  const { kind, shape, missing } = writer.type(output.ref);
  return Array.from({ length: shape[0]! }, (_, index) => {
    const value: Json = { attr: writer.value(output.ref), path: [index] };
    const name = names.take(`${output.name}_${index + 1}`);
    const type = PFA_KIND[kind];
    if (!missing || !isFloatKind(kind)) return { name, type, value, plain: false };
    return { name, type: ['null', type], value: nullForNan(value), plain: false };
  });
}

/** As the caller sees it: null where it is missing. */
function outerValue(writer: PfaWriter, ref: Ref): { type: Json; value: Json } {
  const type = writer.type(ref);
  const kind = PFA_KIND[type.kind];
  const value = writer.value(ref);
  if (type.shape.length === 1) return { type: { type: 'array', items: kind }, value };
  if (!type.missing) return { type: kind, value };
  return { type: ['null', kind], value: isFloatKind(type.kind) ? nullForNan(value) : value };
}

function nullForNan(value: Json): Json {
  return { if: { 'impute.isnan': [value] }, then: null, else: value };
}

function mapMember(
  writer: PfaWriter,
  list: readonly { category: string; ref: Ref; index?: number }[],
): { type: Json; value: Json } {
  const types = list.map(({ ref }) => writer.type(ref));
  const kind = types.every((type) => type.kind === 'float32') ? 'float' : 'double';
  const missing = types.some((type) => type.missing);
  const type = { type: 'map', values: missing ? ['null', kind] : kind };
  const entries = list.map(({ category, ref, index }): readonly [string, Json] => {
    const value: Json = index === undefined ? writer.value(ref) : { attr: writer.value(ref), path: [index] };
    return [category, missing ? nullForNan(value) : value];
  });
  return { type, value: { new: Object.fromEntries(entries), type } };
}
