import {
  CLASSES,
  type Draw,
  type DrawnDocument,
  documentOf,
  drawFrom,
  ENTITY,
  NUMBERS,
  outputsFor,
  predicateOf,
  rowsFor,
  schemaOf,
  spelled,
  type Target,
  targetsFor,
} from './pmml-audit-draw.js';

interface TreeChoice {
  readonly inputs: readonly string[];
  readonly classes: readonly string[] | undefined;
  /** How leaves look: their own scores, distributions, or both. */
  readonly style: 'score' | 'counts' | 'confidences' | 'probabilities';
  readonly defaults: boolean;
}

/** Nodes of the tree that is being drawn. */
let counter: number;

function distribution(draw: Draw, { classes, style }: TreeChoice): { xml: string; total: number } {
  if (classes === undefined || style === 'score') return { xml: '', total: 10 };
  const counts = classes.map(() => draw.whole(4));
  if (Math.max(...counts) === 0) counts[0] = 1;
  const total = counts.reduce((sum, count) => sum + count, 0);
  const xml = classes.map((value, index) => {
    const own =
      style === 'confidences'
        ? ` confidence="${draw.pick(['0.25', '0.5', '0.75'])}"`
        : style === 'probabilities'
          ? ` probability="${classes.length === 2 ? (index + 1) / 4 + index / 4 : [0.5, 0.125, 0.375][index]}"`
          : '';
    return `<ScoreDistribution value="${value}" recordCount="${counts[index]}"${own}/>`;
  });
  return { xml: xml.join(''), total };
}

function nodeOf(draw: Draw, choice: TreeChoice, depth: number, predicate: string): string {
  const id = `n${++counter}`;
  const { xml, total } = distribution(draw, choice);
  const score =
    draw.chance(0.05) && depth > 0 && choice.classes === undefined
      ? ''
      : ` score="${choice.classes === undefined ? draw.fine() : draw.pick(choice.classes)}"`;
  const count = ` recordCount="${total}"`;
  if (depth === 0) return `<Node id="${id}"${score}${count}>${predicate}${xml}</Node>`;
  const from = counter;
  const tests = Array.from({ length: 1 + draw.whole(2) }, () => predicateOf(draw, choice.inputs));
  if (draw.chance(0.6)) tests.push('<True/>');
  const children = tests.map((test) => nodeOf(draw, choice, draw.chance(0.6) ? depth - 1 : 0, test));
  const standIn = choice.defaults ? ` defaultChild="n${from + 1}"` : '';
  return `<Node id="${id}"${score}${count}${standIn}>${predicate}${xml}${children.join('')}</Node>`;
}

/** A TreeModel; `functionName` by its target. */
export function treeOf(
  draw: Draw,
  target: Target,
  inputs: readonly string[],
  more: (style: TreeChoice['style']) => string = () => '',
  hasTarget = true,
  styles: readonly TreeChoice['style'][] = ['score', 'counts', 'counts', 'confidences', 'probabilities'],
): string {
  const isClass = target.spellings.length > 0;
  const strategy = draw.pick(['', 'none', 'lastPrediction', 'nullPrediction', 'defaultChild', 'defaultChild']);
  const choice: TreeChoice = {
    inputs,
    classes: isClass ? spelled(draw, target) : undefined,
    style: draw.pick(styles),
    defaults: strategy === 'defaultChild',
  };
  counter = 0;
  const root = nodeOf(draw, choice, 3, '<True/>');
  const attributes = [
    strategy === '' ? '' : ` missingValueStrategy="${strategy}"`,
    draw.chance(0.4) ? ` missingValuePenalty="${draw.pick(['0.8', '0.5', '0.7'])}"` : '',
    draw.chance(0.5) ? ' noTrueChildStrategy="returnLastPrediction"' : '',
    draw.math,
  ].join('');
  return `<TreeModel functionName="${isClass ? 'classification' : 'regression'}"${attributes}>${schemaOf(inputs, hasTarget)}${more(choice.style)}${root}</TreeModel>`;
}

export function drawnTree(seed: number): DrawnDocument {
  const draw = drawFrom(seed);
  const target = draw.pick(draw.chance(0.7) ? CLASSES : NUMBERS);
  const inputs = ['x', 'f', 'n', 'c', 'i'];
  const isNumber = target.spellings.length === 0;
  const treatment = targetsFor(draw, target, isNumber);
  const more = (style: TreeChoice['style']) => {
    const asked = style === 'score' ? undefined : target;
    return `${outputsFor(asked, style === 'score' || treatment !== '' ? [] : [ENTITY], style === 'confidences' ? ['probability', 'confidence'] : ['probability'])}${treatment}`;
  };
  return {
    name: `tree ${seed}`,
    xml: documentOf(target, inputs, treeOf(draw, target, inputs, more)),
    rows: rowsFor(draw, inputs, 40),
  };
}

