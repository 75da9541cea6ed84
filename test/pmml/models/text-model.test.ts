import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { evaluatorOf, schema } from './document.js';

/** local weight/global weight/similarity → similarity of the query with each document, by numpy. */
const weights = JSON.parse(readFileSync(join(import.meta.dirname, 'text-weights.ndjson'), 'utf8')) as Record<
  string,
  number[]
>;
const COUNTS = [
  [1, 0, 1, 2],
  [0, 1, 1, 0],
  [3, 0, 0, 1],
];

function model(normalization: string, similarity: string): string {
  const rows = COUNTS.map((row) => `<Array n="4" type="real">${row.join(' ')}</Array>`).join('');
  const documents = COUNTS.map((_, i) => `<TextDocument id="d${i}" name="document ${i}"/>`).join('');
  return `<PMML xmlns="http://www.dmg.org/PMML-4_2" version="4.2"><Header/><DataDictionary><DataField name="text" optype="categorical" dataType="string"/></DataDictionary><TextModel functionName="classification" numberOfTerms="4" numberOfDocuments="3">${schema(['text'])}<Output>${COUNTS.map((_, i) => `<OutputField name="a${i}" optype="continuous" dataType="double" feature="affinity" value="d${i}"/>`).join('')}</Output><TextDictionary><Array n="4" type="string">cat dog "white cat" fish</Array></TextDictionary><TextCorpus>${documents}</TextCorpus><DocumentTermMatrix><Matrix nbRows="3" nbCols="4">${rows}</Matrix></DocumentTermMatrix>${normalization}<TextModelSimiliarity similarityType="${similarity}"/></TextModel></PMML>`;
}

describe('TextModel', () => {
  for (const [name, wanted] of Object.entries(weights)) {
    const [local, global, similarity] = name.split('/') as [string, string, string];
    it(name, () => {
      const normalization = `<TextModelNormalization localTermWeights="${local}" globalTermWeights="${global}" documentNormalization="none"/>`;
      // "cat" and "fish" stand once each, and "white cat" once, in any case and with punctuation.
      const result = evaluatorOf(model(normalization, similarity)).evaluate({ text: 'The white CAT; a fish!' });
      wanted.forEach((value, i) => {
        expect(result[`a${i}`]).toBeCloseTo(value, 12);
      });
      const best = similarity === 'cosine' ? Math.max(...wanted) : Math.min(...wanted);
      expect(result.$entityId).toBe(`d${wanted.indexOf(best)}`);
    });
  }

  it('gives every document the length 1 under cosine normalisation', () => {
    const normalization =
      '<TextModelNormalization localTermWeights="termFrequency" globalTermWeights="none" documentNormalization="cosine"/>';
    const result = evaluatorOf(model(normalization, 'euclidean')).evaluate({ text: 'dog' });
    // Unit vectors at the angle with cosine c lie √(2 − 2c) apart; here c is 0, 1/√2 and 0.
    expect(result.a0).toBeCloseTo(Math.SQRT2, 12);
    expect(result.a1).toBeCloseTo(Math.sqrt(2 - Math.SQRT2), 12);
  });
});
