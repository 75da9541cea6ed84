import type { Pack, Unpack } from '../ast.js';
import { semanticError } from '../complaints.js';
import { longOf } from '../data/scalars.js';
import { PfaRuntimeError } from '../errors.js';
import { type AvroType, type PrimitiveName, primitive, type Value } from '../types.js';
import { pathOf, type Where } from '../where.js';
import { NULL } from './basic.js';
import { joined } from './control.js';
import type { Code } from './runtime.js';
import type { Scope } from './scope.js';
import { analyseBody, converted, demand, type Typed, type Unit } from './unit.js';

/** A piece of a byte sequence: its type, its size if fixed, how it is written and read. */
interface Format {
  readonly type: PrimitiveName;
  readonly size?: number;
  readonly write: (value: Value) => Uint8Array | undefined;
  /** The value at an offset and where it ends; undefined if the bytes do not hold one. */
  readonly read: (bytes: Uint8Array, at: number) => { value: Value; end: number } | undefined;
}

type Put = (view: DataView, value: Value, little: boolean) => void;
type Get = (view: DataView, at: number, little: boolean) => Value;

interface NumberFormat {
  readonly type: PrimitiveName;
  readonly size: number;
  readonly put: Put;
  readonly get: Get;
}

const NUMBERS: Readonly<Record<string, NumberFormat>> = {
  pad: { type: 'null', size: 1, put: (v) => v.setUint8(0, 0), get: () => null },
  boolean: { type: 'boolean', size: 1, put: (v, x) => v.setUint8(0, x ? 1 : 0), get: (v, at) => v.getUint8(at) !== 0 },
  byte: { type: 'int', size: 1, put: (v, x) => v.setInt8(0, x as number), get: (v, at) => v.getInt8(at) },
  'unsigned byte': { type: 'int', size: 1, put: (v, x) => v.setUint8(0, x as number), get: (v, at) => v.getUint8(at) },
  short: {
    type: 'int',
    size: 2,
    put: (v, x, e) => v.setInt16(0, x as number, e),
    get: (v, at, e) => v.getInt16(at, e),
  },
  'unsigned short': {
    type: 'int',
    size: 2,
    put: (v, x, e) => v.setUint16(0, x as number, e),
    get: (v, at, e) => v.getUint16(at, e),
  },
  int: { type: 'int', size: 4, put: (v, x, e) => v.setInt32(0, x as number, e), get: (v, at, e) => v.getInt32(at, e) },
  'unsigned int': {
    type: 'long',
    size: 4,
    put: (v, x, e) => v.setUint32(0, Number(BigInt.asUintN(32, BigInt(x as number))), e),
    get: (v, at, e) => v.getUint32(at, e),
  },
  long: {
    type: 'long',
    size: 8,
    put: (v, x, e) => v.setBigInt64(0, BigInt(x as number), e),
    get: (v, at, e) => longOf(v.getBigInt64(at, e)),
  },
  'unsigned long': {
    type: 'double',
    size: 8,
    put: (v, x, e) => v.setBigUint64(0, unsignedLong(x as number), e),
    get: (v, at, e) => Number(v.getBigUint64(at, e)),
  },
  float: {
    type: 'float',
    size: 4,
    put: (v, x, e) => v.setFloat32(0, x as number, e),
    get: (v, at, e) => v.getFloat32(at, e),
  },
  double: {
    type: 'double',
    size: 8,
    put: (v, x, e) => v.setFloat64(0, x as number, e),
    get: (v, at, e) => v.getFloat64(at, e),
  },
};

/** Other spellings, white space left out. */
const SPELLINGS: Readonly<Record<string, string>> = {
  pad: 'pad',
  boolean: 'boolean',
  byte: 'byte',
  int8: 'byte',
  unsignedbyte: 'unsigned byte',
  unsignedint8: 'unsigned byte',
  short: 'short',
  int16: 'short',
  unsignedshort: 'unsigned short',
  unsignedint16: 'unsigned short',
  int: 'int',
  int32: 'int',
  unsignedint: 'unsigned int',
  unsignedint32: 'unsigned int',
  long: 'long',
  longlong: 'long',
  int64: 'long',
  unsignedlong: 'unsigned long',
  unsignedlonglong: 'unsigned long',
  unsignedint64: 'unsigned long',
  float: 'float',
  float32: 'float',
  double: 'double',
  float64: 'double',
};

function unsignedLong(value: number): bigint {
  if (Number.isNaN(value) || value <= 0) return 0n;
  return value >= 2 ** 64 ? 2n ** 64n - 1n : BigInt(Math.trunc(value));
}

const ORDERED = /^(<|>|!|little|big|network)?(.*)$/;

/** `int`, `little int`, `<int32`, `raw5`, `null terminated`, `length prefixed`: what a format's text means. */
function readFormat(where: Where, text: string): Format {
  const compact = text.replace(/\s+/g, '');
  const [, order, name = ''] = ORDERED.exec(compact) ?? [];
  const found = NUMBERS[SPELLINGS[name] ?? ''];
  if (found !== undefined) return numberFormat(found, order === '<' || order === 'little');
  const raw = /^raw([0-9]{1,9})$/.exec(compact);
  if (raw !== null) return rawFormat(Number(raw[1]));
  if (compact === 'raw') return REST;
  if (compact === 'nullterminated' || compact === 'terminated') return NULL_TERMINATED;
  if (compact === 'lengthprefixed' || compact === 'prefixed') return LENGTH_PREFIXED;
  throw semanticError(where, `"${text}" is no format for packing`, {
    expected: 'pad, boolean, int, raw, length prefixed, …',
  });
}

