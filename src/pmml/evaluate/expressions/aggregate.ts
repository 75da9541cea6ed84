import type { Element } from '../../../wire/xml/document.js';
import { badAttribute, unsupported } from '../../errors.js';
import { enumAttribute, integerAttribute, required } from '../attributes.js';
import type { Expression } from '../expressions.js';
import { median, sum } from '../functions/statistics.js';
import type { Frame, Scope } from '../model.js';
import { compareValues, isCollection, numberOf, type Scalar, textOf, type Value } from '../values.js';
import { typeOf } from './simple.js';

const numbers = (values: readonly Scalar[]): number[] =>
  values.map((value) => numberOf(value)).filter((value): value is number => value !== undefined);

const least = (values: readonly Scalar[], sign: number): Value =>
  values.length === 0 ? undefined : values.reduce((a, b) => (compareValues(a, b) * sign <= 0 ? a : b));

const AGGREGATES: Readonly<Record<string, (values: readonly Scalar[]) => Value>> = {
  count: (values) => values.length,
  sum: (values) => (values.length === 0 ? undefined : sum(numbers(values))),
  average: (values) => (values.length === 0 ? undefined : sum(numbers(values)) / numbers(values).length),
  min: (values) => least(values, 1),
  max: (values) => least(values, -1),
  multiset: (values) => values,
};

export function compileAggregate(element: Element, scope: Scope): Expression {
  const field = scope.field(required(element, 'field'), element);
  const kind = enumAttribute(element, 'function', ['count', 'sum', 'average', 'min', 'max', 'multiset']);
  const groupName = element.attribute('groupField');
  const group = groupName === undefined ? undefined : scope.field(groupName, element);
  if (element.attribute('sqlWhere') !== undefined) {
    throw unsupported(element, 'a condition in SQL cannot be evaluated', 'sqlWhere');
  }
  const compute = AGGREGATES[kind]!;
  const list = (value: Value): readonly Scalar[] => (value === undefined ? [] : isCollection(value) ? value : [value]);
  return {
    dataType: kind === 'count' ? 'integer' : kind === 'average' ? 'double' : typeOf(field),
    optype: 'continuous',
    evaluate: (frame) => {
      const values = list(field.value(frame));
      const groups = group === undefined ? undefined : group.value(frame);
      if (groups === undefined || !isCollection(groups)) return compute(values);
      const parts = new Map<string, Scalar[]>();
      values.forEach((value, i) => {
        const key = groups[i] === undefined ? '' : textOf(groups[i]);
        const part = parts.get(key);
        if (part === undefined) parts.set(key, [value]);
        else part.push(value);
      });
      return [...parts.values()].flatMap((part) => compute(part) ?? []);
    },
  };
}

const LAG_AGGREGATES: Readonly<Record<string, (values: number[]) => number>> = {
  avg: (values) => sum(values) / values.length,
  max: (values) => values.reduce((a, b) => Math.max(a, b)),
  median,
  min: (values) => values.reduce((a, b) => Math.min(a, b)),
  product: (values) => values.reduce((a, b) => a * b),
  sum,
  stddev: (values) => {
    const mean = sum(values) / values.length;
    return Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / (values.length - 1));
  },
};

export function compileLag(element: Element, scope: Scope): Expression {
  const name = required(element, 'field');
  const field = scope.field(name, element);
  const n = integerAttribute(element, 'n', 1);
  const aggregate = enumAttribute(
    element,
    'aggregate',
    ['none', 'avg', 'max', 'median', 'min', 'product', 'sum', 'stddev'],
    'none',
  );
  const blocks = element.children('BlockIndicator').map((indicator) => {
    const blockName = required(indicator, 'field');
    return { name: blockName, field: scope.field(blockName, indicator) };
  });
  if (n < 1 || n > 1_000_000) throw badAttribute(element, 'n', '1 to 1,000,000');
  scope.remember(name, field, n);
  for (const block of blocks) scope.remember(block.name, block.field, n);
  const past = (frame: Frame, back: number): Value =>
    frame.session.past(
      name,
      back,
      blocks.map((block) => ({ field: block.name, value: block.field.value(frame) })),
    );
  if (aggregate === 'none') {
    return { dataType: typeOf(field), optype: field.optype, evaluate: (frame) => past(frame, n) };
  }
  const compute = LAG_AGGREGATES[aggregate]!;
  return {
    dataType: 'double',
    optype: 'continuous',
    evaluate: (frame) => {
      const values: number[] = [];
      for (let back = 1; back <= n; back++) {
        const value = numberOf(past(frame, back));
        if (value !== undefined) values.push(value);
      }
      return values.length === 0 ? undefined : compute(values);
    },
  };
}
