import { describe, expect, it } from 'vitest';
import { evaluatorOf, outputs } from '../build.js';

type Argument = readonly [type: string, text: string];

const constant = ([type, text]: Argument): string => `<Constant dataType="${type}">${text}</Constant>`;

const applied = (name: string, args: readonly Argument[]): string =>
  `<Apply function="${name.replace('<', '&lt;')}">${args.map(constant).join('')}</Apply>`;

function scored(expression: string, fields = '', schema = '', record: Record<string, unknown> = {}): unknown {
  const output = `<OutputField name="o" feature="transformedValue">${expression}</OutputField>`;
  return evaluatorOf(outputs(fields, schema, output)).evaluate(record)['o'];
}

/** The examples of the page on built-in functions, and its formulas by hand. */
describe('examples of the specification: built-in functions', () => {
  it.each<[string, readonly Argument[], unknown]>([
    [
      '-',
      [
        ['double', '2.5'],
        ['double', '4'],
      ],
      -1.5,
    ],
    [
      'min',
      [
        ['double', '2.5'],
        ['double', '4'],
        ['double', '1.5'],
      ],
      1.5,
    ],
    [
      'threshold',
      [
        ['double', '2'],
        ['double', '1'],
      ],
      1,
    ],
    [
      'threshold',
      [
        ['double', '1'],
        ['double', '1'],
      ],
      0,
    ],
    ['uppercase', [['string', 'aBc9']], 'ABC9'],
    ['lowercase', [['string', 'aBc9']], 'abc9'],
    ['stringLength', [['string', 'aBc9x']], 5],
    [
      'substring',
      [
        ['string', 'aBc9x'],
        ['integer', '2'],
        ['integer', '3'],
      ],
      'Bc9',
    ],
    ['trimBlanks', [['string', ' aBc9x ']], 'aBc9x'],
    [
      'concat',
      [
        ['string', '2'],
        ['string', '-'],
        ['integer', '2000'],
      ],
      '2-2000',
    ],
    [
      'replace',
      [
        ['string', 'BBBB'],
        ['string', 'B+'],
        ['string', 'c'],
      ],
      'c',
    ],
    [
      'matches',
      [
        ['string', 'January'],
        ['string', 'ar?y'],
      ],
      true,
    ],
    [
      'matches',
      [
        ['string', 'May'],
        ['string', 'ar?y'],
      ],
      true,
    ],
    [
      'matches',
      [
        ['string', 'March'],
        ['string', 'ar?y'],
      ],
      false,
    ],
    [
      'formatNumber',
      [
        ['integer', '2'],
        ['string', '%3d'],
      ],
      '  2',
    ],
    [
      'formatDatetime',
      [
        ['date', '2004-08-20'],
        ['string', '%m/%d/%y'],
      ],
      '08/20/04',
    ],
    [
      'dateDaysSinceYear',
      [
        ['date', '2003-04-01'],
        ['integer', '1960'],
      ],
      15796,
    ],
    [
      'dateSecondsSinceYear',
      [
        ['dateTime', '1960-01-03T03:30:03'],
        ['integer', '1960'],
      ],
      185403,
    ],
    ['dateSecondsSinceMidnight', [['time', '05:23:30']], 19410],
    [
      'modulo',
      [
        ['integer', '11'],
        ['integer', '4'],
      ],
      3,
    ],
    [
      'modulo',
      [
        ['integer', '9'],
        ['integer', '-7'],
      ],
      -5,
    ],
    ['rint', [['double', '-2.5']], -2],
    [
      'hypot',
      [
        ['double', '5'],
        ['double', '12'],
      ],
      13,
    ],
    [
      'isIn',
      [
        ['string', 'b'],
        ['string', 'a'],
        ['string', 'b'],
      ],
      true,
    ],
    [
      'isNotIn',
      [
        ['integer', '4'],
        ['integer', '1'],
        ['integer', '2'],
      ],
      true,
    ],
  ])('%s of %j', (name, args, expected) => {
    expect(scored(applied(name, args))).toBe(expected);
  });

  it.each<[string, readonly Argument[], number]>([
    ['expm1', [['double', '1e-10']], 1.00000000005e-10],
    ['ln1p', [['double', '1e-10']], 9.9999999995e-11],
    [
      'normalCDF',
      [
        ['double', '3'],
        ['double', '1'],
        ['double', '2'],
      ],
      0.8413447460685429,
    ],
    [
      'normalPDF',
      [
        ['double', '1'],
        ['double', '1'],
        ['double', '2'],
      ],
      0.19947114020071635,
    ],
    [
      'normalIDF',
      [
        ['double', '0.8413447460685429'],
        ['double', '1'],
        ['double', '2'],
      ],
      3,
    ],
    ['erf', [['double', '1']], 0.8427007929497149],
    [
      'atan2',
      [
        ['double', '1'],
        ['double', '1'],
      ],
      Math.PI / 4,
    ],
  ])('%s of %j', (name, args, expected) => {
    expect(scored(applied(name, args))).toBeCloseTo(expected, 14);
  });
});

