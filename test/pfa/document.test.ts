import { gzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import {
  documentOf,
  PfaEngine,
  PfaSyntaxError,
  readPfa,
  readPfaText,
  topLevel,
  writePfa,
} from '../../src/pfa/index.js';
import { sameJson, writeJson } from '../../src/wire/json.js';
import { readRecords } from './support/conformance.js';

const texts = [...readRecords('titus-unit.open.jsonl'), ...readRecords('edge-cases.open.jsonl')].map(({ doc }) => doc);

describe('reading and writing', () => {
  test('keeps every member and the spelling of every number, as JSON and as YAML', () => {
    expect(texts.length).toBeGreaterThan(300);
    for (const text of texts) {
      const document = readPfaText(text);
      for (const format of ['json', 'yaml'] as const) {
        const again = readPfa(writePfa(document, { format }));
        expect(again.format).toBe(format);
        expect(sameJson(again.root, document.root), text).toBe(true);
      }
    }
  });

  test('keeps members that PFA does not know, which scoring refuses', () => {
    const text = '{"input":"int","output":"int","action":1,"mine":{"x":2.0}}';
    const document = readPfaText(text);
    expect(writeJson(document.root)).toBe(text);
    expect(topLevel(document, 'mine')?.kind).toBe('object');
    expect(() => PfaEngine.from(document)).toThrow(PfaSyntaxError);
  });

  test('unpacks gzip, skips a byte order mark and refuses what is not UTF-8', () => {
    const text = '\uFEFF{"input":"int","output":"int","action":"input"}';
    const bytes = new TextEncoder().encode(text);
    expect(PfaEngine.from(readPfa(gzipSync(bytes))).action(3)).toBe(3);
    expect(PfaEngine.from(readPfa(bytes)).action(3)).toBe(3);
    expect(() => readPfa(Uint8Array.of(0x7b, 0xff, 0x7d))).toThrow('the document is not UTF-8 text');
    expect(() => readPfa(gzipSync(bytes).slice(0, 20))).toThrow(PfaSyntaxError);
  });

  test('errors in YAML have their line too', () => {
    let place: unknown;
    try {
      PfaEngine.from('input: int\noutput: int\naction:\n  - let: {x: 1}\n  - y\n');
    } catch (error) {
      place = (error as { place: unknown }).place;
    }
    expect(place).toEqual({ path: '$.action.1', line: 5, column: 5 });
  });

  test('documents that were made have no lines, but paths', () => {
    let place: unknown;
    try {
      PfaEngine.from(documentOf(readPfaText('{"input":"int","output":"int","action":"y"}').root));
    } catch (error) {
      place = (error as { place: unknown }).place;
    }
    expect(place).toEqual({ path: '$.action' });
  });
});
