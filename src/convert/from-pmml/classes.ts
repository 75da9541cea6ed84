import type { IrBuilder } from '../../ir/builder.js';
import type { Kind, Literal, Ref } from '../../ir/types.js';
import type { Element } from '../../wire/xml/document.js';
import { type Scope, validValues } from './scope.js';
import { kindOfDataType, numberOf } from './values.js';

/** The classes of a target, in the order of its DataField; those that it does not list follow as they are met. */
export class Classes {
  readonly labels: Literal[] = [];
  readonly kind: Kind;
  readonly #index = new Map<string, number>();

  constructor(
    readonly target: string | undefined,
    dataField: Element | undefined,
  ) {
    const listed = dataField === undefined ? [] : validValues(dataField);
    const kind = kindOfDataType(dataField?.attribute('dataType') ?? 'string', dataField ?? NOWHERE);
    const whole = kind === 'int64' || (kind !== 'string' && kind !== 'bool' && listed.every(Number.isInteger));
    this.kind = whole ? 'int64' : 'string';
    for (const value of listed) this.indexOf(String(value));
  }

  get size(): number {
    return this.labels.length;
  }

  get texts(): string[] {
    return this.labels.map(String);
  }

  /** Index of a class that the document writes so; a new one if it is not known yet. */
  indexOf(text: string): number {
    const number = this.kind === 'int64' ? numberOf(text) : undefined;
    const key = number === undefined ? text : String(number);
    const known = this.#index.get(key);
    if (known !== undefined) return known;
    this.#index.set(key, this.labels.length);
    return this.labels.push(number ?? text) - 1;
  }

  /** The label of an index (int64) into `order`, by default into the classes themselves. */
  label(builder: IrBuilder, index: Ref, order: readonly number[] = this.labels.map((_, at) => at)): Ref {
    const labels = order.map((at) => this.labels[at]!);
    return builder.lookup(
      index,
      this.kind,
      labels.map((_, at) => at),
      labels,
    );
  }
}

const NOWHERE = { place: {} } as Element;

/** The target of a model: the MiningField with usage target or predicted, else the one of the models around it. */
export function targetOf(model: Element, scope: Scope): { name: string | undefined; dataField: Element | undefined } {
  for (let at: Element | undefined = model; at !== undefined; at = at.parent) {
    for (const field of at.child('MiningSchema')?.children('MiningField') ?? []) {
      const usage = field.attribute('usageType');
      if (usage !== 'target' && usage !== 'predicted') continue;
      const name = field.attribute('name');
      const dataField = scope.lift.dataFields.get(name ?? '');
      if (dataField !== undefined) return { name, dataField };
    }
  }
  return { name: undefined, dataField: undefined };
}
