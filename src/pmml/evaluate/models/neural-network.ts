import type { Element } from '../../../wire/xml/document.js';
import { badAttribute, invalidDocument, missingElement } from '../../errors.js';
import { enumAttribute, numberAttribute, optionalNumber, required, requiredChild } from '../attributes.js';
import type { ModelCompiler, ModelResult, Scope, TargetField, TargetResult } from '../model.js';
import { NO_RESULT } from '../model.js';
import { lenientLiteral, numberOf, textOf } from '../values.js';
import { ACTIVATION_FUNCTIONS, NORMALIZATIONS, type Normalization } from './kernels/activation-functions.js';
import { localDerivedField } from './local-fields.js';
import { compileNeuralOutput, type NeuralOutput } from './neural-output.js';

interface Neuron {
  readonly bias: number;
  /** Positions of the neurons that it reads, in the list of all outputs, and their weights. */
  readonly from: Int32Array;
  readonly weights: Float64Array;
  readonly width: number;
  readonly altitude: number;
}

interface Layer {
  readonly first: number;
  readonly neurons: readonly Neuron[];
  readonly activate: (neuron: Neuron, outputs: Float64Array) => number;
  readonly normalize: Normalization | undefined;
}

/** NeuralNetwork: regression, classification and several targets at once. A missing input gives no result. */
export const compileNeuralNetwork: ModelCompiler = (element, scope) => {
  const positions = new Map<string, number>();
  const inputs = requiredChild(element, 'NeuralInputs')
    .children('NeuralInput')
    .map((input) => {
      register(positions, input);
      return localDerivedField(requiredChild(input, 'DerivedField'), scope, required(input, 'id'));
    });
  const round = scope.math === 'float' ? Math.fround : (value: number) => value;
  const layers = element.children('NeuralLayer').map((layer) => compileLayer(layer, element, positions, round));
  const outputs = requiredChild(element, 'NeuralOutputs')
    .children('NeuralOutput')
    .map((output) => compileNeuralOutput(output, positions, scope, round));
  if (outputs.length === 0) throw missingElement(element, 'NeuralOutput');
  return (frame) => {
    const values = new Float64Array(positions.size);
    for (const [i, input] of inputs.entries()) {
      const value = numberOf(input.value(frame));
      if (value === undefined) return NO_RESULT;
      values[i] = round(value);
    }
    for (const layer of layers) run(layer, values, round);
    return resultOf(outputs, values, scope, positions);
  };
};

function register(positions: Map<string, number>, element: Element): void {
  const id = required(element, 'id');
  if (positions.has(id)) throw invalidDocument(`the neuron ${id} is defined twice`, element);
  positions.set(id, positions.size);
}

function run(layer: Layer, values: Float64Array, round: (value: number) => number): void {
  const { first, neurons, activate, normalize } = layer;
  for (let i = 0; i < neurons.length; i++) values[first + i] = activate(neurons[i]!, values);
  if (normalize === undefined) return;
  const normalized = normalize([...values.subarray(first, first + neurons.length)], round);
  for (const [i, value] of normalized.entries()) values[first + i] = value;
}

const METHODS = ['none', 'simplemax', 'softmax'] as const;
const FUNCTIONS = [...Object.keys(ACTIVATION_FUNCTIONS), 'threshold', 'radialBasis'];

function compileLayer(
  layer: Element,
  network: Element,
  positions: Map<string, number>,
  round: (value: number) => number,
): Layer {
  const name =
    layer.attribute('activationFunction') === undefined
      ? enumAttribute(network, 'activationFunction', FUNCTIONS)
      : enumAttribute(layer, 'activationFunction', FUNCTIONS);
  const method = enumAttribute(
    layer,
    'normalizationMethod',
    METHODS,
    enumAttribute(network, 'normalizationMethod', METHODS, 'none'),
  );
  const threshold = numberAttribute(layer, 'threshold', numberAttribute(network, 'threshold', 0));
  const width = optionalNumber(layer, 'width') ?? optionalNumber(network, 'width');
  const altitude = numberAttribute(layer, 'altitude', numberAttribute(network, 'altitude', 1));
  const first = positions.size;
  const neurons = layer.children('Neuron').map((neuron) => {
    const connections = neuron.children('Con');
    const own = optionalNumber(neuron, 'width') ?? width;
    if (name === 'radialBasis' && own === undefined) throw badAttribute(neuron, 'width', 'a number');
    return {
      bias: round(numberAttribute(neuron, 'bias', 0)),
      from: Int32Array.from(connections, (connection) => {
        const position = positions.get(required(connection, 'from'));
        if (position === undefined)
          throw invalidDocument(`there is no neuron ${connection.attribute('from')} before this layer`, connection);
        return position;
      }),
      weights: Float64Array.from(connections, (connection) => round(numberAttribute(connection, 'weight'))),
      width: own ?? 0,
      altitude: numberAttribute(neuron, 'altitude', altitude),
    };
  });
  for (const neuron of layer.children('Neuron')) register(positions, neuron);
  return {
    first,
    neurons,
    activate: activation(name, threshold, round),
    normalize: method === 'none' ? undefined : NORMALIZATIONS[method],
  };
}

