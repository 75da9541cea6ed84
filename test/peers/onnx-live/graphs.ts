import type { FunctionProto, GraphProto, ModelProto, NodeProto, ValueInfoProto } from '../../../src/onnx/document.js';
import { tensorToProto } from '../../../src/onnx/evaluate/tensor.js';
import { type Tensor, tensorOf } from '../../../src/onnx/index.js';
import { graph, info, model, node } from '../../onnx/models.js';
import type { TensorJob } from '../ort-tensors.js';
import type { Draw } from './draw.js';

const SHAPE = [3, 4];

/** Names that no two nodes of a model share. */
type Names = () => string;

function names(): Names {
  let count = 0;
  return () => `v${count++}`;
}

const UNARY = ['Tanh', 'Sigmoid', 'Relu', 'Neg', 'Abs', 'Softsign', 'Softmax', 'Floor', 'Identity'];
const BINARY = ['Add', 'Sub', 'Mul', 'Max', 'Min'];

/** Nodes on values of one shape; the last output is the result. `w` is a matrix that multiplies. */
function chain(
  draw: Draw,
  fresh: Names,
  from: readonly string[],
  length: number,
): { nodes: NodeProto[]; result: string } {
  const nodes: NodeProto[] = [];
  const known = [...from];
  let result = from[0] as string;
  for (let i = 0; i < length; i++) {
    const output = fresh();
    const kind = draw.next();
    if (kind < 0.45) nodes.push(node(draw.pick(UNARY), [draw.pick(known)], [output]));
    else if (kind < 0.85) nodes.push(node(draw.pick(BINARY), [draw.pick(known), result], [output]));
    else nodes.push(node('MatMul', [result, 'w'], [output]));
    known.push(output);
    result = output;
  }
  return { nodes, result };
}

const bare = (name: string): ValueInfoProto => ({ name });
const float = (name: string): ValueInfoProto => info(name, 'float', SHAPE);

function branch(draw: Draw, fresh: Names, from: readonly string[], depth: number): GraphProto {
  const { nodes, result } = chain(draw, fresh, from, draw.int(1, 3));
  if (depth === 0 || draw.chance(0.5)) return graph(nodes, [], [float(result)]);
  const output = fresh();
  const inner = node('If', ['c1'], [output], {
    then_branch: branch(draw, fresh, [result, ...from], depth - 1),
    else_branch: branch(draw, fresh, from, depth - 1),
  });
  return graph([...nodes, inner], [], [float(output)]);
}

function job(draw: Draw, nodes: NodeProto[], outputs: string[], more: Partial<ModelProto> = {}): TensorJob {
  const feeds: Record<string, Tensor> = {
    x: draw.tensor('float', SHAPE),
    y: draw.tensor('float', SHAPE),
    c0: draw.tensor('bool', []),
    c1: draw.tensor('bool', []),
    n: tensorOf('int64', [draw.int(0, 5)], []),
    s: draw.tensor('string', [4]),
  };
  const inputs = Object.entries(feeds).map(([name, value]) => info(name, value.type, [...value.dims]));
  const constants = [
    tensorToProto(draw.tensor('float', [4, 4], 'unit'), 'w'),
    tensorToProto(tensorOf('float', [0.5], []), 'half'),
    tensorToProto(tensorOf('int64', [1], []), 'one'),
    tensorToProto(tensorOf('int64', [0], []), 'zero'),
  ];
  return { model: model(graph(nodes, inputs, outputs.map(bare), constants), 18, more), feeds };
}

/** The same model for another operator set; its numbers rise with their meaning unchanged for what is drawn here. */
function at(built: TensorJob, version: number): TensorJob {
  built.model.opset_import = [{ domain: '', version }];
  return built;
}

function conditional(draw: Draw): TensorJob {
  const fresh = names();
  const nodes = [
    node('If', ['c0'], ['r'], {
      then_branch: branch(draw, fresh, ['x', 'y'], 2),
      else_branch: branch(draw, fresh, ['y', 'x'], 2),
    }),
  ];
  return at(job(draw, nodes, ['r']), draw.pick([7, 11, 13, 16, 19, 21, 23, 24, 25]));
}

function loop(draw: Draw): TensorJob {
  const fresh = names();
  const { nodes, result } = chain(draw, fresh, ['state', 'x', 'y'], draw.int(1, 4));
  const limit = draw.int(0, 4);
  const stops = draw.chance(0.5);
  const body = graph(
    [
      ...nodes,
      node('Cast', ['i'], ['f'], { to: 1 }),
      ...(stops
        ? [node('Less', ['f', 'limit'], ['go'])]
        : [node('Less', ['limit', 'limit'], ['never']), node('Not', ['never'], ['go'])]),
      node('Identity', [result], ['next']),
      node('Add', [result, 'f'], ['scan']),
    ],
    [info('i', 'int64', []), info('goes', 'bool', []), float('state')],
    [info('go', 'bool', []), float('next'), float('scan')],
  );
  const outer = node('Loop', ['n', draw.chance(0.5) ? 'c0' : '', 'y'], ['last', 'all'], { body });
  const built = job(draw, [outer, node('Tanh', ['last'], ['r'])], ['r', 'all']);
  built.model.graph?.initializer.push(tensorToProto(tensorOf('float', [limit + 0.5], []), 'limit'));
  return at(built, draw.pick([7, 11, 13, 16, 19, 21, 23, 24, 25]));
}

