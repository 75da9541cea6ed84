import type { Element } from '../../../wire/xml/document.js';
import { numberAttribute, optionalNumber, required, requiredChild } from '../attributes.js';
import type { CompiledModel, Scope } from '../model.js';
import { NO_RESULT } from '../model.js';
import { equalValues, lenientLiteral, numberOf } from '../values.js';
import { scalarOf } from './field-values.js';
import type { Design } from './general-regression-design.js';

/** A step function: the cumulative hazard at the last time that is not after the asked one. */
interface Hazard {
  readonly maxTime: number;
  readonly cells: readonly { readonly time: number; readonly cumHazard: number }[];
}

/** Cox regression: the predicted value is the cumulative hazard H₀(t)·exp(Σ β (x − referencePoint)). */
export function compileCoxRegression(element: Element, scope: Scope, design: Design): CompiledModel {
  const endTime = scope.field(required(element, 'endTimeVariable'), element);
  const tables = requiredChild(element, 'BaseCumHazardTables');
  const strataName = element.attribute('baselineStrataVariable');
  const strata = strataName === undefined ? undefined : scope.field(strataName, element);
  const byStratum = tables.children('BaselineStratum').map((stratum) => ({
    value: lenientLiteral(required(stratum, 'value'), strata?.dataType ?? 'string'),
    hazard: readHazard(stratum),
  }));
  const common = readHazard(tables);
  const betas = design.betas();
  let reference = 0;
  design.parameters.forEach(({ referencePoint }, i) => {
    reference += betas[i]! * referencePoint;
  });
  return (frame) => {
    const time = numberOf(endTime.value(frame));
    if (time === undefined) return NO_RESULT;
    let hazard: Hazard | undefined = common;
    if (strata !== undefined) {
      const value = scalarOf(strata.value(frame));
      hazard = value === undefined ? undefined : byStratum.find((entry) => equalValues(entry.value, value))?.hazard;
    }
    const row = design.row(frame);
    const baseline = hazard === undefined ? undefined : hazardAt(hazard, time);
    if (row === undefined || baseline === undefined) return NO_RESULT;
    let eta = 0;
    for (let i = 0; i < row.length; i++) eta += row[i]! * betas[i]!;
    const value = baseline * Math.exp(eta - reference);
    return {
      value,
      explain: () => ({
        baselineCumulativeHazard: baseline,
        linearPredictor: eta - reference,
        terms: Object.fromEntries(
          design.parameters.map(({ name, referencePoint }, i) => [name, (row[i]! - referencePoint) * betas[i]!]),
        ),
      }),
    };
  };
}

function readHazard(element: Element): Hazard {
  const cells = element
    .children('BaselineCell')
    .map((cell) => ({ time: numberAttribute(cell, 'time'), cumHazard: numberAttribute(cell, 'cumHazard') }))
    .sort((a, b) => a.time - b.time);
  return { cells, maxTime: optionalNumber(element, 'maxTime') ?? Number.POSITIVE_INFINITY };
}

function hazardAt({ cells, maxTime }: Hazard, time: number): number | undefined {
  if (time > maxTime || cells.length === 0) return undefined;
  let value = 0;
  for (const cell of cells) {
    if (cell.time > time) break;
    value = cell.cumHazard;
  }
  return value;
}
