import {
  CLASSES,
  type Draw,
  type DrawnDocument,
  documentOf,
  drawFrom,
  NUMBERS,
  outputsFor,
  predicateOf,
  rowsFor,
  schemaOf,
  type Target,
  targetsFor,
} from './pmml-audit-draw.js';
import { regressionOf } from './pmml-audit-equations.js';
import { treeOf } from './pmml-audit-rules.js';

const INPUTS = ['x', 'f', 'n', 'c', 'i'];
const VOTES = ['majorityVote', 'weightedMajorityVote'];
const NUMERIC = ['average', 'weightedAverage', 'median', 'weightedMedian', 'sum', 'weightedSum'];
const SHARED = ['average', 'weightedAverage', 'median', 'max'];

function memberOf(draw: Draw, target: Target, depth: number, more: string, hasTarget: boolean): string {
  const kind = draw.whole(depth > 0 ? 5 : 4);
  if (kind === 4) return miningOf(draw, target, depth - 1, more, hasTarget, false);
  return kind < 3
    ? treeOf(draw, target, INPUTS, () => more, hasTarget, ['counts', 'probabilities'])
    : regressionOf(draw, target, INPUTS, more, hasTarget);
}

/** A MiningModel of two to five segments, some of them MiningModels again. */
/** Output fields of segments so far: their names are unique in a document. */
let outputs = 0;

export function miningOf(
  draw: Draw,
  target: Target,
  depth: number,
  more: string,
  hasTarget: boolean,
  outer: boolean,
): string {
  const isClass = target.spellings.length > 0;
  // The engine does not see the prediction of a segment that itself is a chain or a choice.
  const choices = outer ? ['selectFirst', 'modelChain'] : [];
  const method = draw.pick([...(isClass ? [...VOTES, ...VOTES, ...SHARED] : NUMERIC), ...choices]);
  const count = 2 + draw.whole(4);
  // In the engine, votes of a nested model know the categories that were voted for only.
  const nested = isClass && SHARED.includes(method) ? 0 : depth;
  const named = draw.chance(0.5);
  const segments = Array.from({ length: count }, (_, index) => {
    const last = index === count - 1;
    const test = last || draw.chance(0.7) ? '<True/>' : predicateOf(draw, INPUTS, 1);
    const weight = /weighted/i.test(method) ? ` weight="${draw.pick(['1', '0.5', '2', '1'])}"` : '';
    const id = draw.chance(0.5) ? ` id="s${index}"` : '';
    const name = `out${++outputs}`;
    const own =
      method === 'modelChain' ? `<Output><OutputField name="${name}" feature="predictedValue"/></Output>` : '';
    return `<Segment${id}${weight}>${test}${memberOf(draw, target, nested, own, named)}</Segment>`;
  });
  const missing = draw.chance(0.6)
    ? ` missingPredictionTreatment="${draw.pick(['continue', 'skipSegment', 'returnMissing'])}"`
    : '';
  const threshold =
    missing !== '' && draw.chance(0.5) && method !== 'modelChain'
      ? ` missingThreshold="${draw.pick(['0.25', '0.5', '0.75'])}"`
      : '';
  return `<MiningModel functionName="${isClass ? 'classification' : 'regression'}"${draw.math}>${schemaOf(INPUTS, hasTarget)}${more}<Segmentation multipleModelMethod="${method}"${missing}${threshold}>${segments.join('')}</Segmentation></MiningModel>`;
}

export function drawnMining(seed: number): DrawnDocument {
  const draw = drawFrom(seed);
  // The engine loses the categories of a nested vote that are no text.
  const target = draw.pick(
    draw.chance(0.6) ? CLASSES.filter(({ dataType }) => dataType === 'string') : NUMBERS.slice(0, 2),
  );
  const isNumber = target.spellings.length === 0;
  const fields = outputsFor(target, ['<OutputField name="value" feature="predictedValue"/>']);
  const treatment = targetsFor(draw, target, isNumber);
  const model = miningOf(draw, target, 1, fields, true, true);
  // The engine hands on what a chosen segment gives, without the treatment of the model around it.
  const chosen = /^.*?multipleModelMethod="(selectFirst|modelChain)"/.test(model);
  return {
    name: `mining ${seed}`,
    xml: documentOf(target, INPUTS, chosen ? model : model.replace('</Output>', `</Output>${treatment}`)),
    rows: rowsFor(draw, INPUTS, 40),
  };
}
