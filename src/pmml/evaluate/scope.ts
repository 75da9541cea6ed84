import type { Element } from '../../wire/xml/document.js';
import { cyclicDefinition, duplicateName, missingElement, unknownField } from '../errors.js';
import { enumAttribute, required } from './attributes.js';
import { optypeOf } from './dictionary.js';
import { derivedElements, type Environment } from './environment.js';
import { castResult } from './expressions/simple.js';
import { compileExpression, expressionChild } from './expressions.js';
import { step } from './frames.js';
import { compilePreparation, isPlain, USAGE_TYPES } from './input.js';
import type { DefinedFunction, Field, Frame, Scope, TargetField } from './model.js';
import { type DataType, lenientLiteral, type OpType, type Scalar, type Value } from './values.js';

/**
 * The fields that one model sees. An input is looked up in the enclosing model, outermost in the record. Derived
 * fields of the TransformationDictionary are computed again in each scope, from that scope's inputs.
 */
export class ModelScope implements Scope {
  readonly functionName: string;
  readonly math: 'double' | 'float';
  readonly targetNames: readonly string[];
  readonly activeNames: readonly string[];
  /** Output fields of chained or selected segments, which are results of this model too. */
  readonly nestedOutputs: object[] = [];
  /** How many slots a frame of this scope needs; final when everything is compiled. */
  size = 0;
  private readonly mining = new Map<string, Element>();
  private readonly local: ReadonlyMap<string, Element>;
  private readonly fields = new Map<string, Field | undefined>();
  private readonly exported = new Map<string, Field>();
  private pending: (() => void)[] = [];

  constructor(
    readonly environment: Environment,
    readonly element: Element,
    readonly parent: ModelScope | undefined,
  ) {
    this.functionName = element.attribute('functionName') ?? '';
    this.math = enumAttribute(element, 'x-mathContext', ['double', 'float'], 'double');
    const targets: string[] = [];
    const active: string[] = [];
    for (const field of element.child('MiningSchema')?.children('MiningField') ?? []) {
      const name = required(field, 'name');
      if (this.mining.has(name)) throw duplicateName('mining field', name, field);
      this.mining.set(name, field);
      const usage = enumAttribute(field, 'usageType', USAGE_TYPES, 'active');
      if (usage === 'active') active.push(name);
      else if (usage === 'predicted' || usage === 'target') targets.push(name);
    }
    // Before 4.0 the target could stand in the model element alone.
    const named = element.attribute('targetFieldName') ?? element.attribute('targetVariableName');
    if (targets.length === 0 && named !== undefined && environment.dictionary.has(named)) targets.push(named);
    this.targetNames = targets;
    this.activeNames = active;
    this.local = derivedElements(element.child('LocalTransformations'));
  }

  /** Names in the MiningSchema. */
  get miningNames(): readonly string[] {
    return [...this.mining.keys()];
  }

  miningField(name: string): Element | undefined {
    return this.mining.get(name);
  }

  definedFunction(name: string, types: readonly (DataType | undefined)[]): DefinedFunction | undefined {
    return this.environment.definedFunction(name, types);
  }

  remember(name: string, field: Field, back: number): void {
    const outermost = this.outermost();
    const known = outermost === this ? field : outermost.find(name);
    const { remembered } = this.environment;
    if (known !== undefined)
      remembered.set(name, { field: known, back: Math.max(back, remembered.get(name)?.back ?? 0) });
  }

  field(name: string, element: Element): Field {
    const field = this.find(name);
    if (field === undefined) throw unknownField(name, element, [...this.mining.keys(), ...this.local.keys()]);
    return field;
  }

  find(name: string): Field | undefined {
    if (this.fields.has(name)) return this.fields.get(name);
    const field = this.exported.get(name) ?? this.make(name);
    if (field !== undefined) this.fields.set(name, field);
    return field;
  }

  target(name = this.targetNames[0]): TargetField | undefined {
    if (name === undefined) return this.inheritedTarget();
    const declared = this.environment.dictionary.get(name);
    const mining = this.mining.get(name);
    const optype = mining?.attribute('optype') as OpType | undefined;
    if (declared !== undefined) {
      const { dataType, categories } = declared;
      return { name, dataType, optype: optype ?? declared.optype, categories };
    }
    const field = this.parent?.find(name) ?? (this.local.has(name) ? this.find(name) : undefined);
    if (field !== undefined)
      return { name, dataType: field.dataType, optype: optype ?? field.optype, categories: field.categories };
    const continuous = this.functionName === 'regression';
    return {
      name,
      dataType: continuous ? 'double' : 'string',
      optype: optype ?? (continuous ? 'continuous' : 'categorical'),
      categories: [],
    };
  }

  /** A classifier without a target of its own, inside of another one, predicts the outer one's target. */
  private inheritedTarget(): TargetField | undefined {
    const { parent } = this;
    return this.functionName === 'classification' && parent?.functionName === 'classification'
      ? parent.target()
      : undefined;
  }

