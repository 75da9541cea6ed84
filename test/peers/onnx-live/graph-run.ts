import type { GraphProto } from '../../../src/onnx/document.js';
import { OnnxEvaluator, readOnnx, writeOnnx } from '../../../src/onnx/index.js';
import { canonicalDomain, schemaAt } from '../../../src/onnx/operator-schemas.js';
import { runOrtTensors } from '../ort-tensors.js';
import { differenceOf } from './compare.js';
import { drawFrom } from './draw.js';
import { GRAPHS } from './graphs.js';

const CASES = 60;
/** A dozen operators in a row, each of class rounding at most. */
const MEASURE = { agreement: { class: 'rounding', ulps: 64 }, cancelling: true } as const;

export interface GraphTally {
  readonly name: string;
  readonly compared: number;
  readonly refusals: string[];
  readonly differences: string[];
}

/** Notes each operator of a graph and its subgraphs with the version that holds. */
function note(graph: GraphProto | undefined, opset: number, counts: Map<string, Map<number, number>>): void {
  for (const node of graph?.node ?? []) {
    const domain = canonicalDomain(node.domain);
    const since = schemaAt(domain, node.op_type ?? '', opset)?.since;
    const key = `${domain}/${node.op_type}`;
    const versions = counts.get(key) ?? new Map<number, number>();
    counts.set(key, versions);
    if (since !== undefined) versions.set(since, (versions.get(since) ?? 0) + 1);
    for (const attribute of node.attribute) if (attribute.g !== undefined) note(attribute.g, opset, counts);
  }
}

/** Scores whole models, drawn at random, with ONNX Runtime and the evaluator; `counts` by operator and version. */
export function runGraphs(): { tallies: GraphTally[]; counts: ReadonlyMap<string, ReadonlyMap<number, number>> } {
  const counts = new Map<string, Map<number, number>>();
  const kinds = Object.entries(GRAPHS).map(([name, make], seed) => ({
    name,
    jobs: Array.from({ length: CASES }, (_, i) => make(drawFrom((seed + 1) * 7919 + i))),
  }));
  const answers = runOrtTensors(kinds.flatMap(({ jobs }) => jobs));
  let at = 0;
  const tallies = kinds.map(({ name, jobs }): GraphTally => {
    const refusals: string[] = [];
    const differences: string[] = [];
    jobs.forEach(({ model, feeds }, i) => {
      const answer = answers[at++]!;
      if ('error' in answer) {
        refusals.push(answer.error.slice(0, 300));
        return;
      }
      note(model.graph, Number(model.opset_import[0]?.version ?? 1), counts);
      try {
        const results = new OnnxEvaluator(readOnnx(writeOnnx(model))).run(feeds);
        for (const [output, want] of Object.entries(answer.ok)) {
          const difference = differenceOf(results[output], want, MEASURE);
          if (difference !== null) differences.push(`${name} case ${i}: ${output} ${difference}`);
        }
      } catch (error) {
        differences.push(`${name} case ${i}: ${error}`);
      }
    });
    return { name, compared: CASES - refusals.length, refusals, differences };
  });
  return { tallies, counts };
}
