import { describe, expect, test } from 'vitest';
import type { Finding } from '../../src/core/finding.js';
import { formatFinding } from '../../src/core/finding.js';
import type { FunctionProto, GraphProto, NodeProto } from '../../src/onnx/document.js';
import { checkOnnx, type ModelProto } from '../../src/onnx/index.js';
import { graph, info, model, node } from './models.js';

const x = info('x', 'float', ['N', 4]);
const y = info('y', 'float', ['N', 4]);
const errors = (document: ModelProto): Finding[] => checkOnnx(document).filter(({ severity }) => severity === 'error');

/** Runs a check that must end within seconds. */
function quick(document: ModelProto, seconds = 5): Finding[] {
  const start = performance.now();
  const found = errors(document);
  expect(performance.now() - start).toBeLessThan(seconds * 1000);
  for (const finding of found) expect(formatFinding(finding).length).toBeLessThan(2000);
  return found;
}

const loopBody = (nodes: NodeProto[], out: string): GraphProto =>
  graph(
    [node('Identity', ['go'], [`${out}_on`]), ...nodes],
    ['i', 'go', 'state'].map((name) => ({ name: `${out}_${name}` })),
    [{ name: `${out}_on` }, { name: out }],
  );

describe('hostile models end in findings, and soon', () => {
  test('declared shapes beyond all memory', () => {
    const huge = info('h', 'float', [2 ** 40, 2 ** 40, 2 ** 40]);
    const body = graph(
      [node('Flatten', ['h'], ['f']), node('Size', ['h'], ['s'])],
      [huge],
      [info('f', 'float', ['A', 'B'])],
    );
    expect(quick(model(body))).toEqual([]);
  });

  test('an initializer of a huge and of a negative shape', () => {
    const tensors = [
      { name: 'a', dims: [2 ** 40, 2 ** 40], data_type: 1, raw_data: new Uint8Array(4) },
      { name: 'b', dims: [-1, 4], data_type: 1, raw_data: new Uint8Array(4) },
      { name: 'c', dims: [2 ** 31], data_type: 1, raw_data: new Uint8Array(4) },
    ];
    expect(quick(model(graph([node('Relu', ['x'], ['y'])], [x], [y], tensors))).map(formatFinding)).toEqual([
      'a: error onnx/bad-tensor: the shape has more elements than any memory (got [1099511627776, 1099511627776])',
      'b: error onnx/bad-tensor: a size is negative (got [-1, 4])',
      'c: error onnx/bad-tensor: the raw data do not fit the shape (expected 8589934592 bytes, got 4)',
    ]);
  });

  test('a shape that a node makes with a negative or a huge size', () => {
    const shape = (values: number[]) => node('Constant', [], ['shape'], { value_ints: values });
    const made = (values: number[]) =>
      quick(
        model(graph([shape(values), node('ConstantOfShape', ['shape'], ['y'])], [], [info('y', 'float', ['A', 'B'])])),
      );
    expect(made([2, -3]).map(formatFinding)).toEqual([
      'ConstantOfShape[1], field "y": error onnx/wrong-shape: a size is negative (got [2, -3])',
    ]);
    expect(made([2 ** 50, 2 ** 50])).toEqual([]);
  });

  test('a declared size below zero is open, and a warning', () => {
    const found = checkOnnx(model(graph([node('Relu', ['x'], ['y'])], [info('x', 'float', [-1, 4])], [y])));
    expect(found.map(({ severity, code }) => `${severity} ${code}`)).toEqual(['warning onnx/negative-size']);
  });

  test('100,000 nodes in a row, and as many that nobody defined', () => {
    const chain = Array.from({ length: 100_000 }, (_, i) => node('Relu', [i === 0 ? 'x' : `v${i - 1}`], [`v${i}`]));
    expect(quick(model(graph(chain, [x], [info('v99999', 'float', ['N', 4])])))).toEqual([]);
    const undefined_ = chain.map((one) => ({ ...one, input: ['nowhere'] }));
    const found = quick(model(graph(undefined_, [x], [info('v99999', 'float', ['N', 4])])));
    expect(found.length).toBe(10_001);
    expect(formatFinding(found.at(-1)!)).toBe('ModelProto: error onnx/limit: 90000 more findings are not listed');
  });

  test('a cycle of many nodes', () => {
    const ring = Array.from({ length: 50_000 }, (_, i) => node('Relu', [`v${(i + 49_999) % 50_000}`], [`v${i}`]));
    expect(quick(model(graph(ring, [x], [info('v0', 'float', ['N', 4])]))).map(formatFinding)).toEqual([
      'Relu[0], field "v0": error onnx/not-sorted: the value "v49999" is used before it is made, or in a cycle',
    ]);
  });

  test('names of ten million characters', () => {
    const long = 'n'.repeat(10_000_000);
    const found = quick(
      model(graph([{ ...node('Relu', [`${long}a`], [`${long}b`]), name: long }, node(long, ['x'], ['y'])], [x], [y])),
    );
    expect(found.map(({ code }) => code)).toEqual(['onnx/undefined-name', 'onnx/unknown-operator']);
  });

  test('subgraphs too deep', () => {
    let body: GraphProto = graph([node('Relu', ['x'], ['o0'])], [], [{ name: 'o0' }]);
    for (let depth = 1; depth < 400; depth++) {
      const branches = { then_branch: body, else_branch: body };
      body = graph(
        [node('If', ['c'], [`o${depth}`], { then_branch: branches.then_branch })],
        [],
        [{ name: `o${depth}` }],
      );
    }
    const outer = graph(
      [node('If', ['c'], ['y'], { then_branch: body, else_branch: body })],
      [info('c', 'bool', []), x],
      [y],
    );
    expect(quick(model(outer)).map(({ code }) => code)).toContain('onnx/too-deep');
  });

  test('loops in loops whose states change do not multiply', () => {
    let nodes: NodeProto[] = [node('Concat', ['l0_state', 'x'], ['l0'], { axis: 0 })];
    for (let depth = 1; depth < 60; depth++) {
      const inner = loopBody(nodes, `l${depth - 1}`);
      inner.node[0]!.input = [`l${depth - 1}_go`];
      nodes = [node('Loop', ['n', '', `l${depth}_state`], [`l${depth}`], { body: inner })];
    }
    const top = loopBody(nodes, 'l59');
    top.node[0]!.input = ['l59_go'];
    const body = graph([node('Loop', ['n', '', 'x'], ['y'], { body: top })], [info('n', 'int64', []), x], [y]);
    quick(model(body));
  });

  const calling = (name: string, callee: string, times: number): FunctionProto => ({
    name,
    domain: 'f',
    input: ['a'],
    output: ['o'],
    attribute: [],
    node: Array.from({ length: times }, (_, i) =>
      node(callee, [i === 0 ? 'a' : `v${i}`], [i === times - 1 ? 'o' : `v${i + 1}`], {}, callee === 'Relu' ? '' : 'f'),
    ),
    opset_import: [
      { domain: '', version: 18 },
      { domain: 'f', version: 1 },
    ],
  });
  const withFunctions = (functions: FunctionProto[], entry: string): ModelProto =>
    model(graph([node(entry, ['x'], ['y'], {}, 'f')], [x], [y]), 18, {
      functions,
      opset_import: [
        { domain: '', version: 18 },
        { domain: 'f', version: 1 },
      ],
    });

  test('functions that call themselves, directly and in a ring', () => {
    const found = quick(withFunctions([calling('A', 'B', 2), calling('B', 'A', 2), calling('C', 'C', 1)], 'A'));
    expect(found.map(formatFinding)).toEqual(
      [
        'function f.B: error onnx/recursive-function: the function calls itself',
        'function f.A: error onnx/recursive-function: the function calls itself',
        'function f.C: error onnx/recursive-function: the function calls itself',
      ].sort(),
    );
  });

  test('functions that double their calls at every level', () => {
    const levels = Array.from({ length: 80 }, (_, i) => calling(`F${i}`, i === 79 ? 'Relu' : `F${i + 1}`, 2));
    expect(quick(withFunctions(levels, 'F0'))).toEqual([]);
  });

  test('functions whose calls differ in shape at every level end at the limit', () => {
    const growing = (i: number): FunctionProto => ({
      ...calling(`G${i}`, `G${i + 1}`, 2),
      node:
        i === 40
          ? [node('Concat', ['a', 'a'], ['o'], { axis: 1 })]
          : [node(`G${i + 1}`, ['a'], ['v'], {}, 'f'), node(`G${i + 1}`, ['v'], ['o'], {}, 'f')],
    });
    const found = quick(
      withFunctions(
        Array.from({ length: 41 }, (_, i) => growing(i)),
        'G0',
      ),
      20,
    );
    expect(found.every(({ place }) => place.path !== undefined)).toBe(true);
  });
});
