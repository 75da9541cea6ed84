import type { EnumType } from '../types.js';
import { body, bound } from './body.js';
import type { Call, LibraryModule } from './function.js';

function symbolsOf(call: Call): readonly string[] {
  return (call.types[0] as EnumType).symbols;
}

/** Fixed-length byte strings. */
export const FIXED: LibraryModule = [
  {
    name: 'fixed.toBytes',
    signatures: ['(x: fixed A) -> bytes'],
    doc: 'The bytes of a fixed.',
    bind: body((x: Uint8Array) => x),
  },
  {
    name: 'fixed.fromBytes',
    signatures: ['(original: fixed A, replacement: bytes) -> A'],
    doc: 'A fixed with its first bytes replaced; what is too long is cut.',
    bind: body((original: Uint8Array, replacement: Uint8Array) => {
      const out = Uint8Array.from(original);
      out.set(replacement.subarray(0, original.length));
      return out;
    }),
  },
];

/** Enumerations. */
export const ENUM: LibraryModule = [
  {
    name: 'enum.toString',
    signatures: ['(x: enum A) -> string'],
    doc: 'The symbol as a string.',
    bind: body((x: string) => x),
  },
  {
    name: 'enum.toInt',
    signatures: ['(x: enum A) -> int'],
    doc: 'Position of the symbol in the enumeration.',
    bind: bound((call) => {
      const symbols = symbolsOf(call);
      return (x: string) => symbols.indexOf(x);
    }),
  },
  {
    name: 'enum.numSymbols',
    signatures: ['(x: enum A) -> int'],
    doc: 'Number of symbols of the enumeration.',
    bind: bound((call) => {
      const { length } = symbolsOf(call);
      return () => length;
    }),
  },
];
