import { wrongShape, wrongType } from '../../errors.js';
import { axisIn, unified, withAxis } from '../dims.js';
import {
  dimsAt,
  elementAttribute,
  isGiven,
  type Known,
  type NodeFacts,
  numbersAt,
  type Rule,
  type Rules,
  typeAt,
} from '../facts.js';
import {
  type Dim,
  joined,
  met,
  optionalOf,
  sequenceOf,
  tensorOfType,
  typeOfProto,
  typeText,
  type ValueType,
  withoutShape,
} from '../value-type.js';

/** The element type of input `index`, which must be a sequence. Errors: `onnx/wrong-type`. */
function innerAt(node: NodeFacts, index: number): ValueType | undefined {
  const type = typeAt(node, index);
  if (type !== undefined && type.kind !== 'sequence')
    throw wrongType(`input ${index} is not a sequence`, { expected: 'seq(…)', got: typeText(type) });
  return type?.inner;
}

const construct: Rule = (node) => {
  const types = node.inputs.map((input) => input?.type);
  return { type: sequenceOf(types.reduce((all, type) => joined(all, type), types[0])) };
};

const insert: Rule = (node) => {
  const [inner, added] = [innerAt(node, 0), typeAt(node, 1)];
  if (inner?.element !== undefined && added?.element !== undefined && inner.element !== added.element)
    throw wrongType('the tensor is not of the type of the sequence', {
      expected: inner.element,
      got: added.element,
    });
  return { type: sequenceOf(joined(inner, added) ?? tensorOfType(inner?.element ?? added?.element)) };
};

const splitToSequence: Rule = (node) => {
  const x = typeAt(node, 0);
  const dims = x?.dims;
  if (dims === undefined) return { type: sequenceOf(tensorOfType(x?.element)) };
  const axis = axisIn(node.attributes.int('axis', 0), dims.length);
  const of = (size: Dim) => ({ type: sequenceOf(tensorOfType(x?.element, withAxis(dims, axis, size))) });
  if (!isGiven(node, 1)) {
    if (node.attributes.int('keepdims', 1) !== 0) return of(1);
    return {
      type: sequenceOf(
        tensorOfType(
          x?.element,
          dims.filter((_, i) => i !== axis),
        ),
      ),
    };
  }
  const sizes = numbersAt(node, 1);
  if (sizes === undefined || sizes.length === 0) return of(undefined);
  if (dimsAt(node, 1)?.length !== 0) return of(sizes.every((size) => size === sizes[0]) ? sizes[0] : undefined);
  const whole = dims[axis];
  return of(typeof whole === 'number' && whole % sizes[0]! === 0 ? sizes[0] : undefined);
};

const concatFromSequence: Rule = (node) => {
  const inner = innerAt(node, 0);
  const dims = inner?.dims;
  if (dims === undefined) return { element: inner?.element };
  const fresh = node.attributes.int('new_axis', 0) !== 0;
  const axis = axisIn(node.attributes.int('axis'), fresh ? dims.length + 1 : dims.length);
  return {
    element: inner?.element,
    dims: fresh ? [...dims.slice(0, axis), undefined, ...dims.slice(axis)] : withAxis(dims, axis, undefined),
  };
};

const sequenceMap: Rule = (node) => {
  const inputs = node.inputs.map((input, i): Known | undefined => {
    const type = input?.type;
    if (i > 0 && type?.kind !== 'sequence') return input;
    return { type: innerAt(node, i) };
  });
  const results = node.body('body', inputs);
  countOutputs(results, node.outputs.length, 'the body');
  return results.map((known) => ({ type: sequenceOf(known.type) }));
};

const optional: Rule = (node) => ({
  type: optionalOf(isGiven(node, 0) ? typeAt(node, 0) : typeOfProto(node.attributes.typeProto('type'))),
});

const getElement: Rule = (node) => {
  const type = typeAt(node, 0);
  return { type: type?.kind === 'optional' ? type.inner : type };
};

const scalar: Rule = () => ({ dims: [] });

// Control flow.

/** Types that must agree in everything but shape. Errors: `onnx/wrong-type`. */
function mustMatch(a: ValueType | undefined, b: ValueType | undefined, what: string): void {
  if (a === undefined || b === undefined) return;
  // An optional takes what it may hold.
  if ((a.kind === 'optional') !== (b.kind === 'optional')) {
    mustMatch(a.kind === 'optional' ? a.inner : a, b.kind === 'optional' ? b.inner : b, what);
    return;
  }
  const differ = a.element !== undefined && b.element !== undefined && a.element !== b.element;
  if (a.kind !== b.kind || differ) throw wrongType(`${what} differ`, { expected: typeText(a), got: typeText(b) });
  mustMatch(a.inner, b.inner, what);
}

function countOutputs(outputs: readonly unknown[], wanted: number, what: string): void {
  if (outputs.length !== wanted)
    throw wrongShape(`${what} has the wrong number of outputs`, {
      expected: String(wanted),
      got: String(outputs.length),
    });
}

const branch: Rule = (node) => {
  const [yes, no] = [node.body('then_branch', []), node.body('else_branch', [])];
  countOutputs(yes, node.outputs.length, 'then_branch');
  countOutputs(no, node.outputs.length, 'else_branch');
  return yes.map((known, i) => {
    mustMatch(known.type, no[i]!.type, `the types of output ${i} of the branches`);
    return { type: joined(known.type, no[i]!.type) };
  });
};

