import type { Fn } from '../types.js';
import { bound } from './body.js';
import type { Call, LibraryModule } from './function.js';
import {
  binomialLower,
  binomialMass,
  hypergeometricMass,
  negativeBinomialLower,
  negativeBinomialMass,
  poissonLower,
  poissonMass,
} from './numeric/distributions.js';
import { discreteQuantile } from './numeric/quantile.js';

type Valid = (...parameters: number[]) => boolean;

/** Binds a mass function of a whole number, or a cumulative one of any; `code` for bad parameters. */
function at(code: number, valid: Valid, run: (x: number, ...parameters: number[]) => number, finite = false) {
  return bound((call: Call) => (x: number, ...parameters: number[]) => {
    if (!parameters.every(Number.isFinite) || !valid(...parameters)) throw call.error(code);
    if (finite && !Number.isFinite(x)) throw call.error(code + 1);
    return run(x, ...parameters);
  });
}

/** Binds a quantile function: `code` for bad parameters, `code + 1` for a probability outside [0, 1]. */
function quantile(code: number, valid: Valid, run: (p: number, ...parameters: number[]) => number): (call: Call) => Fn {
  return bound((call) => (p: number, ...parameters: number[]) => {
    if (!parameters.every(Number.isFinite) || !valid(...parameters)) throw call.error(code);
    if (!(p >= 0 && p <= 1)) throw call.error(code + 1);
    return run(p, ...parameters);
  });
}

const isRate: Valid = (lambda) => lambda! >= 0;
const isTrialsLeft: Valid = (size, prob) => size! >= 0 && prob! > 0 && prob! <= 1;
/** Both engines refuse no trials as well as a negative number of them. */
const isTrials: Valid = (size, prob) => size! > 0 && prob! >= 0 && prob! <= 1;
const isChance: Valid = (prob) => prob! > 0 && prob! <= 1;
/** Both engines refuse an urn without black balls too. */
const isUrn: Valid = (m, n, k) => m! + n! >= k! && m! >= 0 && n! >= 0 && n !== 0 && k! >= 0;

/** Sums over the urn's possible outcomes. */
function hypergeometricCDF(call: Call, x: number, m: number, n: number, k: number): number {
  const lowest = Math.max(0, k - n);
  const highest = Math.min(m, k);
  if (x > m) return 0;
  if (x >= highest) return 1;
  let sum = 0;
  for (let value = lowest; value <= x; value++) {
    call.engine.spend(10);
    sum += hypergeometricMass(value, m, n, k);
  }
  return Math.min(sum, 1);
}

function hypergeometricQF(call: Call, p: number, m: number, n: number, k: number): number {
  const highest = Math.min(m, k);
  if (p === 1) return highest;
  let sum = 0;
  for (let value = Math.max(0, k - n); value < highest; value++) {
    call.engine.spend(10);
    sum += hypergeometricMass(value, m, n, k);
    if (sum >= p) return value;
  }
  return highest;
}

function geometricPDF(x: number, prob: number): number {
  return x < 0 ? 0 : prob * (1 - prob) ** x;
}

function geometricCDF(x: number, prob: number): number {
  return x < 0 ? 0 : 1 - (1 - prob) ** Math.floor(x + 1);
}

