import { float32Text } from '../../core/float-text.js';
import type { LookupNode } from '../../ir/nodes.js';
import type { Primitive } from '../../ir/primitives.js';
import { isFloat, type Kind, type Literal, type Ref } from '../../ir/types.js';
import type { XmlBuilder } from '../../wire/xml/builder.js';
import { xmlText } from '../../wire/xml/builder.js';
import { DATA_TYPE, type DerivedPlan, type Fields } from './fields.js';

/** A number or text as PMML spells it, so that it parses back as the same value of its kind. */
export function literalText(kind: Kind, value: Literal): string {
  if (typeof value === 'number') {
    if (kind === 'float32') return float32Text(value);
    return xmlText(value);
  }
  return String(value);
}

export function optypeOf(kind: Kind): string {
  return kind === 'string' || kind === 'bool' ? 'categorical' : 'continuous';
}

export function writeDerivedFields(
  xml: XmlBuilder,
  fields: Fields,
  derived: readonly DerivedPlan[],
  element: string,
): void {
  if (derived.length === 0) return;
  xml.start(element);
  for (const { name, ref, kind } of derived) {
    xml.start('DerivedField', { name, optype: optypeOf(kind), dataType: DATA_TYPE[kind] });
    writeExpression(xml, fields, ref, true);
    xml.end();
  }
  xml.end();
}

const FUNCTION: Partial<Record<Primitive, string>> = {
  add: '+',
  sub: '-',
  mul: '*',
  div: '/',
  mod: 'modulo',
  pow: 'pow',
  min: 'min',
  max: 'max',
  abs: 'abs',
  exp: 'exp',
  expm1: 'expm1',
  log: 'ln',
  log10: 'log10',
  log1p: 'ln1p',
  sqrt: 'sqrt',
  floor: 'floor',
  ceil: 'ceil',
  round: 'round',
  rint: 'rint',
  sin: 'sin',
  cos: 'cos',
  tan: 'tan',
  asin: 'asin',
  acos: 'acos',
  atan: 'atan',
  sinh: 'sinh',
  cosh: 'cosh',
  tanh: 'tanh',
  erf: 'erf',
  normcdf: 'stdNormalCDF',
  lt: 'lessThan',
  le: 'lessOrEqual',
  gt: 'greaterThan',
  ge: 'greaterOrEqual',
  eq: 'equal',
  ne: 'notEqual',
  and: 'and',
  or: 'or',
  xor: 'notEqual',
  not: 'not',
  'is-missing': 'isMissing',
  upper: 'uppercase',
  lower: 'lowercase',
  trim: 'trimBlanks',
  concat: 'concat',
  length: 'stringLength',
};

/** The expression of a node: a reference to its field if it has one and is not the root itself. */
export function writeExpression(xml: XmlBuilder, fields: Fields, ref: Ref, root = false): void {
  const node = fields.expression(ref);
  const name = root ? undefined : fields.known(ref);
  if (name !== undefined) {
    xml.leaf('FieldRef', { field: name });
    return;
  }
  switch (node.op) {
    case 'const':
      writeConstant(xml, fields, node.type.kind, node.values[0]!);
      return;
    case 'cast':
      writeCast(xml, fields, node.input, node.type.kind);
      return;
    case 'element': {
      const vector = fields.node(node.input);
      if (vector.op !== 'one-hot') return;
      const category = literalText(fields.builder.kindOf(vector.input), vector.categories[node.index]!);
      xml.leaf('NormDiscrete', { field: fields.nameOf(vector.input), value: category, mapMissingTo: 0 });
      return;
    }
    case 'lookup':
      writeLookup(xml, fields, node);
      return;
    case 'primitive':
      writePrimitive(xml, fields, node.fn, node.inputs, node.type.kind);
  }
}

function writeConstant(xml: XmlBuilder, fields: Fields, kind: Kind, value: Literal): void {
  const dataType = DATA_TYPE[kind];
  if (value === null || (typeof value === 'number' && Number.isNaN(value))) {
    if (fields.version === '4.4') xml.leaf('Constant', { dataType, missing: true });
    else writeMissing(xml, dataType);
  } else xml.leaf('Constant', { dataType }, literalText(kind, value));
}

/** A missing value before 4.4: "If the ELSE part is absent then a missing value is returned." */
function writeMissing(xml: XmlBuilder, dataType: string): void {
  xml.start('Apply', { function: 'if' }).leaf('Constant', { dataType: 'boolean' }, 'false');
  xml.leaf('Constant', { dataType }, dataType === 'string' ? '' : dataType === 'boolean' ? 'false' : '0').end();
}

