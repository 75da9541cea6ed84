import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { incompleteBeta } from '../../../../src/pfa/library/numeric/beta.js';
import {
  betaQuantile,
  fQuantile,
  gammaQuantile,
  normalQuantile,
  tQuantile,
} from '../../../../src/pfa/library/numeric/distributions.js';
import { erf, erfc } from '../../../../src/pfa/library/numeric/erf.js';
import { incompleteGamma, lnBeta, lnGamma } from '../../../../src/pfa/library/numeric/gamma.js';

interface Case {
  function: string;
  args: number[];
  value: number;
}

const { cases } = JSON.parse(readFileSync(new URL('reference.json', import.meta.url), 'utf8')) as { cases: Case[] };

const FUNCTIONS: Readonly<Record<string, (...args: number[]) => number>> = {
  lnGamma,
  lnBeta,
  erf,
  erfc,
  'incompleteGamma.lower': (a, x) => incompleteGamma(a!, x!).lower,
  'incompleteGamma.upper': (a, x) => incompleteGamma(a!, x!).upper,
  'incompleteBeta.lower': (x, a, b) => incompleteBeta(x!, a!, b!).lower,
  normalQuantile,
  gammaQuantile,
  betaQuantile,
  tQuantile,
  fQuantile,
};

test('special functions and quantiles agree with 35-digit arithmetic to 1e-12', () => {
  expect(cases.length).toBeGreaterThan(300);
  const wrong = cases
    .map(({ function: name, args, value }) => {
      const got = FUNCTIONS[name]!(...args);
      return { name, args, value, got, error: Math.abs(got - value) / Math.abs(value) };
    })
    .filter(({ error, value, got }) => (value === 0 ? got !== 0 : !(error < 1e-12)));
  expect(wrong).toEqual([]);
});
