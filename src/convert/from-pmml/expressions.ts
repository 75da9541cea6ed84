import { isNumber, type Ref } from '../../ir/types.js';
import type { Element } from '../../wire/xml/document.js';
import { declined } from '../declined.js';
import { liftApply } from './functions.js';
import type { Scope } from './scope.js';
import {
  castTo,
  certain,
  choose,
  constantOf,
  equalsLiteral,
  type FieldValue,
  kindOfDataType,
  literalOf,
  numberOf,
} from './values.js';

type Lifter = (element: Element, scope: Scope, dataType: string | undefined) => FieldValue;

const LIFTERS: Record<string, Lifter> = {
  Constant: liftConstant,
  FieldRef: liftFieldRef,
  NormContinuous: liftNormContinuous,
  NormDiscrete: liftNormDiscrete,
  Discretize: liftDiscretize,
  MapValues: liftMapValues,
  Apply: (element, scope) => liftApply(element, scope),
};

/** The expression inside a DerivedField, DefineFunction, OutputField or Apply: its first child that is one. */
export function expressionIn(parent: Element): Element | undefined {
  return parent.children().find((child) => isExpression(child));
}

function isExpression(element: Element): boolean {
  return Object.hasOwn(LIFTERS, element.name) || ['TextIndex', 'Aggregate', 'Lag'].includes(element.name);
}

export function expressionsIn(parent: Element): Element[] {
  return parent.children().filter((child) => isExpression(child));
}

/** `dataType` is the type that the surroundings want; only results without a type of their own use it. */
export function liftExpression(element: Element, scope: Scope, dataType?: string): FieldValue {
  const lifter = Object.hasOwn(LIFTERS, element.name) ? LIFTERS[element.name] : undefined;
  if (lifter === undefined) {
    throw declined('expression', `the expression ${element.name} cannot be moved to another format`, element.place);
  }
  return lifter(element, scope, dataType);
}

/** A derived field: its expression, converted to its dataType. */
export function liftDerivedField(element: Element, scope: Scope): FieldValue {
  const { builder } = scope.lift;
  const name = element.attribute('name') ?? '';
  return builder.at({ ...element.place, field: name }, () => {
    const expression = expressionIn(element);
    if (expression === undefined) throw declined('expression', `the field "${name}" has no expression`, element.place);
    const dataType = element.attribute('dataType');
    const value = liftExpression(expression, scope, dataType);
    const ref = dataType === undefined ? value.ref : castTo(builder, value, kindOfDataType(dataType, element), element);
    const listed = element.children('Value').map((child) => child.attribute('value') ?? '');
    const values = listed.length > 0 ? listed : value.values;
    return {
      ref,
      optype: (element.attribute('optype') ?? value.optype) as FieldValue['optype'],
      ...(values === undefined ? {} : { values }),
      ...(value.closed === undefined ? {} : { closed: value.closed }),
    };
  });
}

function liftConstant(element: Element, scope: Scope, dataType: string | undefined): FieldValue {
  const { builder } = scope.lift;
  const own = element.attribute('dataType');
  if (element.attribute('missing') === 'true') {
    const kind = kindOfDataType(own ?? dataType ?? 'double', element);
    return { ref: builder.const(kind, null), optype: isNumber(kind) ? 'continuous' : 'categorical' };
  }
  return constantOf(builder, element.text(), own, element);
}

function liftFieldRef(element: Element, scope: Scope): FieldValue {
  const value = scope.field(element.attribute('field') ?? '', element);
  return { ...value, ref: mapMissing(element, scope, value.ref, value.ref) };
}

/** `mapMissingTo`, where `input` is missing; else the result. */
function mapMissing(element: Element, scope: Scope, input: Ref, result: Ref): Ref {
  const { builder } = scope.lift;
  const text = element.attribute('mapMissingTo');
  if (text === undefined || !builder.typeOf(input).missing) return result;
  const kind = builder.kindOf(result);
  const constant = builder.const(kind, literalOf(text, kind, element));
  if (input === result) return builder.apply('coalesce', result, constant);
  return builder.apply('select', builder.apply('is-missing', input), constant, result);
}

function liftNormContinuous(element: Element, scope: Scope): FieldValue {
  const { builder } = scope.lift;
  const field = scope.field(element.attribute('field') ?? '', element);
  const kind = builder.kindOf(field.ref) === 'float32' ? 'float32' : 'float64';
  const x = castTo(builder, field, kind, element);
  const number = (value: number) => builder.const(kind, kind === 'float32' ? Math.fround(value) : value);
  const points = element.children('LinearNorm').map((norm) => ({
    orig: numberOf(norm.attribute('orig') ?? '') ?? Number.NaN,
    norm: numberOf(norm.attribute('norm') ?? '') ?? Number.NaN,
  }));
  if (points.length < 2) throw declined('expression', 'NormContinuous needs two LinearNorm elements', element.place);
  const line = (a: (typeof points)[number], b: (typeof points)[number]) => {
    const share = builder.apply('div', builder.apply('sub', x, number(a.orig)), number(b.orig - a.orig));
    const rise = builder.apply('mul', share, number(b.norm - a.norm));
    return builder.apply('add', number(a.norm), rise);
  };
  let result = line(points[points.length - 2]!, points[points.length - 1]!);
  for (let i = points.length - 3; i >= 0; i--) {
    const below = builder.apply('le', x, number(points[i + 1]!.orig));
    result = choose(builder, below, line(points[i]!, points[i + 1]!), result);
  }
  const outliers = element.attribute('outliers') ?? 'asIs';
  if (outliers !== 'asIs') {
    const [first, last] = [points[0]!, points[points.length - 1]!];
    const missing = builder.const(kind, null);
    const instead = (norm: number) => (outliers === 'asMissingValues' ? missing : number(norm));
    const low = builder.apply('lt', x, number(first.orig));
    const high = builder.apply('gt', x, number(last.orig));
    result = choose(builder, low, instead(first.norm), choose(builder, high, instead(last.norm), result));
    if (builder.typeOf(x).missing) result = builder.apply('select', builder.apply('is-missing', x), missing, result);
  }
  return { ref: mapMissing(element, scope, x, result), optype: 'continuous' };
}

