import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatError, SamescoreError } from '../../src/core/errors.js';
import { formatFinding } from '../../src/core/finding.js';
import { checkPmml } from '../../src/pmml/check.js';
import { documentOf } from '../../src/pmml/document.js';
import { readPmml, writePmml } from '../../src/pmml/index.js';
import { XmlBuilder } from '../../src/wire/xml/builder.js';
import type { Element, XmlDocument } from '../../src/wire/xml/document.js';

type Markup = readonly [name: string, attributes?: Record<string, string>, ...children: Markup[]];

function made(version: string, ...content: Markup[]): XmlDocument {
  const builder = new XmlBuilder();
  const add = ([name, attributes = {}, ...children]: Markup): void => {
    builder.start(name, attributes);
    for (const child of children) add(child);
    builder.end();
  };
  add(['PMML', { xmlns: `http://www.dmg.org/PMML-${version.replace('.', '_')}`, version }, ...content]);
  return builder.finish();
}

const header: Markup = ['Header'];
const dictionary: Markup = [
  'DataDictionary',
  {},
  ['DataField', { name: 'x', optype: 'continuous', dataType: 'double' }],
  ['DataField', { name: 'y', optype: 'continuous', dataType: 'double' }],
];
const schema: Markup = [
  'MiningSchema',
  {},
  ['MiningField', { name: 'x' }],
  ['MiningField', { name: 'y', usageType: 'target' }],
];
const node = (attributes: Record<string, string>, ...more: Markup[]): Markup => [
  'Node',
  { score: '1', ...attributes },
  ['True'],
  ...more,
];
const tree = (root: Markup, attributes: Record<string, string> = {}): Markup => [
  'TreeModel',
  { functionName: 'regression', ...attributes },
  schema,
  root,
];

const text = (xml: XmlDocument): string =>
  new TextDecoder().decode(Buffer.concat([...writePmml(documentOf(xml))].map((piece) => piece.slice())));
const failure = (xml: XmlDocument): string => {
  try {
    text(xml);
  } catch (error) {
    if (error instanceof SamescoreError) return formatError(error);
    throw error;
  }
  return 'no failure';
};

describe('a document that was made', () => {
  test('gets its children in the order of the grammar, comments before what they stand before', () => {
    const builder = new XmlBuilder();
    builder.start('PMML', { xmlns: 'http://www.dmg.org/PMML-4_4', version: '4.4' });
    builder.start('TreeModel', { functionName: 'regression' });
    builder.comment(' the tree ');
    builder.start('Node', { score: '1' }).start('Node', { score: '2' }).leaf('True').end().leaf('True').end();
    builder.start('MiningSchema').leaf('MiningField', { name: 'x' }).end();
    builder.leaf('Extension', { name: 'e' });
    builder.end();
    builder.start('DataDictionary').leaf('DataField', { name: 'x', optype: 'continuous', dataType: 'double' }).end();
    builder.leaf('Header').end();
    const written = text(builder.finish());
    expect([...written.matchAll(/<(!--|\w+)/g)].map(([, name]) => name)).toEqual([
      'PMML',
      'Header',
      'DataDictionary',
      'DataField',
      'TreeModel',
      'Extension',
      'MiningSchema',
      'MiningField',
      '!--',
      'Node',
      'True',
      'Node',
      'True',
    ]);
    expect(checkPmml(readPmml(new TextEncoder().encode(written)))).toEqual([]);
  });

  test.each<[string, XmlDocument, string]>([
    [
      'an element that PMML does not have',
      made('4.4', header, dictionary, tree(node({}, ['Leaf']))),
      'Node/Leaf: pmml/unwritable: there is no element Leaf in PMML',
    ],
    [
      'an attribute that it does not have',
      made('4.4', header, dictionary, tree(node({ colour: 'red' }))),
      'TreeModel/Node @colour: pmml/unwritable: Node has no attribute colour',
    ],
    [
      'a value that it does not have',
      made('4.4', header, dictionary, tree(node({}), { noTrueChildStrategy: 'guess' })),
      'PMML/TreeModel @noTrueChildStrategy: pmml/unwritable: noTrueChildStrategy is "guess" and must be one of returnNullPrediction, returnLastPrediction',
    ],
    [
      'a number that is none',
      made('4.4', header, dictionary, tree(node({ recordCount: 'many' }))),
      'TreeModel/Node @recordCount: pmml/unwritable: recordCount is "many" and must be a number',
    ],
    [
      'an attribute that is missing',
      made('4.4', header, dictionary, ['TreeModel', {}, schema, node({})]),
      'PMML/TreeModel @functionName: pmml/unwritable: TreeModel lacks its attribute functionName',
    ],
    [
      'an element that is missing',
      made('4.4', header, dictionary, ['TreeModel', { functionName: 'regression' }, schema]),
      'PMML/TreeModel: pmml/unwritable: TreeModel lacks Node',
    ],
    [
      'an element too many',
      made('4.4', header, dictionary, tree(node({}, ['False']))),
      'Node/False: pmml/unwritable: Node has more False than it may',
    ],
    [
      'an element that came later',
      made('4.2', header, dictionary, ['GaussianProcessModel', { functionName: 'regression' }, schema]),
      'PMML/GaussianProcessModel: pmml/unwritable: GaussianProcessModel came with PMML 4.3, the document is 4.2',
    ],
    [
      'an attribute that came later',
      made('4.0', ['Header', { copyright: '' }], dictionary, tree(node({}), { isScorable: 'true' })),
      'PMML/TreeModel @isScorable: pmml/unwritable: TreeModel/@isScorable came with PMML 4.1, the document is 4.0',
    ],
  ])('with %s is not written', (_, xml, message) => {
    expect(failure(xml)).toContain(message);
  });

  test('with vendor markup is written as it is', () => {
    const xml = made(
      '4.4',
      header,
      dictionary,
      tree(node({ 'x-colour': 'red' }, ['Extension', {}, ['Leaf']]), { 'x-mathContext': 'float' }),
    );
    expect(failure(xml)).toBe('no failure');
  });
});