const loop: Rule = (node) => {
  const states = node.inputs.slice(2).map((input) => input?.type);
  const counter: Known = { type: tensorOfType('int64', []) };
  const condition: Known = { type: tensorOfType('bool', []) };
  const isStable = (before: readonly (ValueType | undefined)[], after: readonly Known[]): boolean =>
    before.every((type, i) => type === undefined || sameOrTighter(type, after[i + 1]?.type));
  let current = states;
  let results: readonly Known[] = [];
  for (let pass = 0; pass < 2; pass++) {
    results = node.body('body', [counter, condition, ...current.map((type) => ({ type }))], false);
    if (isStable(current, results)) break;
    current = current.map((type, i) => widened(type, results[i + 1]?.type, pass > 0));
  }
  results = node.body('body', [counter, condition, ...current.map((type) => ({ type }))]);
  countOutputs(results, node.outputs.length + 1, 'the body');
  return results.slice(1).map((known, i) => {
    if (i < states.length) {
      mustMatch(states[i], known.type, `the types of state ${i} before and after an iteration`);
      return { type: joined(states[i], known.type) ?? withoutShape(known.type ?? states[i]) };
    }
    return {
      element: known.type?.element,
      dims: known.type?.dims === undefined ? undefined : [undefined, ...known.type.dims],
    };
  });
};

const withKind = (type: ValueType | undefined): ValueType | undefined =>
  type === undefined ? undefined : { kind: type.kind, element: type.element };

function sameOrTighter(before: ValueType, after: ValueType | undefined): boolean {
  if (after === undefined) return before.dims === undefined && before.inner === undefined;
  if (before.inner !== undefined) return sameOrTighter(before.inner, after.inner);
  if (before.dims === undefined) return true;
  return (
    before.dims.length === after.dims?.length &&
    before.dims.every((dim, i) => dim === undefined || dim === after.dims![i])
  );
}

function widened(before: ValueType | undefined, after: ValueType | undefined, whole: boolean): ValueType | undefined {
  if (before === undefined) return undefined;
  if (before.inner !== undefined)
    return { kind: before.kind, element: before.element, inner: widened(before.inner, after?.inner, whole) };
  if (whole || after?.dims?.length !== before.dims?.length) return withKind(before);
  return { ...before, dims: before.dims?.map((dim, i) => (dim === after?.dims?.[i] ? dim : undefined)) };
}

/** Before operator set 9 everything has a batch axis in front. */
function scanEight(node: NodeFacts): ReturnType<Rule> {
  const count = node.attributes.int('num_scan_inputs');
  const states = node.inputs.length - 1 - count;
  let [batch, length]: Dim[] = [undefined, undefined];
  node.inputs.slice(1).forEach((input, i) => {
    batch = unified(batch, input?.type?.dims?.[0], 'the batch sizes');
    if (i >= states) length = unified(length, input?.type?.dims?.[1], 'the lengths of the scan inputs');
  });
  const inputs = node.inputs
    .slice(1)
    .map(
      (input, i): Known => ({ type: tensorOfType(input?.type?.element, input?.type?.dims?.slice(i < states ? 1 : 2)) }),
    );
  const results = node.body('body', inputs);
  countOutputs(results, node.outputs.length, 'the body');
  return results.map((known, i) => ({
    element: known.type?.element,
    dims: known.type?.dims === undefined ? undefined : [batch, ...(i < states ? [] : [length]), ...known.type.dims],
  }));
}

const scan: Rule = (node) => {
  if (node.version < 9) return scanEight(node);
  const count = node.attributes.int('num_scan_inputs');
  const states = node.inputs.length - count;
  if (count < 1 || states < 0)
    throw wrongShape('num_scan_inputs does not fit the inputs', {
      expected: `1 to ${node.inputs.length}`,
      got: String(count),
    });
  const axes = node.attributes.ints('scan_input_axes');
  let length: Dim;
  const inputs = node.inputs.map((input, i): Known | undefined => {
    if (i < states) return { type: input?.type };
    const dims = input?.type?.dims;
    if (dims === undefined) return { type: tensorOfType(input?.type?.element) };
    const axis = axisIn(axes?.[i - states] ?? 0, dims.length);
    const size = dims[axis];
    if (typeof size === 'number' && typeof length === 'number' && size !== length)
      throw wrongShape('the scan inputs are not equally long', { expected: String(length), got: String(size) });
    if (typeof length !== 'number') length = size ?? length;
    return {
      type: tensorOfType(
        input?.type?.element,
        dims.filter((_, j) => j !== axis),
      ),
    };
  });
  const results = node.body('body', inputs);
  countOutputs(results, node.outputs.length, 'the body');
  const outputAxes = node.attributes.ints('scan_output_axes');
  return results.map((known, i) => {
    const { element, dims } = known.type ?? {};
    // A state keeps its shape from one step to the next.
    if (i < states) return { type: met(known.type, node.inputs[i]?.type) };
    if (dims === undefined) return { element };
    const axis = axisIn(outputAxes?.[i - states] ?? 0, dims.length + 1);
    return { element, dims: [...dims.slice(0, axis), length, ...dims.slice(axis)] };
  });
};

export const CONTAINERS: Rules = {
  '/ConcatFromSequence': concatFromSequence,
  '/If': branch,
  '/Loop': loop,
  '/Optional': optional,
  '/OptionalGetElement': getElement,
  '/OptionalHasElement': scalar,
  '/Scan': scan,
  '/SequenceAt': (node) => ({ type: innerAt(node, 0) }),
  '/SequenceConstruct': construct,
  '/SequenceEmpty': (node) => ({ type: sequenceOf(tensorOfType(elementAttribute(node, 'dtype') ?? 'float')) }),
  '/SequenceErase': (node) => ({ type: sequenceOf(innerAt(node, 0)) }),
  '/SequenceInsert': insert,
  '/SequenceLength': scalar,
  '/SequenceMap': sequenceMap,
  '/SplitToSequence': splitToSequence,
};
