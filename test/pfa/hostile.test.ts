import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SamescoreError } from '../../src/core/errors.js';
import { PfaEngine, PfaTimeoutError, readPfa } from '../../src/pfa/index.js';

const INTS = { type: 'array', items: 'int' };

describe('documents that want to hang or to fill the memory', () => {
  const run = (document: object, input: unknown = null, options = {}) =>
    PfaEngine.from(JSON.stringify({ input: 'null', output: 'null', ...document }), options).action(input);

  test.each([
    ['an endless loop', { action: [{ while: true, do: 1 }, null] }],
    ['an endless loop in a condition', { action: [{ let: { i: 0 } }, { do: { set: { i: 1 } }, until: false }, null] }],
    [
      'an endless recursion',
      { action: { 'u.f': [null] }, fcns: { f: { params: [{ x: 'null' }], ret: 'null', do: { 'u.f': 'x' } } } },
    ],
    [
      'a list that doubles',
      {
        action: [
          { let: { x: { type: INTS, value: [1, 2, 3, 4] } } },
          { while: true, do: { set: { x: { 'a.concat': ['x', 'x'] } } } },
          null,
        ],
      },
    ],
    [
      'a text that doubles',
      {
        action: [
          { let: { x: { string: 'abcd' } } },
          { while: true, do: { set: { x: { 's.concat': ['x', 'x'] } } } },
          null,
        ],
      },
    ],
  ])('%s ends in a PfaTimeoutError', (_, document) => {
    expect(() => run(document, null, { limits: { steps: 3_000_000 } })).toThrow(PfaTimeoutError);
  });

  test('a text longer than any can be ends in a PfaTimeoutError', () => {
    const long = (letter: string, count: number) => ({ string: letter.repeat(count) });
    const document = {
      output: 'string',
      action: { 're.replaceall': [long('x', 100_000), { string: 'x' }, long('y', 10_000)] },
    };
    expect(() => run(document)).toThrow('a value is larger than the machine can hold');
  });

  test('options.timeout ends an action in time', () => {
    const started = Date.now();
    const document = { action: [{ while: true, do: 1 }, null], options: { timeout: 100 } };
    expect(() => run(document, null, { limits: { steps: 1e12 } })).toThrow(
      'the time that options.timeout allows is used up',
    );
    const own = { action: [{ while: true, do: 1 }, null] };
    expect(() => run(own, null, { limits: { steps: 1e12 }, timeout: 100 })).toThrow(PfaTimeoutError);
    expect(Date.now() - started).toBeLessThan(5000);
  });

  test('the budget is renewed with each action', () => {
    const engine = PfaEngine.from(
      JSON.stringify({
        input: 'int',
        output: 'int',
        action: [{ for: { i: 0 }, while: { '<': ['i', 'input'] }, step: { i: { '+': ['i', 1] } }, do: 1 }, 'input'],
      }),
      { limits: { steps: 1000 } },
    );
    for (let i = 0; i < 5; i++) expect(engine.action(900)).toBe(900);
    expect(() => engine.action(1100)).toThrow(PfaTimeoutError);
    expect(engine.action(900)).toBe(900);
  });
});

describe('nesting', () => {
  test('deeper than the limit is refused with its place', () => {
    const text = `{"input":"int","output":"int","action":${'{"u-":'.repeat(5000)}1${'}'.repeat(5000)}}`;
    expect(() => PfaEngine.from(text)).toThrow('values are nested more than 1000 deep');
  });

  test('at the limit works or ends in an error of PFA', () => {
    const text = `{"input":"int","output":"int","action":${'{"u-":'.repeat(990)}1${'}'.repeat(990)}}`;
    try {
      expect(PfaEngine.from(text).action(0)).toBe(1);
    } catch (error) {
      expect(error).toBeInstanceOf(PfaTimeoutError);
    }
  });

  test('YAML aliases cannot unfold into billions', () => {
    const lines = ['a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]'];
    for (let i = 1; i < 12; i++)
      lines.push(
        `a${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      );
    expect(() => PfaEngine.from(`input: int\noutput: int\naction: 1\n${lines.join('\n')}`)).toThrow(
      'the aliases stand for too many values',
    );
  });

  test('gzip data that lie about their size are refused', () => {
    const bytes = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3, 255, 255, 255, 127, 255, 255, 255, 127);
    expect(() => readPfa(bytes, { bytes: 1000 })).toThrow('more than 1000 bytes');
  });
});

describe('random texts', () => {
  const bases = [
    '{"input":"int","output":"int","cells":{"c":{"type":"int","init":1}},"action":[{"let":{"x":{"+":["input",{"cell":"c"}]}}},{"if":{"<":["x",3]},"then":"x","else":{"u.f":["x"]}}],"fcns":{"f":{"params":[{"y":"int"}],"ret":"int","do":"y"}}}',
    'input: int\noutput: int\naction:\n  - {let: {x: 1}}\n  - {+: [x, input]}\n',
    'input: int\noutput: int\naction:\n  var x = 1;\n  if (x < input) f(x)[1] else x to fcn(y: int -> int) y + 1;\n',
  ];

  test('end in an error of ours or in an engine, never in anything else', () => {
    const edit = fc.record({
      base: fc.nat(bases.length - 1),
      at: fc.nat(250),
      cut: fc.nat(6),
      put: fc.string({ maxLength: 4 }),
    });
    fc.assert(
      fc.property(edit, fc.integer(), ({ base, at, cut, put }, datum) => {
        const text = bases[base] as string;
        const spoilt = text.slice(0, at) + put + text.slice(at + cut);
        try {
          PfaEngine.from(spoilt, { limits: { steps: 10_000 } }).action(datum | 0);
        } catch (error) {
          expect(error, spoilt).toBeInstanceOf(SamescoreError);
        }
      }),
      { numRuns: 3000, seed: 20261122 },
    );
  });

  test('the same for random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          readPfa(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(SamescoreError);
        }
      }),
      { numRuns: 500, seed: 20261122 },
    );
  });
});
