export type { PmmlDocument } from './document.js';
export { PmmlEvaluator, type PmmlRecord, type PmmlResult } from './evaluator.js';
export { readPmml } from './read.js';
export { pmmlScorer } from './scorer.js';
export { writePmml } from './write.js';
