import type { IrBuilder } from '../../ir/builder.js';
import { commonKind, isFloat, isNumber, type Kind, type Literal, type Ref } from '../../ir/types.js';
import type { Element } from '../../wire/xml/document.js';
import { declined } from '../declined.js';

/** A field or an expression of the document in the program. */
export interface FieldValue {
  readonly ref: Ref;
  readonly optype: 'continuous' | 'categorical' | 'ordinal';
  /** The valid values of a categorical or ordinal field, as written; `closed` if no other value can occur. */
  readonly values?: readonly string[];
  readonly closed?: boolean;
  /** Text of an untyped constant: its type follows from what it stands beside. */
  readonly literal?: string;
}

const KINDS: Record<string, Kind> = {
  string: 'string',
  integer: 'int64',
  float: 'float32',
  double: 'float64',
  boolean: 'bool',
};

/** The IR's kind for a PMML dataType; dates and times are declined. */
export function kindOfDataType(dataType: string, element: Element): Kind {
  const kind = Object.hasOwn(KINDS, dataType) ? KINDS[dataType] : undefined;
  if (kind === undefined) {
    throw declined('date', `values of type ${dataType} cannot be moved to another format`, element.place, {
      hint: 'compute the days or seconds before scoring and make the field a number',
    });
  }
  return kind;
}

const TRUE = new Set(['true', '1', '1.0']);
const FALSE = new Set(['false', '0', '0.0']);

/** A literal of the document as a value of a kind: "3" and "3.0" are the same number. */
export function literalOf(text: string, kind: Kind, element: Element): Literal {
  if (kind === 'string') return text;
  const word = text.trim().toLowerCase();
  if (kind === 'bool') {
    if (TRUE.has(word)) return true;
    if (FALSE.has(word)) return false;
    throw badLiteral(text, kind, element);
  }
  const number = numberOf(text);
  if (number === undefined) throw badLiteral(text, kind, element);
  return kind === 'float32' ? Math.fround(number) : number;
}

/** A number as PMML and Java spell it; undefined if it is none. */
export function numberOf(text: string): number | undefined {
  const word = text.trim();
  if (word === '') return undefined;
  const number = Number(word);
  if (!Number.isNaN(number)) return number;
  if (/^[+]?inf(inity)?$/i.test(word)) return Number.POSITIVE_INFINITY;
  if (/^-inf(inity)?$/i.test(word)) return Number.NEGATIVE_INFINITY;
  return /^nan$/i.test(word) ? Number.NaN : undefined;
}

function badLiteral(text: string, kind: Kind, element: Element) {
  return declined('literal', `"${text}" is no ${kind}`, element.place);
}

/** Converts to a kind as PMML does where a derived field or a constant has a declared type. */
export function castTo(builder: IrBuilder, value: FieldValue, kind: Kind, element: Element): Ref {
  if (value.literal !== undefined) return builder.const(kind, literalOf(value.literal, kind, element));
  const { ref } = value;
  const from = builder.kindOf(ref);
  if (from === kind) return ref;
  const node = builder.nodes[ref]!;
  if (node.op === 'const' && node.values[0] === null) return builder.const(kind, null);
  if (kind === 'string' && node.op === 'const' && (from === 'int64' || from === 'bool')) {
    return builder.const('string', String(node.values[0]));
  }
  if (kind === 'string') return asText(builder, value, from, element);
  if (from === 'string') return fromText(builder, value, kind, element);
  if (kind === 'bool') return builder.apply('ne', ref, builder.const(from, 0));
  return builder.cast(ref, kind);
}

function asText(builder: IrBuilder, value: FieldValue, from: Kind, element: Element): Ref {
  if (from === 'bool') return builder.lookup(value.ref, 'string', [false, true], ['false', 'true']);
  if (from === 'int64' && value.closed && value.values !== undefined) {
    const numbers = value.values.map((text) => literalOf(text, 'int64', element) as number);
    return builder.lookup(
      value.ref,
      'string',
      numbers,
      numbers.map((number) => String(number)),
    );
  }
  throw declined('number-to-text', 'a number that becomes text cannot be moved', element.place);
}

function fromText(builder: IrBuilder, value: FieldValue, kind: Kind, element: Element): Ref {
  if (value.values === undefined || !value.closed) {
    throw declined('text-to-number', 'text that becomes a number cannot be moved', element.place, {
      hint: 'declare the field as a number, or list its values in the DataDictionary',
    });
  }
  return builder.lookup(
    value.ref,
    kind,
    value.values,
    value.values.map((text) => literalOf(text, kind, element)),
  );
}

/** Two values brought to one kind for a comparison or arithmetic; undefined if there is none. */
export function unify(
  builder: IrBuilder,
  a: FieldValue,
  b: FieldValue,
  element: Element,
): readonly [Ref, Ref] | undefined {
  const kinds = [builder.kindOf(a.ref), builder.kindOf(b.ref)] as const;
  if (a.literal !== undefined && b.literal === undefined)
    return [castTo(builder, a, wider(kinds[1], a), element), widened(b)];
  if (b.literal !== undefined && a.literal === undefined)
    return [widened(a), castTo(builder, b, wider(kinds[0], b), element)];
  const kind = commonKind(kinds[0], kinds[1]);
  if (kind === undefined) return undefined;
  return [builder.cast(a.ref, kind), builder.cast(b.ref, kind)];

  // An integer beside the constant 2.5 is compared as a double.
  function wider(kind: Kind, literal: FieldValue): Kind {
    return isNumber(kind) && !isFloat(kind) && !Number.isInteger(Number(literal.literal)) ? 'float64' : kind;
  }
  function widened(value: FieldValue): Ref {
    const literal = a === value ? b : a;
    return builder.cast(value.ref, wider(builder.kindOf(value.ref), literal));
  }
}

/** `value` equals a literal of the document, with the literal read as the value's own type. */
export function equalsLiteral(builder: IrBuilder, value: FieldValue, text: string, element: Element): Ref {
  const kind = builder.kindOf(value.ref);
  return builder.apply('eq', value.ref, builder.const(kind, literalOf(text, kind, element)));
}

/** `then` where the condition holds; where it does not, or is missing, `otherwise`. */
export function choose(builder: IrBuilder, condition: Ref, then: Ref, otherwise: Ref): Ref {
  return builder.apply('select', certain(builder, condition, false), then, otherwise);
}

/** A bool that is never missing. */
export function certain(builder: IrBuilder, condition: Ref, whenMissing: boolean): Ref {
  return builder.typeOf(condition).missing
    ? builder.apply('coalesce', condition, builder.const('bool', whenMissing))
    : condition;
}

/** A constant of an own type; without one the text decides: integer, double, boolean or string. */
export function constantOf(
  builder: IrBuilder,
  text: string,
  dataType: string | undefined,
  element: Element,
): FieldValue {
  if (dataType !== undefined) {
    const kind = kindOfDataType(dataType, element);
    const empty = kind !== 'string' && text.trim() === '';
    return {
      ref: builder.const(kind, empty ? null : literalOf(text, kind, element)),
      optype: isNumber(kind) ? 'continuous' : 'categorical',
    };
  }
  if (/^\s*[+-]?\d{1,15}\s*$/.test(text)) {
    return { ref: builder.const('int64', Number(text)), optype: 'continuous', literal: text };
  }
  const number = numberOf(text);
  if (number !== undefined) return { ref: builder.const('float64', number), optype: 'continuous', literal: text };
  return { ref: builder.const('string', text), optype: 'categorical', literal: text };
}
