import type { OperatorSchema } from '../operator-schemas.js';
import type { Known } from './facts.js';
import { spelled } from './value-type.js';

/** Type parameters of the schema bound by the inputs; `conflicts` names the inputs that do not fit. */
export interface Binding {
  readonly bound: ReadonlyMap<string, string>;
  readonly conflicts: readonly { readonly input: number; readonly expected: string; readonly got: string }[];
}

/** Operators whose variadic parameters may be of different types. */
const HETEROGENEOUS = new Set('Loop Scan If SequenceMap Adagrad Adam Momentum FeatureVectorizer Gradient'.split(' '));

export function isHeterogeneous(schema: OperatorSchema): boolean {
  return HETEROGENEOUS.has(schema.name);
}

/** Binds the type parameters of a node's schema to the types of its inputs. */
export function bindTypes(schema: OperatorSchema, inputs: readonly (Known | undefined)[]): Binding {
  const bound = new Map<string, string>();
  const conflicts: { input: number; expected: string; got: string }[] = [];
  for (const [i, input] of inputs.entries()) {
    const parameter = schema.inputs[Math.min(i, schema.inputs.length - 1)];
    const got = spelled(input?.type);
    if (parameter === undefined || got === undefined) continue;
    const name = parameter[1];
    const allowed = schema.types[name] ?? [name];
    const before = bound.get(name);
    const mixes = parameter[2] === '*' && isHeterogeneous(schema);
    if (!allowed.includes(got)) {
      const shown = allowed.length > 6 ? `${allowed.slice(0, 6).join(', ')}, …` : allowed.join(', ');
      conflicts.push({ input: i, expected: shown, got });
    } else if (before !== undefined && before !== got && !mixes) conflicts.push({ input: i, expected: before, got });
    else bound.set(name, got);
  }
  return { bound, conflicts };
}

/** The type of an output by the schema alone: bound by the inputs, fixed, or the only one that is allowed. */
export function schemaType(schema: OperatorSchema, bound: Binding['bound'], output: number): string | undefined {
  const parameter = schema.outputs[Math.min(output, schema.outputs.length - 1)];
  if (parameter === undefined || (parameter[2] === '*' && isHeterogeneous(schema))) return undefined;
  const name = parameter[1];
  const allowed = schema.types[name];
  if (allowed === undefined) return name;
  return bound.get(name) ?? (allowed.length === 1 ? allowed[0] : undefined);
}

/** The types that an output may have; undefined where any will do. */
export function allowedTypes(schema: OperatorSchema, output: number): readonly string[] | undefined {
  const parameter = schema.outputs[Math.min(output, schema.outputs.length - 1)];
  return parameter === undefined ? undefined : (schema.types[parameter[1]] ?? [parameter[1]]);
}
