import { quote } from '../../core/errors.js';
import type { Element } from '../../wire/xml/document.js';
import { arrayItems } from '../evaluate/arrays.js';
import { BUILT_INS } from '../evaluate/functions/index.js';
import { parseNumber } from '../evaluate/values.js';
import type { Report } from './report.js';
import { pushChildren } from './walk.js';

type Rule = (element: Element, report: Report) => void;

/** What the parts of one model must agree on, as far as the evaluator cannot do without. By element. */
const RULES: Readonly<Record<string, Rule>> = {
  RegressionModel: checkRegression,
  Regression: checkRegression,
  TreeModel: checkScores,
  DecisionTree: checkScores,
  ClusteringModel: checkClusters,
  SupportVectorMachineModel: checkMachines,
  GaussianProcessModel: checkLengthScales,
  TextModel: checkTerms,
  Apply: checkArity,
  Sequence: checkSequence,
  'REAL-SparseArray': checkSparseArray,
  'INT-SparseArray': checkSparseArray,
  Attribute: (attribute, report) => {
    if (attribute.attribute('partialScore') !== undefined || attribute.child('ComplexPartialScore') !== undefined)
      return;
    const message = 'an Attribute needs a partialScore or a ComplexPartialScore';
    report.error('missing-attribute', message, attribute, 'partialScore');
  },
  AnomalyDetectionModel: (model, report) => {
    if (model.attribute('algorithmType') !== 'iforest') return;
    const size = model.attribute('sampleDataSize');
    if (size === undefined) {
      report.error('missing-attribute', 'an isolation forest needs its sampleDataSize', model, 'sampleDataSize');
    } else if (!(Number.isInteger(parseNumber(size)) && parseNumber(size)! >= 2)) {
      const message = `sampleDataSize is ${quote(size)} and must be an integer from 2`;
      report.error('attribute-value', message, model, 'sampleDataSize');
    }
  },
  TargetValueStat: (stat, report) => {
    if (stat.child('AnyDistribution') === undefined && stat.child('UniformDistribution') === undefined) return;
    report.warning('unsupported', 'only Gaussian and Poisson distributions can be evaluated here', stat);
  },
};

export function checkModels(root: Element, report: Report): void {
  const { document } = root;
  for (let index = root.index; index < document.size; index++) {
    const name = document.nameOf(index);
    if (Object.hasOwn(RULES, name)) RULES[name]!(document.element(index), report);
  }
}

function checkRegression(model: Element, report: Report): void {
  const tables = model.children('RegressionTable');
  const functionName = model.attribute('functionName');
  if (functionName === 'classification') {
    if (tables.length === 1) report.error('count', 'a classification has two RegressionTable elements at least', model);
    for (const table of tables) {
      if (table.attribute('targetCategory') !== undefined) continue;
      report.error(
        'missing-attribute',
        'the table of a classification needs its targetCategory',
        table,
        'targetCategory',
      );
    }
  } else if (functionName === 'regression' && tables.length > 1) {
    report.error('count', 'a regression has one RegressionTable', model);
  }
}

/** Scores in a regression tree are numbers. */
function checkScores(tree: Element, report: Report): void {
  if (tree.attribute('functionName') !== 'regression') return;
  const pending = tree.children('Node');
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const score = node.attribute('score');
    if (score !== undefined && parseNumber(score) === undefined)
      report.error('value', `the score ${quote(score)} of a regression is no number`, node, 'score');
    pushChildren(pending, node, 'Node');
  }
}

/** How many numbers an array has, dense or sparse; undefined where nobody can know. */
function lengthOf(array: Element | undefined): number | undefined {
  if (array === undefined) return undefined;
  if (array.name === 'Array') return arrayItems(array.text()).length;
  const n = array.attribute('n');
  return n === undefined ? undefined : parseNumber(n);
}

const arrayIn = (element: Element | undefined): Element | undefined =>
  element?.children().find(({ name }) => name === 'Array' || name.endsWith('SparseArray'));

function checkClusters(model: Element, report: Report): void {
  const fields = model.children('ClusteringField').filter((field) => field.attribute('isCenterField') !== 'false');
  const centers = model.child('CenterFields')?.children('DerivedField') ?? fields;
  if (model.attribute('modelClass') === 'distributionBased') return;
  for (const cluster of model.children('Cluster')) {
    const array = arrayIn(cluster);
    const length = lengthOf(array);
    if (array === undefined)
      report.error('missing-element', 'a centre-based Cluster lacks its Array of coordinates', cluster);
    else if (length !== undefined && length !== centers.length)
      report.error('count', `the cluster has ${length} coordinates for ${centers.length} centre fields`, array);
  }
}

