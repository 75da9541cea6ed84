import type { Fn } from '../types.js';
import { bound, type Obj } from './body.js';
import type { Call, LibraryModule } from './function.js';
import {
  betaDensity,
  betaQuantile,
  betaTails,
  fDensity,
  fQuantile,
  fTails,
  gammaDensity,
  gammaQuantile,
  gammaTails,
  normalLogDensity,
  normalQuantile,
  normalTails,
  tDensity,
  tQuantile,
  tTails,
} from './numeric/distributions.js';

type Distribution = (x: number, ...parameters: number[]) => number;

interface Rules {
  /** Whether these finite parameters are allowed. */
  valid: (...parameters: number[]) => boolean;
  run: Distribution;
}

/** Binds a density or a cumulative function: `code` for bad parameters, `code + 1` for an x that is not finite. */
function at(code: number, { valid, run }: Rules): (call: Call) => Fn {
  return bound((call) => (x: number, ...given: (number | Obj)[]) => {
    const parameters = parametersOf(given);
    if (!parameters.every(Number.isFinite) || !valid(...parameters)) throw call.error(code);
    if (!Number.isFinite(x)) throw call.error(code + 1);
    return run(x, ...parameters);
  });
}

/** Binds a quantile function: `code` for bad parameters, `code + 1` for a probability outside [0, 1]. */
function quantile(code: number, { valid, run }: Rules): (call: Call) => Fn {
  return bound((call) => (p: number, ...given: (number | Obj)[]) => {
    const parameters = parametersOf(given);
    if (!parameters.every(Number.isFinite) || !valid(...parameters)) throw call.error(code);
    if (!(p >= 0 && p <= 1)) throw call.error(code + 1);
    return run(p, ...parameters);
  });
}

/** Numbers as they are, a record of mean and variance as mean and standard deviation. */
function parametersOf(given: readonly (number | Obj)[]): number[] {
  const first = given[0];
  if (typeof first === 'number' || first === undefined) return given as number[];
  return [first['mean'] as number, Math.sqrt(first['variance'] as number)];
}

const notNegative = (...values: number[]): boolean => values.every((value) => value >= 0);
const positive = (...values: number[]): boolean => values.every((value) => value > 0);
const scaled = (_: number, scale: number): boolean => scale > 0;
const widths = (_: number, sigma: number): boolean => sigma >= 0;

/** A step at `from`: the cumulative function of a distribution all of whose mass is there. */
function step(x: number, from: number): number {
  return x < from ? 0 : 1;
}

function gaussianLL(x: number, mu: number, sigma: number): number {
  if (sigma === 0) return x === mu ? Infinity : -Infinity;
  return normalLogDensity(x, mu, sigma);
}

function lognormalPDF(x: number, meanlog: number, sdlog: number): number {
  if (x <= 0) return 0;
  return Math.exp(normalLogDensity(Math.log(x), meanlog, sdlog)) / x;
}

function cauchyCDF(x: number, location: number, scale: number): number {
  return 0.5 + Math.atan2(x - location, scale) / Math.PI;
}

function cauchyQF(p: number, location: number, scale: number): number {
  if (p === 0) return -Infinity;
  if (p === 1) return Infinity;
  return location + scale * Math.tan(Math.PI * (p - 0.5));
}

function weibullPDF(x: number, shape: number, scale: number): number {
  if (x < 0) return 0;
  if (x === 0) return shape < 1 ? Number.NaN : shape === 1 ? 1 / scale : 0;
  const ratio = x / scale;
  return (shape / scale) * ratio ** (shape - 1) * Math.exp(-(ratio ** shape));
}

function exponentialQF(p: number, lambda: number): number {
  if (lambda === 0) return p === 0 ? 0 : Infinity;
  return p === 1 ? Infinity : -Math.log1p(-p) / lambda;
}

