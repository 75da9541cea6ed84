import { Attributes, attribute } from '../../attributes.js';
import type { AttributeProto, GraphProto, NodeProto } from '../../document.js';
import { canonicalDomain } from '../../operator-schemas.js';

/** Domain of the nodes that a gradient is made of: the operators of kernels.ts, else those of ai.onnx at GENERATED_OPSET. */
export const GENERATED = 'samescore.gradient';
export const GENERATED_OPSET = 22;

const int = (name: string, value: number): AttributeProto => attribute(name, 'INT', value);
const float = (name: string, value: number): AttributeProto => attribute(name, 'FLOAT', value);

/** A list of nodes to which derivatives are written, with names that occur nowhere else. */
export class Tape {
  readonly nodes: NodeProto[] = [];
  private count = 0;

  constructor(private readonly prefix: string) {}

  fresh(): string {
    return `${this.prefix}${this.count++}`;
  }

  op(op_type: string, input: readonly (string | undefined)[], attributes: readonly AttributeProto[] = []): string {
    const name = this.fresh();
    this.nodes.push({
      op_type,
      domain: GENERATED,
      input: input.map((each) => each ?? ''),
      output: [name],
      attribute: [...attributes],
    });
    return name;
  }

  /** Another node of the same operator and operator set, with one attribute changed. */
  again(node: NodeProto, changed?: AttributeProto): string {
    const name = this.fresh();
    const kept = node.attribute.filter((each) => each.name !== changed?.name);
    this.nodes.push({ ...node, output: [name], attribute: changed === undefined ? kept : [...kept, changed] });
    return name;
  }

  /** The number in the type of another value. */
  scalar(value: number, like: string): string {
    return this.op('Scalar', [like], [float('value', value)]);
  }

  add = (a: string, b: string): string => this.op('Add', [a, b]);
  sub = (a: string, b: string): string => this.op('Sub', [a, b]);
  mul = (a: string, b: string): string => this.op('Mul', [a, b]);
  div = (a: string, b: string): string => this.op('Div', [a, b]);
  neg = (a: string): string => this.op('Neg', [a]);
  times = (a: string, factor: number): string => this.mul(a, this.scalar(factor, a));
  plus = (a: string, term: number): string => this.add(a, this.scalar(term, a));
  square = (a: string): string => this.mul(a, a);
  /** 1 - a. */
  rest = (a: string): string => this.sub(this.scalar(1, a), a);
  where = (test: string, a: string, b: string): string => this.op('Where', [test, a, b]);
  /** The sum along the axes that `like` lacks or has only one of. */
  sumLike = (a: string, like: string): string => this.op('SumLike', [a, like]);
  expandLike = (a: string, like: string): string => this.op('ExpandLike', [a, like]);
  reshapeLike = (a: string, like: string): string => this.op('ReshapeLike', [a, like]);
  castLike = (a: string, like: string): string => this.op('CastLike', [a, like]);
  zeros = (like: string): string => this.expandLike(this.scalar(0, like), like);
  /** The mean over all axes from `axis` on, which stay with size 1. */
  meanTail = (a: string, axis: number): string => {
    const total = this.op('SumTail', [a], [int('axis', axis)]);
    return this.div(total, this.op('Ratio', [a, total]));
  };
}

/** A node whose derivative is wanted: its operator, its values, and the gradients of its outputs where there are any. */
export class Call {
  readonly op: string;
  readonly attributes: Attributes;

  constructor(
    readonly node: NodeProto,
    readonly version: number,
    readonly gradients: readonly (string | undefined)[] = [],
    readonly active: ReadonlySet<string> = new Set(),
  ) {
    this.op = node.op_type ?? '';
    this.attributes = new Attributes(node.attribute);
  }

  /** Name of the input; '' where it is absent. */
  input(index: number): string {
    return this.node.input[index] ?? '';
  }

  /** Whether the input depends on what is differentiated by. */
  isActive(index: number): boolean {
    return this.active.has(this.input(index));
  }

  float(name: string, fallback: number): number {
    return this.attributes.float(name, fallback);
  }

  int(name: string, fallback: number): number {
    return this.attributes.int(name, fallback);
  }

  get key(): string {
    const domain = canonicalDomain(this.node.domain);
    return domain === '' || domain === GENERATED ? this.op : `${domain}/${this.op}`;
  }
}

/** The node alone as a graph whose inputs are `i0`, `i1`, …: what an operator on a node's own operator is given. */
export function graphOfNode(node: NodeProto): GraphProto {
  const inputs = node.input.map((name, i) => (name === '' ? '' : `i${i}`));
  const outputs = node.output.map((_, i) => `o${i}`);
  return {
    name: node.op_type ?? '',
    node: [{ ...node, input: inputs, output: outputs }],
    input: node.input.map((_, i) => ({ name: `i${i}` })),
    output: outputs.map((name) => ({ name })),
    initializer: [],
    value_info: [],
  };
}
