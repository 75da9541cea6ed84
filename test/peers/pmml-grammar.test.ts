import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { GRAMMAR } from '../../src/pmml/grammar.gen.js';
import { type ElementRule, standing } from '../../src/pmml/grammar.js';

/** The grammar table beside another reading of the 4.4 schema: the classes that nyoka made from it. */
interface Theirs {
  readonly attributes: Readonly<
    Record<string, { type: string; default: string | null; values: readonly string[] | null }>
  >;
  /** Child → whether it may stand there more than once. */
  readonly children: Readonly<Record<string, boolean>>;
}
const peers = resolve(import.meta.dirname, '../../peers');
const theirs = JSON.parse(
  execFileSync(resolve(peers, '.installed/venv/bin/python'), [resolve(peers, 'pmml-schema/classes.py')], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  }),
) as Record<string, Theirs>;
const ours: [string, ElementRule][] = Object.entries(GRAMMAR);

/** Names that Python or nyoka spell otherwise. */
const RENAMED: Readonly<Record<string, string>> = {
  True: 'True_',
  False: 'False_',
  Array: 'ArrayType',
  'INT-Entries': 'INT_Entries',
  'REAL-Entries': 'REAL_Entries',
  'INT-SparseArray': 'INT_SparseArray',
  'REAL-SparseArray': 'REAL_SparseArray',
  CountTable: 'COUNT_TABLE_TYPE',
  NormalizedCountTable: 'COUNT_TABLE_TYPE',
};
const KINDS: Readonly<Record<string, string>> = {
  NUMBER: 'number',
  'REAL-NUMBER': 'number',
  'PROB-NUMBER': 'number',
  'PERCENTAGE-NUMBER': 'number',
  'INT-NUMBER': 'integer',
  nonNegativeInteger: 'integer',
  positiveInteger: 'integer',
  boolean: 'boolean',
};
/** Where the two readings differ, and why. */
const DIFFERENT: Readonly<Record<string, string>> = {
  'SetPredicate/@operator': 'the schema fixes it to supersetOf',
  'ContStats/NUM-ARRAY': 'a group of the schema, not an element',
  'ContStats/Array': 'the same group',
  'Sequence/Constraints': 'in Sequence up to 3.0 only, which the table leaves open',
  'Sequence/Time': 'the follow-set of a Sequence holds a Time each',
};

const holds = (rule: { since?: string; until?: string }) => !['too new', 'removed'].includes(standing(rule, '4.4'));
const number = (text: string | null | undefined) =>
  text === null || text === undefined ? text : Number.isNaN(Number(text)) ? text.toLowerCase() : String(Number(text));

function* differences(): Generator<string> {
  for (const [name, rule] of ours) {
    const other = theirs[RENAMED[name] ?? name];
    if (other === undefined) {
      if (holds(rule)) yield `${name}: only ours`;
      continue;
    }
    const known = new Map(Object.entries(rule.attributes).filter(([, attribute]) => holds(attribute)));
    for (const attribute of new Set([...known.keys(), ...Object.keys(other.attributes)])) {
      const place = `${name}/@${attribute}`;
      const [mine, their] = [known.get(attribute), other.attributes[attribute]];
      if (mine === undefined || their === undefined) {
        yield `${place}: only ${mine === undefined ? 'theirs' : 'ours'}`;
        continue;
      }
      const values = mine.values === undefined ? null : Object.keys(mine.values).toSorted();
      if (their.values !== null && JSON.stringify(values) !== JSON.stringify(their.values.toSorted()))
        yield `${place}: values ${values} against ${their.values}`;
      if ((number(mine.default) ?? null) !== (number(their.default) ?? null))
        yield `${place}: default ${mine.default} against ${their.default}`;
      if ((KINDS[mine.type] ?? 'string') !== their.type) yield `${place}: ${mine.type} against ${their.type}`;
    }
    const children = new Map<string, boolean>();
    for (const [names, , most, versions] of rule.children) {
      if (versions !== undefined && !holds(versions)) continue;
      for (const child of names) {
        const own = (GRAMMAR as Record<string, ElementRule>)[child]!;
        if (holds(own)) children.set(child, children.get(child) === true || most === null || most > 1);
      }
    }
    for (const child of new Set([...children.keys(), ...Object.keys(other.children)])) {
      const [mine, their] = [children.get(child), other.children[child]];
      if (mine !== their) yield `${name}/${child}: ${mine ?? 'none'} against ${their ?? 'none'}`;
    }
  }
}

describe("the grammar and nyoka's reading of the 4.4 schema", () => {
  test('know the same elements, attributes, enumerations, defaults, types and children', () => {
    expect(Object.keys(theirs).length).toBeGreaterThan(250);
    const found = [...differences()];
    expect(found.filter((line) => !Object.hasOwn(DIFFERENT, line.split(':')[0]!))).toEqual([]);
    const seen = new Set(found.map((line) => line.split(':')[0]));
    expect(Object.keys(DIFFERENT).filter((place) => !seen.has(place))).toEqual([]);
  });

  test('know the same names', () => {
    const names = new Set(ours.map(([name]) => RENAMED[name] ?? name));
    expect(Object.keys(theirs).filter((name) => !names.has(name))).toEqual([]);
  });
});
