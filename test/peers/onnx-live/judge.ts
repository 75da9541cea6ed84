import { tensorFromProto } from '../../../src/onnx/evaluate/tensor.js';
import { OnnxEvaluator, readOnnx, writeOnnx } from '../../../src/onnx/index.js';
import { type Agreement, OPERATORS } from '../../../src/onnx/operators.js';
import type { TensorAnswer, TensorJob } from '../ort-tensors.js';
import { differenceOf, type Measure } from './compare.js';
import { CANCELLING, DEPARTURES, inputsOf, type Peer, SINGLE } from './departures.js';

/** A model of one node, drawn for one version of an operator. */
export interface Drawn {
  readonly key: string;
  readonly since: number;
  readonly label: string;
  readonly job: TensorJob;
}

/** What came of the cases of an operator. */
export interface Tally {
  /** Cases that a peer answered, by peer and version. */
  readonly compared: Record<Peer, Map<number, number>>;
  readonly refusals: Set<string>;
  readonly differences: string[];
}

export function newTally(): Tally {
  return { compared: { engine: new Map(), reference: new Map() }, refusals: new Set(), differences: [] };
}

/** The cases that the peers answered, all versions together. */
export function sumOf(counts: ReadonlyMap<number, number>): number {
  return [...counts.values()].reduce((a, b) => a + b, 0);
}

function describeJob({ job }: Drawn): string {
  const node = job.model.graph?.node[0];
  const attributes = (node?.attribute ?? []).map(({ name, i, f, ints, s }) => {
    return `${name}=${i ?? f ?? (s === undefined ? (ints ?? '…') : new TextDecoder().decode(s))}`;
  });
  const types = new Map((job.model.graph?.initializer ?? []).map((one) => [one.name, tensorFromProto(one)]));
  const inputs = (node?.input ?? []).map((name) => {
    const value = job.feeds[name] ?? types.get(name);
    return value === undefined ? '-' : 'dims' in value ? `${value.type}[${value.dims}]` : value.kind;
  });
  return `${inputs.join(' ')} {${attributes.join(' ')}}`.slice(0, 400);
}

function isKnown({ key, job }: Drawn, peer: Peer): boolean {
  const constants = (job.model.graph?.initializer ?? []).map(
    (proto) => [proto.name ?? '', tensorFromProto(proto)] as const,
  );
  const inputs = inputsOf(job, new Map(constants));
  return DEPARTURES.some((one) => (one.peer ?? 'engine') === peer && one.operators.test(key) && one.when(job, inputs));
}

/** How near an operator's results must be to those of a peer. */
export function measureOf(key: string, peer: Peer): Measure {
  const { agreement } = OPERATORS[key as keyof typeof OPERATORS] as { agreement: Agreement };
  return { agreement, single: peer === 'engine' && key in SINGLE, cancelling: CANCELLING.has(key) };
}

/** Scores a case with the evaluator and notes how it compares to what a peer answered. */
export function judge(drawn: Drawn, answer: TensorAnswer, peer: Peer, tally: Tally): void {
  if ('error' in answer) {
    tally.refusals.add(`${peer}: ${answer.error.slice(0, 200)}`);
    return;
  }
  const counts = tally.compared[peer];
  counts.set(drawn.since, (counts.get(drawn.since) ?? 0) + 1);
  const measure = measureOf(drawn.key, peer);
  let difference: string | null = null;
  try {
    const results = new OnnxEvaluator(readOnnx(writeOnnx(drawn.job.model))).run(drawn.job.feeds);
    for (const [name, want] of Object.entries(answer.ok)) {
      const text = differenceOf(results[name], want, measure);
      if (text !== null) difference ??= `${name} ${text}`;
    }
  } catch (error) {
    difference = String(error);
  }
  if (difference !== null && !isKnown(drawn, peer))
    tally.differences.push(`${drawn.label} (${peer}): ${difference} — ${describeJob(drawn)}`);
}