function scan(draw: Draw): TensorJob {
  const axis = draw.int(0, 1);
  const length = SHAPE[1 - axis] as number;
  const body = graph(
    [
      node(draw.pick(BINARY), ['state', 'item'], ['sum']),
      node(draw.pick(UNARY.filter((op) => op !== 'Softmax')), ['sum'], ['next']),
      node(draw.pick(BINARY), ['next', 'other'], ['part']),
    ],
    [info('state', 'float', [length]), info('item', 'float', [length]), info('other', 'float', [length])],
    [info('next', 'float', [length]), info('part', 'float', [length])],
  );
  const nodes = [
    node('Gather', ['x', 'zero'], ['start'], { axis }),
    node('Scan', ['start', 'x', 'y'], ['last', 'parts'], {
      body,
      num_scan_inputs: 2,
      scan_input_axes: [axis, axis],
      scan_input_directions: [draw.int(0, 1), draw.int(0, 1)],
      scan_output_axes: [draw.int(0, 1)],
      scan_output_directions: [draw.int(0, 1)],
    }),
  ];
  return at(job(draw, nodes, ['last', 'parts']), draw.pick([9, 11, 16, 19, 21, 23, 24, 25]));
}

/** Version 8: batches in front, and the lengths of their sequences. */
function scan8(draw: Draw): TensorJob {
  const [batches, length, width] = [draw.int(1, 3), draw.int(1, 4), draw.int(1, 3)];
  const inner = [info('state', 'float', [width]), info('item', 'float', [width])];
  const body = graph(
    [node('Add', ['state', 'item'], ['sum']), node('Tanh', ['sum'], ['next']), node('Neg', ['sum'], ['part'])],
    inner,
    [info('next', 'float', [width]), info('part', 'float', [width])],
  );
  const feeds = { start: draw.tensor('float', [batches, width]), x: draw.tensor('float', [batches, length, width]) };
  const inputs = Object.entries(feeds).map(([name, value]) => info(name, 'float', [...value.dims]));
  const outer = node('Scan', ['', 'start', 'x'], ['last', 'parts'], {
    body,
    num_scan_inputs: 1,
    directions: [draw.int(0, 1)],
  });
  return at({ model: model(graph([outer], inputs, [bare('last'), bare('parts')]), 8), feeds }, 8);
}

function sequences(draw: Draw): TensorJob {
  const fresh = names();
  const { nodes, result } = chain(draw, fresh, ['x', 'y'], draw.int(1, 3));
  const places = ['first', 'second'];
  const list = [
    ...nodes,
    node('SequenceConstruct', ['x', result, 'y'], ['q0']),
    node('Constant', [], [places[0] as string], { value_int: draw.int(-3, 2) }),
    node('Constant', [], [places[1] as string], { value_int: draw.int(-2, 1) }),
    node('SequenceErase', ['q0', 'first'], ['q1']),
    node('SequenceInsert', ['q1', 'y', ...(draw.chance(0.5) ? ['second'] : [])], ['q2']),
    node('SequenceAt', ['q2', 'second'], ['at']),
    node('SequenceLength', ['q2'], ['count']),
    node('ConcatFromSequence', ['q2'], ['all'], { axis: draw.int(-2, 1), new_axis: draw.int(0, 1) }),
    node('SplitToSequence', ['x', 'one'], ['parts'], { axis: draw.int(0, 1), keepdims: 1 }),
    node('SequenceLength', ['parts'], ['many']),
  ];
  const body = graph(
    [node(draw.pick(UNARY), ['item'], ['a']), node('Add', ['a', 'half'], ['b'])],
    [info('item', 'float')],
    [info('b', 'float')],
  );
  list.push(node('SequenceMap', ['q2'], ['mapped'], { body }));
  return at(job(draw, list, ['at', 'count', 'all', 'many', 'mapped', 'parts']), draw.pick([17, 18, 21, 24]));
}

function accumulated(draw: Draw): TensorJob {
  const fresh = names();
  const { nodes, result } = chain(draw, fresh, ['x', 'y'], draw.int(1, 2));
  const type = { sequence_type: { elem_type: { tensor_type: { elem_type: 1 } } } };
  const body = graph(
    [
      ...nodes,
      node('Cast', ['i'], ['f'], { to: 1 }),
      node('Mul', [result, 'f'], ['item']),
      node('SequenceInsert', ['before', 'item'], ['after']),
      node('Identity', ['goes'], ['go']),
    ],
    [info('i', 'int64', []), info('goes', 'bool', []), { name: 'before', type }],
    [info('go', 'bool', []), { name: 'after', type }],
  );
  const list = [
    node('SequenceConstruct', ['y'], ['empty']),
    node('Loop', ['n', '', 'empty'], ['q'], { body }),
    node('ConcatFromSequence', ['q'], ['all'], { axis: 0, new_axis: draw.int(0, 1) }),
  ];
  return job(draw, list, ['all']);
}

