import { type Place, quote, SamescoreError } from '../core/errors.js';
import type { Element } from '../wire/xml/document.js';
import { cutName, placeOf } from './place.js';

const at = (element: Element | undefined, more: Place = {}): Place => ({
  ...(element === undefined ? {} : placeOf(element)),
  ...more,
});

/** The document is wrong where the sentence says; nothing was scored. */
export function invalidDocument(sentence: string, element?: Element, hint?: string): SamescoreError {
  return new SamescoreError('pmml/invalid', 'invalid', sentence, {
    place: at(element),
    ...(hint === undefined ? {} : { hint }),
  });
}

export function notPmml(element: Element | undefined, got: string): SamescoreError {
  return new SamescoreError('pmml/not-pmml', 'invalid', 'the document is not PMML', {
    place: at(element),
    expected: 'a root element PMML',
    got,
  });
}

export function unsupportedVersion(element: Element, got: string): SamescoreError {
  return new SamescoreError('pmml/version', 'unsupported', 'this version of PMML is not supported', {
    place: at(element),
    expected: '3.0 to 4.4.1',
    got,
  });
}

export function badGzip(cause: unknown): SamescoreError {
  return new SamescoreError('pmml/gzip', 'invalid', 'the gzip-compressed document is damaged', { cause });
}

export function noModel(element: Element): SamescoreError {
  return new SamescoreError('pmml/no-model', 'invalid', 'the document has no model that is scorable', {
    place: at(element),
  });
}

export function missingElement(parent: Element, name: string): SamescoreError {
  return new SamescoreError('pmml/missing-element', 'invalid', `${parent.name} lacks its ${name}`, {
    place: at(parent),
    expected: name,
  });
}

export function unknownElement(element: Element, where: string): SamescoreError {
  return new SamescoreError('pmml/unknown-element', 'invalid', `${element.name} is not known as ${where}`, {
    place: at(element),
  });
}

const didYouMean = (meant: string | undefined): { hint?: string } =>
  meant === undefined ? {} : { hint: `did you mean ${meant}?` };

/** An element that no version of PMML has, where it may change the score. */
export function unknownMarkup(element: Element, meant?: string): SamescoreError {
  return new SamescoreError('pmml/unknown-element', 'invalid', `there is no element ${cutName(element.name)} in PMML`, {
    place: at(element),
    ...didYouMean(meant),
  });
}

/** An attribute that the element does not have, and that looks like one that it has. */
export function misspeltAttribute(element: Element, attribute: string, meant: string): SamescoreError {
  return new SamescoreError('pmml/unknown-attribute', 'invalid', `${element.name} has no attribute ${attribute}`, {
    place: at(element, { attribute }),
    ...didYouMean(meant),
  });
}

/** A value that is not among those that an attribute may have: PMML knows it, a vendor does, or nobody. */
export function badEnumeration(
  element: Element,
  attribute: string,
  values: readonly string[],
  standing: 'known' | 'vendor' | 'unknown',
  meant?: string,
): SamescoreError {
  const value = quote(element.attribute(attribute) ?? '');
  if (standing !== 'unknown') {
    const sentence = `${standing === 'vendor' ? "the vendor's own value " : ''}${attribute}=${value} is not supported`;
    return unsupported(element, sentence, attribute);
  }
  return new SamescoreError('pmml/attribute', 'invalid', `the attribute ${attribute} has a wrong value`, {
    place: at(element, { attribute }),
    expected: `one of ${values.join(', ')}`,
    got: value,
    ...didYouMean(meant),
  });
}

/** Markup that was made, not read, and that the version of PMML does not have. Nothing was written. */
export function unwritableMarkup(place: Place, sentence: string): SamescoreError {
  return new SamescoreError('pmml/unwritable', 'unsupported', sentence, { place });
}

/** Markup that samescore knows and does not evaluate. */
export function unsupported(element: Element, sentence: string, attribute?: string): SamescoreError {
  return new SamescoreError('pmml/unsupported', 'unsupported', sentence, {
    place: at(element, attribute === undefined ? {} : { attribute }),
  });
}

export function missingAttribute(element: Element, attribute: string): SamescoreError {
  return new SamescoreError('pmml/missing-attribute', 'invalid', `${element.name} lacks its attribute ${attribute}`, {
    place: at(element, { attribute }),
  });
}

export function badAttribute(element: Element, attribute: string, expected: string): SamescoreError {
  const value = element.attribute(attribute);
  return new SamescoreError('pmml/attribute', 'invalid', `the attribute ${attribute} has a wrong value`, {
    place: at(element, { attribute }),
    expected,
    got: value === undefined ? 'nothing' : quote(value),
  });
}

/** A value in the document that its data type does not allow. */
export function badValue(text: string, expected: string, element?: Element): SamescoreError {
  return new SamescoreError('pmml/value', 'invalid', 'a value does not fit its data type', {
    place: at(element),
    expected,
    got: quote(text),
  });
}

export function unknownField(
  name: string,
  element: Element | undefined,
  known: readonly string[] = [],
): SamescoreError {
  return new SamescoreError('pmml/unknown-field', 'invalid', `there is no field ${quote(name)} here`, {
    place: at(element, { field: name }),
    ...(known.length === 0 ? {} : { hint: `known here: ${known.slice(0, 12).join(', ')}` }),
  });
}

export function unknownFunction(name: string, element: Element): SamescoreError {
  return new SamescoreError('pmml/unknown-function', 'invalid', `there is no function ${quote(name)}`, {
    place: at(element),
  });
}

export function cyclicDefinition(what: string, name: string, element: Element | undefined): SamescoreError {
  return new SamescoreError('pmml/cycle', 'invalid', `the ${what} ${quote(name)} is defined by itself`, {
    place: at(element, what === 'field' ? { field: name } : {}),
  });
}

export function duplicateName(what: string, name: string, element: Element): SamescoreError {
  return new SamescoreError('pmml/duplicate', 'invalid', `the ${what} ${quote(name)} is defined twice`, {
    place: at(element),
  });
}

/** The record fails: an input value is invalid and its treatment is returnInvalid. */
export function invalidInput(name: string, value: string, expected: string, hint?: string): SamescoreError {
  return new SamescoreError('pmml/invalid-value', 'invalid', 'the value of an input field is invalid', {
    place: { field: name },
    expected,
    got: quote(value),
    ...(hint === undefined ? {} : { hint }),
  });
}

/** The record fails: an input value is missing and its treatment is returnInvalid. */
export function missingInput(name: string): SamescoreError {
  return new SamescoreError('pmml/missing-value', 'invalid', 'an input field that must have a value is missing', {
    place: { field: name },
  });
}

/** The record fails inside an expression or a model: wrong argument types, a value a function cannot take. */
export function evaluationError(sentence: string, element?: Element, field?: string): SamescoreError {
  return new SamescoreError('pmml/evaluation', 'invalid', sentence, {
    place: at(element, field === undefined ? {} : { field }),
  });
}

/** A function got an argument that it cannot take; Apply's invalidValueTreatment decides what becomes of it. */
export function invalidArgument(sentence: string, element?: Element): SamescoreError {
  return new SamescoreError('pmml/invalid-argument', 'invalid', sentence, { place: at(element) });
}

export function noForecast(): SamescoreError {
  return new SamescoreError('pmml/no-forecast', 'usage', 'only a TimeSeriesModel can forecast');
}
