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

/** Normalisations over the neurons of a layer; softmax subtracts the largest value so that it cannot overflow. */
export const NORMALIZATIONS: Readonly<Record<string, (values: readonly number[]) => number[]>> = {
  none: (values) => [...values],
  simplemax: (values) => {
    const sum = values.reduce((total, value) => total + value, 0);
    return values.map((value) => value / sum);
  },
  softmax: (values) => {
    const largest = Math.max(...values);
    const powers = values.map((value) => Math.exp(value - largest));
    const sum = powers.reduce((total, value) => total + value, 0);
    return powers.map((value) => value / sum);
  },
};
