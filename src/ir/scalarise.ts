import { IrBuilder } from './builder.js';
import type { IrNode, Program } from './nodes.js';
import { inputsOf } from './nodes.js';
import { respelled } from './respell.js';
import { type Kind, type Ref, sizeOf } from './types.js';

/** A node in the new program: as one ref, as its elements, or both. */
interface Value {
  whole?: Ref;
  elements?: Ref[];
}

export interface ScalariseOptions {
  /** Also turn `reduce` and `vector-function` nodes into scalar primitives. */
  readonly reductions?: boolean;
  /** The builder that gets the nodes; a new one by default. */
  readonly builder?: IrBuilder;
}

/**
 * The same program with every primitive, cast and lookup on scalars. Vectors are left only where a model node, an
 * input, a one-hot vector, a reduction or a vector function makes or takes one, and as outputs. Unused nodes are gone.
 */
export function scalarise(program: Program, options: ScalariseOptions = {}): Program {
  const builder = options.builder ?? new IrBuilder();
  const values: Value[] = new Array(program.nodes.length);
  for (const ref of program.inputs) values[ref] = { whole: copyInput(builder, program, ref) };
  const live = liveNodes(program);
  program.nodes.forEach((node, ref) => {
    if (!live[ref] || node.op === 'input') return;
    values[ref] = builder.at(node.origin ?? {}, () => copy(builder, node, values, options.reductions === true));
  });
  const outputs = program.outputs.map((output) => ({ ...output, ref: wholeOf(builder, values[output.ref]!) }));
  const { nodes: _, inputs: __, ...rest } = program;
  return builder.finish({ ...rest, outputs });
}

/** Whether each node is an input or is used by an output. */
export function liveNodes(program: Program): Uint8Array {
  const live = new Uint8Array(program.nodes.length);
  for (const output of program.outputs) live[output.ref] = 1;
  for (let ref = program.nodes.length - 1; ref >= 0; ref--) {
    if (live[ref]) for (const input of inputsOf(program.nodes[ref]!)) live[input] = 1;
  }
  for (const ref of program.inputs) live[ref] = 1;
  return live;
}

function copyInput(builder: IrBuilder, program: Program, ref: Ref): Ref {
  const node = program.nodes[ref]!;
  if (node.op !== 'input') return ref;
  return builder.at(node.origin ?? {}, () => builder.input(node.field, node.type.kind));
}

function wholeOf(builder: IrBuilder, value: Value): Ref {
  value.whole ??= builder.pack(value.elements!);
  return value.whole;
}

function elementsOf(builder: IrBuilder, value: Value): Ref[] {
  value.elements ??= builder.elements(value.whole!);
  return value.elements;
}

function copy(builder: IrBuilder, node: IrNode, values: readonly Value[], reductions: boolean): Value {
  const whole = (ref: Ref) => wholeOf(builder, values[ref]!);
  const elements = (ref: Ref) => elementsOf(builder, values[ref]!);
  const element = (ref: Ref, index: number): Ref => {
    const all = elements(ref);
    return all.length === 1 ? all[0]! : all[index]!;
  };
  const each = (make: (index: number) => Ref): Value =>
    node.type.shape.length === 0
      ? { whole: make(0) }
      : { elements: Array.from({ length: sizeOf(node.type) }, (_, index) => make(index)) };
  switch (node.op) {
    case 'input':
      return {};
    case 'const':
      return each((index) => builder.const(node.type.kind, node.values[index]!));
    case 'primitive':
      return each((index) =>
        respelled(
          builder,
          node.fn,
          node.inputs.map((input) => element(input, index)),
        ),
      );
    case 'cast':
      return each((index) => builder.cast(element(node.input, index), node.type.kind));
    case 'lookup':
      return each((index) =>
        builder.lookup(
          element(node.input, index),
          node.type.kind,
          node.keys,
          node.values,
          node.otherwise,
          node.whenMissing,
        ),
      );
    case 'pack':
      return { elements: node.inputs.flatMap(elements) };
    case 'element':
      return { whole: elements(node.input)[node.index]! };
    case 'one-hot':
      return { whole: builder.oneHot(whole(node.input), node.categories, node.type.kind) };
    case 'reduce':
      if (reductions && node.fn !== 'median') return { whole: reduceScalars(builder, node.fn, elements(node.input)) };
      return { whole: builder.reduce(node.fn, whole(node.input)) };
    case 'vector-function':
      if (reductions) return { elements: functionScalars(builder, node.fn, elements(node.input)) };
      return { whole: builder.vectorFunction(node.fn, whole(node.input)) };
    case 'trees': {
      const { op: _, type, origin: __, ...rest } = node;
      return { whole: builder.trees(type.kind as 'float64', { ...rest, features: node.features.map(whole) }) };
    }
    case 'linear':
      return {
        whole: builder.linear(node.type.kind as 'float64', node.features.map(whole), node.weights, node.intercepts),
      };
  }
}

/** A reduction of scalars, in their order; argmax keeps the first of equal elements. */
export function reduceScalars(
  builder: IrBuilder,
  fn: 'sum' | 'mean' | 'min' | 'max' | 'argmax' | 'argmin',
  elements: readonly Ref[],
): Ref {
  const kind = builder.kindOf(elements[0]!);
  if (fn === 'min' || fn === 'max') {
    const step = kind === 'bool' ? (fn === 'min' ? 'and' : 'or') : fn;
    return elements.reduce((a, b) => builder.apply(step, a, b));
  }
  if (fn === 'sum' || fn === 'mean') {
    const sum = elements.reduce((a, b) => builder.apply('add', a, b));
    return fn === 'sum' ? sum : builder.apply('div', sum, number(builder, kind, elements.length));
  }
  const better = fn === 'argmax' ? 'gt' : 'lt';
  let best = elements[0]!;
  let at = builder.const('int64', 0);
  for (let i = 1; i < elements.length; i++) {
    const wins = builder.apply(better, elements[i]!, best);
    at = builder.apply('select', wins, builder.const('int64', i), at);
    best = builder.apply('select', wins, elements[i]!, best);
  }
  return at;
}

/** softmax or normalize of scalars, as the vector function computes it. */
export function functionScalars(builder: IrBuilder, fn: 'softmax' | 'normalize', elements: readonly Ref[]): Ref[] {
  let parts = [...elements];
  if (fn === 'softmax') {
    const most = reduceScalars(builder, 'max', parts);
    parts = parts.map((x) => builder.apply('exp', builder.apply('sub', x, most)));
  }
  const sum = reduceScalars(builder, 'sum', parts);
  return parts.map((x) => builder.apply('div', x, sum));
}

function number(builder: IrBuilder, kind: Kind, value: number): Ref {
  return builder.const(kind, value);
}