/** Discrete distributions. */
export const PROB_DIST_DISCRETE: LibraryModule = [
  {
    name: 'prob.dist.poissonPDF',
    signatures: ['(x: int, lambda: double) -> double'],
    doc: 'Probability of the Poisson distribution.',
    errors: { 13090: 'invalid parameterization' },
    bind: at(13090, isRate, (x, lambda) => poissonMass(x, lambda!)),
  },
  {
    name: 'prob.dist.poissonCDF',
    signatures: ['(x: int, lambda: double) -> double'],
    doc: 'Cumulative Poisson distribution.',
    errors: { 13100: 'invalid parameterization', 13101: 'invalid input' },
    bind: at(13100, isRate, (x, lambda) => poissonLower(x, lambda!)),
  },
  {
    name: 'prob.dist.poissonQF',
    signatures: ['(p: double, lambda: double) -> double'],
    doc: 'Quantile of the Poisson distribution.',
    errors: { 13110: 'invalid parameterization', 13111: 'invalid input' },
    bind: quantile(13110, isRate, (p, lambda) =>
      lambda === 0 ? 0 : p === 1 ? Infinity : discreteQuantile((x) => poissonLower(x, lambda!), p),
    ),
  },
  {
    name: 'prob.dist.binomialPDF',
    signatures: ['(x: int, size: int, prob: double) -> double'],
    doc: 'Probability of the binomial distribution.',
    errors: { 13300: 'invalid parameterization', 13301: 'invalid input' },
    bind: at(13300, isTrials, (x, size, prob) => binomialMass(x, size!, prob!)),
  },
  {
    name: 'prob.dist.binomialCDF',
    signatures: ['(x: double, size: int, prob: double) -> double'],
    doc: 'Cumulative binomial distribution.',
    errors: { 13310: 'invalid parameterization', 13311: 'invalid input' },
    bind: at(13310, isTrials, (x, size, prob) => binomialLower(x, size!, prob!), true),
  },
  {
    name: 'prob.dist.binomialQF',
    signatures: ['(p: double, size: int, prob: double) -> double'],
    doc: 'Quantile of the binomial distribution.',
    errors: { 13320: 'invalid parameterization', 13321: 'invalid input' },
    bind: quantile(13320, isTrials, (p, size, prob) =>
      p === 1 ? size! : discreteQuantile((x) => binomialLower(x, size!, prob!), p, size),
    ),
  },
  {
    name: 'prob.dist.geometricPDF',
    signatures: ['(x: int, prob: double) -> double'],
    doc: 'Probability of the geometric distribution (failures before the first success).',
    errors: { 13360: 'invalid parameterization', 13361: 'invalid input' },
    bind: at(13360, isChance, (x, prob) => geometricPDF(x, prob!)),
  },
  {
    name: 'prob.dist.geometricCDF',
    signatures: ['(x: double, prob: double) -> double'],
    doc: 'Cumulative geometric distribution.',
    errors: { 13370: 'invalid parameterization', 13371: 'invalid input' },
    bind: at(13370, isChance, (x, prob) => geometricCDF(x, prob!), true),
  },
  {
    name: 'prob.dist.geometricQF',
    signatures: ['(p: double, prob: double) -> double'],
    doc: 'Quantile of the geometric distribution.',
    errors: { 13380: 'invalid parameterization', 13381: 'invalid input' },
    bind: quantile(13380, isChance, (p, prob) =>
      p === 1 ? Infinity : Math.floor(Math.log1p(-p) / Math.log1p(-prob!)) + 0,
    ),
  },
  {
    name: 'prob.dist.hypergeometricPDF',
    signatures: ['(x: int, m: int, n: int, k: int) -> double'],
    doc: 'Probability of x white balls among k drawn of m white and n black.',
    errors: { 13390: 'invalid parameterization' },
    bind: at(13390, isUrn, (x, m, n, k) => hypergeometricMass(x, m!, n!, k!)),
  },
  {
    name: 'prob.dist.hypergeometricCDF',
    signatures: ['(x: int, m: int, n: int, k: int) -> double'],
    doc: 'Cumulative hypergeometric distribution.',
    errors: { 13400: 'invalid parameterization', 13401: 'invalid input' },
    bind: (call) => at(13400, isUrn, (x, m, n, k) => hypergeometricCDF(call, x, m!, n!, k!))(call),
  },
  {
    name: 'prob.dist.hypergeometricQF',
    signatures: ['(p: double, m: int, n: int, k: int) -> double'],
    doc: 'Quantile of the hypergeometric distribution.',
    errors: { 13410: 'invalid parameterization', 13411: 'invalid input' },
    bind: (call) => quantile(13410, isUrn, (p, m, n, k) => hypergeometricQF(call, p, m!, n!, k!))(call),
  },
  {
    name: 'prob.dist.negativeBinomialPDF',
    signatures: ['(x: int, size: int, prob: double) -> double'],
    doc: 'Probability of x failures before `size` successes.',
    errors: { 13450: 'invalid parameterization', 13451: 'invalid input' },
    bind: at(13450, isTrialsLeft, (x, size, prob) => negativeBinomialMass(x, size!, prob!)),
  },
  {
    name: 'prob.dist.negativeBinomialCDF',
    signatures: ['(x: double, size: int, prob: double) -> double'],
    doc: 'Cumulative negative binomial distribution.',
    errors: { 13460: 'invalid parameterization', 13461: 'invalid input' },
    bind: at(13460, isTrialsLeft, (x, size, prob) => negativeBinomialLower(x, size!, prob!), true),
  },
  {
    name: 'prob.dist.negativeBinomialQF',
    signatures: ['(p: double, size: int, prob: double) -> double'],
    doc: 'Quantile of the negative binomial distribution.',
    errors: { 13470: 'invalid parameterization', 13471: 'invalid input' },
    bind: quantile(13470, isTrialsLeft, (p, size, prob) =>
      p === 0 || size === 0
        ? 0
        : p === 1
          ? Infinity
          : discreteQuantile((x) => negativeBinomialLower(x, size!, prob!), p),
    ),
  },
];
