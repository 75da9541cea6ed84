import { describe, expect, test } from 'vitest';
import { encodeAvro } from '../../src/pfa/data/avro.js';
import { writeAvroFile } from '../../src/pfa/data/avro-file.js';
import {
  PfaEngine,
  PfaInitializationError,
  PfaRuntimeError,
  PfaSemanticError,
  PfaSyntaxError,
  PfaUserError,
} from '../../src/pfa/index.js';
import { arrayOf, primitive } from '../../src/pfa/types.js';

const engine = (document: object, options = {}) => PfaEngine.from(JSON.stringify(document), options);
const INT = 'int';

describe('numbers', () => {
  test('a literal without a point is an int, with one a double, beyond 32 bits a long', () => {
    const typeOf = (literal: string) =>
      PfaEngine.from(`{"input":"null","output":["int","long","double"],"action":${literal}}`).action(null);
    expect(typeOf('2')).toEqual({ int: 2 });
    expect(typeOf('2.0')).toEqual({ double: 2 });
    expect(typeOf('2147483648')).toEqual({ long: 2147483648 });
    expect(typeOf('9223372036854775807')).toEqual({ long: 9223372036854775807n });
  });

  test('longs keep all digits on every way', () => {
    const text =
      '{"input":"long","output":"long","cells":{"c":{"type":"long","init":9007199254740993}},"action":{"+":["input",{"cell":"c"}]}}';
    expect(PfaEngine.from(text).action(1n)).toBe(9007199254740994n);
    expect(PfaEngine.from(text).action(-9007199254740993n)).toBe(0);
    expect(PfaEngine.from(text).snapshot().cells).toEqual({ c: 9007199254740993n });
  });

  test('floats are rounded to 32 bits wherever they come from', () => {
    const value = engine({ input: 'float', output: 'double', action: { upcast: 'input', as: 'double' } }).action(0.1);
    expect(value).toBe(Math.fround(0.1));
    expect(engine({ input: 'double', output: 'float', action: { float: 0.1 } }).action(0)).toBe(Math.fround(0.1));
  });

  test('a long that becomes a double is a number', () => {
    expect(engine({ input: 'long', output: 'double', action: 'input' }).action(2n ** 60n)).toBe(2 ** 60);
    const many = engine({
      input: { type: 'array', items: 'long' },
      output: { type: 'array', items: 'double' },
      action: 'input',
    });
    expect(many.action([1, 2n ** 60n])).toEqual([1, 2 ** 60]);
  });
});

describe('unions', () => {
  test('a value takes the branch of its own type first, then the first that accepts it', () => {
    expect(engine({ input: INT, output: ['double', 'int'], action: 'input' }).action(3)).toEqual({ int: 3 });
    expect(engine({ input: INT, output: ['double', 'null'], action: 'input' }).action(3)).toEqual({ double: 3 });
    expect(engine({ input: ['int', 'null'], output: ['double', 'null'], action: 'input' }).action({ int: 3 })).toEqual({
      double: 3,
    });
    expect(engine({ input: ['int', 'null'], output: ['double', 'null'], action: 'input' }).action(null)).toBeNull();
  });

  test('branches of different types widen to a union, numbers to the widest', () => {
    const choose = (yes: unknown, no: unknown, output: unknown) =>
      engine({ input: 'boolean', output, action: { if: 'input', then: yes, else: no } });
    expect(choose(1, 2.5, 'double').action(true)).toBe(1);
    expect(choose(1, { string: 'x' }, ['int', 'string']).action(false)).toEqual({ string: 'x' });
    expect(() => choose(1, 2.5, 'int')).toThrow(PfaSemanticError);
  });
});

