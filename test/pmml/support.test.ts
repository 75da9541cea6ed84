import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BUILT_INS, LAZY_FUNCTIONS } from '../../src/pmml/evaluate/functions/index.js';
import { MODELS } from '../../src/pmml/evaluate/models.js';

interface Tables {
  readonly grammar: {
    readonly elements: Readonly<Record<string, { attributes: Record<string, { values?: object }> }>>;
  };
  readonly support: {
    readonly elements: object;
    readonly values: Readonly<Record<string, unknown>>;
    readonly functions: object;
  };
}
const root = resolve(import.meta.dirname, '../..');
const { render, readTables } = (await import(resolve(root, 'scripts/support-pmml.js'))) as {
  render: (input: object) => string;
  readTables: () => Tables;
};
const functions = [...new Set([...Object.keys(BUILT_INS), ...LAZY_FUNCTIONS])].sort();
const tables = readTables();

describe('docs/support/pmml.md', () => {
  it('is what scripts/support-pmml.js writes', () => {
    const page = readFileSync(resolve(root, 'docs/support/pmml.md'), 'utf8');
    expect(page).toBe(render({ ...tables, models: Object.keys(MODELS), functions }));
  });

  it('speaks of markup and functions that exist', () => {
    const { elements } = tables.grammar;
    const unknown = [
      ...Object.keys(tables.support.elements).filter((name) => !Object.hasOwn(elements, name)),
      ...Object.keys(tables.support.functions).filter((name) => !functions.includes(name)),
      ...Object.keys(tables.support.values).filter((key) => {
        const [, element, attribute, value] = /^(\w+)\/(\w+)(?:=(.+))?$/.exec(key) ?? [];
        const rule = elements[element ?? '']?.attributes[attribute ?? ''];
        return rule === undefined || (value !== undefined && !Object.hasOwn(rule.values ?? {}, value));
      }),
    ];
    expect(unknown).toEqual([]);
  });

  it('lists every model that the evaluator has', () => {
    expect(Object.keys(MODELS).filter((name) => !Object.hasOwn(tables.grammar.elements, name))).toEqual([]);
    expect(Object.keys(MODELS).length).toBe(19);
  });
});
