import type { Element } from '../../../wire/xml/document.js';
import { invalidArgument } from '../../errors.js';

/** A regular expression of the document, in Perl's notation. */
export interface Pattern {
  /** Whether it matches anywhere in the text. */
  test(text: string): boolean;
  /** Every match replaced; `$1` in the replacement is a group. */
  replaceAll(text: string, replacement: string): string;
  split(text: string): string[];
}

const cache = new Map<string, Pattern>();

export function compilePattern(source: string, element: Element, ignoreCase = false): Pattern {
  const key = `${ignoreCase ? 'i' : ''}/${source}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const pattern = compile(source, element, ignoreCase);
  if (cache.size > 1000) cache.clear();
  cache.set(key, pattern);
  return pattern;
}

function compile(source: string, element: Element, ignoreCase: boolean): Pattern {
  let expression: RegExp;
  try {
    const flags = /^\(\?([imsx]+)\)/.exec(source);
    const letters = new Set([...(flags?.[1] ?? '').replace('x', ''), ...(ignoreCase ? ['i'] : []), 'g']);
    expression = new RegExp(
      source.slice(flags?.[0].length ?? 0).replace(/\\p\{Punct\}/g, '[!-/:-@\\[-`{-~]'),
      [...letters].join(''),
    );
  } catch {
    throw invalidArgument(`${JSON.stringify(source.slice(0, 60))} is not a regular expression`, element);
  }
  return {
    test: (text) => {
      expression.lastIndex = 0;
      return expression.test(text);
    },
    replaceAll: (text, replacement) =>
      text.replace(expression, replacement.replace(/\\(\d)/g, '$$$1').replace(/\$0/g, '$$&')),
    split: (text) => text.split(expression),
  };
}
