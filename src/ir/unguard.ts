import type { IrNode, Program } from './nodes.js';
import { inputsOf, withInputs } from './nodes.js';
import type { Ref } from './types.js';

/**
 * The same program without tests that only repeat what the IR says anyway: `select(x is present, f(x), missing)` is f(x)
 * where f gives missing for a missing x. Formats without missing values write such tests around their labels.
 */
export function unguard(program: Program): Program {
  const replaced = new Map<Ref, Ref>();
  const uses = usesOf(program);
  program.nodes.forEach((node, ref) => {
    const inner = guardedBy(program, node, uses);
    if (inner !== undefined) replaced.set(ref, inner);
  });
  if (replaced.size === 0) return program;
  const bare = new Set(replaced.values());
  const to = (ref: Ref): Ref => (replaced.has(ref) ? to(replaced.get(ref)!) : ref);
  const nodes = program.nodes.map((node, ref): IrNode => {
    const moved = withInputs(node, to);
    return bare.has(ref) && moved.op === 'lookup'
      ? { ...moved, whenMissing: null, type: { ...moved.type, missing: true } }
      : moved;
  });
  const outputs = program.outputs.map((output) => ({ ...output, ref: to(output.ref) }));
  return { ...program, nodes, outputs };
}

function usesOf(program: Program): Uint32Array {
  const uses = new Uint32Array(program.nodes.length);
  for (const node of program.nodes) for (const input of inputsOf(node)) uses[input]!++;
  for (const { ref } of program.outputs) uses[ref]!++;
  return uses;
}

/** What a select guards, where the guard says nothing new. */
function guardedBy(program: Program, node: IrNode, uses: Uint32Array): Ref | undefined {
  if (node.op !== 'primitive' || node.fn !== 'select') return undefined;
  const [condition, first, second] = node.inputs as [Ref, Ref, Ref];
  const flipped = isNone(program, first);
  if (!flipped && !isNone(program, second)) return undefined;
  const value = flipped ? second : first;
  const tested = flipped ? missingOf(program, condition) : presentOf(program, condition);
  if (tested === undefined) return undefined;
  // What a lookup gives for a missing key does not matter behind the guard, if nobody else asks it.
  const inner = program.nodes[value]!;
  const from = inner.op === 'lookup' && uses[value] === 1 ? inner.input : value;
  return tested.every((ref) => isStrictIn(program, from, ref)) ? value : undefined;
}

function isNone(program: Program, ref: Ref): boolean {
  const node = program.nodes[ref]!;
  return node.op === 'const' && node.values.every((literal) => literal === null);
}

/** The values of which a condition asks if any is missing, and nothing else; undefined for other conditions. */
function missingOf(program: Program, ref: Ref): Ref[] | undefined {
  const node = program.nodes[ref]!;
  if (node.op !== 'primitive') return undefined;
  if (node.fn === 'or') return all(node.inputs.map((input) => missingOf(program, input)));
  return node.fn === 'is-missing' ? [node.inputs[0]!] : undefined;
}

/** The values whose presence a condition asks for, and nothing else; undefined for other conditions. */
function presentOf(program: Program, ref: Ref): Ref[] | undefined {
  const node = program.nodes[ref]!;
  if (node.op === 'reduce' && node.fn === 'min') return presentOf(program, node.input);
  if (node.op === 'pack') return all(node.inputs.map((input) => presentOf(program, input)));
  if (node.op !== 'primitive') return undefined;
  if (node.fn === 'and') return all(node.inputs.map((input) => presentOf(program, input)));
  if (node.fn !== 'not') return undefined;
  const inner = program.nodes[node.inputs[0]!]!;
  return inner.op === 'primitive' && inner.fn === 'is-missing' ? [inner.inputs[0]!] : undefined;
}

function all(lists: readonly (Ref[] | undefined)[]): Ref[] | undefined {
  return lists.every((list) => list !== undefined) ? lists.flat() : undefined;
}

/** Whether a value is missing whenever `part` is: `part` reaches it through nodes that pass a missing value on. */
function isStrictIn(program: Program, value: Ref, part: Ref): boolean {
  if (value === part) return true;
  const asked = program.nodes[part]!;
  // A vector with a missing element makes what is made of the whole vector missing.
  if (asked.op === 'element' && asked.input === value && program.nodes[value]!.type.shape.length === 1) return true;
  const node = program.nodes[value]!;
  if (node.op === 'lookup' && node.whenMissing !== null) return false;
  if (node.op === 'primitive' && !STRICT.has(node.fn)) return false;
  if (!PASSES_ON.has(node.op)) return false;
  const target = program.nodes[part]!;
  if (target.op === 'pack') return target.inputs.every((input) => isStrictIn(program, value, input));
  return inputsOf(node).some((input) => isStrictIn(program, input, part));
}

const PASSES_ON: ReadonlySet<string> = new Set([
  'lookup',
  'reduce',
  'cast',
  'pack',
  'vector-function',
  'primitive',
  'linear',
]);
const STRICT: ReadonlySet<string> = new Set([
  'add',
  'sub',
  'mul',
  'div',
  'neg',
  'exp',
  'logistic',
  'lt',
  'le',
  'gt',
  'ge',
  'eq',
  'ne',
]);
