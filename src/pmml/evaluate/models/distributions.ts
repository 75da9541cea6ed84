import type { Element } from '../../../wire/xml/document.js';
import { badAttribute, missingElement } from '../../errors.js';
import { numberAttribute } from '../attributes.js';
import { logGamma, normalDensity } from './kernels/special-functions.js';

/** Probability density, or mass of a Poisson distribution. */
export type Density = (x: number) => number;

/** A distribution of PMML's statistics with what the models ask of it. */
export interface Distribution {
  readonly kind: string;
  readonly mean: number;
  readonly variance: number;
  readonly density: Density;
}

const DISTRIBUTIONS: Readonly<Record<string, (element: Element) => Distribution>> = {
  AnyDistribution: (element) => gaussian(element),
  GaussianDistribution: (element) => gaussian(element),
  PoissonDistribution: (element) => {
    const mean = numberAttribute(element, 'mean');
    if (!(mean >= 0)) throw badAttribute(element, 'mean', 'a number that is not negative');
    const density = (x: number) => {
      if (!Number.isInteger(x) || x < 0) return 0;
      if (mean === 0) return x === 0 ? 1 : 0;
      return Math.exp(x * Math.log(mean) - mean - logGamma(x + 1));
    };
    return { kind: element.name, mean, variance: mean, density };
  },
  UniformDistribution: (element) => {
    const lower = numberAttribute(element, 'lower');
    const upper = numberAttribute(element, 'upper');
    return {
      kind: element.name,
      mean: (lower + upper) / 2,
      variance: (upper - lower) ** 2 / 12,
      density: (x) => (x >= lower && x <= upper ? 1 / (upper - lower) : 0),
    };
  },
};

function gaussian(element: Element): Distribution {
  const mean = numberAttribute(element, 'mean');
  const variance = numberAttribute(element, 'variance');
  if (!(variance >= 0)) throw badAttribute(element, 'variance', 'a number that is not negative');
  return { kind: element.name, mean, variance, density: (x) => normalDensity(x, mean, variance) };
}

/** The distribution that an element holds; undefined if it holds none. */
export function optionalDistribution(element: Element): Distribution | undefined {
  const child = element.children().find((candidate) => Object.hasOwn(DISTRIBUTIONS, candidate.name));
  return child === undefined ? undefined : DISTRIBUTIONS[child.name]!(child);
}

export function requiredDistribution(element: Element): Distribution {
  const distribution = optionalDistribution(element);
  if (distribution === undefined) throw missingElement(element, 'GaussianDistribution');
  return distribution;
}

export function distributionChild(element: Element): Density {
  return requiredDistribution(element).density;
}
