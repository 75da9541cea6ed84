import type { InputField, Interval } from '../../core/scorer.js';
import type { DataType } from '../../core/table.js';
import type { IrBuilder } from '../../ir/builder.js';
import { inDomain } from '../../ir/domain.js';
import type { Kind, Ref } from '../../ir/types.js';
import type { Element } from '../../wire/xml/document.js';
import { declined } from '../declined.js';
import { liftDerivedField } from './expressions.js';
import { treatField } from './mining-schema.js';
import { type FieldValue, kindOfDataType, literalOf, numberOf } from './values.js';

/** What the whole document shares while it is lifted. */
export interface Lift {
  readonly builder: IrBuilder;
  readonly dataFields: ReadonlyMap<string, Element>;
  readonly derivedFields: ReadonlyMap<string, Element>;
  readonly functions: ReadonlyMap<string, Element>;
  readonly inputs: Map<string, FieldValue>;
  /** Conditions that every row must meet: `invalidValueTreatment="returnInvalid"` fails the row otherwise. */
  readonly valid: Set<Ref>;
  /** Result features that have no counterpart in the IR. */
  readonly dropped: Set<string>;
  /** How many DefineFunction calls are open, and how many there were. */
  depth: number;
  calls: number;
}

const TYPES: Record<string, DataType> = {
  string: 'string',
  integer: 'int64',
  float: 'float32',
  double: 'float64',
  boolean: 'boolean',
};

/**
 * The fields that one model sees: its own derived fields, its MiningSchema (treated), outputs of earlier segments, the
 * fields of the model around it, and the TransformationDictionary seen from here.
 */
export class Scope {
  readonly #fields = new Map<string, FieldValue>();
  readonly #local = new Map<string, Element>();
  readonly #mining = new Map<string, Element>();
  readonly #open = new Set<string>();

  constructor(
    readonly lift: Lift,
    readonly parent: Scope | undefined,
    model: Element | undefined,
  ) {
    for (const field of model?.child('LocalTransformations')?.children('DerivedField') ?? []) {
      this.#local.set(field.attribute('name') ?? '', field);
    }
    for (const field of model?.child('MiningSchema')?.children('MiningField') ?? []) {
      this.#mining.set(field.attribute('name') ?? '', field);
    }
  }

  define(name: string, value: FieldValue): void {
    this.#fields.set(name, value);
  }

  /** The value of a field, or of a function's parameter. */
  field(name: string, at: Element): FieldValue {
    const found = this.find(name, at);
    if (found === undefined)
      throw declined('unknown-field', `there is no field "${name}"`, { ...at.place, field: name });
    return found;
  }

  find(name: string, at: Element): FieldValue | undefined {
    const known = this.#fields.get(name);
    if (known !== undefined) return known;
    if (this.#open.has(name)) {
      throw declined('cyclic-field', `the field "${name}" is defined by itself`, { ...at.place, field: name });
    }
    this.#open.add(name);
    const value = this.#resolve(name, at);
    this.#open.delete(name);
    if (value !== undefined) this.#fields.set(name, value);
    return value;
  }

  #resolve(name: string, at: Element): FieldValue | undefined {
    const local = this.#local.get(name);
    if (local !== undefined) return liftDerivedField(local, this);
    const mining = this.#mining.get(name);
    if (mining !== undefined) {
      const outer = this.parent?.find(name, at) ?? inputOf(this.lift, name) ?? this.#global(name);
      if (outer === undefined || (this.parent !== undefined && isPlain(mining))) return outer;
      return treatField(this.lift, outer, mining, this.lift.dataFields.get(name));
    }
    const derived = this.#global(name);
    if (derived !== undefined) return derived;
    return this.parent?.find(name, at) ?? (this.parent === undefined ? inputOf(this.lift, name) : undefined);
  }

  #global(name: string): FieldValue | undefined {
    const derived = this.lift.derivedFields.get(name);
    return derived === undefined ? undefined : liftDerivedField(derived, this);
  }
}

/** Text that is no number is never the value of a numeric input, once it has been read. */
function canOccur(text: string, kind: Kind): boolean {
  return kind === 'string' || kind === 'bool' || numberOf(text) !== undefined;
}

