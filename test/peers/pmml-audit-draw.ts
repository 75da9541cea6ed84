import type { CellTable } from './peers.js';
import { randomFrom } from './pmml-rows.js';

export interface DrawnDocument {
  readonly name: string;
  readonly xml: string;
  readonly rows: CellTable;
}

/** A stream of seeded choices. */
export interface Draw {
  readonly chance: (probability: number) => boolean;
  readonly whole: (below: number) => number;
  readonly pick: <T>(values: readonly T[]) => T;
  /** The text of a number with few digits, so that sums tie. */
  readonly coarse: () => string;
  /** The text of a number with many digits. */
  readonly fine: () => string;
  /** x-mathContext="float", for all models of a document or for none. */
  readonly math: string;
}

export function drawFrom(seed: number): Draw {
  const random = randomFrom(seed);
  const whole = (below: number) => Math.floor(random() * below);
  return {
    chance: (probability) => random() < probability,
    whole,
    pick: (values) => values[whole(values.length)] as (typeof values)[number],
    coarse: () => String((whole(9) - 4) / 2),
    fine: () => ((random() - 0.5) * 6).toPrecision(9),
    math: seed % 4 === 3 ? ' x-mathContext="float"' : '',
  };
}

/** What a model may read: three numbers and two categories, with the values that rows are drawn from. */
export const INPUTS: Readonly<Record<string, { readonly xml: string; readonly values: readonly string[] }>> = {
  x: {
    xml: '<DataField name="x" optype="continuous" dataType="double"/>',
    values: ['', '', '-2', '-0.5', '0', '0.5', '1', '1.5', '2', '0.1', '3.7'],
  },
  f: {
    xml: '<DataField name="f" optype="continuous" dataType="float"/>',
    values: ['', '-1', '0', '0.1', '0.3', '1', '2.7', '16777217'],
  },
  n: { xml: '<DataField name="n" optype="continuous" dataType="integer"/>', values: ['', '0', '1', '2', '3'] },
  c: {
    xml: '<DataField name="c" optype="categorical" dataType="string"><Value value="a"/><Value value="b"/><Value value="1"/></DataField>',
    values: ['', 'a', 'b', '1'],
  },
  i: {
    xml: '<DataField name="i" optype="categorical" dataType="integer"><Value value="1"/><Value value="2"/><Value value="3"/></DataField>',
    values: ['', '1', '2', '3'],
  },
};

export interface Target {
  readonly xml: string;
  readonly dataType: string;
  /** Categories as the model may spell them: several spellings of one category in a row. */
  readonly spellings: readonly (readonly string[])[];
}

const target = (dataType: string, optype: string, spellings: readonly (readonly string[])[]): Target => ({
  dataType,
  spellings,
  xml: `<DataField name="y" optype="${optype}" dataType="${dataType}">${spellings
    .map(([value]) => `<Value value="${value}"/>`)
    .join('')}</DataField>`,
});

export const CLASSES: readonly Target[] = [
  target('string', 'categorical', [['p'], ['q'], ['r']]),
  target('string', 'categorical', [['no'], ['yes']]),
  target('string', 'categorical', [['1'], ['1.0'], ['01']]),
  target('integer', 'categorical', [['1', '01'], ['2', '2.0'], ['3']]),
  target('integer', 'ordinal', [['0'], ['1'], ['2']]),
  target('double', 'categorical', [
    ['0', '0.0'],
    ['1', '1.0'],
  ]),
  target('boolean', 'categorical', [['true'], ['false']]),
];

export const NUMBERS: readonly Target[] = [
  target('double', 'continuous', []),
  target('float', 'continuous', []),
  target('integer', 'continuous', []),
];

/** The order and the spelling in which a model names the categories. */
export function spelled(draw: Draw, { spellings }: Target): string[] {
  return spellings.map((spelling) => draw.pick(spelling));
}

export function rowsFor(draw: Draw, inputs: readonly string[], count: number, missing = true): CellTable {
  const valuesOf = (name: string) => (INPUTS[name]?.values ?? ['']).filter((value) => missing || value !== '');
  const rows = Array.from({ length: count }, () => inputs.map((name) => draw.pick(valuesOf(name))));
  return { header: inputs, rows };
}

export function schemaOf(inputs: readonly string[], hasTarget = true, target = 'y'): string {
  const fields = inputs.map((name) => `<MiningField name="${name}"/>`).join('');
  return `<MiningSchema>${hasTarget ? `<MiningField name="${target}" usageType="target"/>` : ''}${fields}</MiningSchema>`;
}