function liftNormDiscrete(element: Element, scope: Scope): FieldValue {
  const { builder } = scope.lift;
  const field = scope.field(element.attribute('field') ?? '', element);
  const text = element.attribute('value') ?? '';
  const kind = builder.kindOf(field.ref);
  const instead = element.attribute('mapMissingTo');
  if (kind === 'float32' || kind === 'float64') {
    const one = builder.cast(equalsLiteral(builder, field, text, element), 'float64');
    return { ref: mapMissing(element, scope, field.ref, one), optype: 'continuous' };
  }
  const key = literalOf(text, kind, element) as string | number | boolean;
  const whenMissing = instead === undefined ? null : (numberOf(instead) ?? null);
  return { ref: builder.lookup(field.ref, 'float64', [key], [1], 0, whenMissing), optype: 'continuous' };
}

function liftDiscretize(element: Element, scope: Scope, outer: string | undefined): FieldValue {
  const { builder } = scope.lift;
  const field = scope.field(element.attribute('field') ?? '', element);
  const x = builder.kindOf(field.ref) === 'float32' ? field.ref : castTo(builder, field, 'float64', element);
  const xKind = builder.kindOf(x);
  const kind = kindOfDataType(element.attribute('dataType') ?? outer ?? 'string', element);
  const value = (text: string | undefined) =>
    builder.const(kind, text === undefined ? null : literalOf(text, kind, element));
  let result = value(element.attribute('defaultValue'));
  for (const bin of element.children('DiscretizeBin').reverse()) {
    const interval = bin.child('Interval');
    const tests: Ref[] = [];
    const closure = interval?.attribute('closure') ?? 'closedClosed';
    for (const [side, strict, loose, open] of [
      ['leftMargin', 'gt', 'ge', closure.startsWith('open')],
      ['rightMargin', 'lt', 'le', closure.endsWith('Open')],
    ] as const) {
      const margin = numberOf(interval?.attribute(side) ?? '');
      if (margin === undefined) continue;
      const bound = builder.const(xKind, xKind === 'float32' ? Math.fround(margin) : margin);
      tests.push(builder.apply(open ? strict : loose, x, bound));
    }
    const inside =
      tests.length === 0 ? builder.const('bool', true) : tests.reduce((a, b) => builder.apply('and', a, b));
    result = choose(builder, inside, value(bin.attribute('binValue')), result);
  }
  if (builder.typeOf(x).missing) {
    const missing = builder.apply('is-missing', x);
    result = builder.apply('select', missing, value(element.attribute('mapMissingTo')), result);
  }
  return { ref: result, optype: isNumber(kind) ? 'continuous' : 'categorical' };
}

function liftMapValues(element: Element, scope: Scope, outer: string | undefined): FieldValue {
  const { builder } = scope.lift;
  const kind = kindOfDataType(element.attribute('dataType') ?? outer ?? 'string', element);
  const optype = isNumber(kind) ? 'continuous' : 'categorical';
  const literal = (text: string | undefined) => (text === undefined ? null : literalOf(text, kind, element));
  const pairs = element.children('FieldColumnPair').map((pair) => ({
    value: scope.field(pair.attribute('field') ?? '', pair),
    column: localName(pair.attribute('column') ?? ''),
  }));
  const output = localName(element.attribute('outputColumn') ?? '');
  const rows = tableRows(element);
  const [otherwise, whenMissing] = [
    literal(element.attribute('defaultValue')),
    literal(element.attribute('mapMissingTo')),
  ];
  const only = pairs.length === 1 ? pairs[0] : undefined;
  const onlyKind = only === undefined ? undefined : builder.kindOf(only.value.ref);
  if (only !== undefined && onlyKind !== 'float32' && onlyKind !== 'float64') {
    const map = new Map<string | number | boolean, ReturnType<typeof literal>>();
    for (const row of rows) {
      const key = literalOf(row.get(only.column) ?? '', onlyKind!, element) as string;
      if (!map.has(key)) map.set(key, literal(row.get(output)));
    }
    const ref = builder.lookup(only.value.ref, kind, [...map.keys()], [...map.values()], otherwise, whenMissing);
    return { ref, optype };
  }
  let result = builder.const(kind, otherwise);
  for (const row of rows.reverse()) {
    const tests = pairs.map(({ value, column }) => equalsLiteral(builder, value, row.get(column) ?? '', element));
    const hit = tests.reduce((a, b) => builder.apply('and', a, b));
    result = choose(builder, hit, builder.const(kind, literal(row.get(output))), result);
  }
  const missing = pairs
    .filter(({ value }) => builder.typeOf(value.ref).missing)
    .map(({ value }) => builder.apply('is-missing', value.ref));
  if (missing.length > 0) {
    const any = certain(
      builder,
      missing.reduce((a, b) => builder.apply('or', a, b)),
      false,
    );
    result = builder.apply('select', any, builder.const(kind, whenMissing), result);
  }
  return { ref: result, optype };
}

function tableRows(element: Element): Map<string, string>[] {
  const table = element.child('InlineTable');
  if (table === undefined) {
    throw declined('table-locator', 'a table outside the document cannot be moved', element.place);
  }
  return table.children('row').map((row) => new Map(row.children().map((cell) => [cell.name, cell.text()] as const)));
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
