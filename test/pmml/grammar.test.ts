import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatError, SamescoreError } from '../../src/core/errors.js';
import { GRAMMAR } from '../../src/pmml/grammar.gen.js';
import { type AttributeRule, compareVersions, type ElementRule, ruleOf, standing } from '../../src/pmml/grammar.js';
import { PmmlEvaluator, readPmml } from '../../src/pmml/index.js';
import { nearestName } from '../../src/pmml/spelling.js';
import { bytesOf, outputs } from './build.js';

const root = resolve(import.meta.dirname, '../..');
const rules: [string, ElementRule][] = Object.entries(GRAMMAR);

describe('the grammar', () => {
  it('defines every element that it names', () => {
    const named = rules.flatMap(([, rule]) => rule.children.flatMap(([names]) => names));
    expect(named.filter((name) => ruleOf(name) === undefined)).toEqual([]);
  });

  it('is the one of schemas/pmml.json', () => {
    const schema = JSON.parse(readFileSync(join(root, 'schemas/pmml.json'), 'utf8')) as { elements: unknown };
    expect(schema.elements).toEqual(GRAMMAR);
  });

  it('chooses only between children that it has, and asks for defaults that its enumerations have', () => {
    for (const [name, rule] of rules) {
      const children = rule.children.flatMap(([names]) => names);
      const branches = rule.choice?.branches.flat() ?? [];
      expect(
        branches.filter((child) => !children.includes(child)),
        name,
      ).toEqual([]);
      for (const [attribute, { values, default: usual }] of Object.entries(rule.attributes)) {
        if (values !== undefined && usual !== undefined)
          expect(Object.keys(values), `${name}/${attribute}`).toContain(usual);
      }
    }
  });

  it('knows when something came and went', () => {
    expect([compareVersions('4.4.1', '4.4'), compareVersions('3.2', '4.0') < 0]).toEqual([0, true]);
    expect(['3.2', '4.1', '4.2'].map((version) => standing({ since: '4.1', deprecated: '4.2' }, version))).toEqual([
      'too new',
      'valid',
      'deprecated',
    ]);
    expect(standing({ until: '4.1' }, '4.1')).toBe('removed');
  });
});

describe('the evaluator reads attributes as the grammar has them', () => {
  const folder = join(root, 'src/pmml/evaluate');
  const source = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');
  const named = new Map<string, AttributeRule[]>();
  for (const [, rule] of rules) {
    for (const [name, attribute] of Object.entries(rule.attributes))
      named.set(name, [...(named.get(name) ?? []), attribute]);
  }

  /** Fallbacks that are not the schema's default. */
  const OTHERWISE: Readonly<Record<string, string>> = {
    value: 'of an OutputField for a confidence interval: a percentage, 95 by the text of the specification',
  };

  it('falls back to the default of the schema', () => {
    const calls = [
      ...source.matchAll(/(?:numberAttribute|integerAttribute)\(\s*\w+,\s*'([\w-]+)',\s*(-?[\d.e+-]+)\s*\)/g),
    ];
    expect(calls.length).toBeGreaterThan(20);
    const odd = calls.flatMap(([, name = '', value]) => {
      const defaults = (named.get(name) ?? []).flatMap(({ default: usual }) => (usual === undefined ? [] : [usual]));
      const fits =
        defaults.length === 0 ||
        defaults.some((usual) => Number(usual) === Number(value)) ||
        Object.hasOwn(OTHERWISE, name);
      return fits ? [] : [`${name}: ${value}, the schema has ${defaults.join(', ')}`];
    });
    expect(odd).toEqual([]);
  });

  it('asks for attributes that the schema has', () => {
    const calls = [
      ...source.matchAll(
        /(?:numberAttribute|integerAttribute|booleanAttribute|enumAttribute|optionalNumber|required)\(\s*\w+,\s*'([\w-]+)'/g,
      ),
    ];
    expect(calls.length).toBeGreaterThan(80);
    const unknown = calls.map(([, name = '']) => name).filter((name) => !name.startsWith('x-') && !named.has(name));
    expect(unknown).toEqual([]);
  });

  it('knows the values that the schema has', () => {
    const lists = [...source.matchAll(/enumAttribute\(\s*\w+,\s*'([\w-]+)',\s*\[([^\]]*)\]/g)];
    expect(lists.length).toBeGreaterThan(5);
    const odd = lists.flatMap(([, name = '', list = '']) => {
      const values = [...list.matchAll(/'([^']*)'/g)].map(([, value]) => value);
      const allowed = (named.get(name) ?? []).map((rule) => Object.keys(rule.values ?? {}));
      const fits = allowed.some((known) => values.every((value) => known.includes(value!)));
      return fits || name.startsWith('x-') ? [] : [`${name}: ${values.join(', ')}`];
    });
    expect(odd).toEqual([]);
  });
});

describe('what a name was meant to be', () => {
  it.each([
    ['recordcount', 'recordCount'],
    ['missingValueStrateg', 'missingValueStrategy'],
    ['scroe', 'score'],
    ['value', undefined],
    ['colour', undefined],
    ['x', undefined],
  ])('%s → %s', (name, meant) => {
    expect(nearestName(name, ['recordCount', 'missingValueStrategy', 'score', 'values', 'valued', 'y'])).toBe(meant);
  });
});

describe('markup that would be read over', () => {
  const x = '<DataField name="x" optype="continuous" dataType="double"/>';
  const document = outputs(x, '<MiningField name="x"/>', '');
  const failure = (text: string): string => {
    try {
      new PmmlEvaluator(readPmml(bytesOf(text)));
    } catch (error) {
      if (error instanceof SamescoreError) return formatError(error);
      throw error;
    }
    return 'no failure';
  };

  it.each([
    [
      'usagetype="active"',
      /MiningField @usagetype: pmml\/unknown-attribute: MiningField has no attribute usagetype\n {2}hint: did you mean usageType\?$/,
    ],
    [
      'outlier="asIs"',
      /MiningField @outlier: pmml\/unknown-attribute: MiningField has no attribute outlier\n {2}hint: did you mean outliers\?$/,
    ],
    [
      'outliers="asis"',
      /MiningField @outliers: pmml\/attribute: .*\(expected one of asIs, .*, got "asis"\)\n {2}hint: did you mean asIs\?$/,
    ],
    [
      'outliers="x-clip"',
      /MiningField @outliers: pmml\/unsupported: the vendor's own value outliers="x-clip" is not supported$/,
    ],
    ['colour="red"', /^no failure$/],
    ['x-usagetype="active"', /^no failure$/],
    ['importence="1"', /^no failure$/],
  ])('an attribute %s', (attribute, message) => {
    expect(failure(document.replace('<MiningField name="x"', `<MiningField name="x" ${attribute}`))).toMatch(message);
  });

  it.each([
    [
      '<MiningFeild name="x"/>',
      /MiningSchema\/MiningFeild: pmml\/unknown-element: there is no element MiningFeild in PMML\n {2}hint: did you mean MiningField\?$/,
    ],
    ['<Something/>', /MiningSchema\/Something: pmml\/unknown-element: there is no element Something in PMML$/],
    ['<X-Something/>', /^no failure$/],
    ['<Extension><Something/></Extension>', /^no failure$/],
    ['<Something xmlns="urn:vendor"><MiningFeild/></Something>', /^no failure$/],
  ])('an element %s', (element, message) => {
    expect(failure(document.replace('</MiningSchema>', `${element}</MiningSchema>`))).toMatch(message);
  });
});
