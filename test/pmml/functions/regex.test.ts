import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileRegex } from '../../../src/pmml/evaluate/functions/regex.js';
import { RegexFault } from '../../../src/pmml/evaluate/functions/regex-fault.js';

const matchOf = (source: string, text: string, ignoreCase = false): (string | undefined)[] | null => {
  const groups = compileRegex(source, ignoreCase).exec(text, 0);
  if (groups === undefined) return null;
  return Array.from({ length: groups.length / 2 }, (_, i) =>
    groups[2 * i]! < 0 ? undefined : text.slice(groups[2 * i], groups[2 * i + 1]),
  );
};

/** The engine's own RegExp is the judge wherever both notations agree. */
describe('regular expressions', () => {
  const atom = fc.constantFrom(
    'a',
    'b',
    'c',
    '.',
    '[ab]',
    '[^a]',
    '\\d',
    '\\w',
    '\\s',
    '\\b',
    '(a)',
    '(?:ab)',
    '(a|b)',
    '(?=a)',
    '(?!b)',
    '\\.',
    'x',
    ' ',
  );
  const piece = fc
    .tuple(atom, fc.constantFrom('', '', '*', '+', '?', '{1,2}', '*?', '+?', '??'))
    .map(([a, q]) => (/^(?:\\b|\(\?[=!])/.test(a) ? a : a + q));
  const source = fc
    .array(
      fc.array(piece, { maxLength: 5 }).map((parts) => parts.join('')),
      { minLength: 1, maxLength: 3 },
    )
    .map((parts) => parts.join('|'));
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' ', '1', '.', 'x', 'B'), maxLength: 12 });

  test('agree with RegExp on generated patterns', () => {
    fc.assert(
      fc.property(source, text, fc.boolean(), (pattern, input, ignoreCase) => {
        const expected = new RegExp(pattern, ignoreCase ? 'i' : '').exec(input);
        const got = matchOf(pattern, input, ignoreCase);
        expect(got?.[0] ?? null).toEqual(expected?.[0] ?? null);
      }),
      { numRuns: 3000 },
    );
  });

  test.each([
    ['(\\w+)@(\\w+)\\.com', 'mail joe@site.com now', ['joe@site.com', 'joe', 'site']],
    ['(a)|(b)', 'b', ['b', undefined, 'b']],
    ['(\\w)\\1', 'hello', ['ll', 'l']],
    ['(?<=\\$)\\d+', 'cost $42', ['42']],
    ['(?i)ABC', 'xabc', ['abc']],
    ['\\p{Punct}+', 'ab,.c', [',.']],
    ['[[:digit:]]+', 'a12', ['12']],
    ['[a-z&&[^b]]+', 'bcd', ['cd']],
    ['a++b', 'aaab', ['aaab']],
    ['a++a', 'aaa', null],
    ['\\Qa.b\\E', 'xa.b', ['a.b']],
    ['^b$', 'a\nb', null],
    ['(?m)^b$', 'a\nb', ['b']],
    ['is|are|seem(ed|s?)|were', 'it seemed', ['seemed', 'ed']],
  ] as const)('%s on %s', (pattern, input, expected) => {
    expect(matchOf(pattern, input)).toEqual(expected);
  });

  test.each(['(a+)+$', '(a|aa)+$', '(a|a?)+$', '(.*)*x', 'a*a*a*a*a*b', '([a-z]+)*1'])(
    '%s gives up on a hostile text',
    (pattern) => {
      const started = Date.now();
      const outcome = (() => {
        try {
          return matchOf(pattern, `${'a'.repeat(5000)}!`);
        } catch (error) {
          return error;
        }
      })();
      expect(outcome === null || outcome instanceof RegexFault || outcome instanceof RangeError).toBe(true);
      expect(Date.now() - started).toBeLessThan(5000);
    },
  );

  test.each(['(', 'a)', '[a', '*a', '(?z)', '\\', '[z-a]', '\\p{Nothing}', 'a{5,2}'])('%s is refused', (pattern) => {
    expect(() => compileRegex(pattern, false)).toThrow(RegexFault as never);
  });
});
