import type { ByteSource } from './core/byte-source.js';
import { SamescoreError } from './core/errors.js';
import type { Table } from './core/table.js';
import type { FormatName, ReadOptions } from './formats.js';
import { joined, type Model, readModel } from './model.js';
import type { CsvOptions } from './wire/rows/csv.js';
import { readRows } from './wire/rows/read.js';

// The file helpers: the only part of the library that touches Node. Everything is imported when it is called, so that
// bundlers for browsers leave it out.

const encoder = new TextEncoder();
const READ_CHUNK = 1 << 18;
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder, not a file',
  ENOSPC: 'there is no space left',
  ENOTDIR: 'a part of its path is no folder',
};

function fileError(code: 'files/cannot-read' | 'files/cannot-write', path: string, cause: unknown): SamescoreError {
  const { code: reason, message } = cause as { code?: string; message: string };
  const verb = code === 'files/cannot-read' ? 'read' : 'write';
  return new SamescoreError(code, 'io', `cannot ${verb} the file: ${REASONS[reason ?? ''] ?? message}`, {
    place: { file: path },
    cause,
  });
}

/** The bytes of a file, or of standard input for `-`. Raises files/cannot-read. */
export async function readFileBytes(path: string): Promise<Uint8Array> {
  try {
    if (path === '-') {
      const chunks: Uint8Array[] = [];
      for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
      return joined(chunks.length === 0 ? [new Uint8Array(0)] : chunks);
    }
    const { readFile } = await import('node:fs/promises');
    return await readFile(path);
  } catch (cause) {
    throw fileError('files/cannot-read', path, cause);
  }
}

/**
 * Writes a file whole or not at all: to a temporary file beside it, which is then renamed. `-` is standard output.
 * Raises files/cannot-write.
 */
export async function writeFileWhole(path: string, chunks: Iterable<Uint8Array | string>): Promise<void> {
  if (path === '-') {
    for (const chunk of chunks) {
      if (!process.stdout.write(chunk)) await new Promise((resolve) => process.stdout.once('drain', resolve));
    }
    return;
  }
  const fs = await import('node:fs');
  const temporary = `${path}.${process.pid}.part`;
  try {
    const file = fs.openSync(temporary, 'w');
    try {
      for (const chunk of chunks) {
        const bytes = typeof chunk === 'string' ? encoder.encode(chunk) : chunk;
        for (let at = 0; at < bytes.length; ) at += fs.writeSync(file, bytes, at);
      }
    } finally {
      fs.closeSync(file);
    }
    fs.renameSync(temporary, path);
  } catch (cause) {
    fs.rmSync(temporary, { force: true });
    throw cause instanceof SamescoreError ? cause : fileError('files/cannot-write', path, cause);
  }
}

/** A model from a file, in the format that its content or name says. External data of ONNX is found beside the file. */
export async function load(path: string, options: ReadOptions & { format?: FormatName } = {}): Promise<Model> {
  const [fs, { dirname, join }] = await Promise.all([import('node:fs'), import('node:path')]);
  const resolve = (location: string) => {
    try {
      return fs.readFileSync(join(dirname(path), location));
    } catch (cause) {
      throw fileError('files/cannot-read', location, cause);
    }
  };
  const input = path !== '-' && isFile(fs, path) ? fileSource(fs, path) : await readFileBytes(path);
  return readModel(input, { resolve, name: path === '-' ? 'standard input' : path, ...options });
}

/** Avro's object container files begin with "Obj" and 1. */
function isAvroFile(bytes: Uint8Array): boolean {
  return bytes[0] === 0x4f && bytes[1] === 0x62 && bytes[2] === 0x6a && bytes[3] === 1;
}

function isFile(fs: typeof import('node:fs'), path: string): boolean {
  return fs.statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** A file in pieces, so that large ones are never in memory as a whole. Raises files/cannot-read. */
function fileSource(fs: typeof import('node:fs'), path: string): ByteSource {
  const orFail = <T>(action: () => T): T => {
    try {
      return action();
    } catch (cause) {
      throw fileError('files/cannot-read', path, cause);
    }
  };
  return {
    size: orFail(() => fs.statSync(path).size),
    *chunks() {
      const buffer = new Uint8Array(READ_CHUNK);
      const file = orFail(() => fs.openSync(path, 'r'));
      try {
        for (;;) {
          const count = orFail(() => fs.readSync(file, buffer));
          if (count === 0) return;
          yield buffer.subarray(0, count);
        }
      } finally {
        fs.closeSync(file);
      }
    },
  };
}

/** Rows from a CSV, JSON, NDJSON, Parquet or Avro file. Raises files/cannot-read and rows/malformed. */
export async function loadRows(path: string, options: CsvOptions = {}): Promise<Table> {
  try {
    const bytes = await readFileBytes(path);
    if (isAvroFile(bytes)) return (await import('./pfa/avro-rows.js')).readAvroRows(bytes);
    return await readRows(bytes, { ...options, fileName: path });
  } catch (error) {
    throw error instanceof SamescoreError ? error.within({ file: path }) : error;
  }
}