describe('state', () => {
  const counter = (flags: object) => ({
    input: INT,
    output: INT,
    cells: { c: { type: INT, init: 0, ...flags } },
    action: [
      { cell: 'c', to: { params: [{ n: INT }], ret: INT, do: { '+': ['n', 'input'] } } },
      { if: { '<': ['input', 0] }, then: { error: 'negative', code: -3 } },
      { cell: 'c' },
    ],
  });

  test('rollback undoes what a failed action changed, and only with rollback', () => {
    const kept = engine(counter({}));
    const undone = engine(counter({ rollback: true }));
    for (const one of [kept, undone]) {
      one.action(5);
      expect(() => one.action(-2)).toThrow(PfaUserError);
    }
    expect(kept.action(0)).toBe(3);
    expect(undone.action(0)).toBe(5);
  });

  test('instances share the cells that say so and keep the others', () => {
    const [a, b] = PfaEngine.instances(JSON.stringify(counter({ shared: true })), 2) as [PfaEngine, PfaEngine];
    expect([a.action(1), b.action(1), a.action(1)]).toEqual([1, 2, 3]);
    const [c, d] = PfaEngine.instances(JSON.stringify(counter({})), 2) as [PfaEngine, PfaEngine];
    expect([c.action(1), d.action(1), c.action(1)]).toEqual([1, 1, 2]);
    expect([c.instance, d.instance]).toEqual([0, 1]);
  });

  test('pools start an item with init before the update, and lose rolled back items', () => {
    const pool = engine({
      input: 'string',
      output: INT,
      pools: { p: { type: INT, init: { a: 1 }, rollback: true } },
      action: [
        { pool: 'p', path: ['input'], to: { params: [{ n: INT }], ret: INT, do: { '+': ['n', 1] } }, init: 10 },
        { if: { '==': ['input', ['bad']] }, then: { error: 'no' } },
        { pool: 'p', path: ['input'] },
      ],
    });
    expect([pool.action('a'), pool.action('b'), pool.action('b')]).toEqual([2, 11, 12]);
    expect(() => pool.action('bad')).toThrow('no');
    expect(pool.snapshot()).toEqual({ cells: {}, pools: { p: { a: 2, b: 12 } } });
  });

  test('a snapshot can be put back, and belongs to the caller', () => {
    const one = engine(counter({}));
    one.action(4);
    const snapshot = one.snapshot();
    one.action(4);
    one.restore(snapshot);
    expect(one.action(1)).toBe(5);
    expect(snapshot).toEqual({ cells: { c: 4 }, pools: {} });
    expect(() => one.restore({ cells: { c: 'x' } })).toThrow('the value does not fit its type');
  });

  test('the document of a state goes on where the engine stands', () => {
    const text = `{"input": "double", "output": "double", "method": "fold", "zero": 0.5,
      "cells": {"l": {"type": "long", "init": 1}, "x": {"type": "double", "init": 0}},
      "pools": {"p": {"type": ["null", "int"], "init": {"a": null}}},
      "action": [
        {"cell": "l", "to": {"*": [{"cell": "l"}, 9007199254740993]}},
        {"cell": "x", "to": {"/": ["input", 0]}},
        {"pool": "p", "path": [["b"]], "to": 7, "init": 7},
        {"+": ["tally", "input"]}],
      "merge": "tallyOne"}`;
    const first = PfaEngine.from(text);
    first.action(2);
    const again = PfaEngine.from(first.stateDocument());
    expect(again.snapshot()).toEqual({
      cells: { l: 9007199254740993n, x: Number.POSITIVE_INFINITY },
      pools: { p: { a: null, b: { int: 7 } } },
    });
    expect(again.tally).toBe(2.5);
    expect(first.stateDocument().root).toEqual(again.stateDocument().root);
  });

  test('cells and pools can come from files', () => {
    const ints = arrayOf(primitive('int'));
    const files: Record<string, Uint8Array> = {
      'c.json': new TextEncoder().encode('[1, 2]'),
      'c.avro': writeAvroFile([[3, 4]], ints),
    };
    const document = (source: string) => ({
      input: 'null',
      output: { type: 'array', items: INT },
      cells: { c: { type: { type: 'array', items: INT }, init: `c.${source}`, source } },
      action: { cell: 'c' },
    });
    const load = (location: string) => files[location] as Uint8Array;
    expect(engine(document('json'), { load }).action(null)).toEqual([1, 2]);
    expect(engine(document('avro'), { load }).action(null)).toEqual([3, 4]);
    expect(() => engine(document('json'))).toThrow(PfaInitializationError);
    expect(encodeAvro([1], ints)).toEqual(Uint8Array.of(2, 2, 0));
  });
});