const TREATMENTS = ['invalidValueTreatment', 'missingValueTreatment', 'missingValueReplacement', 'outliers', 'optype'];

/** A field that a nested model takes over as the model around it has prepared it. */
function isPlain(mining: Element): boolean {
  return TREATMENTS.every((name) => mining.attribute(name) === undefined);
}

/** The field of the DataDictionary as an input, with its codes for missing values made missing. */
export function inputOf(lift: Lift, name: string): FieldValue | undefined {
  const known = lift.inputs.get(name);
  if (known !== undefined) return known;
  const element = lift.dataFields.get(name);
  if (element === undefined) return undefined;
  const { builder } = lift;
  const dataType = element.attribute('dataType') ?? 'double';
  const kind = kindOfDataType(dataType, element);
  const field = inputField(element, name);
  const input = builder.at({ ...element.place, field: name }, () => builder.input(field));
  const codes = element
    .children('Value')
    .filter((value) => value.attribute('property') === 'missing' && canOccur(value.attribute('value') ?? '', kind))
    .map((value) => literalOf(value.attribute('value') ?? '', kind, value))
    .filter((code) => !(typeof code === 'number' && Number.isNaN(code)));
  const ref = codes.reduce<Ref>((x, code) => {
    const hit = builder.apply(
      'coalesce',
      builder.apply('eq', input, builder.const(kind, code)),
      builder.const('bool', false),
    );
    return builder.apply('select', hit, builder.const(kind, null), x);
  }, input);
  const values = field.values?.map(String);
  const value: FieldValue = { ref, optype: optypeOf(element), ...(values === undefined ? {} : { values }) };
  lift.inputs.set(name, value);
  return value;
}

function optypeOf(element: Element): FieldValue['optype'] {
  const optype = element.attribute('optype');
  return optype === 'categorical' || optype === 'ordinal' ? optype : 'continuous';
}

function inputField(element: Element, name: string): InputField {
  const values = validValues(element);
  const intervals = element.children('Interval').map(intervalOf);
  return {
    name,
    type: TYPES[element.attribute('dataType') ?? 'double'] ?? 'string',
    shape: [],
    optional: true,
    ...(values.length === 0 ? {} : { values }),
    ...(intervals.length === 0 ? {} : { intervals }),
  };
}

/** The values that a DataField lists as valid, typed. */
export function validValues(element: Element): (string | number | boolean)[] {
  const kind = kindOfDataType(element.attribute('dataType') ?? 'double', element);
  return element
    .children('Value')
    .filter((value) => (value.attribute('property') ?? 'valid') === 'valid')
    .map((value) => literalOf(value.attribute('value') ?? '', kind, value) as string | number | boolean);
}

function intervalOf(element: Element): Interval {
  const [low, high] = ['leftMargin', 'rightMargin'].map((name) => numberOf(element.attribute(name) ?? ''));
  const closure = element.attribute('closure') ?? 'closedClosed';
  return {
    ...(low === undefined ? {} : { low }),
    ...(high === undefined ? {} : { high }),
    ...(closure.startsWith('open') ? { lowOpen: true } : {}),
    ...(closure.endsWith('Open') ? { highOpen: true } : {}),
  };
}

/** Whether a value is valid by its DataField; undefined if every value is. */
export function validity(lift: Lift, value: FieldValue, element: Element): Ref | undefined {
  const { builder } = lift;
  const kind = builder.kindOf(value.ref);
  const field = inputField(element, element.attribute('name') ?? '');
  const domain = inDomain(builder, value.ref, field);
  const invalid = element
    .children('Value')
    .filter((code) => code.attribute('property') === 'invalid')
    .map((code) => literalOf(code.attribute('value') ?? '', kind, code))
    .map((code) => {
      const test = builder.apply('ne', value.ref, builder.const(kind, code));
      return builder.typeOf(test).missing ? builder.apply('coalesce', test, builder.const('bool', true)) : test;
    });
  const tests = domain === undefined ? invalid : [domain, ...invalid];
  return tests.length === 0 ? undefined : tests.reduce((a, b) => builder.apply('and', a, b));
}