function optionals(draw: Draw): TensorJob {
  const fresh = names();
  const { nodes, result } = chain(draw, fresh, ['x', 'y'], draw.int(1, 3));
  const list = [
    ...nodes,
    node('Optional', [result], ['o']),
    node('OptionalHasElement', ['o'], ['has']),
    node('If', ['has'], ['r'], {
      then_branch: graph([node('OptionalGetElement', ['o'], ['got'])], [], [float('got')]),
      else_branch: branch(draw, fresh, ['x', 'y'], 0),
    }),
  ];
  return at(job(draw, list, ['has', 'r']), draw.pick([15, 18, 21]));
}

function strings(draw: Draw): TensorJob {
  const list = [
    node('StringConcat', ['s', 's'], ['doubled']),
    node('StringNormalizer', ['s'], ['upper'], {
      case_change_action: 'LOWER',
      locale: 'C.UTF-8',
      is_case_sensitive: 1,
    }),
    node('StringSplit', ['doubled'], ['parts', 'counts'], { delimiter: draw.pick(['a', ' ']) }),
    node('RegexFullMatch', ['s'], ['match'], { pattern: '[a-zA-Z]*' }),
    node('Equal', ['s', 's'], ['same']),
  ];
  const built = job(draw, list, ['doubled', 'upper', 'parts', 'counts', 'match', 'same']);
  built.model.opset_import = [{ domain: '', version: 20 }];
  return built;
}

function functions(draw: Draw): TensorJob {
  const fresh = names();
  const make = (name: string, overload: string, more: NodeProto[]): FunctionProto => {
    const inner = chain(draw, fresh, ['p', 'q'], draw.int(1, 3));
    const nodes = inner.nodes.filter(({ op_type }) => op_type !== 'MatMul');
    const result = nodes.at(-1)?.output[0] ?? 'p';
    const kept = nodes.every(({ input }) =>
      input.every((one) => one === 'p' || one === 'q' || nodes.some(({ output }) => output[0] === one)),
    );
    return {
      name,
      domain: 'own',
      ...(overload === '' ? {} : { overload }),
      input: ['p', 'q'],
      output: ['z'],
      attribute: ['slope'],
      opset_import: [
        { domain: '', version: 18 },
        { domain: 'own', version: 1 },
      ],
      node: [
        ...(kept ? nodes : []),
        {
          op_type: 'LeakyRelu',
          input: [kept ? result : 'p'],
          output: ['leaky'],
          attribute: [{ name: 'alpha', ref_attr_name: 'slope', type: 1 }],
        },
        ...more,
        node('Add', ['leaky', more.length === 0 ? 'q' : 'nested'], ['z']),
      ],
    };
  };
  const slope = { type: 1, f: 0.25 };
  const call: NodeProto = node('Inner', ['q', 'p'], ['nested'], { slope }, 'own');
  const outer = make('Outer', '', [call]);
  const list = [
    node('Outer', ['x', 'y'], ['a'], { slope }, 'own'),
    node('Inner', ['a', 'x'], ['r'], { slope: { type: 1, f: -0.5 } }, 'own'),
  ];
  const built = job(draw, list, ['a', 'r'], { functions: [outer, make('Inner', '', [])] });
  built.model.opset_import = [
    { domain: '', version: 18 },
    { domain: 'own', version: 1 },
  ];
  return built;
}

function network(draw: Draw): TensorJob {
  const fresh = names();
  const { nodes, result } = chain(draw, fresh, ['x', 'y'], draw.int(4, 10));
  const list = [
    ...nodes,
    node('Concat', [result, 'x'], ['wide'], { axis: draw.int(0, 1) }),
    node('Transpose', ['wide'], ['turned'], { perm: [1, 0] }),
    node('ReduceSum', ['turned'], ['sums'], { keepdims: draw.int(0, 1) }),
    node('ArgMax', ['turned'], ['best'], { axis: 1 }),
    node('Flatten', ['turned'], ['flat'], { axis: 0 }),
    node('Where', ['c0', 'flat', 'sums'], ['chosen']),
  ];
  return job(draw, list, [result, 'turned', 'sums', 'best', 'chosen']);
}

/** Whole models at random, by what they are about. */
export const GRAPHS: Readonly<Record<string, (draw: Draw) => TensorJob>> = {
  If: conditional,
  Loop: loop,
  'Loop over a sequence': accumulated,
  Scan: scan,
  'Scan of version 8': scan8,
  sequences,
  optionals,
  strings,
  functions,
  networks: network,
};