/** Functions that are not defined everywhere: what they give then is NaN, which is missing. */
const PARTIAL = new Set(['sqrt', 'ln', 'log10', 'ln1p', 'asin', 'acos', 'pow']);

function apply(xml: XmlBuilder, name: string, ...args: readonly (() => void)[]): void {
  applyTreated(xml, name, PARTIAL.has(name), args);
}

function applyTreated(xml: XmlBuilder, name: string, isPartial: boolean, args: readonly (() => void)[]): void {
  xml.start('Apply', { function: name, invalidValueTreatment: isPartial ? 'asMissing' : undefined });
  for (const arg of args) arg();
  xml.end();
}

function isDivisor(fields: Fields, ref: Ref): boolean {
  const node = fields.node(ref);
  return node.op === 'const' && node.values[0] !== 0;
}

const UNBOUNDED: ReadonlySet<Primitive> = new Set(['div', 'log', 'log10', 'log1p', 'pow', 'exp', 'expm1']);

/** Whether finite numbers may give infinity here: 0 · ∞ and ∞ − ∞ are not defined either. */
function isInfinite(fields: Fields, ref: Ref): boolean {
  const node = fields.node(ref);
  if (node.op === 'const') return [Infinity, -Infinity].includes(node.values[0] as number);
  if (node.op !== 'primitive') return false;
  if (node.fn === 'div' && isDivisor(fields, node.inputs[1]!)) return isInfinite(fields, node.inputs[0]!);
  if (UNBOUNDED.has(node.fn)) return true;
  const passes =
    node.fn === 'neg' || node.fn === 'add' || node.fn === 'sub' || node.fn === 'mul' || node.fn === 'select';
  return passes && node.inputs.some((input) => isInfinite(fields, input));
}

function writeCast(xml: XmlBuilder, fields: Fields, input: Ref, kind: Kind): void {
  const from = fields.builder.kindOf(input);
  const value = () => writeExpression(xml, fields, input);
  if (from === 'bool') {
    const one = () => writeConstant(xml, fields, kind, 1);
    const zero = () => writeConstant(xml, fields, kind, 0);
    guarded(xml, fields, [input], () => apply(xml, 'if', value, one, zero));
  } else if (isFloat(from) && !isFloat(kind)) {
    const zero = () => writeConstant(xml, fields, from, 0);
    // A cast to an integer truncates towards zero.
    guarded(xml, fields, [input], () =>
      apply(
        xml,
        'if',
        () => apply(xml, 'lessThan', value, zero),
        () => apply(xml, 'ceil', value),
        () => apply(xml, 'floor', value),
      ),
    );
  } else value();
}

/** `body` where no input is missing; missing otherwise. */
function guarded(xml: XmlBuilder, fields: Fields, inputs: readonly Ref[], body: () => void): void {
  const missing = inputs.filter((ref) => fields.builder.typeOf(ref).missing);
  if (missing.length === 0) {
    body();
    return;
  }
  const tests = missing.map((ref) => () => apply(xml, 'isNotMissing', () => writeExpression(xml, fields, ref)));
  apply(xml, 'if', () => (tests.length === 1 ? tests[0]!() : apply(xml, 'and', ...tests)), body);
}

function writeLookup(xml: XmlBuilder, fields: Fields, node: LookupNode): void {
  const field = fields.nameOf(node.input);
  const from = fields.builder.kindOf(node.input);
  const { kind } = node.type;
  const text = (value: Literal) => (value === null ? undefined : literalText(kind, value));
  if (node.keys.length === 1 && node.values[0] === 1 && node.otherwise === 0) {
    xml.leaf('NormDiscrete', { field, value: literalText(from, node.keys[0]!), mapMissingTo: text(node.whenMissing) });
    return;
  }
  // A row without an output would give the default value.
  const nothing = node.otherwise === null ? [] : node.keys.filter((_, index) => node.values[index] === null);
  if (nothing.length === 0) {
    writeMapValues(xml, fields, node, field);
    return;
  }
  const reference = () => xml.leaf('FieldRef', { field });
  const members = nothing.map((key) => () => writeConstant(xml, fields, from, key));
  const known = () =>
    apply(
      xml,
      'if',
      () => apply(xml, 'isIn', reference, ...members),
      () => writeConstant(xml, fields, kind, null),
      () => writeMapValues(xml, fields, node, field),
    );
  if (!fields.builder.typeOf(node.input).missing) known();
  else {
    const otherwise = () => writeConstant(xml, fields, kind, node.whenMissing);
    apply(xml, 'if', () => apply(xml, 'isNotMissing', reference), known, otherwise);
  }
}

