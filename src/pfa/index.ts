export type { Program } from './ast.js';
export { readAvroRows, writeAvroRows } from './avro-rows.js';
export { checkPfa } from './check.js';
export { decodeAvro, encodeAvro } from './data/avro.js';
export { readAvroFile, writeAvroFile } from './data/avro-file.js';
export { decodeJson, encodeJson } from './data/json.js';
export { fromPlain, toPlain } from './data/plain.js';
export { typeJson, typeJsonText } from './data/type-json.js';
export { documentOf, makePfa, type PfaDocument, topLevel, type WriteOptions, writePfa } from './document.js';
export { PfaEngine, type PfaOptions } from './engine.js';
export {
  PfaInitializationError,
  PfaRuntimeError,
  PfaSchemaError,
  PfaSemanticError,
  PfaSyntaxError,
  PfaTimeoutError,
  PfaUserError,
} from './errors.js';
export { type Analysis, analyseProgram } from './evaluate/analyse.js';
export type { LibraryFunction } from './library/function.js';
export { LIBRARY, MODULES } from './library/index.js';
export { FORMS as SPECIAL_FORMS } from './parse/forms.js';
export { readProgram } from './parse/program.js';
export { printPretty } from './pretty/print.js';
export { readPretty } from './pretty/read.js';
export { readPfa, readPfaText } from './read.js';
export { typeText } from './relations.js';
export { pfaScorer } from './scorer.js';
export type { AvroType, Value } from './types.js';
