import { ARRAY } from './array.js';
import { ARRAY_EXTREMES } from './array-extremes.js';
import { ARRAY_FUNCTIONAL } from './array-functional.js';
import { ARRAY_NUMBERS } from './array-numbers.js';
import { ARRAY_SETS } from './array-sets.js';
import { BYTES } from './bytes.js';
import { CAST } from './cast.js';
import { CORE } from './core.js';
import type { LibraryFunction, LibraryModule } from './function.js';
import { IMPUTE } from './impute.js';
import { INTERP } from './interp.js';
import { LA } from './la.js';
import { MAP } from './map.js';
import { MATH } from './math.js';
import { KERNEL } from './math-kernel.js';
import { LINK } from './math-link.js';
import { SPECIAL } from './math-special.js';
import { METRIC } from './metric.js';
import { MODEL_CLUSTER } from './model-cluster.js';
import { MODEL_REG } from './model-reg.js';
import { MODEL_TREE } from './model-tree.js';
import { MODEL_NAIVE, MODEL_NEIGHBOR, MODEL_NEURAL, MODEL_SVM } from './models.js';
import { ENUM, FIXED } from './named-types.js';
import { PARSE } from './parse.js';
import { PROB_DIST } from './prob-dist.js';
import { PROB_DIST_DISCRETE } from './prob-dist-discrete.js';
import { RAND } from './rand.js';
import { RE } from './re.js';
import { STAT_CHANGE } from './stat-change.js';
import { STAT_HISTOGRAM } from './stat-histogram.js';
import { STAT_SAMPLE } from './stat-sample.js';
import { STAT_TEST } from './stat-test.js';
import { STRING } from './string.js';
import { TIME } from './time.js';

/** Every module's table, in the specification's order. */
export const MODULES: readonly LibraryModule[] = [
  CORE,
  MATH,
  SPECIAL,
  LINK,
  KERNEL,
  LA,
  METRIC,
  RAND,
  STRING,
  RE,
  PARSE,
  CAST,
  ARRAY,
  ARRAY_EXTREMES,
  ARRAY_NUMBERS,
  ARRAY_SETS,
  ARRAY_FUNCTIONAL,
  MAP,
  BYTES,
  FIXED,
  ENUM,
  TIME,
  IMPUTE,
  INTERP,
  PROB_DIST,
  PROB_DIST_DISCRETE,
  STAT_TEST,
  STAT_SAMPLE,
  STAT_HISTOGRAM,
  STAT_CHANGE,
  MODEL_REG,
  MODEL_TREE,
  MODEL_CLUSTER,
  MODEL_NEIGHBOR,
  MODEL_NAIVE,
  MODEL_NEURAL,
  MODEL_SVM,
];

/** All functions of the library by name. */
export const LIBRARY: ReadonlyMap<string, LibraryFunction> = new Map(MODULES.flat().map((row) => [row.name, row]));