function writeMapValues(xml: XmlBuilder, fields: Fields, node: LookupNode, field: string): void {
  const from = fields.builder.kindOf(node.input);
  const { kind } = node.type;
  const text = (value: Literal) => (value === null ? undefined : literalText(kind, value));
  xml.start('MapValues', {
    outputColumn: 'output',
    dataType: DATA_TYPE[kind],
    defaultValue: text(node.otherwise),
    mapMissingTo: text(node.whenMissing),
  });
  xml.leaf('FieldColumnPair', { field, column: 'input' });
  xml.start('InlineTable');
  node.keys.forEach((key, index) => {
    const value = node.values[index]!;
    if (value === null) return;
    xml.start('row').leaf('input', {}, literalText(from, key)).leaf('output', {}, literalText(kind, value)).end();
  });
  xml.end().end();
}

function writePrimitive(xml: XmlBuilder, fields: Fields, fn: Primitive, inputs: readonly Ref[], kind: Kind): void {
  const [a, b, c] = inputs.map((ref) => () => writeExpression(xml, fields, ref)) as [
    () => void,
    () => void,
    () => void,
  ];
  const number = (value: number) => () => writeConstant(xml, fields, kind, value);
  const misses = (index: number) => fields.builder.typeOf(inputs[index]!).missing;
  const isPresent = (x: () => void) => () => apply(xml, 'isNotMissing', x);
  const nothing = () => writeConstant(xml, fields, kind, null);
  switch (fn) {
    case 'neg':
      apply(xml, '*', number(-1), a);
      return;
    case 'logistic':
      guarded(xml, fields, inputs, () =>
        apply(xml, '/', number(1), () =>
          apply(xml, '+', number(1), () => apply(xml, 'exp', () => apply(xml, '*', number(-1), a))),
        ),
      );
      return;
    case 'sign':
      guarded(xml, fields, inputs, () =>
        apply(
          xml,
          'if',
          () => apply(xml, 'lessThan', a, number(0)),
          number(-1),
          () => apply(xml, 'if', () => apply(xml, 'greaterThan', a, number(0)), number(1), a),
        ),
      );
      return;
    case 'select': {
      const choice = () => apply(xml, 'if', a, b, c);
      if (misses(0)) apply(xml, 'if', isPresent(a), choice);
      else choice();
      return;
    }
    case 'coalesce':
      apply(xml, 'if', isPresent(a), a, b);
      return;
    case 'min':
    case 'max':
      guarded(xml, fields, inputs, () => apply(xml, fn, a, b));
      return;
    case 'and':
    case 'or': {
      if (!misses(0) && !misses(1)) {
        apply(xml, fn, a, b);
        return;
      }
      // Three-valued: what decides alone decides even beside a missing value.
      const decided = () => writeConstant(xml, fields, 'bool', fn === 'or');
      const known = (x: () => void, rest: () => void) => () =>
        fn === 'and' ? apply(xml, 'if', x, rest, decided) : apply(xml, 'if', x, decided, rest);
      const second = () => apply(xml, 'if', isPresent(b), known(b, nothing), nothing);
      apply(xml, 'if', isPresent(a), known(a, b), second);
      return;
    }
    case 'eq':
    case 'ne':
    case 'lt':
    case 'le':
    case 'gt':
    case 'ge':
      guarded(xml, fields, inputs, () => apply(xml, FUNCTION[fn]!, a, b));
      return;
    case 'add':
    case 'sub':
    case 'mul':
    case 'div': {
      const isPartial =
        (fn === 'div' && !isDivisor(fields, inputs[1]!)) || inputs.some((ref) => isInfinite(fields, ref));
      applyTreated(xml, FUNCTION[fn]!, isPartial, [a, b]);
      return;
    }
    case 'is-missing':
      apply(xml, FUNCTION[fn]!, ...inputs.map((ref) => () => writeExpression(xml, fields, ref)));
      return;
    default:
      // Arithmetic with a missing value is missing; engines do not agree that functions accept one.
      guarded(xml, fields, inputs, () =>
        apply(xml, FUNCTION[fn]!, ...inputs.map((ref) => () => writeExpression(xml, fields, ref))),
      );
  }
}
