import { describe, expect, test } from 'vitest';
import { formatError, type SamescoreError } from '../../src/core/errors.js';
import { formatFinding } from '../../src/core/finding.js';
import { checkPfa, PfaEngine, readPfaText } from '../../src/pfa/index.js';

/** The whole message of the error that loading the text raises. */
function refusal(text: string): string {
  try {
    PfaEngine.from(text);
  } catch (error) {
    return formatError(error as SamescoreError);
  }
  return 'no error';
}

const action = (code: string, more = '') => `{"input": "int", "output": "int",\n "action": ${code}${more}}`;

describe('messages', () => {
  test.each([
    [
      '{"input": "int",\n "output": "int" "action": 1}',
      'line 2:18: pfa/syntax: this is not JSON (expected "," or "}", got "\\"")',
    ],
    ['{"input": "int", "output": "int"}', 'line 1:1 $: pfa/syntax: "action" is missing'],
    [action('[]'), 'line 2:12 $.action: pfa/syntax: the action must not be empty'],
    [action('{"if": true}'), 'line 2:12 $.action: pfa/syntax: "then" is missing'],
    [
      action('{"if": true, "than": 1}'),
      'line 2:33 $.action.than: pfa/syntax: "if" has no member "than" (expected if, then, else)',
    ],
    [action('[1, {"let": {}}]'), 'line 2:24 $.action.1.let: pfa/syntax: at least one symbol must be named here'],
    [action('"in put"'), 'line 2:12 $.action: pfa/syntax: "in put" is no valid name of a symbol'],
    [action('x', '').replace('x', '"x"'), 'line 2:12 $.action: pfa/semantic: there is no symbol "x" here'],
    [
      action('{"+": ["input", ["a"]]}'),
      'line 2:12 $.action: pfa/semantic: "+" does not take these arguments (expected (x: any A of {int, long, float, double}, y: A) -> A, got (int, string))',
    ],
    [action('{"m.sqrtt": [1]}'), 'line 2:12 $.action: pfa/semantic: there is no function "m.sqrtt"'],
    [
      action('{"f": [1]}', ', "fcns": {"f": {"params": [{"x": "int"}], "ret": "int", "do": "x"}}'),
      'line 2:12 $.action: pfa/semantic: there is no function "f"\n  hint: write "u.f"',
    ],
    [action('2.5'), 'line 2:12 $.action: pfa/semantic: the result has the wrong type (expected int, got double)'],
    [
      action('[{"let": {"input": 1}}, 2]'),
      'line 2:31 $.action.0.let.input: pfa/semantic: the symbol "input" exists already\n  hint: use "set"',
    ],
    [
      action('[{"set": {"input": 1}}, 2]'),
      'line 2:31 $.action.0.set.input: pfa/semantic: the symbol "input" cannot be changed here',
    ],
    [
      action('{"+": [{"let": {"x": 1}}, 2]}'),
      'line 2:19 $.action["+"].0: pfa/semantic: no symbol may be made here\n  hint: wrap the expression in {"do": […]}',
    ],
    [action('{"cell": "c"}'), 'line 2:12 $.action: pfa/semantic: there is no cell "c"'],
    [
      action('{"type": "int", "value": 2.5}'),
      'line 2:37 $.action.value: pfa/semantic: the value does not fit its type int (expected an int)',
    ],
    [action('{"type": "Foo", "value": 1}'), 'line 2:21 $.action.type: pfa/schema: there is no type "Foo"'],
    [
      action('1', ', "cells": {"c": {"type": ["int", "int"], "init": 1}}'),
      'line 2:47 $.cells.c.type.1: pfa/schema: the union has two branches "int"',
    ],
    [
      action('1', ', "cells": {"c": {"type": "int", "init": "x"}}'),
      'line 2:54 $.cells.c.init: pfa/initialization: the initial value does not fit its type (expected an int)',
    ],
    [
      action('{"cast": {"type": ["int", "null"], "value": null}, "cases": [{"as": "int", "named": "n", "do": "n"}]}'),
      'line 2:12 $.action: pfa/semantic: no case takes null',
    ],
    [
      action(
        '{"cell": "c", "to": {"params": [{"x": "int"}], "ret": "int", "do": [{"cell": "d", "to": 1}]}}',
        ', "cells": {"c": {"type": "int", "init": 0}, "d": {"type": "int", "init": 0}}',
      ),
      'line 2:32 $.action.to: pfa/initialization: the function that updates a cell or pool updates another one\n  hint: update one after the other',
    ],
  ])('%s', (text, message) => {
    expect(refusal(text)).toBe(message);
  });
});