function checkMachines(model: Element, report: Report): void {
  const dictionary = model.child('VectorDictionary');
  const vectorFields = dictionary?.child('VectorFields');
  const fields = vectorFields?.children().filter(({ name }) => name === 'FieldRef' || name === 'CategoricalPredictor');
  if (fields !== undefined) {
    for (const instance of dictionary!.children('VectorInstance')) {
      const array = arrayIn(instance);
      const length = lengthOf(array);
      if (length !== undefined && length !== fields.length)
        report.error('count', `the vector has ${length} values for ${fields.length} vector fields`, array!);
    }
  }
  const byCoefficients = model.attribute('svmRepresentation') === 'Coefficients';
  for (const machine of model.children('SupportVectorMachine')) {
    const coefficients = machine.child('Coefficients');
    if (coefficients === undefined) continue;
    const count = coefficients.children('Coefficient').length;
    const wanted = byCoefficients ? fields?.length : machine.child('SupportVectors')?.children('SupportVector').length;
    const what = byCoefficients ? 'vector fields' : 'support vectors';
    if (wanted !== undefined && count !== wanted)
      report.error('count', `there are ${count} coefficients for ${wanted} ${what}`, coefficients);
  }
}

function checkLengthScales(model: Element, report: Report): void {
  const instances = model.child('TrainingInstances')?.child('InstanceFields')?.children('InstanceField').length;
  for (const kernel of model.children()) {
    const array = arrayIn(kernel.child('Lambda'));
    const length = lengthOf(array);
    if (instances !== undefined && length !== undefined && length !== instances - 1)
      report.error('count', `there are ${length} length scales for ${instances - 1} fields`, array!);
  }
}

function checkTerms(model: Element, report: Report): void {
  const terms = lengthOf(arrayIn(model.child('TextDictionary')));
  const documents = model.child('TextCorpus')?.children('TextDocument').length;
  const matrix = model.child('DocumentTermMatrix')?.child('Matrix');
  const rows = matrix?.children('Array') ?? [];
  if (matrix === undefined || terms === undefined || documents === undefined || rows.length === 0) return;
  if ((matrix.attribute('kind') ?? 'any') !== 'any') return;
  if (rows.length !== documents)
    report.error('count', `the matrix has ${rows.length} rows for ${documents} documents`, matrix);
  for (const row of rows) {
    if (lengthOf(row) !== terms) report.error('count', `the row has ${lengthOf(row)} counts for ${terms} terms`, row);
  }
}

function checkArity(apply: Element, report: Report): void {
  const name = apply.attribute('function') ?? '';
  const given = apply.children().filter((child) => child.name !== 'Extension').length;
  let [least, most] = name === 'if' ? [2, 3] : name === 'isValid' || name === 'isNotValid' ? [1, 1] : [0, Infinity];
  if (Object.hasOwn(BUILT_INS, name)) {
    const builtIn = BUILT_INS[name]!;
    least = builtIn.least;
    most = builtIn.most ?? Infinity;
  }
  if (given >= least && given <= most) return;
  const wanted = least === most ? `${least}` : most === Infinity ? `${least} or more` : `${least} to ${most}`;
  report.error('arguments', `${name} takes ${wanted} arguments and gets ${given}`, apply, 'function');
}

/** Sequence is SetReference, then any number of Delimiter, Time?, SetReference, then Time?. */
function checkSequence(sequence: Element, report: Report): void {
  const letters: Readonly<Record<string, string>> = { SetReference: 'S', Delimiter: 'D', Time: 'T' };
  const parts = sequence.children().filter(({ name }) => Object.hasOwn(letters, name));
  const text = parts.map(({ name }) => letters[name]).join('');
  if (text !== '' && !/^S(DT?S)*T?$/.test(text))
    report.error('element-order', 'a Sequence is a SetReference, and then a Delimiter before each other one', sequence);
}

function checkSparseArray(array: Element, report: Report): void {
  const indices = arrayItems(array.child('Indices')?.text() ?? '');
  const entries = arrayItems((array.child('REAL-Entries') ?? array.child('INT-Entries'))?.text() ?? '');
  if (indices.length !== entries.length) {
    report.error('count', `the sparse array has ${indices.length} indices and ${entries.length} entries`, array);
    return;
  }
  const n = parseNumber(array.attribute('n') ?? '') ?? Infinity;
  const wrong = indices.find((text) => !(Number.isInteger(Number(text)) && Number(text) >= 1 && Number(text) <= n));
  if (wrong !== undefined) {
    const range = n === Infinity ? 'from 1' : `from 1 to ${n}`;
    report.error('value', `the index ${quote(wrong)} of the sparse array is not ${range}`, array);
  }
}
