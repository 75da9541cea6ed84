import { SamescoreError } from '../core/errors.js';
import type { Limits } from '../core/limits.js';
import type { InputField, Interval, OutputField, Role, Scorer, Scores, Signature } from '../core/scorer.js';
import { type Column, columnNamed, columnOf, type DataType, type Table, type Value, valueAt } from '../core/table.js';
import type { Element } from '../wire/xml/document.js';
import type { PmmlDocument } from './document.js';
import { booleanAttribute } from './evaluate/attributes.js';
import type { DataField } from './evaluate/dictionary.js';
import type { Evaluation, Evaluator } from './evaluate/evaluation.js';
import type { OutputFieldPlan } from './evaluate/output.js';
import { plainValue } from './evaluate/results.js';
import { Temporal } from './evaluate/temporal.js';
import { parseNumber, type Scalar } from './evaluate/values.js';
import { PmmlEvaluator } from './evaluator.js';

/** A column of the results: what it is, and how it is read from an evaluation. */
interface ResultColumn {
  readonly field: OutputField;
  readonly read: (evaluation: Evaluation) => unknown;
}

/**
 * The document as a scorer: inputs are the active fields, outputs the targets and output fields. A column that the
 * rows lack is missing, but not all of them. Rows are scored in order, as one series.
 */
export function pmmlScorer(document: PmmlDocument, options: { limits?: Partial<Limits> } = {}): Scorer {
  const evaluator = new PmmlEvaluator(document, options);
  const { model } = evaluator;
  const columns = resultColumns(model);
  const signature: Signature = {
    inputs: model.scope.activeNames.flatMap((name) => inputField(model, name)),
    outputs: columns.map(({ field }) => field),
  };
  return {
    signature,
    score: (rows, progress) => scoreRows(new PmmlEvaluator(document, options), signature, columns, rows, progress),
  };
}

function scoreRows(
  evaluator: PmmlEvaluator,
  signature: Signature,
  columns: readonly ResultColumn[],
  rows: Table,
  progress: ((done: number) => void) | undefined,
): Scores {
  const names = new Set([...signature.inputs.map(({ name }) => name), ...evaluator.model.scope.miningNames]);
  const inputs: [string, Column][] = [];
  for (const name of names) {
    const column = rows.columns.get(name);
    if (column !== undefined) inputs.push([name, column]);
  }
  const first = signature.inputs[0];
  if (inputs.length === 0 && first !== undefined) columnNamed(rows, first.name);
  const results: Value[][] = columns.map(() => new Array<Value>(rows.length).fill(null));
  const errors = new Map<number, SamescoreError>();
  for (let row = 0; row < rows.length; row++) {
    const record: Record<string, unknown> = {};
    for (const [name, column] of inputs)
      record[name] = column.shape.length === 0 ? valueAt(column, row) : vectorAt(column, row);
    try {
      const evaluation = evaluator.score(record);
      columns.forEach((column, index) => {
        results[index]![row] = fitted(column.read(evaluation), column.field.type);
      });
    } catch (error) {
      if (!(error instanceof SamescoreError)) throw error;
      errors.set(row, error.within({ row: row + 1 }));
    }
    if (progress !== undefined && row % 256 === 255) progress(row + 1);
  }
  const table: Table = {
    length: rows.length,
    columns: new Map(columns.map(({ field }, index) => [field.name, columnOf(field.type, results[index]!)])),
  };
  return { table, errors };
}

function vectorAt(column: Column, row: number): Value[] {
  return Array.from({ length: column.width }, (_, index) => valueAt(column, row, index));
}

/** A result in the type of its column; what the type cannot hold is missing, a list in a text column its JSON. */
function fitted(value: unknown, type: DataType): Value {
  if (value === null || value === undefined) return null;
  if (type === 'object') return value as Value;
  if (type === 'string')
    return typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value);
  if (type === 'boolean') return typeof value === 'boolean' ? value : null;
  const number = typeof value === 'string' ? parseNumber(value) : typeof value === 'boolean' ? Number(value) : value;
  if (typeof number !== 'number') return null;
  return type === 'int64' && !Number.isInteger(number) ? null : number;
}

const COLUMN_TYPES: Readonly<Record<string, DataType>> = {
  string: 'string',
  boolean: 'boolean',
  float: 'float32',
  double: 'float64',
  integer: 'float64',
  date: 'string',
  time: 'string',
  dateTime: 'string',
};

/** Categories that are integers are int64; a measured integer may come with digits and is float64. */
function columnType(dataType: string | undefined, isCategory: boolean): DataType {
  if (dataType === undefined || dataType === '') return 'object';
  if (dataType === 'integer' && isCategory) return 'int64';
  return COLUMN_TYPES[dataType] ?? 'float64';
}

