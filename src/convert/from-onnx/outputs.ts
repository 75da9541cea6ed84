import type { Role } from '../../core/scorer.js';
import type { Program, ProgramOutput, Task } from '../../ir/nodes.js';
import { isFloat, type Kind, type Ref } from '../../ir/types.js';
import type { GraphProto, OnnxModel } from '../../onnx/document.js';
import { declined } from '../declined.js';
import type { Lifting } from './call.js';
import { recordedOutputs, recordedTarget } from './metadata.js';
import { areRawScores } from './raw-scores.js';
import { innerDims, product, type RowValue, rowsOf } from './values.js';

interface Draft {
  readonly name: string;
  readonly value: RowValue;
  readonly role: Role;
  readonly classes?: readonly (string | number)[];
}

/** The graph's outputs with what they mean, and what follows for the program as a whole. */
export function programOutputs(
  lifting: Lifting,
  model: OnnxModel,
  graph: GraphProto,
): Pick<Program, 'outputs' | 'task' | 'target'> {
  const recorded = recordedOutputs(model);
  const drafts = graph.output.map((info): Draft => {
    const name = info.name ?? '';
    const value = lifting.values.get(name);
    if (value === undefined) throw declined('undefined-value', 'nothing gives this output', { field: name });
    if (value.of === 'const')
      throw declined('constant-output', 'the output does not depend on the rows', { field: name });
    const known = recorded.get(name);
    if (known?.missing !== undefined)
      return { name, role: known.role, value: withoutSentinel(lifting, value, known.missing) };
    if (known?.categories !== undefined) return { name, value, role: known.role, classes: known.categories };
    if (known !== undefined) return { name, value, role: known.role };
    const meaning = value.meaning;
    return meaning === undefined
      ? { name, value, role: 'other' }
      : { name, value, role: meaning.role, classes: meaning.classes };
  });
  const classes = drafts.find((draft) => draft.role === 'label' && draft.value.meaning)?.value.meaning?.classes;
  const joined = recorded.size > 0 ? drafts : joinedColumns(lifting, drafts, classes ?? []);
  const settled = joined
    .map((draft) => settle(draft, joined, classes))
    .map((draft) => (recorded.has(draft.name) ? draft : asScores(lifting, draft)));
  const task: Task = settled.some(({ role }) => role === 'label' || role === 'probability')
    ? 'classification'
    : 'regression';
  const outputs = settled.map((draft): ProgramOutput => {
    const base = { name: draft.name, role: draft.role, ref: guarded(lifting, draft.value.ref) };
    const size = product(innerDims(draft.value));
    const named = draft.classes !== undefined && draft.role !== 'label' && draft.classes.length === size;
    if (!named) return base;
    const texts = draft.classes.map(String);
    return size === 1 ? { ...base, category: texts[0]! } : { ...base, categories: texts };
  });
  const target = targetOf(model, settled, classes);
  return { outputs, task, ...(target === undefined ? {} : { target }) };
}

/** Probabilities as one output a class, each named after its class (`i1`, `sblue`), made one output again. */
function joinedColumns(
  lifting: Lifting,
  drafts: readonly Draft[],
  classes: readonly (string | number)[],
): readonly Draft[] {
  const columns = drafts.filter(({ value }) => isFloat(value.kind));
  const [first] = columns;
  const fits = columns.every(
    ({ name, value, role }, index) =>
      role === 'other' && product(innerDims(value)) === 1 && name.endsWith(String(classes[index] ?? '\0')),
  );
  if (first === undefined || !fits || columns.length !== classes.length) return drafts;
  const scalars = columns.flatMap(({ value }) => lifting.builder.elements(value.ref));
  const value = rowsOf(lifting.builder, lifting.builder.pack(scalars));
  const whole: Draft = { name: 'probabilities', value, role: 'probability', classes };
  return drafts.flatMap((draft) => (draft === first ? [whole] : columns.includes(draft) ? [] : [draft]));
}

/** A label without the number that stands for a missing one. */
function withoutSentinel(lifting: Lifting, value: RowValue, sentinel: number): RowValue {
  const { builder } = lifting;
  const node = builder.nodes[value.ref]!;
  if (node.op !== 'primitive' || node.fn !== 'select') return value;
  const [condition, label, otherwise] = node.inputs as [Ref, Ref, Ref];
  const none = builder.nodes[otherwise]!;
  if (none.op !== 'const' || Number(none.values[0]) !== sentinel) return value;
  return { ...value, ref: builder.apply('select', condition, label, builder.const(value.kind, null)) };
}

/** Scores of a classifier that its last operators no longer name, and plain values. */
function settle(draft: Draft, all: readonly Draft[], classes: readonly (string | number)[] | undefined): Draft {
  if (draft.role !== 'other') return draft;
  const size = product(innerDims(draft.value));
  const taken = all.some((other) => other.role === 'probability');
  if (isFloat(draft.value.kind) && classes !== undefined && size === classes.length && size > 1) {
    return { ...draft, role: taken ? 'score' : 'probability', classes };
  }
  const labelled = classes !== undefined || all.some((other) => other.role === 'label');
  return labelled || !isFloat(draft.value.kind) ? draft : { ...draft, role: 'value' };
}

function asScores(lifting: Lifting, draft: Draft): Draft {
  const raw = draft.role === 'probability' && areRawScores(lifting.builder, draft.value.ref);
  return raw ? { ...draft, role: 'score' } : draft;
}

/** A row that an operator refuses has no prediction at all. */
function guarded(lifting: Lifting, ref: Ref): Ref {
  const { builder, guards } = lifting;
  if (guards.length === 0) return ref;
  const valid = [...new Set(guards)].reduce((all, guard) => builder.apply('and', all, guard));
  return builder.apply('select', valid, ref, builder.const(builder.kindOf(ref), null));
}

function targetOf(
  model: OnnxModel,
  drafts: readonly Draft[],
  classes: readonly (string | number)[] | undefined,
): Program['target'] {
  const name = recordedTarget(model);
  const label = drafts.find((draft) => draft.role === 'label') ?? drafts.find((draft) => draft.role === 'value');
  const kind: Kind | undefined = label?.value.kind;
  const scored = drafts.find((draft) => draft.role === 'probability' || draft.role === 'score')?.classes;
  const texts = kind === 'string' ? scored : scored?.map(Number);
  const known = classes ?? texts;
  if (name === undefined && kind === undefined && known === undefined) return undefined;
  return {
    ...(name === undefined ? {} : { name }),
    ...(kind === undefined ? {} : { kind }),
    ...(known === undefined ? {} : { classes: known }),
  };
}
