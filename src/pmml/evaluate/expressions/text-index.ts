import type { Element } from '../../../wire/xml/document.js';
import { invalidDocument } from '../../errors.js';
import {
  booleanAttribute,
  contentElements,
  eitherAttribute,
  enumAttribute,
  integerAttribute,
  required,
} from '../attributes.js';
import { compileExpression, type Expression } from '../expressions.js';
import { compilePattern, type Pattern } from '../functions/pattern.js';
import type { Scope } from '../model.js';
import { isCollection, textOf } from '../values.js';
import { inlineRows } from './map-values.js';

interface Matching {
  readonly caseSensitive: boolean;
  readonly distance: number;
  readonly separator: Pattern;
  readonly tokenize: boolean;
}

interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

function matchingOf(element: Element, outer?: Matching): Matching {
  const separator = eitherAttribute(element, 'wordSeparatorCharacterRE') ?? eitherAttribute(element, 'wordRE');
  return {
    caseSensitive: booleanAttribute(element, 'isCaseSensitive', outer?.caseSensitive ?? false),
    distance: integerAttribute(element, 'maxLevenshteinDistance', outer?.distance ?? 0),
    separator:
      separator === undefined && outer !== undefined ? outer.separator : compilePattern(separator ?? '\\s+', element),
    tokenize: booleanAttribute(element, 'tokenize', outer?.tokenize ?? true),
  };
}

const PUNCTUATION_START = /^\p{P}+/u;
const PUNCTUATION_END = /\p{P}+$/u;

/** Words between separators, punctuation at their ends left off, with their places in the text. */
function tokensOf(text: string, matching: Matching): Token[] {
  if (!matching.tokenize) return text === '' ? [] : [{ text, start: 0, end: text.length }];
  const tokens: Token[] = [];
  let from = 0;
  for (const part of matching.separator.split(text)) {
    if (part === undefined || part === '') continue;
    const start = text.indexOf(part, from);
    from = start + part.length;
    const head = PUNCTUATION_START.exec(part)?.[0].length ?? 0;
    const tail = head === part.length ? 0 : (PUNCTUATION_END.exec(part)?.[0].length ?? 0);
    if (head === part.length) continue;
    tokens.push({ text: part.slice(head, part.length - tail), start: start + head, end: from - tail });
  }
  return tokens;
}

/** Levenshtein distance, or a number above `most` as soon as it is certain to be larger. */
function levenshtein(a: string, b: string, most: number): number {
  if (a === b) return 0;
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      const value = Math.min(previous[j]! + 1, current[j - 1]! + 1, previous[j - 1]! + cost);
      current.push(value);
      least = Math.min(least, value);
    }
    if (least > most) return most + 1;
    previous = current;
  }
  return previous[b.length]!;
}

const folded = (text: string, matching: Matching): string => (matching.caseSensitive ? text : text.toLowerCase());

/** Distance of the term from the tokens that start at `at`, summed over the tokens; undefined if it is too large. */
function distanceAt(
  tokens: readonly Token[],
  at: number,
  term: readonly string[],
  matching: Matching,
): number | undefined {
  let distance = 0;
  for (let k = 0; k < term.length; k++) {
    distance += levenshtein(folded(tokens[at + k]!.text, matching), term[k]!, matching.distance - distance);
    if (distance > matching.distance) return undefined;
  }
  return distance;
}

/** Distances of all occurrences; occurrences may overlap. */
function occurrences(text: string, term: string, matching: Matching): number[] {
  if (!matching.tokenize) {
    const [whole, part] = [folded(text, matching), folded(term, matching)];
    const found: number[] = [];
    for (let at = part === '' ? -1 : whole.indexOf(part); at >= 0; at = whole.indexOf(part, at + part.length))
      found.push(0);
    return found;
  }
  const tokens = tokensOf(text, matching);
  const words = tokensOf(term, matching).map((token) => folded(token.text, matching));
  const found: number[] = [];
  if (words.length === 0) return found;
  for (let at = 0; at + words.length <= tokens.length; at++) {
    const distance = distanceAt(tokens, at, words, matching);
    if (distance !== undefined) found.push(distance);
  }
  return found;
}

type Normalize = (text: string) => string;

