/** Activation functions of NeuralNetwork by name, except `threshold` and `radialBasis`, which need more than Z. */
export const ACTIVATION_FUNCTIONS: Readonly<Record<string, (z: number) => number>> = {
  logistic: (z) => 1 / (1 + Math.exp(-z)),
  tanh: Math.tanh,
  identity: (z) => z,
  exponential: Math.exp,
  reciprocal: (z) => 1 / z,
  square: (z) => z * z,
  Gauss: (z) => Math.exp(-(z * z)),
  sine: Math.sin,
  cosine: Math.cos,
  Elliott: (z) => z / (1 + Math.abs(z)),
  arctan: (z) => (2 * Math.atan(z)) / Math.PI,
  rectifier: (z) => Math.max(0, z),
};

/** A normalisation over the neurons of a layer; `round` is applied at every step. */
export type Normalization = (values: readonly number[], round: (value: number) => number) => number[];

/** softmax subtracts the largest value so that it cannot overflow. */
export const NORMALIZATIONS: Readonly<Record<'simplemax' | 'softmax', Normalization>> = {
  simplemax: share,
  softmax: (values, round) => {
    const largest = Math.max(...values);
    return share(
      values.map((value) => round(Math.exp(round(value - largest)))),
      round,
    );
  },
};

function share(values: readonly number[], round: (value: number) => number): number[] {
  let sum = 0;
  for (const value of values) sum = round(sum + value);
  return values.map((value) => round(value / sum));
}
