import type { Forecaster, ModelCompiler } from './model.js';

/** Every model element, and what compiles it. */
export const MODELS: Readonly<Record<string, ModelCompiler>> = {};

/** The models that can forecast. */
export const FORECASTERS: Readonly<Record<string, Forecaster>> = {};
