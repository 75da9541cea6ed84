import { expect, test } from 'vitest';
import { type Match, regex, search, searchAll } from '../../../src/pfa/library/regex/match.js';
import { codePoints } from '../../../src/pfa/library/text.js';

const free = () => {};

function first(pattern: string, text: string, unicode = true): Match | undefined | 'invalid' {
  const program = regex(codePoints(pattern), unicode);
  return program === undefined ? 'invalid' : search(program, codePoints(text), 0, free);
}

const MATCHES: [pattern: string, text: string, expected: number[] | undefined][] = [
  ['', 'abc', [0, 0]],
  ['b', 'abc', [1, 2]],
  ['a|ab', 'ab', [0, 1]],
  ['(a|ab)(c|bcd)', 'abcd', [0, 4, 0, 1, 1, 4]],
  ['a{2,3}', 'aaaa', [0, 3]],
  ['a{2,}b', 'aaab', [0, 4]],
  ['a{0}b', 'ab', [1, 2]],
  ['(a*)*', 'b', [0, 0, 0, 0]],
  ['(a*)+', 'aab', [0, 2, 2, 2]],
  ['(a)|(b)', 'b', [0, 1, -1, -1, 0, 1]],
  ['(.)\\1', 'hello', [2, 4, 2, 3]],
  ['^a', 'ba', undefined],
  ['a$', 'ba', [1, 2]],
  ['a$', 'a\n', [0, 1]],
  ['a$', 'a\nb', undefined],
  ['.', '\n', [0, 1]],
  ['[a-c]+', 'xabcd', [1, 4]],
  ['[^a-c]+', 'abxyc', [2, 4]],
  ['[]a]+', 'x]a', [1, 3]],
  ['[a-]+', 'x-a', [1, 3]],
  ['[\\d]+', '12\\d', [2, 4]],
  ['\\d', '1d', [1, 2]],
  ['\\.', 'a.', [1, 2]],
  ['\\t', 'a\t', [1, 2]],
  ['[[:digit:][:upper:]]+', 'ab12CDe', [2, 6]],
  ['[[:^digit:]]+', '12ab3', [2, 4]],
  ['[[:alpha:]]+', '1éß2', [1, 3]],
  ['[[:space:]]', 'a\u00a0', [1, 2]],
  ['.x', '😀x', [0, 2]],
  ['a)', 'a)', [0, 2]],
  ['(a|b)*c|(a|ab)*c', 'abc', [0, 3, 1, 2, -1, -1]],
];

test.each(MATCHES)('%j on %j', (pattern, text, expected) => {
  expect(first(pattern, text)).toEqual(expected);
});

const INVALID = [
  '*a',
  '(*a)',
  'a|*b',
  '^*',
  '(a',
  '[a',
  '[z-a]',
  '[[:nonsense:]]',
  'a{2,1}',
  'a{,3}',
  'a{',
  '\\p{L}',
  '(?i)a',
  '(?<n>x)',
  '\\1',
  '(a)\\2',
  'a\\',
  'a{100001}',
];

test.each(INVALID)('%j is not a pattern', (pattern) => {
  expect(first(pattern, 'a')).toBe('invalid');
});

test('bytes know only ASCII letters', () => {
  const program = regex(codePoints('[[:alpha:]]+'), false)!;
  expect(search(program, Uint8Array.from([0xe9, 97, 98]), 0, free)).toEqual([1, 3]);
});

test('all matches do not overlap, and empty ones are passed over', () => {
  const all = (pattern: string, text: string) => searchAll(regex(codePoints(pattern), true)!, codePoints(text), free);
  expect(all('aa', 'aaaaa')).toEqual([
    [0, 2],
    [2, 4],
  ]);
  expect(all('x*', 'axxbx')).toEqual([
    [1, 3],
    [4, 5],
  ]);
  expect(all('^a', 'aaa')).toEqual([[0, 1]]);
});

test('patterns that explode when searched naively take time in proportion to the text', () => {
  const text = codePoints('a'.repeat(3000));
  let steps = 0;
  for (const pattern of ['(a*)*b', '(a|a)*b', '(a?){60}a{60}b', '(.*)(.*)(.*)(.*)(.*)b']) {
    steps = 0;
    const program = regex(codePoints(pattern), true)!;
    expect(search(program, text, 0, (work) => (steps += work))).toBeUndefined();
    expect(steps).toBeLessThan(4 * program.steps.length * text.length);
  }
});

test('many matches in a long text do not cost the text each', () => {
  const program = regex(codePoints('[[:alpha:]]+'), true)!;
  expect(searchAll(program, codePoints('ab '.repeat(40_000)), free)).toHaveLength(40_000);
});

test('a search with back-references stops when its budget is used up', () => {
  const program = regex(codePoints('(a*)*(a*)*(b)\\3'), true)!;
  let left = 200_000;
  const spend = (steps: number) => {
    left -= steps;
    if (left < 0) throw new RangeError('budget');
  };
  expect(() => search(program, codePoints('a'.repeat(5000)), 0, spend)).toThrow('budget');
});

test('repetitions of repetitions that would be a giant program are refused', () => {
  expect(first('((a{1000}){1000}){1000}', 'a')).toBe('invalid');
  expect(first(`${'('.repeat(300)}a${')'.repeat(300)}`, 'a')).toBe('invalid');
});
