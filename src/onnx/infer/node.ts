import { SamescoreError } from '../../core/errors.js';
import type { OperatorSchema } from '../operator-schemas.js';
import { allowedTypes, bindTypes, schemaType } from './bind.js';
import { dataOfNode } from './data.js';
import type { Fact, Known, NodeFacts } from './facts.js';
import { ruleOf } from './rules.js';
import { parseType, spelled, tensorOfType, type ValueType } from './value-type.js';

/** Something that a node is at fault with. */
export interface NodeProblem {
  /** An error where it is absent. */
  readonly severity?: 'error' | 'warning';
  readonly code: string;
  readonly sentence: string;
  readonly expected?: string | undefined;
  readonly got?: string | undefined;
  readonly attribute?: string | undefined;
}

function typeOfFact(fact: Fact | undefined, bySchema: string | undefined): ValueType | undefined {
  if (fact?.type !== undefined) return fact.type;
  const base = bySchema === undefined ? undefined : parseType(bySchema);
  if (base !== undefined && base.kind !== 'tensor') return base;
  const element = fact?.element ?? base?.element;
  return element === undefined && fact?.dims === undefined ? undefined : tensorOfType(element, fact?.dims);
}

function problemOf(error: SamescoreError): NodeProblem {
  const { code, sentence, expected, got, place } = error;
  return { code: String(code), sentence, expected, got, attribute: place.attribute };
}

/**
 * Types, shapes and elements of a node's outputs as far as they follow, and what is wrong with it. Without a schema
 * (operators of other domains) only the operator's own rule tells.
 */
export function inferNode(
  facts: NodeFacts,
  domain: string,
  schema: OperatorSchema | undefined,
  names: readonly string[],
  report: (problem: NodeProblem) => void,
): Known[] {
  const binding = schema === undefined ? undefined : bindTypes(schema, facts.inputs);
  for (const { input, expected, got } of binding?.conflicts ?? [])
    report({
      code: 'onnx/wrong-type',
      sentence: `input ${input} ${JSON.stringify(names[input]?.slice(0, 60))} has the wrong type`,
      expected,
      got,
    });
  let found: Fact | readonly Fact[] = [];
  let types: (ValueType | undefined)[] = [];
  const typesOf = (): (ValueType | undefined)[] => {
    const list: readonly Fact[] = Array.isArray(found) ? found : [found as Fact];
    return facts.outputs.map((_, i) =>
      typeOfFact(
        list[i],
        binding === undefined || schema === undefined ? undefined : schemaType(schema, binding.bound, i),
      ),
    );
  };
  const rule = ruleOf(domain, facts.op);
  try {
    // A rule for a node whose inputs are of the wrong type would only repeat that.
    if (rule !== undefined && (binding?.conflicts.length ?? 0) === 0) found = rule(facts);
    types = typesOf();
    const data = dataOfNode(facts, types);
    if (schema !== undefined) reportOutputs(types, schema, report);
    return types.map((type, i): Known => ({ type, data: domain === '' ? data[i] : undefined }));
  } catch (error) {
    if (!(error instanceof SamescoreError)) throw error;
    report(problemOf(error));
    found = [];
    return typesOf().map((type) => ({ type }));
  }
}

function reportOutputs(
  types: readonly (ValueType | undefined)[],
  schema: OperatorSchema,
  report: (problem: NodeProblem) => void,
): void {
  types.forEach((type, i) => {
    const got = spelled(type);
    const allowed = allowedTypes(schema, i);
    if (got === undefined || allowed === undefined || allowed.includes(got)) return;
    const shown = allowed.length > 6 ? `${allowed.slice(0, 6).join(', ')}, …` : allowed.join(', ');
    report({
      code: 'onnx/wrong-type',
      sentence: `output ${i} would have a type that the operator does not give`,
      expected: shown,
      got,
    });
  });
}
