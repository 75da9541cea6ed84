import { expect, test } from 'vitest';
import { PfaEngine } from '../../../src/pfa/engine.js';
import { PfaRuntimeError } from '../../../src/pfa/errors.js';

/** The value of one expression; `output` is its type. */
function evaluate(expression: unknown, output: unknown): unknown {
  const document = { input: 'null', output, action: expression };
  return PfaEngine.from(JSON.stringify(document), { seed: 1 }).action(null);
}

const bytes = (...codes: number[]) => ({ 'bytes.fromBase64': [{ string: btoa(String.fromCharCode(...codes)) }] });
const doubles = (...value: number[]) => ({ type: { type: 'array', items: 'double' }, value });
const booleans = (...value: boolean[]) => ({ type: { type: 'array', items: 'boolean' }, value });
const strings = { type: 'array', items: 'string' };
const matrix = (value: number[][]) => ({ type: { type: 'array', items: { type: 'array', items: 'double' } }, value });
const double = (value: number) => ({ double: value });
const text = (value: string) => ({ string: value });

/** Expected values from the definitions, worked out by hand or to be found in tables. */
const CASES: [name: string, args: unknown[], output: unknown, expected: unknown][] = [
  ['m.tan', [double(0.5)], 'double', 0.5463024898437905],
  ['m.hypot', [double(3e200), double(4e200)], 'double', 5e200],
  ['m.special.erf', [double(0.5)], 'double', 0.5204998778130465],
  ['m.special.nChooseK', [10, 3], 'int', 120],
  ['m.link.softmax', [doubles(1000, 1000)], { type: 'array', items: 'double' }, [0.5, 0.5]],
  ['m.kernel.sigmoid', [doubles(1, 2), doubles(3, -1), double(0.5), double(0.25)], 'double', Math.tanh(0.75)],
  ['//', [-7, 2], 'int', -3],
  ['%', [-7, 3], 'int', 2],
  ['%%', [-7, 3], 'int', -1],
  ['**', [2, 10], 'int', 1024],
  ['**', [7, -2], 'int', 0],
  ['&', [12, 10], 'int', 8],
  ['>=', [text('ab'), text('a')], 'boolean', true],
  [
    'la.truncate',
    [
      matrix([
        [1, 2],
        [3, 4],
        [5, 6],
      ]),
      2,
    ],
    matrix([]).type,
    [
      [1, 2],
      [3, 4],
    ],
  ],
  [
    'la.trace',
    [
      matrix([
        [1, 2],
        [3, 4],
      ]),
    ],
    'double',
    5,
  ],
  [
    'metric.binarySimilarity',
    [booleans(true, true, false), booleans(true, false, true), 1.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0].map((x) =>
      typeof x === 'number' ? double(x) : x,
    ),
    'double',
    1 / 3,
  ],
  ['s.upper', [text('straße')], 'string', 'STRASSE'],
  ['s.strip', [text('xyhixx'), text('xy')], 'string', 'hi'],
  ['s.len', [text('a😀')], 'int', 2],
  ['s.substr', [text('a😀bc'), 1, -1], 'string', '😀b'],
  ['s.translate', [text('hello'), text('el'), text('ip')], 'string', 'hippo'],
  ['s.hex', [255, 6, true], 'string', '0000ff'],
  ['s.int', [-5, 5, true], 'string', '-0005'],
  ['s.int', [5, -4, false], 'string', '5   '],
  ['re.contains', [text('hello'), text('l+o')], 'boolean', true],
  ['re.split', [text('a1b22c'), text('[0-9]')], strings, ['a', 'b', '', 'c']],
  ['re.replaceall', [text('a.b'), text('\\.'), text('$1')], 'string', 'a$1b'],
  ['parse.float', [text(' 1e-50 ')], 'float', 0],
  ['parse.long', [text('-zz'), 36], 'long', -1295],
  ['parse.int', [text('FF'), 16], 'int', 255],
  ['cast.signed', [200, 8], 'long', -56],
  ['cast.unsigned', [-1, 8], 'long', 255],
  ['cast.json', [doubles(1, 0.5)], 'string', '[1.0,0.5]'],
  ['bytes.decodeUtf8', [bytes(0xc3, 0xa9)], 'string', 'é'],
  ['bytes.decodeAscii', [bytes(104, 105)], 'string', 'hi'],
  ['bytes.encodeAscii', [text('hi')], 'bytes', Uint8Array.of(104, 105)],
  ['bytes.encodeUtf16le', [text('h€')], 'bytes', Uint8Array.of(104, 0, 0xac, 0x20)],
  ['bytes.isUtf16le', [bytes(0x3d, 0xd8)], 'boolean', false],
  ['bytes.toBase64', [bytes(1, 2, 3, 4)], 'string', 'AQIDBA=='],
  ['time.minuteOfHour', [double(5_000_000_060), text('Asia/Kathmandu')], 'int', 39],
  ['time.makeTimestamp', [2000, 2, 29, 12, 30, 15, 250, text('')], 'double', 951_827_415.25],
  ['prob.dist.uniformPDF', [double(3), double(2), double(4)], 'double', 0.5],
  ['prob.dist.lognormalPDF', [double(1), double(0), double(1)], 'double', 0.3989422804014327],
  ['prob.dist.exponentialPDF', [double(2), double(0.5)], 'double', 0.5 * Math.exp(-1)],
  ['prob.dist.exponentialQF', [double(0.5), double(2)], 'double', Math.LN2 / 2],
  ['prob.dist.tPDF', [double(0), 1], 'double', 1 / Math.PI],
  ['stat.test.pull', [double(5), double(3), double(4)], 'double', 0.5],
  ['model.reg.residual', [double(5), double(3)], 'double', 2],
  [
    'stat.test.mahalanobis',
    [
      doubles(3, 0),
      doubles(1, 0),
      matrix([
        [4, 0],
        [0, 1],
      ]),
    ],
    'double',
    1,
  ],
  ['a.ntile', [doubles(5, 1, 3), double(0.25)], 'double', 2],
  [
    'a.permutations',
    [{ type: { type: 'array', items: 'int' }, value: [1, 2, 3] }],
    { type: 'array', items: { type: 'array', items: 'int' } },
    [
      [1, 2, 3],
      [1, 3, 2],
      [2, 1, 3],
      [2, 3, 1],
      [3, 1, 2],
      [3, 2, 1],
    ],
  ],
];

