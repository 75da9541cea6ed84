import { normalCdf } from './special-functions.js';

/** Inverse of the link functions of RegressionModel and of the cumulative links of ordinal models: η ↦ probability. */
export const INVERSE_CUMULATIVE_LINKS: Readonly<Record<string, (eta: number) => number>> = {
  logit: (eta) => 1 / (1 + Math.exp(-eta)),
  probit: normalCdf,
  cloglog: (eta) => -Math.expm1(-Math.exp(eta)),
  loglog: (eta) => Math.exp(-Math.exp(-eta)),
  cauchit: (eta) => 0.5 + Math.atan(eta) / Math.PI,
};

/** `linkParameter` is d of oddspower and power; `distParameter` is c of negbin. */
export interface LinkParameters {
  readonly linkParameter: number;
  readonly distParameter: number;
}

/** Inverse link functions of GeneralRegressionModel (section "Link functions"): η ↦ mean. */
export const INVERSE_LINKS: Readonly<Record<string, (eta: number, parameters: LinkParameters) => number>> = {
  identity: (eta) => eta,
  log: (eta) => Math.exp(eta),
  logc: (eta) => -Math.expm1(eta),
  logit: (eta) => 1 / (1 + Math.exp(-eta)),
  probit: normalCdf,
  cloglog: (eta) => -Math.expm1(-Math.exp(eta)),
  loglog: (eta) => Math.exp(-Math.exp(-eta)),
  negbin: (eta, { distParameter }) => 1 / (distParameter * Math.expm1(-eta)),
  oddspower: (eta, { linkParameter }) =>
    linkParameter === 0 ? 1 / (1 + Math.exp(-eta)) : 1 / (1 + (1 + linkParameter * eta) ** (-1 / linkParameter)),
  power: (eta, { linkParameter }) => (linkParameter === 0 ? Math.exp(eta) : eta ** (1 / linkParameter)),
};
