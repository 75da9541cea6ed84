// One measured task in a process of its own: prints seconds of the task, its peak memory and what it wrote, as JSON.
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';

const [name, input, output] = process.argv.slice(2);

/** The peer: saxes with the events that any reader needs, and nothing done with them. */
async function tokenise(path) {
  const { SaxesParser } = await import('saxes');
  const parser = new SaxesParser({ xmlns: true });
  let events = 0;
  parser.on('opentag', () => events++);
  parser.on('closetag', () => events++);
  parser.on('text', () => events++);
  for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 16 })) parser.write(chunk);
  parser.close();
  return { events };
}

async function convertFile(from, to) {
  const { load, convert } = await import('../dist/index.js');
  const model = await load(from);
  await convert(model, to.endsWith('.onnx') ? 'onnx' : 'pmml').save(to);
  return { bytes: statSync(to).size };
}

async function readWhole(path) {
  return { bytes: readFileSync(path).length };
}

const IMAGE = [1, 3, 224, 224];
const image = () => Float32Array.from({ length: 3 * 224 * 224 }, (_, i) => Math.sin(i));

async function inspectFile(path) {
  const { load } = await import('../dist/index.js');
  const model = await load(path);
  return { facts: JSON.stringify(model.describe()).length };
}

async function evaluate(path) {
  const { OnnxEvaluator, readOnnx, Tensor } = await import('../dist/onnx/index.js');
  const evaluator = new OnnxEvaluator(readOnnx(readFileSync(path)));
  const [result] = Object.values(evaluator.run({ image: new Tensor('float', IMAGE, image()) }));
  return { result: result.toArray() };
}

/** The peer: ONNX Runtime on one thread, from the installed peers. */
async function ortEvaluate(path) {
  const ort = createRequire(new URL('../peers/.installed/node/package.json', import.meta.url))('onnxruntime-node');
  const session = await ort.InferenceSession.create(path, { intraOpNumThreads: 1 });
  const [result] = Object.values(await session.run({ image: new ort.Tensor('float32', image(), IMAGE) }));
  return { result: [...result.data] };
}

const TASKS = { tokenise, convert: convertFile, read: readWhole, inspect: inspectFile, evaluate, ortEvaluate };

const started = process.hrtime.bigint();
const result = await TASKS[name](input, output);
const seconds = Number(process.hrtime.bigint() - started) / 1e9;
process.stdout.write(`${JSON.stringify({ seconds, megabytes: process.resourceUsage().maxRSS / 1024, ...result })}\n`);
