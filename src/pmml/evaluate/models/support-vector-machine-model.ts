import type { Element } from '../../../wire/xml/document.js';
import { invalidDocument, missingAttribute, missingElement } from '../../errors.js';
import { arrayChild, arrayNumbers } from '../arrays.js';
import {
  booleanAttribute,
  enumAttribute,
  numberAttribute,
  optionalNumber,
  required,
  requiredChild,
} from '../attributes.js';
import type { Frame, ModelCompiler, ModelResult, Scope } from '../model.js';
import { NO_RESULT } from '../model.js';
import { equalValues, lenientLiteral, numberOf, type Scalar, textOf } from '../values.js';
import { scalarOf } from './field-values.js';
import { dot } from './kernels/linear-algebra.js';
import { SVM_KERNELS, type SvmKernel } from './kernels/svm-kernels.js';

interface Machine {
  readonly targetCategory: string | undefined;
  readonly alternateTargetCategory: string | undefined;
  readonly threshold: number | undefined;
  readonly decision: (x: readonly number[]) => number;
}

/** SupportVectorMachineModel: regression, and classification by one machine, one against one or one against all. */
export const compileSupportVectorMachineModel: ModelCompiler = (element, scope) => {
  const representation = enumAttribute(
    element,
    'svmRepresentation',
    ['SupportVectors', 'Coefficients'],
    'SupportVectors',
  );
  const dictionary = requiredChild(element, 'VectorDictionary');
  const inputs = vectorFields(requiredChild(dictionary, 'VectorFields'), scope);
  const vectors = readVectors(dictionary, inputs.length);
  const kernel = kernelOf(element);
  const machines = element
    .children('SupportVectorMachine')
    .map((machine) => compileMachine(machine, representation, kernel, vectors, inputs.length))
    .map((machine) => withKeys(machine, scope.target()?.dataType ?? 'string'));
  if (machines.length === 0) throw missingElement(element, 'SupportVectorMachine');
  const decide = scope.functionName === 'classification' ? classifier(element, machines, scope) : regression(machines);
  return (frame) => {
    const x: number[] = [];
    for (const input of inputs) {
      const value = input(frame);
      if (value === undefined) return NO_RESULT;
      x.push(value);
    }
    return decide(x);
  };
};

/** Categories by their text in the target's type: "1.0" of an integer is "1". */
function withKeys(machine: Machine, dataType: string): Machine {
  const key = (text: string | undefined) => (text === undefined ? undefined : textOf(lenientLiteral(text, dataType)));
  const { targetCategory, alternateTargetCategory } = machine;
  return {
    ...machine,
    targetCategory: key(targetCategory),
    alternateTargetCategory: key(alternateTargetCategory),
  };
}

type Input = (frame: Frame) => number | undefined;

/** "CategoricalPredictor": its coefficient (1 unless given) where the field has the value, else 0. */
function vectorFields(element: Element, scope: Scope): Input[] {
  const inputs: Input[] = [];
  for (const child of element.children()) {
    if (child.name === 'FieldRef') {
      const field = scope.field(required(child, 'field'), child);
      const fallback = optionalNumber(child, 'mapMissingTo');
      inputs.push((frame) => numberOf(field.value(frame)) ?? fallback);
    } else if (child.name === 'CategoricalPredictor') {
      const field = scope.field(required(child, 'name'), child);
      const literal = lenientLiteral(required(child, 'value'), field.dataType);
      const coefficient = numberAttribute(child, 'coefficient', 1);
      inputs.push((frame) => {
        const value = scalarOf(field.value(frame));
        return value === undefined ? undefined : equalValues(value, literal) ? coefficient : 0;
      });
    }
  }
  return inputs;
}

