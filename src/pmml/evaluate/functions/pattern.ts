import type { Element, XmlDocument } from '../../../wire/xml/document.js';
import { invalidArgument } from '../../errors.js';
import { compileRegex, type Regex } from './regex.js';
import { RegexFault } from './regex-fault.js';
import { MAX_STEPS } from './regex-match.js';

/** A regular expression of the document, in Perl's notation. */
export interface Pattern {
  /** Whether it matches anywhere in the text. */
  test(text: string): boolean;
  /** Every match replaced; `$1` or `\1` in the replacement is a group, `$0` the whole match. */
  replaceAll(text: string, replacement: string): string;
  split(text: string): string[];
}

/** Patterns live as long as their document. */
const caches = new WeakMap<XmlDocument, Map<string, Pattern>>();

/** Compiles a pattern once. A pattern that is wrong, or takes too many steps on a text, is an invalid argument. */
export function compilePattern(source: string, element: Element, ignoreCase = false): Pattern {
  const cache = caches.get(element.document) ?? new Map<string, Pattern>();
  caches.set(element.document, cache);
  const key = `${element.index}${ignoreCase ? 'i' : ''}/${source}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const pattern = compile(source, element, ignoreCase);
  if (cache.size > 1000) cache.clear();
  cache.set(key, pattern);
  return pattern;
}

function compile(source: string, element: Element, ignoreCase: boolean): Pattern {
  const guarded = <T>(action: () => T): T => {
    try {
      return action();
    } catch (error) {
      const reason =
        error instanceof RegexFault
          ? error.reason
          : error instanceof RangeError
            ? 'it is too deep for this text'
            : undefined;
      if (reason === undefined) throw error;
      throw invalidArgument(`the pattern ${JSON.stringify(source.slice(0, 60))} cannot be used: ${reason}`, element);
    }
  };
  const regex = guarded(() => compileRegex(source, ignoreCase));
  return {
    test: (text) => guarded(() => regex.exec(text, 0) !== undefined),
    replaceAll: (text, replacement) => guarded(() => replaceAll(regex, text, replacement)),
    split: (text) => guarded(() => split(regex, text)),
  };
}

function replaceAll(regex: Regex, text: string, replacement: string): string {
  let result = '';
  let done = 0;
  const budget = { steps: MAX_STEPS + 100 * text.length };
  for (let from = 0; from <= text.length; ) {
    const groups = regex.exec(text, from, budget);
    if (groups === undefined) break;
    const [start, end] = [groups[0]!, groups[1]!];
    result += text.slice(done, start) + expand(replacement, text, groups);
    done = end;
    from = end === start ? end + 1 : end;
    if (result.length > 2 ** 26) throw new RegexFault('the result is too long');
  }
  return result + text.slice(done);
}

function expand(replacement: string, text: string, groups: readonly number[]): string {
  return replacement.replace(
    /\$\{?(\d)\}?|\\(.)/g,
    (whole, dollar: string | undefined, escaped: string | undefined) => {
      const index = dollar ?? (escaped !== undefined && /\d/.test(escaped) ? escaped : undefined);
      if (index === undefined) return escaped ?? whole;
      const [start, end] = [groups[2 * Number(index)], groups[2 * Number(index) + 1]];
      return start === undefined || end === undefined || start < 0 ? '' : text.slice(start, end);
    },
  );
}

function split(regex: Regex, text: string): string[] {
  const parts: string[] = [];
  let done = 0;
  const budget = { steps: MAX_STEPS + 100 * text.length };
  for (let from = 0; from <= text.length; ) {
    const groups = regex.exec(text, from, budget);
    if (groups === undefined) break;
    const [start, end] = [groups[0]!, groups[1]!];
    if (end === start) {
      from = end + 1;
      if (start === 0 || start >= text.length) continue;
    } else from = end;
    parts.push(text.slice(done, start));
    done = end;
  }
  parts.push(text.slice(done));
  return parts;
}