function numberFormat(format: NumberFormat, little: boolean): Format {
  const { type, size, put, get } = format;
  return {
    type,
    size,
    write: (value) => {
      const bytes = new Uint8Array(size);
      put(new DataView(bytes.buffer), value, little);
      return bytes;
    },
    read: (bytes, at) => {
      if (at + size > bytes.length) return undefined;
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      return { value: get(view, at, little), end: at + size };
    },
  };
}

function rawFormat(size: number): Format {
  return {
    type: 'bytes',
    size,
    write: (value) => ((value as Uint8Array).length === size ? (value as Uint8Array) : undefined),
    read: (bytes, at) => (at + size > bytes.length ? undefined : { value: bytes.slice(at, at + size), end: at + size }),
  };
}

/** Bytes to the end of the sequence. */
const REST: Format = {
  type: 'bytes',
  write: (value) => value as Uint8Array,
  read: (bytes, at) => ({ value: bytes.slice(at), end: bytes.length }),
};

const NULL_TERMINATED: Format = {
  type: 'bytes',
  write: (value) => {
    const bytes = new Uint8Array((value as Uint8Array).length + 1);
    bytes.set(value as Uint8Array);
    return bytes;
  },
  read: (bytes, at) => {
    const end = bytes.indexOf(0, at);
    return end < 0 ? undefined : { value: bytes.slice(at, end), end: end + 1 };
  },
};

/** The length is one byte, unsigned. */
const LENGTH_PREFIXED: Format = {
  type: 'bytes',
  write: (value) => {
    const bytes = new Uint8Array((value as Uint8Array).length + 1);
    bytes[0] = (value as Uint8Array).length;
    bytes.set(value as Uint8Array, 1);
    return bytes;
  },
  read: (bytes, at) => {
    if (at >= bytes.length) return undefined;
    const end = at + 1 + (bytes[at] as number);
    return end > bytes.length ? undefined : { value: bytes.slice(at + 1, end), end };
  },
};

export function pack(unit: Unit, expr: Pack, scope: Scope): Typed {
  const parts = expr.parts.map(({ where, format: text, value }) => {
    const format = readFormat(where, text);
    const typed = unit.analyse(value, scope.value());
    demand(value.where, primitive(format.type), typed.type, `the value of "${text}"`);
    return { format, make: converted(typed, primitive(format.type)) };
  });
  return {
    type: primitive('bytes'),
    make: (rt) => {
      const codes = parts.map(({ format, make }) => ({ format, code: make(rt) }));
      return (frame) => {
        const pieces = codes.map(({ format, code }) => {
          const piece = format.write(code(frame));
          if (piece === undefined) {
            throw new PfaRuntimeError('raw bytes does not have specified size', 3000, 'pack', {
              place: { path: pathOf(expr.where) },
            });
          }
          return piece;
        });
        const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
        let at = 0;
        for (const piece of pieces) {
          bytes.set(piece, at);
          at += piece.length;
        }
        return bytes;
      };
    },
  };
}

/** Takes bytes apart; `else` if they are too few, too many, or hold no end. */
export function unpack(unit: Unit, expr: Unpack, scope: Scope): Typed {
  const of = unit.analyse(expr.of, scope.value());
  demand(expr.of.where, primitive('bytes'), of.type, 'what is unpacked');
  const inner = scope.block();
  const parts = expr.parts.map(({ where, name, format: text }) => {
    if (inner.find(name) !== undefined) throw semanticError(where, `the symbol "${name}" exists already`);
    const format = readFormat(where, text);
    return { format, slot: inner.declare(name, primitive(format.type)).slot };
  });
  const then = analyseBody(unit, expr.yes, inner);
  const otherwise = expr.otherwise === undefined ? undefined : analyseBody(unit, expr.otherwise, scope.block());
  const type: AvroType = otherwise === undefined ? NULL : joined(expr.where, [then.type, otherwise.type]);
  return {
    type,
    make: (rt) => {
      const code = of.make(rt);
      const yes = otherwise === undefined ? then.make(rt) : converted(then, type)(rt);
      const no: Code = otherwise === undefined ? () => null : converted(otherwise, type)(rt);
      return (frame) => {
        const bytes = code(frame) as Uint8Array;
        let at = 0;
        const values: Value[] = [];
        for (const { format } of parts) {
          const found = format.read(bytes, at);
          if (found === undefined) return no(frame);
          values.push(found.value);
          at = found.end;
        }
        if (at !== bytes.length) return no(frame);
        parts.forEach(({ slot }, index) => {
          frame[slot] = values[index] as Value;
        });
        const value = yes(frame);
        return otherwise === undefined ? null : value;
      };
    },
  };
}
