import type { Role } from '../../core/scorer.js';
import type { Program, ProgramOutput } from '../../ir/nodes.js';
import { isFloat } from '../../ir/types.js';
import type { ValueInfoProto } from '../../onnx/document.js';
import type { RecordedOutput } from '../from-onnx/metadata.js';
import { tensorInfo } from './inputs.js';
import { lower } from './lower.js';
import { batched, converted, type Lowering, type Operand, scalarConst, validity } from './state.js';
import { sideBySide } from './vectors.js';

/** Names that skl2onnx gives, where the program has none that an ONNX graph should bear. */
const DEFAULT_NAMES: Readonly<Partial<Record<Role, string>>> = {
  label: 'label',
  probability: 'probabilities',
  value: 'variable',
  score: 'scores',
  cluster: 'cluster',
};

interface Group {
  readonly name: string;
  readonly role: Role;
  readonly outputs: readonly ProgramOutput[];
  readonly categories?: readonly string[];
}

function graphName(output: ProgramOutput): string {
  return /^[A-Za-z_][\w.]*$/.test(output.name) ? output.name : (DEFAULT_NAMES[output.role] ?? 'output');
}

/** Scalar probabilities (or scores) of several classes become one vector. */
function grouped(program: Program): Group[] {
  const groups: Group[] = [];
  for (const output of program.outputs) {
    const scalarClass = output.category !== undefined && (output.role === 'probability' || output.role === 'score');
    if (!scalarClass) {
      const categories = output.categories === undefined ? {} : { categories: output.categories };
      groups.push({ name: graphName(output), role: output.role, outputs: [output], ...categories });
      continue;
    }
    const kind = program.nodes[output.ref]!.type.kind;
    const at = groups.findIndex(
      (group) =>
        group.role === output.role &&
        group.outputs[0]!.category !== undefined &&
        program.nodes[group.outputs[0]!.ref]!.type.kind === kind,
    );
    const before = at < 0 ? undefined : groups[at]!;
    const outputs = [...(before?.outputs ?? []), output];
    const group: Group = {
      name: DEFAULT_NAMES[output.role]!,
      role: output.role,
      outputs,
      categories: outputs.map((each) => each.category!),
    };
    if (at < 0) groups.push(group);
    else groups[at] = group;
  }
  return groups;
}

/** The number that stands for "no prediction" among integer labels: one that is no class. */
function sentinel(program: Program): number {
  const classes = (program.target?.classes ?? []).map(Number).filter(Number.isFinite);
  return classes.includes(-1) ? Math.min(...classes) - 1 : -1;
}

/** The output's tensor in a form in which its missing values can be told. */
function spelled(state: Lowering, role: Role, given: Operand): Operand {
  const operand = batched(state, given);
  if (isFloat(operand.kind) || operand.kind === 'string' || !operand.missing) return operand;
  if (role !== 'label') return converted(state, operand, 'float64');
  const whole = converted(state, operand, 'int64');
  const none = scalarConst(state, 'int64', sentinel(state.program));
  return { ...whole, name: state.emitter.op('Where', [validity(state, operand)!, whole.name, none]), missing: false };
}

function marksMissing(state: Lowering, group: Group): boolean {
  const operand = lower(state, group.outputs[0]!.ref);
  return group.role === 'label' && operand.missing && !isFloat(operand.kind) && operand.kind !== 'string';
}

export interface GraphOutputs {
  readonly infos: ValueInfoProto[];
  readonly recorded: RecordedOutput[];
}

/** Computes every output under its own name; labels are [N], everything else [N, width]. */
export function graphOutputs(state: Lowering): GraphOutputs {
  const { emitter, program } = state;
  const infos: ValueInfoProto[] = [];
  const recorded: RecordedOutput[] = [];
  for (const group of grouped(program)) {
    const operands = group.outputs.map((output) => spelled(state, group.role, lower(state, output.ref)));
    const operand = sideBySide(state, operands);
    const name = emitter.unique(group.name);
    const flat = group.role === 'label' && operand.width === 1;
    if (flat) {
      emitter.node('Reshape', [operand.name, emitter.constant('int64', [1], [-1], 'shape')], [name], []);
    } else {
      rename(state, operand, name);
    }
    const sizes = flat ? [] : [operand.width];
    infos.push(tensorInfo(name, operand.kind, sizes));
    recorded.push({
      name,
      role: group.role,
      ...(group.categories === undefined ? {} : { categories: group.categories }),
      ...(marksMissing(state, group) ? { missing: sentinel(program) } : {}),
    });
  }
  return { infos, recorded };
}

/** Gives the tensor the output's name: at its operator where nothing else reads it, else by Identity. */
function rename(state: Lowering, operand: Operand, name: string): void {
  state.emitter.node('Identity', [operand.name], [name], []);
}
