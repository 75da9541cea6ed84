import { type FailureDetails, type Place, quote, SamescoreError } from '../core/errors.js';

/** The bytes are protobuf but not an ONNX model. */
export function notAModel(sentence: string, place: Place = {}): SamescoreError {
  return new SamescoreError('onnx/not-a-model', 'invalid', sentence, {
    place,
    hint: 'check that the file was written by an ONNX exporter',
  });
}

/** External tensor data that cannot or must not be fetched. */
export function externalData(sentence: string, place: Place, hint?: string): SamescoreError {
  return new SamescoreError('onnx/external-data', 'invalid', sentence, {
    place,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** A tensor whose bytes, type and shape do not fit together. */
export function badTensor(sentence: string, place: Place = {}, details: FailureDetails = {}): SamescoreError {
  return new SamescoreError('onnx/bad-tensor', 'invalid', sentence, { place, ...details });
}

/** A graph that cannot be run at all: cycles, undefined or duplicate names, missing fields. */
export function badGraph(sentence: string, place: Place = {}, hint?: string): SamescoreError {
  return new SamescoreError('onnx/bad-graph', 'invalid', sentence, { place, ...(hint === undefined ? {} : { hint }) });
}

export function badAttribute(attribute: string, sentence: string, details: FailureDetails = {}): SamescoreError {
  return new SamescoreError('onnx/bad-attribute', 'invalid', sentence, { ...details, place: { attribute } });
}

/** An operator was given values that its specification does not allow. */
export function badInput(sentence: string, details: FailureDetails = {}): SamescoreError {
  return new SamescoreError('onnx/bad-input', 'invalid', sentence, details);
}

/** Sizes or ranks that an operator does not take, seen before anything is run. */
export function wrongShape(sentence: string, details: FailureDetails = {}): SamescoreError {
  return new SamescoreError('onnx/wrong-shape', 'invalid', sentence, details);
}

/** Types that an operator does not take or that do not agree, seen before anything is run. */
export function wrongType(sentence: string, details: FailureDetails = {}): SamescoreError {
  return new SamescoreError('onnx/wrong-type', 'invalid', sentence, details);
}

export function unknownOperator(name: string, domain: string, place: Place = {}): SamescoreError {
  return new SamescoreError(
    'onnx/unknown-operator',
    'unsupported',
    `no operator ${quote(name)} in domain ${quote(domain === '' ? 'ai.onnx' : domain)}`,
    { place, hint: 'samescore ops --format onnx lists the operators that it evaluates' },
  );
}

/** An operator set that is newer than the schemas: what its operators mean is not known. */
export function newerOpset(domain: string, version: number, newest: number, place: Place = {}): SamescoreError {
  return new SamescoreError(
    'onnx/newer-opset',
    'unsupported',
    `operator set ${version} of the domain ${quote(domain === '' ? 'ai.onnx' : domain)} is not known`,
    {
      place,
      expected: `${newest} or less`,
      got: String(version),
      hint: 'export the model for an older operator set, or update samescore',
    },
  );
}

/** The gradient of a graph goes through an operator whose derivative is not known. */
export function noDerivative(op: string, place: Place = {}): SamescoreError {
  return new SamescoreError('onnx/no-derivative', 'unsupported', `the derivative of ${quote(op)} is not known`, {
    place,
    hint: 'write the operator in others, or leave it out of what a Gradient node differentiates',
  });
}

export function unsupported(sentence: string, details: FailureDetails = {}): SamescoreError {
  return new SamescoreError('onnx/unsupported', 'unsupported', sentence, details);
}

export function limitExceeded(what: string, limit: number, place: Place = {}): SamescoreError {
  return new SamescoreError('onnx/limit', 'unsupported', `${what} exceeds the limit of ${limit}`, {
    place,
    hint: 'raise the limit if the model is trusted',
  });
}
