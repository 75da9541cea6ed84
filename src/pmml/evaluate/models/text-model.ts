import type { Element } from '../../../wire/xml/document.js';
import { invalidDocument, missingElement } from '../../errors.js';
import { arrayStrings, matrixRows } from '../arrays.js';
import { enumAttribute, required, requiredChild } from '../attributes.js';
import type { Field, Frame, ModelCompiler } from '../model.js';
import { NO_RESULT } from '../model.js';
import { numberOf, textOf } from '../values.js';
import { itemsOf } from './field-values.js';
import {
  cosineSimilarity,
  euclideanDistance,
  GLOBAL_TERM_WEIGHTS,
  LOCAL_TERM_WEIGHTS,
} from './kernels/text-weights.js';

/** TextModel: the documents of the corpus ordered by their similarity to the record's text. */
export const compileTextModel: ModelCompiler = (element, scope) => {
  const terms = readTerms(requiredChild(element, 'TextDictionary'));
  const documents = requiredChild(element, 'TextCorpus')
    .children('TextDocument')
    .map((document) => ({ id: required(document, 'id'), name: document.attribute('name') }));
  const counts = readCounts(element, documents.length, terms.length);
  const weigh = weighting(element, counts, terms.length);
  const similarity = similarityOf(element);
  const vectors = counts.map((row) => weigh([...row]));
  const count = termCounter(
    terms,
    scope.activeNames.map((name) => scope.field(name, element)),
  );
  return (frame) => {
    const query = count(frame);
    if (query === undefined) return NO_RESULT;
    const weighted = weigh(query);
    const entities = documents.map(({ id, name }, i) => ({
      id,
      affinity: similarity.compute(weighted, vectors[i]!),
      ...(name === undefined ? {} : { name }),
    }));
    entities.sort((a, b) => (similarity.largestFirst ? b.affinity - a.affinity : a.affinity - b.affinity));
    const winner = entities[0];
    if (winner === undefined) return NO_RESULT;
    return {
      value: winner.id,
      entityId: winner.id,
      affinity: winner.affinity,
      entities,
      explain: () => ({ documents: entities.map(({ id, affinity }) => ({ id, affinity })) }),
    };
  };
};

function readTerms(dictionary: Element): string[] {
  const array = dictionary.child('Array');
  if (array === undefined) throw missingElement(dictionary, 'Array');
  return arrayStrings(array);
}

function readCounts(element: Element, documents: number, terms: number): Float64Array[] {
  const matrix = requiredChild(requiredChild(element, 'DocumentTermMatrix'), 'Matrix');
  const rows = matrixRows(matrix);
  if (rows.length !== documents || rows.some((row) => row.length !== terms)) {
    throw invalidDocument(`the matrix must have ${documents} rows of ${terms} terms`, matrix);
  }
  return rows;
}

/** TextModelNormalization: local × global weight of every term, then the document's normalisation. */
function weighting(element: Element, counts: readonly Float64Array[], terms: number): (row: number[]) => number[] {
  const normalization = element.child('TextModelNormalization');
  const attribute = (name: string, values: readonly string[], fallback: string) =>
    normalization === undefined ? fallback : enumAttribute(normalization, name, values, fallback);
  const local = LOCAL_TERM_WEIGHTS[attribute('localTermWeights', Object.keys(LOCAL_TERM_WEIGHTS), 'termFrequency')]!;
  const globalName = attribute(
    'globalTermWeights',
    Object.keys(GLOBAL_TERM_WEIGHTS),
    normalization === undefined ? 'none' : 'inverseDocumentFrequency',
  );
  const cosine = attribute('documentNormalization', ['none', 'cosine'], 'none') === 'cosine';
  const globals = Array.from({ length: terms }, (_, term) => {
    const weight = GLOBAL_TERM_WEIGHTS[globalName]!(counts.map((row) => row[term]!));
    return Number.isFinite(weight) ? weight : 0;
  });
  return (row) => {
    const largest = Math.max(0, ...row);
    const weighted = row.map((value, i) => local(value, largest) * globals[i]!);
    if (!cosine) return weighted;
    const length = Math.sqrt(weighted.reduce((sum, value) => sum + value * value, 0));
    return length === 0 ? weighted : weighted.map((value) => value / length);
  };
}

interface Similarity {
  readonly largestFirst: boolean;
  readonly compute: (a: readonly number[], b: readonly number[]) => number;
}

const SIMILARITIES: Readonly<Record<'euclidean' | 'cosine', Similarity>> = {
  cosine: { largestFirst: true, compute: cosineSimilarity },
  euclidean: { largestFirst: false, compute: euclideanDistance },
};

/** The schema spells it TextModelSimiliarity. */
function similarityOf(element: Element): Similarity {
  const child = element.child('TextModelSimiliarity') ?? element.child('TextModelSimilarity');
  if (child === undefined) return SIMILARITIES.cosine;
  return SIMILARITIES[enumAttribute(child, 'similarityType', ['euclidean', 'cosine'], 'cosine')];
}

/** Counts of the dictionary's terms: from fields that are named like terms, else in the text of the fields. */
function termCounter(terms: readonly string[], fields: readonly Field[]): (frame: Frame) => number[] | undefined {
  const named = new Map(fields.map((field) => [field.name, field]));
  if (fields.length > 0 && fields.every((field) => terms.includes(field.name))) {
    return (frame) => terms.map((term) => numberOf(named.get(term)?.value(frame)) ?? 0);
  }
  const patterns = terms.map((term) => words(term));
  return (frame) => {
    const texts = fields.flatMap((field) => itemsOf(field.value(frame)).map(textOf));
    if (texts.length === 0) return undefined;
    const tokens = words(texts.join(' '));
    return patterns.map((pattern) => occurrences(tokens, pattern));
  };
}

/** Words in lower case, without the punctuation around them. */
function words(text: string): string[] {
  return text
    .toLowerCase()
    .split(/\s+/)
    .map((word) => word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, ''))
    .filter((word) => word !== '');
}

function occurrences(tokens: readonly string[], pattern: readonly string[]): number {
  if (pattern.length === 0) return 0;
  let count = 0;
  for (let at = 0; at + pattern.length <= tokens.length; at++) {
    if (pattern.every((word, i) => tokens[at + i] === word)) count++;
  }
  return count;
}
