import { RULES as ONNX_RULES } from './convert/from-onnx/rules.js';
import { FUNCTIONS as PFA_MOVED } from './convert/from-pfa/functions.js';
import { FUNCTIONS as PMML_MOVED } from './convert/from-pmml/functions.js';
import { LIFTERS as MODEL_LIFTERS } from './convert/from-pmml/model.js';
import type { FormatName } from './formats.js';
import { KERNELS } from './onnx/evaluate/kernels.js';
import { allSchemas } from './onnx/operator-schemas.js';
import { LIBRARY } from './pfa/library/index.js';
import { BUILT_INS, LAZY_FUNCTIONS } from './pmml/evaluate/functions/index.js';
import { MODELS } from './pmml/evaluate/models.js';

/** One operator, model element or function of a format, and what samescore does with it. */
export interface Operation {
  readonly format: FormatName;
  readonly kind: 'operator' | 'model' | 'function';
  readonly name: string;
  /** Versions of the operator set since which it reads as it does, oldest first. */
  readonly versions?: readonly number[];
  /** Whether the reference evaluator has it. */
  readonly evaluated: boolean;
  /** Whether conversions move it; a text says why not. */
  readonly moved: boolean | string;
  readonly doc?: string;
}

function onnxOperations(): Operation[] {
  return [...allSchemas()].map((schemas): Operation => {
    const { domain, name } = schemas[0]!;
    const rule = ONNX_RULES.get(domain)?.[name];
    return {
      format: 'onnx',
      kind: 'operator',
      name: domain === '' ? name : `${domain}.${name}`,
      versions: schemas.map(({ since }) => since).sort((a, b) => a - b),
      evaluated: Object.hasOwn(KERNELS, `${domain}/${name}`) || schemas.some(({ hasFunction }) => hasFunction),
      moved: typeof rule === 'string' ? rule : rule !== undefined,
    };
  });
}

function pmmlOperations(): Operation[] {
  const models = Object.keys(MODELS).map(
    (name): Operation => ({
      format: 'pmml',
      kind: 'model',
      name,
      evaluated: true,
      moved: Object.hasOwn(MODEL_LIFTERS, name),
    }),
  );
  const functions = [...Object.keys(BUILT_INS), ...LAZY_FUNCTIONS].map(
    (name): Operation => ({
      format: 'pmml',
      kind: 'function',
      name,
      evaluated: true,
      moved: Object.hasOwn(PMML_MOVED, name),
    }),
  );
  return [...models, ...functions];
}

function pfaOperations(): Operation[] {
  return [...LIBRARY.values()].map(({ name, doc }) => ({
    format: 'pfa',
    kind: 'function',
    name,
    evaluated: true,
    moved: Object.hasOwn(PFA_MOVED, name),
    doc,
  }));
}

const LISTS: Readonly<Record<FormatName, () => Operation[]>> = {
  onnx: onnxOperations,
  pmml: pmmlOperations,
  pfa: pfaOperations,
};

/** Everything that a format (or every format) is made of, sorted by name. */
export function operations(format?: FormatName): Operation[] {
  const formats = format === undefined ? (Object.keys(LISTS) as FormatName[]) : [format];
  return formats.flatMap((name) =>
    LISTS[name]().sort((a, b) => a.kind.localeCompare(b.kind) || a.name.localeCompare(b.name)),
  );
}