function inputField(model: Evaluator, name: string): InputField[] {
  const declared = model.scope.environment.dictionary.get(name);
  if (declared === undefined) return [];
  const mining = model.scope.miningField(name);
  const intervals = intervalsOf(declared);
  return [
    {
      name,
      type: declared.dataType === 'integer' ? 'int64' : columnType(declared.dataType, false),
      shape: [],
      optional: !/returnInvalid$/.test(mining?.attribute('missingValueTreatment') ?? ''),
      ...(declared.categories.length === 0 ? {} : { values: declared.categories.map(plainCategory) }),
      ...(intervals.length === 0 ? {} : { intervals }),
    },
  ];
}

function plainCategory(value: Scalar): string | number | boolean {
  return value instanceof Temporal ? value.toString() : value;
}

function intervalsOf(field: DataField): Interval[] {
  return field.element.children('Interval').map((element) => {
    const closure = element.attribute('closure') ?? '';
    const low = parseNumber(element.attribute('leftMargin') ?? '');
    const high = parseNumber(element.attribute('rightMargin') ?? '');
    return {
      ...(low === undefined ? {} : { low, lowOpen: closure.startsWith('open') }),
      ...(high === undefined ? {} : { high, highOpen: closure.endsWith('Open') }),
    };
  });
}

const PREDICTED_ROLES: Readonly<Record<string, Role>> = {
  classification: 'label',
  regression: 'value',
  timeSeries: 'value',
  clustering: 'cluster',
};

const FEATURE_ROLES: Readonly<Record<string, Role>> = {
  probability: 'probability',
  clusterId: 'cluster',
  affinity: 'score',
  clusterAffinity: 'score',
  entityAffinity: 'score',
};

/** The name that converters give a probability which the model does not report, but an output computes. */
const COMPUTED_PROBABILITY = /^probability\((.*)\)$/s;

function resultColumns(model: Evaluator): ResultColumn[] {
  const role = PREDICTED_ROLES[model.scope.functionName] ?? 'other';
  const columns = new Map<string, ResultColumn>();
  const add = (name: string, type: DataType, fieldRole: Role, read: ResultColumn['read'], category?: string) => {
    columns.set(name, {
      field: { name, type, shape: [], role: fieldRole, ...(category === undefined ? {} : { category }) },
      read,
    });
  };
  for (const name of model.scope.targetNames) {
    const target = model.scope.target(name)!;
    add(name, columnType(target.dataType, target.optype !== 'continuous' && role === 'label'), role, ({ result }) =>
      plainValue((result.targets?.get(name) ?? result).value),
    );
  }
  // Of the probabilities of one class that chained segments give, the last one is the model's.
  const inner = new Map<string | undefined, string>();
  for (const { plan, nested } of allOutputs(model)) {
    const { name, feature, element } = plan;
    const category = element.attribute('value');
    if (feature === 'probability') {
      const earlier = columns.get(inner.get(category) ?? '');
      if (earlier !== undefined) columns.set(earlier.field.name, { ...earlier, field: asOther(earlier.field) });
      if (nested) inner.set(category, name);
      else inner.delete(category);
    }
    const computed =
      feature === 'transformedValue' && role === 'label' ? COMPUTED_PROBABILITY.exec(name)?.[1] : undefined;
    const isPrediction = feature === 'predictedValue';
    const known = model.scope.targetNames.length > 0 || nested;
    add(
      name,
      isList(element) ? 'object' : columnType(plan.dataType, isPrediction && role === 'label'),
      isPrediction
        ? known
          ? 'other'
          : role
        : computed === undefined
          ? (FEATURE_ROLES[feature] ?? 'other')
          : 'probability',
      (evaluation) =>
        plainValue(evaluation.outputs.get(name) ?? (nested ? evaluation.result.nested?.get(name) : undefined)),
      feature === 'probability' ? category : computed,
    );
  }
  const hasPrediction = [...columns.values()].some(({ field }) => field.role === role && role !== 'other');
  if (model.scope.targetNames.length === 0 && !hasPrediction) {
    const target = model.scope.target();
    const type = role === 'value' ? 'float64' : columnType(target?.dataType, true);
    add('predictedValue', type, role, ({ result }) => plainValue(result.value));
  }
  return [...columns.values()];
}

function asOther({ category: _, ...field }: OutputField): OutputField {
  return { ...field, role: 'other' };
}

/** Rules asked for all at once are a list. */
function isList(element: Element): boolean {
  return element.attribute('rank') === '0' || booleanAttribute(element, 'isMultiValued');
}

/** Output fields of the model, after those of the segments that it chains. */
function allOutputs(model: Evaluator): { plan: OutputFieldPlan; nested: boolean }[] {
  const nested = (model.scope.nestedOutputs as readonly OutputFieldPlan[]).map((plan) => ({ plan, nested: true }));
  return [...nested, ...model.outputs.map((plan) => ({ plan, nested: false }))];
}