describe('a document that was read is written with its faults', () => {
  test.each(['<Node><Leaf/></Node>', '<Node colour="red"/>'])('%s', (content) => {
    const source = `<?xml version="1.0" encoding="UTF-8"?>\n<PMML version="4.4">\n  <TreeModel>\n    ${content}\n  </TreeModel>\n</PMML>\n`;
    const pieces = [...writePmml(readPmml(new TextEncoder().encode(source)))];
    expect(new TextDecoder().decode(Buffer.concat(pieces)).replace(/\s+/g, '')).toBe(source.replace(/\s+/g, ''));
  });
});

describe('real documents, made again with their children in any order, come out valid', () => {
  const root = resolve(import.meta.dirname, '../..');
  const folder = join(root, 'fixtures/conformance/pmml');
  const names = readdirSync(folder).filter(
    (name) => existsSync(join(folder, name, 'model.pmml')) && !name.startsWith('security-'),
  );
  /** Their order says something that the grammar does not. */
  const ORDERED = /Sequence|SequenceRule/;
  let state = 5;
  const below = (count: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 8) % count;
  };

  function shuffled(element: Element, builder: XmlBuilder): void {
    builder.start(element.document.qualifiedNameOf(element.index), Object.fromEntries(element.attributes()));
    const children = element.children();
    if (children.length === 0) builder.text(element.text());
    // Neighbours of one name keep their order, which is that of rules, nodes and arguments.
    const runs: Element[][] = [];
    for (const child of children) {
      const same = runs.find(([first]) => first!.name === child.name);
      if (same === undefined) runs.push([child]);
      else same.push(child);
    }
    const choice = /^(Apply|CompoundPredicate|InlineTable|row|Matrix|BayesianNetworkNodes)$/.test(element.name);
    if (!choice && !ORDERED.test(element.name)) {
      for (let i = runs.length - 1; i > 0; i--) {
        const j = below(i + 1);
        [runs[i], runs[j]] = [runs[j]!, runs[i]!];
      }
      for (const child of runs.flat()) shuffled(child, builder);
    } else for (const child of children) shuffled(child, builder);
    builder.end();
  }

  test('every one', () => {
    let written = 0;
    for (const name of names) {
      const document = readPmml(readFileSync(join(folder, name, 'model.pmml')));
      if (checkPmml(document).some(({ severity }) => severity === 'error')) continue;
      const builder = new XmlBuilder();
      shuffled(document.root, builder);
      const again = readPmml(new TextEncoder().encode(text(builder.finish())));
      const errors = checkPmml(again).filter(({ severity }) => severity === 'error');
      expect(errors.map(formatFinding), name).toEqual([]);
      written++;
    }
    expect(written).toBeGreaterThan(50);
  }, 30_000);
});