const field = (name: string, dataType: string): string =>
  `<DataField name="${name}" optype="${dataType === 'string' ? 'categorical' : 'continuous'}" dataType="${dataType}"/>`;

/** The examples of the pages on transformations and targets. */
describe('examples of the specification: transformations', () => {
  const discretize = (more: string): string =>
    `<Discretize field="Profit" ${more}><DiscretizeBin binValue="negative"><Interval closure="openOpen" rightMargin="0"/></DiscretizeBin><DiscretizeBin binValue="positive"><Interval closure="closedOpen" leftMargin="0"/></DiscretizeBin></Discretize>`;

  it.each([
    [-0.5, '', 'negative'],
    [0, '', 'positive'],
    [null, '', null],
    [null, 'mapMissingTo="none"', 'none'],
  ])('a profit of %s, %s, is %s', (profit, more, expected) => {
    const schema = '<MiningField name="Profit"/>';
    expect(scored(discretize(more), field('Profit', 'double'), schema, { Profit: profit })).toBe(expected);
  });

  it.each([
    ['1', 'MN', 10000],
    ['1', 'IL', 12000],
    ['2', 'MN', 20000],
    ['2', 'IL', 23000],
    ['3', 'IL', 0],
    [null, 'IL', -1],
  ])('the salary of band %s in %s is %s', (BAND, STATE, expected) => {
    const row = (band: number, state: string, salary: number): string =>
      `<row><band>${band}</band><state>${state}</state><out>${salary}</out></row>`;
    const table = `<MapValues outputColumn="out" dataType="integer" defaultValue="0" mapMissingTo="-1"><FieldColumnPair field="BAND" column="band"/><FieldColumnPair field="STATE" column="state"/><InlineTable>${row(1, 'MN', 10000)}${row(1, 'IL', 12000)}${row(2, 'MN', 20000)}${row(2, 'IL', 23000)}</InlineTable></MapValues>`;
    const schema = '<MiningField name="BAND"/><MiningField name="STATE"/>';
    expect(scored(table, field('BAND', 'integer') + field('STATE', 'string'), schema, { BAND, STATE })).toBe(expected);
  });

  it.each([
    ['Testing the app for a few days convinced me the interfaces are excellent!', 1],
    ['The interface was user friendly, seemed user friendly and is well designed.', 0],
    ['The interfaces seemed user friendly; an interface is excellent.', 2],
    ['It is excellent', 0],
  ])('the user interface is praised: %s', (text, expected) => {
    const row = (from: string, to: string) =>
      `<row><string>${from}</string><stem>${to}</stem><regex>true</regex></row>`;
    const index = `<TextIndex textField="review"><TextIndexNormalization><InlineTable>${row('interfaces?', 'interface')}${row('\\b(is|are|seem(ed|s?)|were)\\b', 'be')}${row('user friendl(y|iness)', 'user_friendly')}</InlineTable></TextIndexNormalization><TextIndexNormalization inField="re" outField="feature"><InlineTable><row><re>interface be (user_friendly|well designed|excellent)</re><feature>ui_good</feature><regex>true</regex></row></InlineTable></TextIndexNormalization><Constant dataType="string">ui_good</Constant></TextIndex>`;
    expect(scored(index, field('review', 'string'), '<MiningField name="review"/>', { review: text })).toBe(expected);
  });

  it('a normalization is repeated until nothing changes, where it is recursive', () => {
    const row = '<row><string>a a</string><stem>a</stem></row>';
    const index = (recursive: boolean) =>
      `<TextIndex textField="t"><TextIndexNormalization recursive="${recursive}"><InlineTable>${row}</InlineTable></TextIndexNormalization><Constant dataType="string">a</Constant></TextIndex>`;
    const counted = (recursive: boolean) =>
      scored(index(recursive), field('t', 'string'), '<MiningField name="t"/>', { t: 'a a a a b a' });
    expect([counted(false), counted(true)]).toEqual([3, 2]);
  });

  it.each([
    ['termFrequency', 2],
    ['binary', 1],
    ['logarithmic', Math.log10(3)],
    // "the" is the most frequent word, three times: 0.5 · (1 + 2/3).
    ['augmentedNormalizedTermFrequency', 0.5 * (1 + 2 / 3)],
  ])('the local term weight %s', (weights, expected) => {
    const index = `<TextIndex textField="t" localTermWeights="${weights}"><Constant dataType="string">sun</Constant></TextIndex>`;
    const record = { t: 'The sun, the Sun and the moon' };
    expect(scored(index, field('t', 'string'), '<MiningField name="t"/>', record)).toBe(expected);
  });
});