describe('methods', () => {
  test('emit hands its values to the caller', () => {
    const seen: unknown[] = [];
    const emitting = engine(
      {
        input: INT,
        output: INT,
        method: 'emit',
        action: [
          { emit: 'input' },
          { 'a.map': [{ type: { type: 'array', items: INT }, value: [7] }, { fcn: 'emit' }] },
        ],
      },
      { emit: (value: unknown) => seen.push(value) },
    );
    expect(emitting.action(1)).toBeUndefined();
    expect(seen).toEqual([1, 7]);
  });

  test('fold keeps a tally that can be read, set and merged', () => {
    const folding = engine({
      input: INT,
      output: INT,
      method: 'fold',
      zero: 100,
      action: { '+': ['tally', 'input'] },
      merge: { '+': ['tallyOne', 'tallyTwo'] },
    });
    expect(folding.tally).toBe(100);
    expect([folding.action(1), folding.action(2)]).toEqual([101, 103]);
    folding.tally = 7;
    expect(folding.action(1)).toBe(8);
    expect(folding.merge(3, 4)).toBe(7);
  });

  test('begin, end, metadata, counters and log', () => {
    const lines: unknown[] = [];
    const logging = engine(
      {
        name: 'Named',
        version: 3,
        metadata: { a: 'b' },
        input: INT,
        output: 'long',
        begin: { log: ['name', 'version', 'instance'], namespace: 'start' },
        action: [{ log: { attr: 'metadata', path: [['a']] } }, { '+': ['actionsStarted', 'actionsFinished'] }],
        end: { log: ['actionsFinished'] },
      },
      { log: (values: unknown[], namespace: string | null) => lines.push([values, namespace]) },
    );
    logging.begin();
    expect([logging.action(0), logging.action(0)]).toEqual([1, 3]);
    logging.end();
    expect(lines).toEqual([
      [['Named', 3, 0], 'start'],
      [['b'], null],
      [['b'], null],
      [[2], null],
    ]);
  });

  test('functions of the document can be called by name', () => {
    const recursive = engine({
      input: INT,
      output: INT,
      action: { 'u.fib': 'input' },
      fcns: {
        fib: {
          params: [{ n: INT }],
          ret: INT,
          do: {
            if: { '<': ['n', 2] },
            then: 'n',
            else: { '+': [{ 'u.fib': { '-': ['n', 1] } }, { 'u.fib': { '-': ['n', 2] } }] },
          },
        },
      },
    });
    expect(recursive.action(15)).toBe(610);
    expect(recursive.callFunction('fib', [10])).toBe(55);
    expect(recursive.callFunction('u.fib', [10])).toBe(55);
    expect(() => recursive.callFunction('u.fob', [1])).toThrow('the document has no function "u.fob"');
  });

  test('inline functions read the symbols around them', () => {
    const nested = engine({
      input: INT,
      output: { type: 'array', items: { type: 'array', items: INT } },
      action: [
        { let: { list: { type: { type: 'array', items: INT }, value: [1, 2] } } },
        {
          'a.map': [
            'list',
            {
              params: [{ x: INT }],
              ret: { type: 'array', items: INT },
              do: {
                'a.map': ['list', { params: [{ y: INT }], ret: INT, do: { '+': ['input', { '*': ['x', 'y'] }] } }],
              },
            },
          ],
        },
      ],
    });
    expect(nested.action(10)).toEqual([
      [11, 12],
      [12, 14],
    ]);
  });

  test('equal seeds give equal random numbers, instances differ', () => {
    const random = JSON.stringify({ input: 'null', output: 'double', action: { 'rand.gaussian': [0, 1] } });
    const draw = (seed: number) => {
      const one = PfaEngine.from(random, { seed });
      return [one.action(null), one.action(null)];
    };
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    const [a, b] = PfaEngine.instances(random, 2, { seed: 1 }) as [PfaEngine, PfaEngine];
    expect(a.action(null)).not.toBe(b.action(null));
  });

  test('logical operators leave out what is not needed', () => {
    const fails = { '//': [1, 0] };
    const when = (name: string, first: boolean) =>
      engine({ input: 'boolean', output: 'boolean', action: { [name]: ['input', { '==': [fails, 1] }] } }).action(
        first,
      );
    expect(when('&&', false)).toBe(false);
    expect(when('||', true)).toBe(true);
    expect(() => when('&&', true)).toThrow(PfaRuntimeError);
  });
});

describe('the interface', () => {
  test('values that do not fit are refused with their place', () => {
    const one = engine({
      input: { type: 'record', name: 'In', fields: [{ name: 'x', type: { type: 'array', items: INT } }] },
      output: INT,
      action: 1,
    });
    const refused = (value: unknown) => {
      try {
        one.action(value);
      } catch (error) {
        return error as { code: string; place: { path: string }; expected: string };
      }
      return undefined;
    };
    expect(refused({ x: [1, 2.5] })).toMatchObject({
      code: 'pfa/bad-datum',
      place: { path: '$.x.1' },
      expected: 'an int',
    });
    expect(refused({})).toMatchObject({ place: { path: '$.x' } });
    expect(refused(3)).toMatchObject({ place: { path: '$' }, expected: 'a record In' });
  });

  test('data that contain themselves end in an error of ours', () => {
    const record = { type: 'record', name: 'R', fields: [{ name: 'next', type: ['null', 'R'] }] };
    const loop: { next?: unknown } = {};
    loop.next = { R: loop };
    expect(() => engine({ input: record, output: 'int', action: 1 }).action(loop)).toThrow('too deeply');
  });

  test('the types are Avro schemas, a named type spelt out once', () => {
    const record = { type: 'record', name: 'R', namespace: 'a', fields: [{ name: 'next', type: ['null', 'a.R'] }] };
    const typed = engine({
      input: record,
      output: { type: 'array', items: 'a.R' },
      action: { type: { type: 'array', items: 'a.R' }, value: [] },
    });
    expect(typed.inputType).toEqual(record);
    expect(typed.outputType).toEqual({ type: 'array', items: record });
    expect(engine({ input: 'int', output: ['int', 'null'], action: 1 }).outputType).toEqual(['int', 'null']);
  });

  test('keys like __proto__ are ordinary', () => {
    const same = PfaEngine.from(
      '{"input":{"type":"map","values":"int"},"output":{"type":"map","values":"int"},"action":{"map.add":["input",["constructor"],2]}}',
    );
    const result = same.action(JSON.parse('{"__proto__": 1}')) as object;
    expect(Object.keys(result)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
  });

  test('check: false puts the static check off until something is scored', () => {
    const wrong = JSON.stringify({ input: INT, output: 'string', action: 'input' });
    const unchecked = PfaEngine.from(wrong, { check: false });
    expect(() => unchecked.action(1)).toThrow(PfaSemanticError);
    expect(() => PfaEngine.from('{"input":"int"}', { check: false })).toThrow(PfaSyntaxError);
  });
});