/** Continuous distributions. */
export const PROB_DIST: LibraryModule = [
  {
    name: 'prob.dist.gaussianLL',
    signatures: [
      '(x: double, mu: double, sigma: double) -> double',
      '(x: double, params: record A {mean: double, variance: double}) -> double',
    ],
    doc: 'Log-likelihood of the normal distribution.',
    errors: { 13000: 'invalid parameterization', 13001: 'invalid input' },
    bind: at(13000, { valid: widths, run: gaussianLL }),
  },
  {
    name: 'prob.dist.gaussianCDF',
    signatures: [
      '(x: double, mu: double, sigma: double) -> double',
      '(x: double, params: record A {mean: double, variance: double}) -> double',
    ],
    doc: 'Cumulative normal distribution.',
    errors: { 13010: 'invalid parameterization', 13011: 'invalid input' },
    bind: at(13010, {
      valid: widths,
      run: (x, mu, sigma) => (sigma === 0 ? step(x, mu!) : normalTails((x - mu!) / sigma!).lower),
    }),
  },
  {
    name: 'prob.dist.gaussianQF',
    signatures: [
      '(p: double, mu: double, sigma: double) -> double',
      '(p: double, params: record A {mean: double, variance: double}) -> double',
    ],
    doc: 'Quantile of the normal distribution.',
    errors: { 13020: 'invalid parameterization', 13021: 'invalid input' },
    bind: quantile(13020, {
      valid: widths,
      run: (p, mu, sigma) =>
        p === 0 || p === 1 ? normalQuantile(p) : mu! + (sigma === 0 ? 0 : sigma! * normalQuantile(p)),
    }),
  },
  {
    name: 'prob.dist.exponentialPDF',
    signatures: ['(x: double, lambda: double) -> double'],
    doc: 'Density of the exponential distribution.',
    errors: { 13030: 'invalid parameterization', 13031: 'invalid input' },
    bind: at(13030, { valid: notNegative, run: (x, lambda) => (x < 0 ? 0 : lambda! * Math.exp(-lambda! * x)) }),
  },
  {
    name: 'prob.dist.exponentialCDF',
    signatures: ['(x: double, lambda: double) -> double'],
    doc: 'Cumulative exponential distribution.',
    errors: { 13040: 'invalid parameterization', 13041: 'invalid input' },
    bind: at(13040, { valid: notNegative, run: (x, lambda) => (x <= 0 ? 0 : -Math.expm1(-lambda! * x)) }),
  },
  {
    name: 'prob.dist.exponentialQF',
    signatures: ['(p: double, lambda: double) -> double'],
    doc: 'Quantile of the exponential distribution.',
    errors: { 13050: 'invalid parameterization', 13051: 'invalid input' },
    bind: quantile(13050, { valid: notNegative, run: (p, lambda) => exponentialQF(p, lambda!) }),
  },
  {
    name: 'prob.dist.chi2PDF',
    signatures: ['(x: double, dof: int) -> double'],
    doc: 'Density of the chi-squared distribution.',
    errors: { 13060: 'invalid parameterization', 13061: 'invalid input' },
    bind: at(13060, {
      valid: notNegative,
      run: (x, dof) => (dof === 0 ? (x === 0 ? Infinity : 0) : x <= 0 ? 0 : gammaDensity(x, dof! / 2, 2)),
    }),
  },
  {
    name: 'prob.dist.chi2CDF',
    signatures: ['(x: double, dof: int) -> double'],
    doc: 'Cumulative chi-squared distribution.',
    errors: { 13070: 'invalid parameterization', 13071: 'invalid input' },
    bind: at(13070, {
      valid: notNegative,
      run: (x, dof) => (dof === 0 ? Number(x > 0) : gammaTails(x, dof! / 2, 2).lower),
    }),
  },
  {
    name: 'prob.dist.chi2QF',
    signatures: ['(p: double, dof: int) -> double'],
    doc: 'Quantile of the chi-squared distribution.',
    errors: { 13080: 'invalid parameterization', 13081: 'invalid input' },
    bind: quantile(13080, {
      valid: notNegative,
      run: (p, dof) => (p === 1 ? Infinity : dof === 0 ? 0 : gammaQuantile(p, dof! / 2, 2)),
    }),
  },
  {
    name: 'prob.dist.gammaPDF',
    signatures: ['(x: double, shape: double, scale: double) -> double'],
    doc: 'Density of the gamma distribution.',
    errors: { 13120: 'invalid parameterization', 13121: 'invalid input' },
    bind: at(13120, {
      valid: notNegative,
      run: (x, shape, scale) =>
        shape === 0 || scale === 0 ? (x === 0 ? Infinity : 0) : gammaDensity(x, shape!, scale!),
    }),
  },
  {
    name: 'prob.dist.gammaCDF',
    signatures: ['(x: double, shape: double, scale: double) -> double'],
    doc: 'Cumulative gamma distribution.',
    errors: { 13130: 'invalid parameterization', 13131: 'invalid input' },
    bind: at(13130, {
      valid: notNegative,
      run: (x, shape, scale) => (shape === 0 || scale === 0 ? Number(x !== 0) : gammaTails(x, shape!, scale!).lower),
    }),
  },
  {
    name: 'prob.dist.gammaQF',
    signatures: ['(p: double, shape: double, scale: double) -> double'],
    doc: 'Quantile of the gamma distribution.',
    errors: { 13140: 'invalid parameterization', 13141: 'invalid input' },
    bind: quantile(13140, { valid: positive, run: (p, shape, scale) => gammaQuantile(p, shape!, scale!) }),
  },
  {
    name: 'prob.dist.betaPDF',
    signatures: ['(x: double, a: double, b: double) -> double'],
    doc: 'Density of the beta distribution.',
    errors: { 13150: 'invalid parameterization', 13151: 'invalid input' },
    bind: at(13150, { valid: positive, run: (x, a, b) => betaDensity(x, a!, b!) }),
  },
  {
    name: 'prob.dist.betaCDF',
    signatures: ['(x: double, a: double, b: double) -> double'],
    doc: 'Cumulative beta distribution.',
    errors: { 13160: 'invalid parameterization', 13161: 'invalid input' },
    bind: at(13160, { valid: positive, run: (x, a, b) => betaTails(x, a!, b!).lower }),
  },
  {
    name: 'prob.dist.betaQF',
    signatures: ['(p: double, a: double, b: double) -> double'],
    doc: 'Quantile of the beta distribution.',
    errors: { 13170: 'invalid parameterization', 13171: 'invalid input' },
    bind: quantile(13170, { valid: positive, run: (p, a, b) => betaQuantile(p, a!, b!) }),
  },
  {
    name: 'prob.dist.cauchyPDF',
    signatures: ['(x: double, location: double, scale: double) -> double'],
    doc: 'Density of the Cauchy distribution.',
    errors: { 13180: 'invalid parameterization', 13181: 'invalid input' },
    bind: at(13180, {
      valid: scaled,
      run: (x, location, scale) => 1 / (Math.PI * scale! * (1 + ((x - location!) / scale!) ** 2)),
    }),
  },
  {
    name: 'prob.dist.cauchyCDF',
    signatures: ['(x: double, location: double, scale: double) -> double'],
    doc: 'Cumulative Cauchy distribution.',
    errors: { 13190: 'invalid parameterization', 13191: 'invalid input' },
    bind: at(13190, { valid: scaled, run: (x, location, scale) => cauchyCDF(x, location!, scale!) }),
  },
  {
    name: 'prob.dist.cauchyQF',
    signatures: ['(p: double, location: double, scale: double) -> double'],
    doc: 'Quantile of the Cauchy distribution.',
    errors: { 13200: 'invalid parameterization', 13201: 'invalid input' },
    bind: quantile(13200, { valid: scaled, run: (p, location, scale) => cauchyQF(p, location!, scale!) }),
  },
  {
    name: 'prob.dist.fPDF',
    signatures: ['(x: double, d1: int, d2: int) -> double'],
    doc: 'Density of the F distribution.',
    errors: { 13210: 'invalid parameterization', 13211: 'invalid input' },
    bind: at(13210, { valid: positive, run: (x, d1, d2) => fDensity(x, d1!, d2!) }),
  },
  {
    name: 'prob.dist.fCDF',
    signatures: ['(x: double, d1: int, d2: int) -> double'],
    doc: 'Cumulative F distribution.',
    errors: { 13220: 'invalid parameterization', 13221: 'invalid input' },
    bind: at(13220, { valid: positive, run: (x, d1, d2) => fTails(x, d1!, d2!).lower }),
  },
  {
    name: 'prob.dist.fQF',
    signatures: ['(p: double, d1: int, d2: int) -> double'],
    doc: 'Quantile of the F distribution.',
    errors: { 13230: 'invalid parameterization', 13231: 'invalid input' },
    bind: quantile(13230, { valid: positive, run: (p, d1, d2) => fQuantile(p, d1!, d2!) }),
  },
  {
    name: 'prob.dist.lognormalPDF',
    signatures: ['(x: double, meanlog: double, sdlog: double) -> double'],
    doc: 'Density of the log-normal distribution.',
    errors: { 13240: 'invalid parameterization', 13241: 'invalid input' },
    bind: at(13240, { valid: scaled, run: (x, meanlog, sdlog) => lognormalPDF(x, meanlog!, sdlog!) }),
  },
  {
    name: 'prob.dist.lognormalCDF',
    signatures: ['(x: double, meanlog: double, sdlog: double) -> double'],
    doc: 'Cumulative log-normal distribution.',
    errors: { 13250: 'invalid parameterization', 13251: 'invalid input' },
    bind: at(13250, {
      valid: scaled,
      run: (x, meanlog, sdlog) => (x <= 0 ? 0 : normalTails((Math.log(x) - meanlog!) / sdlog!).lower),
    }),
  },
  {
    name: 'prob.dist.lognormalQF',
    signatures: ['(p: double, meanlog: double, sdlog: double) -> double'],
    doc: 'Quantile of the log-normal distribution.',
    errors: { 13260: 'invalid parameterization', 13261: 'invalid input' },
    bind: quantile(13260, {
      valid: scaled,
      run: (p, meanlog, sdlog) => Math.exp(meanlog! + sdlog! * normalQuantile(p)),
    }),
  },
  {
    name: 'prob.dist.tPDF',
    signatures: ['(x: double, dof: int) -> double'],
    doc: "Density of Student's t distribution.",
    errors: { 13270: 'invalid parameterization', 13271: 'invalid input' },
    bind: at(13270, { valid: positive, run: (x, dof) => tDensity(x, dof!) }),
  },
  {
    name: 'prob.dist.tCDF',
    signatures: ['(x: double, dof: int) -> double'],
    doc: 'Cumulative t distribution.',
    errors: { 13280: 'invalid parameterization', 13281: 'invalid input' },
    bind: at(13280, { valid: positive, run: (x, dof) => tTails(x, dof!).lower }),
  },
  {
    name: 'prob.dist.tQF',
    signatures: ['(p: double, dof: int) -> double'],
    doc: "Quantile of Student's t distribution.",
    errors: { 13290: 'invalid parameterization', 13291: 'invalid input' },
    bind: quantile(13290, { valid: positive, run: (p, dof) => tQuantile(p, dof!) }),
  },
  {
    name: 'prob.dist.uniformPDF',
    signatures: ['(x: double, min: double, max: double) -> double'],
    doc: 'Density of the uniform distribution.',
    errors: { 13330: 'invalid parameterization', 13331: 'invalid input' },
    bind: at(13330, {
      valid: (low, high) => low! < high!,
      run: (x, low, high) => (x < low! || x > high! ? 0 : 1 / (high! - low!)),
    }),
  },
  {
    name: 'prob.dist.uniformCDF',
    signatures: ['(x: double, min: double, max: double) -> double'],
    doc: 'Cumulative uniform distribution.',
    errors: { 13340: 'invalid parameterization', 13341: 'invalid input' },
    bind: at(13340, {
      valid: (low, high) => low! < high!,
      run: (x, low, high) => (x < low! ? 0 : x > high! ? 1 : (x - low!) / (high! - low!)),
    }),
  },
  {
    name: 'prob.dist.uniformQF',
    signatures: ['(p: double, min: double, max: double) -> double'],
    doc: 'Quantile of the uniform distribution.',
    errors: { 13350: 'invalid parameterization', 13351: 'invalid input' },
    bind: quantile(13350, { valid: (low, high) => low! < high!, run: (p, low, high) => low! + (high! - low!) * p }),
  },
  {
    name: 'prob.dist.weibullPDF',
    signatures: ['(x: double, shape: double, scale: double) -> double'],
    doc: 'Density of the Weibull distribution.',
    errors: { 13420: 'invalid parameterization', 13421: 'invalid input' },
    bind: at(13420, { valid: positive, run: (x, shape, scale) => weibullPDF(x, shape!, scale!) }),
  },
  {
    name: 'prob.dist.weibullCDF',
    signatures: ['(x: double, shape: double, scale: double) -> double'],
    doc: 'Cumulative Weibull distribution.',
    errors: { 13430: 'invalid parameterization', 13431: 'invalid input' },
    bind: at(13430, {
      valid: positive,
      run: (x, shape, scale) => (x <= 0 ? 0 : -Math.expm1(-((x / scale!) ** shape!))),
    }),
  },
  {
    name: 'prob.dist.weibullQF',
    signatures: ['(p: double, shape: double, scale: double) -> double'],
    doc: 'Quantile of the Weibull distribution.',
    errors: { 13440: 'invalid parameterization', 13441: 'invalid input' },
    bind: quantile(13440, {
      valid: positive,
      run: (p, shape, scale) => (p === 1 ? Infinity : scale! * (-Math.log1p(-p)) ** (1 / shape!)),
    }),
  },
];
