// npm run bench: reading and converting a large forest against saxes alone, a large network against ONNX Runtime, and the
// start of the command against node's.
// Every figure is the median of several runs in processes of their own, the peer in the same round.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeForest } from './forest.js';
import { writeNetwork } from './network.js';

const ROUNDS = Number(process.env['ROUNDS'] ?? 5);
const FOREST = { trees: 300, depth: 9, features: 20, seed: 7 };
const here = fileURLToPath(new URL('.', import.meta.url));

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const ratio = (a, b) => (a / b).toFixed(2);

function task(...args) {
  const text = execFileSync(process.execPath, [join(here, 'task.js'), ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  return JSON.parse(text);
}

function secondsOf(args) {
  const started = process.hrtime.bigint();
  execFileSync(process.execPath, args, { stdio: 'ignore' });
  return Number(process.hrtime.bigint() - started) / 1e9;
}

async function forest(folder) {
  const pmml = join(folder, 'forest.pmml');
  const onnx = join(folder, 'forest.onnx');
  const back = join(folder, 'back.pmml');
  await writeForest(pmml, FOREST);
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    // A file that is replaced must first reach the disk; the conversion is measured, not the disk.
    for (const made of [onnx, back]) rmSync(made, { force: true });
    process.stderr.write(`forest, round ${round + 1} of ${ROUNDS}\n`);
    rounds.push({
      saxes: task('tokenise', pmml),
      there: task('convert', pmml, onnx),
      back: task('convert', onnx, back),
    });
  }
  const seconds = (key) => median(rounds.map((round) => round[key].seconds));
  const megabytes = (key) => median(rounds.map((round) => round[key].megabytes));
  const onnxMegabytes = statSync(onnx).size / 2 ** 20;
  const bound = 6 * onnxMegabytes + 150;
  const total = median(rounds.map((round) => (round.there.seconds + round.back.seconds) / round.saxes.seconds));
  const peak = Math.max(megabytes('there'), megabytes('back'));
  return [
    `| task | seconds | against saxes | peak memory |`,
    `| --- | ---: | ---: | ---: |`,
    `| saxes tokenises the PMML (${(statSync(pmml).size / 1e6).toFixed(0)} MB) | ${seconds('saxes').toFixed(2)} | 1 | ${megabytes('saxes').toFixed(0)} MiB |`,
    `| PMML → ONNX (${onnxMegabytes.toFixed(1)} MiB) | ${seconds('there').toFixed(2)} | ${ratio(seconds('there'), seconds('saxes'))} | ${megabytes('there').toFixed(0)} MiB |`,
    `| ONNX → PMML | ${seconds('back').toFixed(2)} | ${ratio(seconds('back'), seconds('saxes'))} | ${megabytes('back').toFixed(0)} MiB |`,
    '',
    `There and back: ${total.toFixed(2)} × saxes (aim: ≤ 2). Peak memory: ${peak.toFixed(0)} MiB, of the bound of 6 × the ONNX size + 150 MiB = ${bound.toFixed(0)} MiB: ${ratio(peak, bound)} (aim: ≤ 1).`,
  ];
}

/** A large network: what inspecting it takes, and one evaluation beside ONNX Runtime's, where the peers are installed. */
async function network(folder) {
  const onnx = join(folder, 'network.onnx');
  await writeNetwork(onnx, 7);
  const peer = existsSync(join(here, '../peers/.installed/node'));
  const rounds = [];
  for (let round = 0; round < Math.min(ROUNDS, 3); round++) {
    process.stderr.write(`network, round ${round + 1} of ${Math.min(ROUNDS, 3)}\n`);
    const own = { read: task('read', onnx), inspect: task('inspect', onnx), evaluate: task('evaluate', onnx) };
    rounds.push(peer ? { ...own, ortEvaluate: task('ortEvaluate', onnx) } : own);
  }
  const of = (key, what) => median(rounds.map((round) => round[key][what]));
  const row = (label, key) =>
    `| ${label} | ${of(key, 'seconds').toFixed(2)} | ${of(key, 'megabytes').toFixed(0)} MiB |`;
  const lines = [
    '| task | seconds | peak memory |',
    '| --- | ---: | ---: |',
    row(`reading the file (${(statSync(onnx).size / 1e6).toFixed(0)} MB)`, 'read'),
    row('inspect: parts, inferred types and shapes', 'inspect'),
    row('evaluating one image', 'evaluate'),
  ];
  if (!peer) return [...lines, '', 'ONNX Runtime is not installed: `npm run peers:install`.'];
  const [{ evaluate, ortEvaluate }] = rounds;
  const apart = Math.max(...evaluate.result.map((value, i) => Math.abs(value - ortEvaluate.result[i])));
  const largest = Math.max(...ortEvaluate.result.map(Math.abs));
  const times = median(rounds.map((round) => round.evaluate.seconds / round.ortEvaluate.seconds));
  return [
    ...lines,
    row('ONNX Runtime, one thread, the same image', 'ortEvaluate'),
    '',
    `The evaluation takes ${times.toFixed(1)} × ONNX Runtime's; results differ by at most ${apart.toExponential(1)} of ${largest.toFixed(1)}.`,
  ];
}

function start() {
  const bin = join(here, '../dist/cli/bin.js');
  const rounds = Array.from({ length: ROUNDS * 4 }, () => ({
    node: secondsOf(['-e', '0']),
    version: secondsOf([bin, '--version']),
  }));
  const paired = median(rounds.map((round) => round.version / round.node));
  return [
    `\`samescore --version\` takes ${paired.toFixed(2)} × the time of \`node -e 0\` (aim: ≤ 3); medians of ${rounds.length} pairs, ${(median(rounds.map((round) => round.node)) * 1000).toFixed(0)} ms for node.`,
  ];
}

const folder = mkdtempSync(join(tmpdir(), 'samescore-bench-'));
try {
  const page = [
    '# Benchmarks',
    '',
    `\`npm run bench\`, Node ${process.version}, ${cpus().length} cores (noisy), medians of ${ROUNDS} rounds. Each task runs in a process of its own; time is that of the task with its imports, memory the peak of the process.`,
    '',
    '## A large forest: PMML → ONNX → PMML',
    '',
    `A regression forest of ${FOREST.trees} trees × depth ${FOREST.depth} over ${FOREST.features} fields, made by bench/forest.js.`,
    '',
    ...(await forest(folder)),
    '',
    '## A large network: inspected and evaluated',
    '',
    "A residual network of ResNet-50's size with random weights, made by bench/network.js, on one image of 224 × 224.",
    '',
    ...(await network(folder)),
    '',
    '## Start of the command',
    '',
    ...start(),
    '',
  ].join('\n');
  writeFileSync(join(here, '../docs/benchmarks.md'), page);
  process.stdout.write(page);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
