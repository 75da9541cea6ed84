'use strict';
// Scores ONNX models with ONNX Runtime on one thread, in batches: node run.js manifest.json
//
// The manifest is {"jobs": [{"model", "rows", "out"}]}: a model, its rows, and where to write one answer a row:
// {"ok": {output: {"type", "value"}}} or {"error": text}. Rows are NDJSON, {input: value | [values]} a line, or CSV: its
// columns are the inputs, or in their order the elements of a single matrix. A missing number is NaN.
// All rows of a job are one batch, so long as the model allows it; a batch that fails is tried again row by row.
const fs = require('node:fs');
const { csvOf } = require('./csv.js');
const ort = require('../.installed/node/node_modules/onnxruntime-node');

const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
};
const TYPE_NAMES = { bool: 'boolean' };

function numberOf(value) {
  return value === null ? Number.NaN : Number(value);
}

function bigintOf(value) {
  return BigInt(typeof value === 'number' ? Math.trunc(value) : value);
}

function tensorOf(metadata, values, rowCount) {
  const { type } = metadata;
  const flat = values.flat(Number.POSITIVE_INFINITY);
  const shape = metadata.shape ?? [null];
  const dims = shape.length === 0 ? [] : [rowCount, ...shape.slice(1)];
  const unknown = dims.findIndex((size, index) => index > 0 && typeof size !== 'number');
  if (unknown > 0) {
    const known = dims.reduce((product, size, index) => (index === unknown ? product : product * size), 1);
    dims[unknown] = flat.length / known;
  }
  if (type === 'string')
    return new ort.Tensor(
      'string',
      flat.map((value) => (value === null ? '' : String(value))),
      dims,
    );
  const ArrayType = ARRAYS[type];
  if (ArrayType === undefined) throw new Error(`an input of type ${type} is not handled by this runner`);
  const convert = type === 'int64' || type === 'uint64' ? bigintOf : numberOf;
  return new ort.Tensor(type, ArrayType.from(flat, convert), dims);
}

/** CSV cells as values of the inputs: by name, or all of them as the one matrix. */
function bound(session, table) {
  const [header, ...lines] = table;
  const [first, ...others] = session.inputMetadata;
  const typed = (metadata, cell) => (metadata.type === 'string' ? cell : cell === '' ? null : cell);
  if (others.length === 0 && !header.includes(first.name)) {
    return lines.map((cells) => ({ [first.name]: cells.map((cell) => typed(first, cell)) }));
  }
  return lines.map((cells) => {
    const row = {};
    for (const metadata of session.inputMetadata) {
      const column = header.indexOf(metadata.name);
      if (column >= 0) row[metadata.name] = typed(metadata, cells[column] ?? '');
    }
    return row;
  });
}

function plain(value) {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'number' || Number.isFinite(value)) return value;
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}

/** The part of a tensor that belongs to a row: a scalar where there is one value a row, else an array. */
function sliceOf(tensor, row, rowCount) {
  const width = tensor.data.length / rowCount;
  const read = (at) => (tensor.type === 'bool' ? tensor.data[at] !== 0 : plain(tensor.data[at]));
  const type = TYPE_NAMES[tensor.type] ?? tensor.type;
  if (tensor.dims.length < 2) return { type, value: read(row) };
  return { type, value: Array.from({ length: width }, (_, index) => read(row * width + index)) };
}

async function runBatch(session, rows) {
  const feeds = {};
  for (const metadata of session.inputMetadata) {
    const values = rows.map((row) => {
      if (!(metadata.name in row)) throw new Error(`the row has no value for input "${metadata.name}"`);
      return row[metadata.name];
    });
    feeds[metadata.name] = tensorOf(metadata, values, rows.length);
  }
  const outputs = await session.run(feeds);
  return rows.map((_, row) => {
    const answer = {};
    for (const name of session.outputNames) answer[name] = sliceOf(outputs[name], row, rows.length);
    return { ok: answer };
  });
}

const errorOf = (error, prefix = '') => ({ error: `${prefix}${String(error.message ?? error).split('\n')[0]}` });

async function answersOf(model, given) {
  let rows = given;
  let session;
  try {
    session = await ort.InferenceSession.create(model, {
      executionProviders: ['cpu'],
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      logSeverityLevel: 4,
    });
  } catch (error) {
    return rows.slice(rows.table ? 1 : 0).map(() => errorOf(error, 'load: '));
  }
  if (rows.table) rows = bound(session, rows);
  const fixed = session.inputMetadata.some((metadata) => metadata.shape?.[0] === 1);
  if (!fixed || rows.length < 2) {
    try {
      return await runBatch(session, rows);
    } catch (error) {
      if (rows.length < 2) return rows.map(() => errorOf(error));
    }
  }
  const answers = [];
  for (const row of rows) {
    try {
      answers.push(...(await runBatch(session, [row])));
    } catch (error) {
      answers.push(errorOf(error));
    }
  }
  return answers;
}

function rowsOf(path) {
  const text = fs.readFileSync(path, 'utf8');
  if (path.endsWith('.csv')) return Object.assign(csvOf(text), { table: true });
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

async function main() {
  const { jobs } = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
  for (const job of jobs) {
    const answers = await answersOf(job.model, rowsOf(job.rows));
    fs.writeFileSync(job.out, answers.map((answer) => `${JSON.stringify(answer)}\n`).join(''));
  }
}

main();