  /** A new slot whose value is put in from outside: an OutputField, of this model or of a segment. */
  slot(name: string, dataType: string, optype: OpType): { field: Field; put: (frame: Frame, value: Value) => void } {
    const index = this.size++;
    const field: Field = { name, dataType, optype, categories: [], value: (frame) => frame.values[index] };
    return {
      field,
      put: (frame, value) => {
        frame.values[index] = value;
      },
    };
  }

  /** Makes a field visible under its name, before anything that the document declares. */
  expose(field: Field): void {
    this.exported.set(field.name, field);
    this.fields.delete(field.name);
  }

  /** Compiles the derived fields that were referred to. Call it when the model is compiled. */
  finish(): void {
    for (let round = this.pending; round.length > 0; round = this.pending) {
      this.pending = [];
      for (const compile of round) compile();
    }
  }

  private outermost(): ModelScope {
    return this.parent === undefined ? this : this.parent.outermost();
  }

  private make(name: string): Field | undefined {
    const mining = this.mining.get(name);
    if (mining !== undefined) return this.makeInput(name, mining);
    const local = this.local.get(name) ?? this.environment.derived.get(name);
    if (local !== undefined) return this.makeDerived(name, local);
    if (this.parent !== undefined) return this.inherit(this.parent.find(name));
    return this.makeInput(name, undefined);
  }

  private makeInput(name: string, mining: Element | undefined): Field | undefined {
    const declared = this.environment.dictionary.get(name);
    const optype = mining?.attribute('optype') as OpType | undefined;
    const outer = this.parent?.find(name);
    if (outer !== undefined) {
      if (mining === undefined || isPlain(mining)) return this.inherit(outer, optype);
      const { prepare, isValid } = compilePreparation(name, outer.dataType, optype ?? outer.optype, declared, mining);
      const inner = (frame: Frame) => isValid(outer.value(frame.parent!));
      return this.cached(
        { ...outer, isValid: inner, ...(optype === undefined ? {} : { optype }) },
        undefined,
        (frame) => prepare(outer.value(frame.parent!)),
      );
    }
    if (declared === undefined) {
      const derived = this.local.get(name) ?? this.environment.derived.get(name);
      return derived === undefined ? undefined : this.makeDerived(name, derived);
    }
    const { dataType, categories, period, ancestors } = declared;
    const isTarget = this.targetNames.includes(name);
    const { prepare, isValid } = compilePreparation(
      name,
      dataType,
      optype ?? declared.optype,
      declared,
      isTarget ? undefined : mining,
    );
    const raw = (frame: Frame) => (Object.hasOwn(frame.record, name) ? frame.record[name] : undefined);
    const field = {
      name,
      dataType,
      optype: optype ?? declared.optype,
      categories,
      ...(period === undefined ? {} : { period }),
      ...(ancestors === undefined ? {} : { ancestors }),
    };
    return this.cached({ ...field, isValid: (frame) => isValid(raw(frame)) }, undefined, (frame) =>
      prepare(raw(frame)),
    );
  }

  private inherit(outer: Field | undefined, optype?: OpType): Field | undefined {
    if (outer === undefined) return undefined;
    const { isValid } = outer;
    return {
      ...outer,
      ...(optype === undefined ? {} : { optype }),
      ...(isValid === undefined ? {} : { isValid: (frame: Frame) => isValid(frame.parent!) }),
      value: (frame) => outer.value(frame.parent!),
    };
  }

  private makeDerived(name: string, element: Element): Field {
    const dataType = required(element, 'dataType');
    const categories: Scalar[] = element
      .children('Value')
      .filter((value) => (value.attribute('property') ?? 'valid') === 'valid')
      .map((value) => lenientLiteral(required(value, 'value'), dataType));
    let evaluate: ((frame: Frame) => Value) | undefined;
    let from: string | undefined;
    this.pending.push(() => {
      const expression = expressionChild(element);
      if (expression === undefined) throw missingElement(element, 'expression');
      const compiled = compileExpression(expression, this);
      evaluate = compiled.evaluate;
      from = compiled.dataType;
    });
    return this.cached({ name, dataType, optype: optypeOf(element, dataType), categories }, element, (frame) =>
      castResult(evaluate!(frame), dataType, from),
    );
  }

  /** A field that is computed once for a frame. A field that needs itself fails the record. */
  private cached(
    declared: Omit<Field, 'value'>,
    element: Element | undefined,
    compute: (frame: Frame) => Value,
  ): Field {
    const slot = this.size++;
    const value = (frame: Frame): Value => {
      const { states, values } = frame;
      if (states[slot] === 2) return values[slot];
      if (states[slot] === 1) throw cyclicDefinition('field', declared.name, element);
      states[slot] = 1;
      step(frame.session);
      try {
        const result = compute(frame);
        values[slot] = result;
        states[slot] = 2;
        return result;
      } finally {
        if (states[slot] === 1) states[slot] = 0;
      }
    };
    return { ...declared, value };
  }
}