test.each(CASES)('%s(%j)', (name, args, output, expected) => {
  const got = evaluate({ [name]: args }, output);
  if (typeof expected === 'number')
    expect(Math.abs((got as number) - expected)).toBeLessThanOrEqual(1e-14 * Math.abs(expected));
  else expect(got).toEqual(expected);
});

const HISTOGRAM = {
  type: 'record',
  name: 'Histogram',
  fields: [
    ...['xnumbins', 'ynumbins'].map((name) => ({ name, type: 'int' })),
    ...['xlow', 'xhigh', 'ylow', 'yhigh', 'midoverflow', 'nanflow'].map((name) => ({ name, type: 'double' })),
    { name: 'values', type: { type: 'array', items: { type: 'array', items: 'double' } } },
  ],
};
const EMPTY = {
  xnumbins: 2,
  ynumbins: 2,
  xlow: 0,
  xhigh: 1,
  ylow: 0,
  yhigh: 1,
  midoverflow: 0,
  nanflow: 0,
  values: [
    [0, 0],
    [0, 0],
  ],
};

test.each([
  [
    0.75,
    0.25,
    {
      values: [
        [0, 0],
        [2, 0],
      ],
    },
  ],
  [0.25, 1, { midoverflow: 2 }],
  [-1, 0.5, {}],
])('a two-dimensional histogram counts (%d, %d)', (x, y, changes) => {
  const expression = {
    'stat.sample.fillHistogram2d': [double(x), double(y), double(2), { type: HISTOGRAM, value: EMPTY }],
  };
  expect(evaluate(expression, 'Histogram')).toEqual({ ...EMPTY, ...changes });
});

const TRIGGER = {
  type: 'record',
  name: 'Trigger',
  fields: ['numEvents', 'numRuns', 'currentRun', 'longestRun'].map((name) => ({ name, type: 'int' })),
};

test('a trigger counts events, runs and the longest run', () => {
  const document = {
    input: 'boolean',
    output: 'Trigger',
    cells: { state: { type: TRIGGER, init: { numEvents: 0, numRuns: 0, currentRun: 0, longestRun: 0 } } },
    action: {
      cell: 'state',
      to: { params: [{ old: 'Trigger' }], ret: 'Trigger', do: { 'stat.change.updateTrigger': ['input', 'old'] } },
    },
  };
  const engine = PfaEngine.from(JSON.stringify(document));
  let last: unknown;
  for (const predicate of [true, true, false, true, false, true, true, true]) last = engine.action(predicate);
  expect(last).toEqual({ numEvents: 6, numRuns: 3, currentRun: 3, longestRun: 3 });
});

const FAILURES: [name: string, args: unknown[], output: unknown, code: number, message: string][] = [
  ['+', [2147483647, 1], 'int', 18000, 'int overflow'],
  ['//', [1, 0], 'int', 18040, 'integer division by zero'],
  ['m.round', [double(1e19)], 'long', 27191, 'long overflow'],
  ['a.head', [doubles()], 'double', 15020, 'empty array'],
  ['la.det', [matrix([[1, 2]])], 'double', 24092, 'non-square matrix'],
  ['re.index', [text('a'), text('(')], { type: 'array', items: 'int' }, 35000, 'bad pattern'],
  ['parse.int', [text('1_000'), 10], 'int', 33000, 'not an integer'],
  ['parse.double', [text('Infinity')], 'double', 33030, 'not a double-precision float'],
  ['time.year', [double(0), text('where/ever')], 'int', 40000, 'unrecognized timezone string'],
  [
    'time.makeTimestamp',
    [2015, 3, 8, 2, 30, 0, 0, text('America/Chicago')],
    'double',
    40081,
    'timestamp undefined for given parameters',
  ],
  ['bytes.decodeUtf8', [bytes(0xc3)], 'string', 16110, 'invalid bytes'],
  ['prob.dist.poissonQF', [double(1.5), double(2)], 'double', 13111, 'invalid input'],
];

test.each(FAILURES)('%s(%j) fails', (name, args, output, code, message) => {
  let error: unknown;
  try {
    evaluate({ [name]: args }, output);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(PfaRuntimeError);
  expect({ code: (error as PfaRuntimeError).code, message: (error as PfaRuntimeError).message }).toEqual({
    code,
    message,
  });
});