/** Output fields for the probabilities or confidences of the target's categories. */
export function outputsFor(
  target: Target | undefined,
  more: readonly string[] = [],
  features: readonly ('probability' | 'confidence')[] = ['probability'],
): string {
  const fields = (target?.spellings ?? []).flatMap(([value]) =>
    features.map(
      (feature) =>
        `<OutputField name="${feature}(${value})" feature="${feature}" value="${value}" optype="continuous" dataType="double"/>`,
    ),
  );
  return `<Output>${fields.join('')}${more.join('')}</Output>`;
}

export const ENTITY = '<OutputField name="entity" feature="entityId" optype="categorical" dataType="string"/>';

/** Targets in many combinations; half of the time none. */
export function targetsFor(draw: Draw, target: Target, isNumber: boolean): string {
  if (draw.chance(0.5)) return '';
  if (isNumber) {
    const attributes = [
      draw.chance(0.4) ? ` min="${-draw.whole(3)}"` : '',
      draw.chance(0.4) ? ` max="${1 + draw.whole(3)}"` : '',
      draw.chance(0.5) ? ` rescaleFactor="${draw.pick(['2', '0.1', '-1.5'])}"` : '',
      draw.chance(0.5) ? ` rescaleConstant="${draw.pick(['1', '0.3', '-2.5'])}"` : '',
      target.dataType === 'integer' || draw.chance(0.3)
        ? ` castInteger="${draw.pick(['round', 'ceiling', 'floor'])}"`
        : '',
    ].join('');
    const fallback = draw.chance(0.4) ? `<TargetValue defaultValue="${draw.whole(5)}"/>` : '';
    return `<Targets><Target field="y"${attributes}>${fallback}</Target></Targets>`;
  }
  const shares = target.spellings.length === 2 ? ['0.75', '0.25'] : ['0.5', '0.375', '0.125'];
  const values = target.spellings.map(
    ([value], index) =>
      `<TargetValue value="${value}" displayValue="shown ${value}" priorProbability="${shares[(index + 1) % shares.length]}"/>`,
  );
  return `<Targets><Target field="y" optype="categorical">${values.join('')}</Target></Targets>`;
}

export function documentOf(target: Target | undefined, inputs: readonly string[], model: string, more = ''): string {
  const fields = [target?.xml ?? '', ...inputs.map((name) => INPUTS[name]?.xml ?? '')].join('');
  return `<PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4"><Header/><DataDictionary>${fields}${more}</DataDictionary>${model}</PMML>`;
}

/** A predicate over some of the inputs. */
export function predicateOf(draw: Draw, inputs: readonly string[], depth = 2): string {
  const kind = draw.whole(depth > 0 ? 10 : 7);
  const field = draw.pick(inputs);
  const value = draw.pick((INPUTS[field]?.values ?? []).filter((text) => text !== ''));
  if (kind >= 7) {
    const operator = draw.pick(['and', 'or', 'xor', 'surrogate', 'surrogate']);
    const parts = Array.from({ length: 2 + draw.whole(2) }, () => predicateOf(draw, inputs, depth - 1));
    return `<CompoundPredicate booleanOperator="${operator}">${parts.join('')}</CompoundPredicate>`;
  }
  if (kind === 6 || field === 'c' || field === 'i') {
    if (draw.chance(0.15)) return `<SimplePredicate field="${field}" operator="isMissing"/>`;
    if (draw.chance(0.5)) {
      const operator = draw.pick(['equal', 'notEqual']);
      return `<SimplePredicate field="${field}" operator="${operator}" value="${value}"/>`;
    }
    const other = draw.pick((INPUTS[field]?.values ?? []).filter((text) => text !== ''));
    const type = field === 'c' ? 'string' : field === 'x' || field === 'f' ? 'real' : 'int';
    const operator = draw.pick(['isIn', 'isNotIn']);
    return `<SimpleSetPredicate field="${field}" booleanOperator="${operator}"><Array type="${type}" n="2">${value} ${other}</Array></SimpleSetPredicate>`;
  }
  if (kind === 5) return draw.pick(['<True/>', '<False/>']);
  const operator = draw.pick(['lessThan', 'lessOrEqual', 'greaterThan', 'greaterOrEqual']);
  return `<SimplePredicate field="${field}" operator="${operator}" value="${value}"/>`;
}
