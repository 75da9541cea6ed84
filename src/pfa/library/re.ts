import type { Fn, Value } from '../types.js';
import { tagged } from '../types.js';
import type { Call, LibraryModule } from './function.js';
import type { Program } from './regex/compile.js';
import { type Codes, type Match, regex, search, searchAll } from './regex/match.js';
import { codePoints } from './text.js';

/** What a body of this module gets: a haystack of either kind and the searches on it. */
interface Haystack {
  first(): Match | undefined;
  all(): Match[];
  length: number;
  /** The part from start to end, in the haystack's own kind. */
  part(start: number, end: number): Value;
  /** The parts joined, in the haystack's own kind. */
  join(parts: readonly Value[]): Value;
  whole: Value;
}

/** Binds a function of a haystack and a pattern; an invalid pattern is the error `code`. */
function searching(code: number, run: (haystack: Haystack, rest: readonly Value[], call: Call) => Value) {
  return (call: Call): Fn => {
    const text = call.types[0]!.type === 'string';
    let known: { pattern: Value; program: Program | undefined } | undefined;
    return (haystack, pattern, ...rest) => {
      if (known === undefined || known.pattern !== pattern) {
        known = {
          pattern: pattern!,
          program: regex(text ? codePoints(pattern as string) : (pattern as Uint8Array), text),
        };
      }
      const { program } = known;
      if (program === undefined) throw call.error(code);
      return run(prepared(call, haystack!, program), rest, call);
    };
  };
}

/** The searches on a haystack; nothing matches in an empty one, not even a pattern that matches nothing at all. */
function prepared(call: Call, haystack: Value, program: Program): Haystack {
  const spend = (steps: number) => call.engine.spend(steps);
  const codes: Codes = typeof haystack === 'string' ? codePoints(haystack) : (haystack as Uint8Array);
  const plain = typeof haystack === 'string' && codes.length === haystack.length;
  return {
    first: () => (codes.length === 0 ? undefined : search(program, codes, 0, spend)),
    all: () => (codes.length === 0 ? [] : searchAll(program, codes, spend)),
    length: codes.length,
    part(start, end) {
      if (typeof haystack !== 'string') return (haystack as Uint8Array).slice(start, end);
      if (plain) return haystack.slice(start, end);
      let text = '';
      for (let index = start; index < end; index++) text += String.fromCodePoint(codes[index]!);
      return text;
    },
    join(parts) {
      if (typeof haystack === 'string') return parts.join('');
      return Uint8Array.from((parts as Uint8Array[]).flatMap((part) => Array.from(part)));
    },
    whole: haystack,
  };
}

function pairs(match: Match): [number, number][] {
  const found: [number, number][] = [];
  for (let index = 0; index < match.length; index += 2) found.push([match[index]!, match[index + 1]!]);
  return found;
}

function texts(haystack: Haystack, match: Match): Value[] {
  return pairs(match).map(([start, end]) => haystack.part(Math.max(start, 0), Math.max(end, 0)));
}

/** The haystack with these matches replaced; the replacement is taken literally. */
function replaced(haystack: Haystack, matches: readonly Match[], replacement: Value): Value {
  if (matches.length === 0) return haystack.whole;
  const parts: Value[] = [];
  let from = 0;
  for (const match of matches) {
    parts.push(haystack.part(from, match[0]!), replacement);
    from = match[1]!;
  }
  parts.push(haystack.part(from, haystack.length));
  return haystack.join(parts);
}

/** The parts between matches; empty ones at the ends are dropped. */
function split(haystack: Haystack): Value[] {
  const matches = haystack.all();
  if (matches.length === 0) return [haystack.whole];
  const parts: Value[] = [];
  let from = 0;
  for (const match of matches) {
    if (match[0]! > 0) parts.push(haystack.part(from, match[0]!));
    from = match[1]!;
  }
  if (from < haystack.length) parts.push(haystack.part(from, haystack.length));
  return parts;
}

