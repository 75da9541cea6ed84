// One measured task in a process of its own: prints seconds of the task, its peak memory and what it wrote, as JSON.
import { createReadStream, readFileSync, statSync } from 'node:fs';

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

const TASKS = { tokenise, convert: convertFile, read: readWhole };

const started = process.hrtime.bigint();
const result = await TASKS[name](input, output);
const seconds = Number(process.hrtime.bigint() - started) / 1e9;
process.stdout.write(`${JSON.stringify({ seconds, megabytes: process.resourceUsage().maxRSS / 1024, ...result })}\n`);
