import type { Ref } from '../../ir/types.js';
import type { Element } from '../../wire/xml/document.js';
import { declined } from '../declined.js';
import { type Lift, validity } from './scope.js';
import { choose, type FieldValue, literalOf, numberOf } from './values.js';

/** Applies a MiningField's treatments in PMML's order: validity, outliers, replacement of what is missing by then. */
export function treatField(lift: Lift, value: FieldValue, mining: Element, dataField: Element | undefined): FieldValue {
  const optype = mining.attribute('optype') ?? value.optype;
  const checked = dataField === undefined ? value : treatInvalid(lift, value, mining, dataField);
  const inside = optype === 'continuous' ? treatOutliers(lift, value, checked, mining, dataField) : checked;
  return { ...treatMissing(lift, inside, mining), optype: optype as FieldValue['optype'] };
}

function treatInvalid(lift: Lift, value: FieldValue, mining: Element, dataField: Element): FieldValue {
  const { builder } = lift;
  const treatment = mining.attribute('invalidValueTreatment') ?? 'returnInvalid';
  if (treatment === 'asIs') return value;
  const valid = validity(lift, value, dataField);
  if (valid === undefined) return value;
  const closed = value.values !== undefined;
  switch (treatment) {
    case 'returnInvalid':
      lift.valid.add(valid);
      return { ...value, closed };
    case 'asMissing': {
      const kind = builder.kindOf(value.ref);
      return { ...value, ref: builder.apply('select', valid, value.ref, builder.const(kind, null)), closed };
    }
    case 'asValue': {
      const text = mining.attribute('invalidValueReplacement') ?? mining.attribute('x-invalidValueReplacement');
      if (text === undefined) {
        throw declined('attribute', 'asValue needs an invalidValueReplacement', mining.place);
      }
      const kind = builder.kindOf(value.ref);
      const replacement = builder.const(kind, literalOf(text, kind, mining));
      return { ...value, ref: builder.apply('select', valid, value.ref, replacement) };
    }
    default:
      throw declined('attribute', `invalidValueTreatment "${treatment}" is unknown`, mining.place);
  }
}

/** Only valid values are outliers: an invalid one that is kept, or its replacement, stays as it is. */
function treatOutliers(
  lift: Lift,
  given: FieldValue,
  value: FieldValue,
  mining: Element,
  dataField: Element | undefined,
): FieldValue {
  const { builder } = lift;
  const treatment = mining.attribute('outliers') ?? 'asIs';
  if (treatment === 'asIs') return value;
  const keepsInvalid = ['asIs', 'asValue'].includes(mining.attribute('invalidValueTreatment') ?? '');
  const valid = keepsInvalid && dataField !== undefined ? validity(lift, given, dataField) : undefined;
  const kind = builder.kindOf(value.ref);
  const bound = (name: string) => {
    const limit = numberOf(mining.attribute(name) ?? '');
    return limit === undefined ? undefined : builder.const(kind, kind === 'float32' ? Math.fround(limit) : limit);
  };
  let ref: Ref = value.ref;
  for (const [limit, fn] of [
    [bound('lowValue'), 'lt'],
    [bound('highValue'), 'gt'],
  ] as const) {
    if (limit === undefined) continue;
    const beyond = builder.apply(fn, ref, limit);
    const outside = valid === undefined ? beyond : builder.apply('and', valid, beyond);
    const instead = treatment === 'asMissingValues' ? builder.const(kind, null) : limit;
    ref = choose(builder, outside, instead, ref);
  }
  return { ...value, ref };
}

function treatMissing(lift: Lift, value: FieldValue, mining: Element): FieldValue {
  const { builder } = lift;
  if (mining.attribute('missingValueTreatment') === 'returnInvalid') {
    if (builder.typeOf(value.ref).missing) {
      lift.valid.add(builder.apply('not', builder.apply('is-missing', value.ref)));
    }
    return value;
  }
  const text = mining.attribute('missingValueReplacement');
  if (text === undefined || !builder.typeOf(value.ref).missing) return value;
  const kind = builder.kindOf(value.ref);
  return { ...value, ref: builder.apply('coalesce', value.ref, builder.const(kind, literalOf(text, kind, mining))) };
}