/** POSIX extended regular expressions on strings and bytes. */
export const RE: LibraryModule = [
  {
    name: 're.index',
    signatures: [
      '(haystack: string, pattern: string) -> array of int',
      '(haystack: bytes, pattern: bytes) -> array of int',
    ],
    doc: 'Start and end of the first match, empty without one.',
    errors: { 35000: 'bad pattern' },
    bind: searching(35000, (haystack) => (haystack.first() ?? []).slice(0, 2)),
  },
  {
    name: 're.contains',
    signatures: ['(haystack: string, pattern: string) -> boolean', '(haystack: bytes, pattern: bytes) -> boolean'],
    doc: 'Whether the pattern matches anywhere.',
    errors: { 35010: 'bad pattern' },
    bind: searching(35010, (haystack) => haystack.first() !== undefined),
  },
  {
    name: 're.count',
    signatures: ['(haystack: string, pattern: string) -> int', '(haystack: bytes, pattern: bytes) -> int'],
    doc: 'Number of matches that do not overlap.',
    errors: { 35020: 'bad pattern' },
    bind: searching(35020, (haystack) => haystack.all().length),
  },
  {
    name: 're.rindex',
    signatures: [
      '(haystack: string, pattern: string) -> array of int',
      '(haystack: bytes, pattern: bytes) -> array of int',
    ],
    doc: 'Start and end of the last match, empty without one.',
    errors: { 35030: 'bad pattern' },
    bind: searching(35030, (haystack) => (haystack.all().at(-1) ?? []).slice(0, 2)),
  },
  {
    name: 're.groups',
    signatures: [
      '(haystack: string, pattern: string) -> array of array of int',
      '(haystack: bytes, pattern: bytes) -> array of array of int',
    ],
    doc: 'Starts and ends of the first match and of its groups.',
    errors: { 35040: 'bad pattern' },
    bind: searching(35040, (haystack) => pairs(haystack.first() ?? [])),
  },
  {
    name: 're.indexall',
    signatures: [
      '(haystack: string, pattern: string) -> array of array of int',
      '(haystack: bytes, pattern: bytes) -> array of array of int',
    ],
    doc: 'Starts and ends of all matches.',
    errors: { 35050: 'bad pattern' },
    bind: searching(35050, (haystack) => haystack.all().map((match) => match.slice(0, 2))),
  },
  {
    name: 're.findall',
    signatures: [
      '(haystack: string, pattern: string) -> array of string',
      '(haystack: bytes, pattern: bytes) -> array of bytes',
    ],
    doc: 'What each match matched.',
    errors: { 35060: 'bad pattern' },
    bind: searching(35060, (haystack) => haystack.all().map((match) => haystack.part(match[0]!, match[1]!))),
  },
  {
    name: 're.findfirst',
    signatures: [
      '(haystack: string, pattern: string) -> union(string, null)',
      '(haystack: bytes, pattern: bytes) -> union(bytes, null)',
    ],
    doc: 'What the first match matched, null without one.',
    errors: { 35070: 'bad pattern' },
    bind: searching(35070, (haystack, _rest, call) => {
      const match = haystack.first();
      return match === undefined ? null : tagged(call.types[0]!.type, haystack.part(match[0]!, match[1]!));
    }),
  },
  {
    name: 're.findgroupsfirst',
    signatures: [
      '(haystack: string, pattern: string) -> array of string',
      '(haystack: bytes, pattern: bytes) -> array of bytes',
    ],
    doc: 'What the first match and its groups matched.',
    errors: { 35080: 'bad pattern' },
    bind: searching(35080, (haystack) => texts(haystack, haystack.first() ?? [])),
  },
  {
    name: 're.findgroupsall',
    signatures: [
      '(haystack: string, pattern: string) -> array of array of string',
      '(haystack: bytes, pattern: bytes) -> array of array of bytes',
    ],
    doc: 'What each match and its groups matched.',
    errors: { 35090: 'bad pattern' },
    bind: searching(35090, (haystack) => haystack.all().map((match) => texts(haystack, match))),
  },
  {
    name: 're.groupsall',
    signatures: [
      '(haystack: string, pattern: string) -> array of array of array of int',
      '(haystack: bytes, pattern: bytes) -> array of array of array of int',
    ],
    doc: 'Starts and ends of each match and of its groups.',
    errors: { 35100: 'bad pattern' },
    bind: searching(35100, (haystack) => haystack.all().map(pairs)),
  },
  {
    name: 're.replacefirst',
    signatures: [
      '(haystack: string, pattern: string, replacement: string) -> string',
      '(haystack: bytes, pattern: bytes, replacement: bytes) -> bytes',
    ],
    doc: 'The first match replaced.',
    errors: { 35110: 'bad pattern' },
    bind: searching(35110, (haystack, [replacement]) => {
      const match = haystack.first();
      return replaced(haystack, match === undefined ? [] : [match], replacement!);
    }),
  },
  {
    name: 're.replacelast',
    signatures: [
      '(haystack: string, pattern: string, replacement: string) -> string',
      '(haystack: bytes, pattern: bytes, replacement: bytes) -> bytes',
    ],
    doc: 'The last match replaced.',
    errors: { 35120: 'bad pattern' },
    bind: searching(35120, (haystack, [replacement]) => replaced(haystack, haystack.all().slice(-1), replacement!)),
  },
  {
    name: 're.split',
    signatures: [
      '(haystack: string, pattern: string) -> array of string',
      '(haystack: bytes, pattern: bytes) -> array of bytes',
    ],
    doc: 'The parts between matches.',
    errors: { 35130: 'bad pattern' },
    bind: searching(35130, split),
  },
  {
    name: 're.replaceall',
    signatures: [
      '(haystack: string, pattern: string, replacement: string) -> string',
      '(haystack: bytes, pattern: bytes, replacement: bytes) -> bytes',
    ],
    doc: 'All matches replaced.',
    errors: { 35140: 'bad pattern' },
    bind: searching(35140, (haystack, [replacement]) => replaced(haystack, haystack.all(), replacement!)),
  },
];
