import { quote, SamescoreError } from '../core/errors.js';
import { lineColumn } from './json.js';

export function jsonUnexpected(text: string, at: number, expected: string): SamescoreError {
  const got = at >= text.length ? 'the end of the text' : quote(String.fromCodePoint(text.codePointAt(at) as number));
  return new SamescoreError('json/syntax', 'invalid', 'this is not JSON', {
    place: lineColumn(text, Math.min(at, text.length)),
    expected,
    got,
  });
}

export function jsonTooDeep(text: string, at: number, limit: number): SamescoreError {
  return new SamescoreError('json/too-deep', 'invalid', `values are nested more than ${limit} deep`, {
    place: lineColumn(text, at),
    hint: 'raise limits.depth if the document is trusted',
  });
}

export function yamlSyntax(sentence: string, line?: number, column?: number): SamescoreError {
  return new SamescoreError('yaml/syntax', 'invalid', `this is not YAML that holds JSON: ${sentence}`, {
    place: { ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) },
  });
}
