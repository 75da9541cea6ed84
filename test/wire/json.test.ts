import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { type JsonNode, jsonDouble, jsonOf, plainJson, readJson, sameJson, writeJson } from '../../src/wire/json.js';
import { readYaml, writeYaml } from '../../src/wire/yaml.js';

const complaint = (read: () => unknown): unknown => {
  try {
    return read();
  } catch (error) {
    const { code, place, expected, got } = error as { code: string; place: object; expected?: string; got?: string };
    return { code, place, expected, got };
  }
};

describe('readJson', () => {
  test('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(0, 1, 3), (text, indent) => {
        const value = JSON.parse(text);
        const spaced = JSON.stringify(value, null, indent);
        expect(plainJson(readJson(spaced))).toEqual(Object.is(value, -0) ? 0 : value);
      }),
      { seed: 1 },
    );
  });

  test('keeps the spelling of numbers and the order of members', () => {
    const text = '{"b":2.0,"a":[1e5,9223372036854775807,-0.0,0.10],"b2":{}}';
    expect(writeJson(readJson(text))).toBe(text);
  });

  test('knows where each value stands', () => {
    const root = readJson('\uFEFF{\n  "a": [true]}');
    if (root.kind !== 'object') expect.fail('no object');
    const member = root.members[0];
    expect([root.at, member?.keyAt, member?.value.at]).toEqual([1, 5, 10]);
  });

  test.each([
    ['', 1, 1, 'a value', 'the end of the text'],
    ['{"a": 1,}', 1, 9, 'a member name in quotation marks', '"}"'],
    ['[1 2]', 1, 4, '"," or "]"', '"2"'],
    ['[01]', 1, 3, '"," or "]"', '"1"'],
    ['\n\n  nul', 3, 3, 'a value', '"n"'],
    ['"a\nb"', 1, 3, 'an escaped control character', '"\\n"'],
    ['"\\x"', 1, 2, 'an escape that JSON knows', '"\\\\"'],
    ['"abc', 1, 5, 'the closing quotation mark', 'the end of the text'],
    ['[1] x', 1, 5, 'the end of the text', '"x"'],
    ['+1', 1, 1, 'a value', '"+"'],
    ['NaN', 1, 1, 'a value', '"N"'],
  ])('refuses %j', (text, line, column, expected, got) => {
    expect(complaint(() => readJson(text))).toEqual({ code: 'json/syntax', place: { line, column }, expected, got });
    expect(() => JSON.parse(text)).toThrow();
  });

  test('stops at the limit of depth', () => {
    const deep = `${'['.repeat(200_000)}`;
    expect(complaint(() => readJson(deep))).toMatchObject({ code: 'json/too-deep', place: { line: 1, column: 1001 } });
  });
});

describe('writeJson', () => {
  test('gives the same tree whatever the indent', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(4), (text, indent) => {
        const root = readJson(text);
        expect(sameJson(readJson(writeJson(root, indent)), root)).toBe(true);
      }),
      { seed: 2 },
    );
  });

  test('makes trees of plain values, and doubles that stay doubles', () => {
    const root = jsonOf({ a: [1, 2n ** 62n, null, 'x'], b: jsonDouble(2), c: jsonDouble(-0), d: jsonDouble(1e300) });
    expect(writeJson(root)).toBe('{"a":[1,4611686018427387904,null,"x"],"b":2.0,"c":-0.0,"d":1e+300}');
  });
});

describe('YAML', () => {
  test('written is read back the same, and as another reader reads it', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (text) => {
        const root = readJson(text);
        const yaml = writeYaml(root);
        expect(sameJson(readYaml(yaml), root), yaml).toBe(true);
        const other = parseYaml(yaml, { mapAsMap: false, intAsBigInt: false });
        expect(JSON.stringify(other), yaml).toBe(JSON.stringify(JSON.parse(text)));
      }),
      { seed: 3 },
    );
  });

  test('keeps ints, doubles and longs apart', () => {
    const root = readYaml('a: 2\nb: 2.0\nc: 9223372036854775807\nd: .5\ne: +3\nf: 1e3\ng: 0x1F\nh: 5.\ni: "2"\n');
    expect(writeJson(root)).toBe(
      '{"a":2,"b":2.0,"c":9223372036854775807,"d":0.5,"e":3,"f":1e3,"g":31,"h":5.0,"i":"2"}',
    );
  });

  test('unfolds anchors', () => {
    expect(writeJson(readYaml('a: &x {type: int}\nb: [*x, *x]\n'))).toBe(
      '{"a":{"type":"int"},"b":[{"type":"int"},{"type":"int"}]}',
    );
  });

  test.each([
    ['a: [1, 2', 'yaml/syntax', 1],
    ['a: .inf', 'yaml/syntax', 1],
    ['a: 1\n? [b]\n: 2', 'yaml/syntax', 2],
    ['a: *missing', 'yaml/syntax', 1],
  ])('refuses %j', (text, code, line) => {
    expect(complaint(() => readYaml(text) as JsonNode)).toMatchObject({ code, place: { line } });
  });
});