function activation(name: string, threshold: number, round: (value: number) => number): Layer['activate'] {
  if (name === 'radialBasis') return (neuron, values) => round(radialBasis(neuron, values));
  const apply = activationOf(name, threshold, round);
  return ({ bias, from, weights }, values) => {
    let z = 0;
    for (let i = 0; i < from.length; i++) z = round(z + round(values[from[i]!]! * weights[i]!));
    return round(apply(round(z + bias)));
  };
}

function activationOf(name: string, threshold: number, round: (value: number) => number): (z: number) => number {
  if (name === 'threshold') return (z) => (z > threshold ? 1 : 0);
  if (name === 'logistic') return (z) => round(1 / round(1 + round(Math.exp(-z))));
  return ACTIVATION_FUNCTIONS[name]!;
}

/** exp(f·log(altitude) − Z) with Z = Σ (output − weight)² / (2·width²), f the number of connections. */
function radialBasis({ from, weights, width, altitude }: Neuron, values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < from.length; i++) {
    const distance = values[from[i]!]! - weights[i]!;
    sum += distance * distance;
  }
  return Math.exp(from.length * Math.log(altitude) - sum / (2 * width * width));
}

function resultOf(
  outputs: readonly NeuralOutput[],
  values: Float64Array,
  scope: Scope,
  positions: ReadonlyMap<string, number>,
): ModelResult {
  const grouped = new Map<string, NeuralOutput[]>();
  for (const output of outputs) {
    const group = grouped.get(output.field);
    if (group === undefined) grouped.set(output.field, [output]);
    else group.push(output);
  }
  const results = new Map<string, ModelResult>();
  for (const [field, group] of grouped) results.set(field, targetResult(group, values, scope));
  const main = scope.targetNames[0];
  const first = (main === undefined ? undefined : results.get(main)) ?? results.values().next().value ?? NO_RESULT;
  const targets: ReadonlyMap<string, TargetResult> = results;
  return {
    ...first,
    ...(results.size > 1 ? { targets } : {}),
    explain: () => ({
      outputs: Object.fromEntries(outputs.map((o) => [o.neuron, values[o.position]])),
      neurons: Object.fromEntries([...positions].map(([id, position]) => [id, values[position]])),
    }),
  };
}

/** One neuron for one of two categories: the other one has what is left of 1. */
function onlyCategory(output: NeuralOutput, values: Float64Array, target: TargetField): ModelResult {
  const own = lenientLiteral(output.category!, target.dataType);
  const probability = values[output.position]!;
  const other = target.categories.find((category) => textOf(category) !== textOf(own));
  return {
    value: probability >= 1 - probability ? own : other,
    probabilities: new Map(
      target.categories.map((category) => [textOf(category), category === other ? 1 - probability : probability]),
    ),
    entityId: output.neuron,
    entities: [{ id: output.neuron, affinity: probability }],
  };
}

function targetResult(group: readonly NeuralOutput[], values: Float64Array, scope: Scope): ModelResult {
  const first = group[0]!;
  if (first.category === undefined) return { value: first.restore(values[first.position]!), entityId: first.neuron };
  const target = scope.target(first.field);
  const dataType = target?.dataType ?? 'string';
  if (group.length === 1 && target?.categories.length === 2) return onlyCategory(first, values, target);
  const probabilities = new Map<string, number>();
  let winner = first;
  for (const output of group) {
    if (output.category === undefined) continue;
    const probability = values[output.position]!;
    probabilities.set(textOf(lenientLiteral(output.category, dataType)), probability);
    if (probability > values[winner.position]!) winner = output;
  }
  return {
    value: lenientLiteral(winner.category!, dataType),
    probabilities,
    entityId: winner.neuron,
    entities: [...group]
      .sort((a, b) => values[b.position]! - values[a.position]!)
      .map((output) => ({ id: output.neuron, affinity: values[output.position]! })),
  };
}