function compileNormalization(element: Element, outer: Matching): Normalize {
  const matching = matchingOf(element, outer);
  const inField = element.attribute('inField') ?? 'string';
  const outField = element.attribute('outField') ?? 'stem';
  const regexField = element.attribute('regexField') ?? 'regex';
  const recursive = booleanAttribute(element, 'recursive');
  const steps = inlineRows(element).map((row): Normalize => {
    const from = row.get(inField);
    const to = row.get(outField) ?? '';
    if (from === undefined) throw invalidDocument(`a row lacks its ${inField}`, element);
    const regex = row.get(regexField)?.trim().toLowerCase();
    if (regex === 'true' || regex === '1') {
      const pattern = compilePattern(from, element, !matching.caseSensitive);
      return (text) => pattern.replaceAll(text, to);
    }
    return (text) => replaceLiteral(text, from, to, matching);
  });
  const once: Normalize = (text) => steps.reduce((current, step) => step(current), text);
  if (!recursive) return once;
  return (text) => {
    let current = text;
    for (let round = 0; round < 100; round++) {
      const next = once(current);
      if (next === current || next.length > 1e7) return next;
      current = next;
    }
    return current;
  };
}

function replaceLiteral(text: string, from: string, to: string, matching: Matching): string {
  if (!matching.tokenize) {
    const needle = folded(from, matching);
    if (needle === '') return text;
    const whole = folded(text, matching);
    let result = '';
    let done = 0;
    for (let at = whole.indexOf(needle); at >= 0; at = whole.indexOf(needle, done)) {
      result += text.slice(done, at) + to;
      done = at + needle.length;
    }
    return result + text.slice(done);
  }
  const tokens = tokensOf(text, matching);
  const words = tokensOf(from, matching).map((token) => folded(token.text, matching));
  if (words.length === 0) return text;
  let result = '';
  let done = 0;
  for (let at = 0; at + words.length <= tokens.length; ) {
    if (distanceAt(tokens, at, words, matching) === undefined) at++;
    else {
      result += text.slice(done, tokens[at]!.start) + to;
      done = tokens[at + words.length - 1]!.end;
      at += words.length;
    }
  }
  return result + text.slice(done);
}

/** How often the most frequent run of as many words as the term has occurs. */
function largestFrequency(text: string, term: string, matching: Matching): number {
  const tokens = tokensOf(text, matching);
  const size = Math.max(1, tokensOf(term, matching).length);
  const counts = new Map<string, number>();
  let largest = 0;
  for (let at = 0; at + size <= tokens.length; at++) {
    const run = tokens
      .slice(at, at + size)
      .map((token) => folded(token.text, matching))
      .join(' ');
    const count = (counts.get(run) ?? 0) + 1;
    counts.set(run, count);
    largest = Math.max(largest, count);
  }
  return largest;
}

export function compileTextIndex(element: Element, scope: Scope): Expression {
  const field = scope.field(required(element, 'textField'), element);
  const weights = enumAttribute(
    element,
    'localTermWeights',
    ['termFrequency', 'binary', 'logarithmic', 'augmentedNormalizedTermFrequency'],
    'termFrequency',
  );
  const hits = enumAttribute(element, 'countHits', ['allHits', 'bestHits'], 'allHits');
  const matching = matchingOf(element);
  const normalizations = element
    .children('TextIndexNormalization')
    .map((child) => compileNormalization(child, matching));
  const normalize: Normalize = (text) => normalizations.reduce((current, step) => step(current), text);
  const termElement = contentElements(element).find((child) => child.name !== 'TextIndexNormalization');
  if (termElement === undefined) throw invalidDocument('TextIndex lacks the expression for its term', element);
  const term = compileExpression(termElement, scope);
  let lastText: string | undefined;
  let lastNormal = '';
  return {
    dataType: weights === 'termFrequency' || weights === 'binary' ? 'integer' : 'double',
    optype: 'continuous',
    evaluate: (frame) => {
      const raw = field.value(frame);
      const wanted = term.evaluate(frame);
      if (raw === undefined || wanted === undefined || isCollection(raw) || isCollection(wanted)) return undefined;
      const source = textOf(raw);
      if (source !== lastText) {
        lastNormal = normalize(source);
        lastText = source;
      }
      const needle = textOf(wanted);
      const distances = occurrences(lastNormal, needle, matching);
      const best = distances.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
      const count = hits === 'allHits' ? distances.length : distances.filter((distance) => distance === best).length;
      if (weights === 'termFrequency') return count;
      if (weights === 'binary') return count > 0 ? 1 : 0;
      if (weights === 'logarithmic') return Math.log10(1 + count);
      if (count === 0) return 0;
      return 0.5 * (1 + count / Math.max(count, largestFrequency(lastNormal, needle, matching)));
    },
  };
}