function readVectors(dictionary: Element, length: number): Map<string, number[]> {
  const vectors = new Map<string, number[]>();
  for (const instance of dictionary.children('VectorInstance')) {
    const array = arrayChild(instance);
    if (array === undefined) throw missingElement(instance, 'Array');
    const numbers = [...arrayNumbers(array)];
    // A sparse array without n may end before the last field.
    while (array.name !== 'Array' && numbers.length < length) numbers.push(numberAttribute(array, 'defaultValue', 0));
    if (numbers.length !== length) {
      throw invalidDocument(`the vector has ${numbers.length} values for ${length} vector fields`, instance);
    }
    vectors.set(required(instance, 'id'), numbers);
  }
  return vectors;
}

function kernelOf(element: Element): SvmKernel {
  const kernel = element.children().find((child) => Object.hasOwn(SVM_KERNELS, child.name));
  if (kernel === undefined) return dot;
  return SVM_KERNELS[kernel.name]!({
    gamma: numberAttribute(kernel, 'gamma', 1),
    coef0: numberAttribute(kernel, 'coef0', 1),
    degree: numberAttribute(kernel, 'degree', 1),
  });
}

function compileMachine(
  element: Element,
  representation: 'SupportVectors' | 'Coefficients',
  kernel: SvmKernel,
  vectors: ReadonlyMap<string, number[]>,
  inputs: number,
): Machine {
  const list = requiredChild(element, 'Coefficients');
  const coefficients = list.children('Coefficient').map((child) => numberAttribute(child, 'value', 0));
  const offset = numberAttribute(list, 'absoluteValue', 0);
  const common = {
    targetCategory: element.attribute('targetCategory'),
    alternateTargetCategory: element.attribute('alternateTargetCategory'),
    threshold: optionalNumber(element, 'threshold'),
  };
  if (representation === 'Coefficients') {
    if (coefficients.length !== inputs) {
      throw invalidDocument(`there are ${coefficients.length} coefficients for ${inputs} vector fields`, list);
    }
    return { ...common, decision: (x) => dot(coefficients, x) + offset };
  }
  const support = (element.child('SupportVectors')?.children('SupportVector') ?? []).map((child) => {
    const vector = vectors.get(required(child, 'vectorId'));
    if (vector === undefined) throw invalidDocument(`there is no vector ${child.attribute('vectorId')}`, child);
    return vector;
  });
  if (support.length !== coefficients.length) {
    throw invalidDocument(
      `there are ${coefficients.length} coefficients for ${support.length} support vectors`,
      element,
    );
  }
  return {
    ...common,
    decision: (x) => {
      let sum = 0;
      for (let i = 0; i < support.length; i++) sum += coefficients[i]! * kernel(x, support[i]!);
      return sum + offset;
    },
  };
}

function regression(machines: readonly Machine[]): (x: readonly number[]) => ModelResult {
  const machine = machines[0]!;
  return (x) => {
    const value = machine.decision(x);
    return { value, explain: () => ({ decision: value }) };
  };
}

function classifier(
  element: Element,
  machines: readonly Machine[],
  scope: Scope,
): (x: readonly number[]) => ModelResult {
  const threshold = numberAttribute(element, 'threshold', 0);
  const method = enumAttribute(element, 'classificationMethod', ['OneAgainstAll', 'OneAgainstOne'], 'OneAgainstAll');
  const maxWins = booleanAttribute(element, 'maxWins');
  const binary = element.attribute('alternateBinaryTargetCategory');
  for (const [index, child] of element.children('SupportVectorMachine').entries()) {
    if (machines[index]!.targetCategory === undefined) throw missingAttribute(child, 'targetCategory');
  }
  // A lone machine decides against the other category of the target, also where the document does not name it.
  const other = otherCategory(machines, scope);
  const pairs =
    method === 'OneAgainstOne' ||
    other !== undefined ||
    machines.some((machine) => machine.alternateTargetCategory !== undefined);
  const target = scope.target();
  const label = (text: string): Scalar => lenientLiteral(text, target?.dataType ?? 'string');
  if (machines.length === 1 && binary !== undefined && machines[0]!.alternateTargetCategory === undefined) {
    // 3.2 knows no threshold: 1 stands for the machine's targetCategory and 0 for the alternateBinaryTargetCategory.
    const only = machines[0]!;
    const limit = only.threshold ?? optionalNumber(element, 'threshold');
    return (x) => {
      const value = only.decision(x);
      const isTarget = limit === undefined ? value >= 0.5 : value < limit;
      return { value: label(isTarget ? only.targetCategory! : binary), explain: () => ({ decision: value }) };
    };
  }
  if (pairs) {
    // A tie goes to the category that the dictionary lists first, as in LIBSVM, which trained most such documents.
    const listed = target?.categories.map(textOf) ?? [];
    return oneAgainstOne(machines, { threshold, maxWins, label, other, listed });
  }
  return oneAgainstAll(machines, maxWins, label);
}