describe('named types', () => {
  const record = (fields: string) => `{"type": "record", "name": "R", "fields": [${fields}]}`;
  const twice = (first: string, second: string) =>
    `{"input": ${record(first)}, "output": ${record(second)}, "action": "input"}`;

  test('may be used before they are defined, and contain themselves', () => {
    const text = `{"input": "R", "output": ${record('{"name": "next", "type": ["null", "R"]}')}, "action": "input"}`;
    expect(PfaEngine.from(text).action({ next: { R: { next: null } } })).toEqual({ next: { R: { next: null } } });
  });

  test('may be defined twice alike, but not differently', () => {
    const x = '{"name": "x", "type": "int"}';
    expect(refusal(twice(x, x))).toBe('no error');
    expect(refusal(twice(x, '{"name": "x", "type": "long"}'))).toContain(
      'the type "R" is defined twice, and differently',
    );
  });

  test('in namespaces are found by their full name, and inside by their own', () => {
    const inner = '{"type": "record", "name": "b.In", "fields": [{"name": "self", "type": ["null", "In"]}]}';
    const text = `{"input": ${inner}, "output": "b.In", "action": "input"}`;
    expect(PfaEngine.from(text).action({ self: { 'b.In': { self: null } } })).toEqual({
      self: { 'b.In': { self: null } },
    });
  });
});

describe('checkPfa', () => {
  test('finds the first error with its place', () => {
    const findings = checkPfa(readPfaText(action('2.5')));
    expect(findings.map(formatFinding)).toEqual([
      'line 2:12 $.action: error pfa/semantic: the result has the wrong type (expected int, got double)',
    ]);
  });

  test('goes on behind an error in one part with the others', () => {
    const more =
      ', "end": {"u.g": []}, "cells": {"c": {"type": "int", "init": "x"}}, "fcns": {"f": {"params": [], "ret": "int", "do": "y"}}';
    expect(checkPfa(readPfaText(action('2.5', more))).map(({ code, place }) => [code, place.path])).toEqual([
      ['pfa/semantic', '$.fcns.f.do'],
      ['pfa/semantic', '$.action'],
      ['pfa/semantic', '$.end'],
      ['pfa/initialization', '$.cells.c.init'],
    ]);
  });

  test('warns of what nothing uses', () => {
    const text = action(
      '1',
      ', "cells": {"c": {"type": "int", "init": 0}}, "fcns": {"f": {"params": [], "ret": "int", "do": 1}}',
    );
    expect(checkPfa(readPfaText(text)).map(formatFinding)).toEqual([
      '$.fcns.f: warning pfa/unused-function: nothing calls "u.f"',
      '$.cells.c: warning pfa/unused-cell: nothing reads the cell "c"',
    ]);
  });

  test('has nothing to say of a good document', () => {
    expect(checkPfa(readPfaText(action('{"+": ["input", 1]}')))).toEqual([]);
  });

  test('a member that stands twice is warned of, at its place', () => {
    const text = '{"input":"int","output":"int",\n "action":[1],\n "action":["input"]}';
    expect(checkPfa(readPfaText(text))).toEqual([
      {
        severity: 'warning',
        code: 'pfa/repeated-member',
        message: '"action" stands twice in one object: the last one counts',
        place: { line: 3, column: 2 },
      },
    ]);
  });
});
