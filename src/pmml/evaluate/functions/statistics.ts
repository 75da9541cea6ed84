import { erf, normalCdf, normalDensity, normalQuantile } from '../models/kernels/special-functions.js';
import { commonType } from './arithmetic.js';
import { type BuiltIn, number, scalarsOf } from './builtin.js';

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function sum(numbers: readonly number[]): number {
  let total = 0;
  for (const value of numbers) total += value;
  return total;
}

/** "The functions min, max, sum, avg, median and product ignore missing values"; missing if all of them are. */
function statistic(compute: (numbers: number[]) => number, type: BuiltIn['type'] = commonType): BuiltIn {
  return {
    least: 1,
    missing: 'skip',
    type,
    call: (args, call) => {
      const numbers = scalarsOf(args).map((arg) => number(arg, call));
      if (numbers.length === 0) return undefined;
      const result = compute(numbers);
      return commonType(call.types) === 'float' ? Math.fround(result) : result;
    },
  };
}

function distribution(parameters: number, compute: (x: number, mean: number, deviation: number) => number): BuiltIn {
  return {
    least: 1 + parameters,
    most: 1 + parameters,
    type: 'double',
    call: ([x, mean, deviation], call) =>
      compute(
        number(x, call),
        parameters === 0 ? 0 : number(mean, call),
        parameters === 0 ? 1 : number(deviation, call),
      ),
  };
}

const cdf = (x: number, mean: number, deviation: number) =>
  deviation > 0 ? normalCdf((x - mean) / deviation) : Number.NaN;
const pdf = (x: number, mean: number, deviation: number) =>
  deviation > 0 ? normalDensity(x, mean, deviation * deviation) : Number.NaN;
const idf = (p: number, mean: number, deviation: number) =>
  deviation > 0 && p >= 0 && p <= 1 ? mean + deviation * quantile(p) : Number.NaN;

function quantile(p: number): number {
  if (p === 0) return Number.NEGATIVE_INFINITY;
  return p === 1 ? Number.POSITIVE_INFINITY : normalQuantile(p);
}

export const STATISTICS: Readonly<Record<string, BuiltIn>> = {
  min: statistic((numbers) => numbers.reduce((a, b) => Math.min(a, b))),
  max: statistic((numbers) => numbers.reduce((a, b) => Math.max(a, b))),
  sum: statistic(sum),
  avg: statistic((numbers) => sum(numbers) / numbers.length, 'double'),
  median: statistic(median, 'double'),
  product: statistic((numbers) => numbers.reduce((a, b) => a * b)),
  normalCDF: distribution(2, cdf),
  normalPDF: distribution(2, pdf),
  normalIDF: distribution(2, idf),
  stdNormalCDF: distribution(0, cdf),
  stdNormalPDF: distribution(0, pdf),
  stdNormalIDF: distribution(0, idf),
  erf: distribution(0, (x) => erf(x)),
};