/** The category a lone machine decides against where the document names none: the other value of the target. */
function otherCategory(machines: readonly Machine[], scope: Scope): string | undefined {
  const categories = scope.target()?.categories.map(textOf) ?? [];
  if (categories.length !== 2 || machines.length !== 1) return undefined;
  return categories.find((category) => category !== machines[0]!.targetCategory);
}

interface Pairs {
  readonly threshold: number;
  readonly maxWins: boolean;
  readonly label: (text: string) => Scalar;
  readonly other: string | undefined;
  readonly listed: readonly string[];
}

/**
 * "If maxWins is true and the prediction is larger than the threshold or maxWins is false and the prediction is smaller
 * than the threshold, the class label is the targetCategory attribute, otherwise, it is the alternateTargetCategory".
 */
function oneAgainstOne(
  machines: readonly Machine[],
  { threshold, maxWins, label, other, listed }: Pairs,
): (x: readonly number[]) => ModelResult {
  return (x) => {
    const votes = new Map<string, number>(listed.map((category) => [category, 0]));
    for (const machine of machines) {
      votes.set(machine.targetCategory!, 0);
      const against = machine.alternateTargetCategory ?? other;
      if (against !== undefined) votes.set(against, 0);
    }
    const decisions: number[] = [];
    for (const machine of machines) {
      const value = machine.decision(x);
      decisions.push(value);
      const limit = machine.threshold ?? threshold;
      const isTarget = maxWins ? value > limit : value < limit;
      const winner = isTarget ? machine.targetCategory! : (machine.alternateTargetCategory ?? other);
      if (winner !== undefined) votes.set(winner, votes.get(winner)! + 1);
    }
    return {
      value: label(best(votes, (a, b) => a > b)),
      probabilities: new Map([...votes].map(([text, count]) => [text, count / machines.length])),
      explain: () => ({
        votes: Object.fromEntries(votes),
        machines: machines.map((machine, i) => ({
          targetCategory: machine.targetCategory,
          alternateTargetCategory: machine.alternateTargetCategory ?? other ?? null,
          decision: decisions[i],
          threshold: machine.threshold ?? threshold,
        })),
      }),
    };
  };
}

/** The machine with the smallest value wins, with maxWins the one with the largest. */
function oneAgainstAll(
  machines: readonly Machine[],
  maxWins: boolean,
  label: (text: string) => Scalar,
): (x: readonly number[]) => ModelResult {
  return (x) => {
    const values = new Map<string, number>();
    for (const machine of machines) values.set(machine.targetCategory!, machine.decision(x));
    const winner = best(values, maxWins ? (a, b) => a > b : (a, b) => a < b);
    return {
      value: label(winner),
      entities: [...values].map(([id, affinity]) => ({ id, affinity })),
      affinity: values.get(winner)!,
      explain: () => ({ decisions: Object.fromEntries(values) }),
    };
  };
}

function best(values: ReadonlyMap<string, number>, better: (a: number, b: number) => boolean): string {
  let winner: [string, number] | undefined;
  for (const entry of values) if (winner === undefined || better(entry[1], winner[1])) winner = entry;
  return winner![0];
}