export function drawnRuleSet(seed: number): DrawnDocument {
  const draw = drawFrom(seed);
  const target = draw.pick(CLASSES);
  const inputs = ['x', 'n', 'c', 'i'];
  const classes = spelled(draw, target);
  let id = 0;
  const simple = (): string => {
    const confidence = draw.chance(0.8) ? ` confidence="${draw.pick(['0.25', '0.5', '0.9'])}"` : '';
    const weight = draw.chance(0.8) ? ` weight="${draw.pick(['1', '2', '0.5'])}"` : '';
    const name = draw.chance(0.7) ? ` id="r${++id}"` : '';
    return `<SimpleRule${name} score="${draw.pick(classes)}"${confidence}${weight}>${predicateOf(draw, inputs)}</SimpleRule>`;
  };
  const rule = (depth: number): string =>
    depth > 0 && draw.chance(0.3)
      ? `<CompoundRule>${predicateOf(draw, inputs)}${Array.from({ length: 2 }, () => rule(depth - 1)).join('')}</CompoundRule>`
      : simple();
  const rules = Array.from({ length: 3 + draw.whole(4) }, () => rule(2)).join('');
  // The engine compares confidences for weightedMax (docs/decisions/0151).
  const methods = draw
    .pick([['firstHit'], ['weightedSum'], ['firstHit', 'weightedSum'], ['weightedSum', 'firstHit']])
    .map((criterion) => `<RuleSelectionMethod criterion="${criterion}"/>`);
  const fallback = ` defaultScore="${draw.pick(classes)}"${draw.chance(0.5) ? ' defaultConfidence="0.125"' : ''}`;
  const more = `${outputsFor(target, [ENTITY], ['confidence'])}${targetsFor(draw, target, false)}`;
  return {
    name: `ruleset ${seed}`,
    xml: documentOf(
      target,
      inputs,
      `<RuleSetModel functionName="classification">${schemaOf(inputs)}${more}<RuleSet${fallback}>${methods.join('')}${rules}</RuleSet></RuleSetModel>`,
    ),
    rows: rowsFor(draw, inputs, 40),
  };
}

export function drawnScorecard(seed: number): DrawnDocument {
  const draw = drawFrom(seed);
  // The engine does not treat the target of a scorecard, and refuses real scores of an integer.
  const target = draw.pick(NUMBERS.slice(0, 2));
  const inputs = ['x', 'f', 'n', 'c'];
  const codes = ['A', 'B', 'C', 'D'];
  const ownBaselines = draw.chance(0.5);
  const characteristic = (index: number): string => {
    const own = draw.chance(0.6);
    const attributes = [
      ...Array.from({ length: 1 + draw.whole(2) }, () => predicateOf(draw, inputs, 1)),
      '<True/>',
    ].map((test) => {
      const code = own || draw.chance(0.3) ? ` reasonCode="${draw.pick(codes)}"` : '';
      if (draw.chance(0.2))
        return `<Attribute${code}>${test}<ComplexPartialScore><Apply function="+"><FieldRef field="n"/><Constant dataType="double">${draw.coarse()}</Constant></Apply></ComplexPartialScore></Attribute>`;
      return `<Attribute partialScore="${draw.coarse()}"${code}>${test}</Attribute>`;
    });
    const code = own ? '' : ` reasonCode="${draw.pick(codes)}"`;
    const baseline = ownBaselines ? ` baselineScore="${draw.coarse()}"` : '';
    return `<Characteristic name="k${index}"${code}${baseline}>${attributes.join('')}</Characteristic>`;
  };
  const attributes = [
    draw.chance(0.7) ? ` initialScore="${draw.coarse()}"` : '',
    ownBaselines ? '' : ' baselineScore="0.5"',
    draw.chance(0.5) ? ` reasonCodeAlgorithm="${draw.pick(['pointsAbove', 'pointsBelow'])}"` : '',
    draw.chance(0.3) ? ` baselineMethod="${draw.pick(['max', 'min', 'mean', 'neutral', 'other'])}"` : '',
    draw.chance(0.2) ? ' useReasonCodes="false"' : '',
    draw.math,
  ].join('');
  const outputs = [1, 2, 3, 4].map(
    (rank) =>
      `<OutputField name="code${rank}" feature="reasonCode" rank="${rank}" optype="categorical" dataType="string"/>`,
  );
  const hasCodes = !attributes.includes('useReasonCodes="false"');
  return {
    name: `scorecard ${seed}`,
    xml: documentOf(
      target,
      inputs,
      `<Scorecard functionName="regression"${attributes}>${schemaOf(inputs)}<Output>${hasCodes ? outputs.join('') : ''}<OutputField name="score" feature="predictedValue" optype="continuous" dataType="double"/></Output><Characteristics>${[0, 1, 2, 3].map(characteristic).join('')}</Characteristics></Scorecard>`,
    ),
    rows: rowsFor(draw, inputs, 40),
  };
}
