import type { Element } from '../../../wire/xml/document.js';
import { invalidDocument } from '../../errors.js';
import { enumAttribute, numberAttribute, optionalNumber, required, requiredChild } from '../attributes.js';
import type { Expression } from '../expressions.js';
import type { Scope } from '../model.js';
import { orderOf } from '../predicates.js';
import { compareValues, equalValues, isCollection, lenientLiteral, numberOf, type Scalar } from '../values.js';
import { replacement } from './simple.js';

export type Norm = (value: number) => number | undefined;

/** The piecewise linear function of LinearNorm elements, with its treatment of values outside. */
export function compileLinearNorms(element: Element): Norm {
  const points = element
    .children('LinearNorm')
    .map((norm) => [numberAttribute(norm, 'orig'), numberAttribute(norm, 'norm')] as const);
  if (points.length < 2) throw invalidDocument('NormContinuous needs two LinearNorm elements at least', element);
  points.forEach(([orig], i) => {
    if (i > 0 && orig < points[i - 1]![0]) throw invalidDocument('LinearNorm elements must ascend in orig', element);
  });
  const outliers = enumAttribute(element, 'outliers', ['asIs', 'asMissingValues', 'asExtremeValues'], 'asIs');
  const first = points[0]!;
  const last = points[points.length - 1]!;
  return (value) => {
    if (value < first[0] || value > last[0]) {
      if (outliers === 'asMissingValues') return undefined;
      if (outliers === 'asExtremeValues') return value < first[0] ? first[1] : last[1];
    }
    let i = 1;
    while (i < points.length - 1 && value > points[i]![0]) i++;
    const [x0, y0] = points[i - 1]!;
    const [x1, y1] = points[i]!;
    if (x0 === x1) return value <= x0 ? y0 : y1;
    return y0 + ((value - x0) / (x1 - x0)) * (y1 - y0);
  };
}

export function compileNormContinuous(element: Element, scope: Scope): Expression {
  const field = scope.field(required(element, 'field'), element);
  const missing = optionalNumber(element, 'mapMissingTo');
  const norm = compileLinearNorms(element);
  return {
    dataType: 'double',
    optype: 'continuous',
    evaluate: (frame) => {
      const value = numberOf(field.value(frame));
      return value === undefined ? missing : norm(value);
    },
  };
}

export function compileNormDiscrete(element: Element, scope: Scope): Expression {
  const field = scope.field(required(element, 'field'), element);
  const missing = optionalNumber(element, 'mapMissingTo');
  const literal = lenientLiteral(required(element, 'value'), field.dataType);
  const method = enumAttribute(element, 'method', ['indicator', 'thermometer'], 'indicator');
  const order = orderOf(field.optype, field.categories) ?? compareValues;
  const test: (value: Scalar) => boolean =
    method === 'indicator' ? (value) => equalValues(value, literal) : (value) => order(value, literal) >= 0;
  return {
    dataType: 'double',
    optype: 'continuous',
    evaluate: (frame) => {
      const value = field.value(frame);
      if (value === undefined || isCollection(value)) return missing;
      return test(value) ? 1 : 0;
    },
  };
}

/** Whether a number lies in an Interval element. */
export function compileInterval(element: Element): (value: number) => boolean {
  const closure = enumAttribute(element, 'closure', ['openClosed', 'openOpen', 'closedOpen', 'closedClosed']);
  const low = optionalNumber(element, 'leftMargin') ?? Number.NEGATIVE_INFINITY;
  const high = optionalNumber(element, 'rightMargin') ?? Number.POSITIVE_INFINITY;
  const leftOpen = closure.startsWith('open') && low !== Number.NEGATIVE_INFINITY;
  const rightOpen = closure.endsWith('Open') && high !== Number.POSITIVE_INFINITY;
  return (value) => (leftOpen ? value > low : value >= low) && (rightOpen ? value < high : value <= high);
}

export function compileDiscretize(element: Element, scope: Scope): Expression {
  const field = scope.field(required(element, 'field'), element);
  const dataType = element.attribute('dataType');
  const missing = replacement(element, 'mapMissingTo', dataType ?? 'string');
  const fallback = replacement(element, 'defaultValue', dataType ?? 'string');
  const bins = element.children('DiscretizeBin').map((bin) => {
    const text = required(bin, 'binValue');
    return {
      contains: compileInterval(requiredChild(bin, 'Interval')),
      value: lenientLiteral(text, dataType ?? 'string'),
    };
  });
  return {
    dataType: dataType ?? 'string',
    optype: 'categorical',
    evaluate: (frame) => {
      const raw = field.value(frame);
      if (raw === undefined) return missing;
      const value = numberOf(raw);
      if (value === undefined) return fallback;
      for (const bin of bins) if (bin.contains(value)) return bin.value;
      return fallback;
    },
  };
}
