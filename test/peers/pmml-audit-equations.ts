import {
  CLASSES,
  type Draw,
  type DrawnDocument,
  documentOf,
  drawFrom,
  NUMBERS,
  outputsFor,
  rowsFor,
  schemaOf,
  spelled,
  type Target,
  targetsFor,
} from './pmml-audit-draw.js';

const INPUTS = ['x', 'f', 'n', 'c', 'i'];

function tableOf(draw: Draw, category: string | undefined): string {
  const parts: string[] = [];
  for (const name of ['x', 'f', 'n']) {
    if (draw.chance(0.6)) {
      const exponent = draw.chance(0.3) ? ` exponent="${draw.pick(['2', '3'])}"` : '';
      parts.push(`<NumericPredictor name="${name}" coefficient="${draw.fine()}"${exponent}/>`);
    }
  }
  if (draw.chance(0.6)) parts.push(`<CategoricalPredictor name="c" value="a" coefficient="${draw.fine()}"/>`);
  if (draw.chance(0.6)) parts.push(`<CategoricalPredictor name="i" value="2" coefficient="${draw.fine()}"/>`);
  if (draw.chance(0.4))
    parts.push(
      `<PredictorTerm coefficient="${draw.fine()}"><FieldRef field="x"/><FieldRef field="${draw.pick(['x', 'f', 'n'])}"/></PredictorTerm>`,
    );
  const named = category === undefined ? '' : ` targetCategory="${category}"`;
  return `<RegressionTable intercept="${draw.coarse()}"${named}>${parts.join('')}</RegressionTable>`;
}

/** A RegressionModel; `functionName` by its target. */
export function regressionOf(
  draw: Draw,
  target: Target,
  inputs: readonly string[],
  more = '',
  hasTarget = true,
): string {
  const isClass = target.spellings.length > 0;
  const methods = isClass
    ? ['none', 'softmax', 'logit', 'probit', 'cloglog', 'loglog', 'cauchit', 'simplemax']
    : ['', 'none', 'softmax', 'logit', 'exp', 'probit', 'cloglog', 'loglog', 'cauchit'];
  const method = draw.pick(methods);
  const tables = isClass ? spelled(draw, target).map((value) => tableOf(draw, value)) : [tableOf(draw, undefined)];
  const normalization = method === '' ? '' : ` normalizationMethod="${method}"`;
  return `<RegressionModel functionName="${isClass ? 'classification' : 'regression'}"${normalization}${draw.math}>${schemaOf(inputs, hasTarget)}${more}${tables.join('')}</RegressionModel>`;
}

export function drawnRegression(seed: number): DrawnDocument {
  const draw = drawFrom(seed);
  const target = draw.pick(draw.chance(0.7) ? CLASSES : NUMBERS);
  const more = `${outputsFor(target)}${targetsFor(draw, target, target.spellings.length === 0)}`;
  return {
    name: `regression ${target.xml.includes('ordinal') ? 'ordinal ' : ''}${seed}`,
    xml: documentOf(target, INPUTS, regressionOf(draw, target, INPUTS, more)),
    rows: rowsFor(draw, INPUTS, 40),
  };
}

export function drawnGeneralRegression(seed: number): DrawnDocument {
  const draw = drawFrom(seed);
  const modelType = draw.pick([
    'regression',
    'generalLinear',
    'generalizedLinear',
    'multinomialLogistic',
    'ordinalMultinomial',
  ]);
  const isClass = modelType === 'multinomialLogistic' || modelType === 'ordinalMultinomial';
  const target = isClass ? draw.pick(CLASSES) : (NUMBERS[0] as Target);
  const inputs = ['x', 'n', 'c', 'i'];
  const categories = isClass ? spelled(draw, target) : [];
  const predictors: readonly [string, string][] = [
    ['x', '1'],
    ['x', draw.pick(['2', '0.5', '3'])],
    ['n', '1'],
    ['c', 'a'],
    ['c', 'b'],
    ['i', '2'],
  ];
  const cells: string[] = [];
  for (let parameter = 1; parameter <= 4; parameter++) {
    const used = [draw.pick(predictors)];
    if (draw.chance(0.4)) used.push(draw.pick(predictors.filter(([name]) => name !== used[0]?.[0])));
    for (const [name, value] of used)
      cells.push(`<PPCell value="${value}" predictorName="${name}" parameterName="p${parameter}"/>`);
  }
  const names = ['p0', 'p1', 'p2', 'p3', 'p4'];
  const own = categories.slice(0, -1);
  const betas = !isClass
    ? names.map((name) => `<PCell parameterName="${name}" beta="${draw.fine()}" df="1"/>`)
    : modelType === 'ordinalMultinomial'
      ? [
          ...own.map(
            (value, index) => `<PCell targetCategory="${value}" parameterName="p0" beta="${index - 1}" df="1"/>`,
          ),
          ...names.slice(1).map((name) => `<PCell parameterName="${name}" beta="${draw.fine()}" df="1"/>`),
        ]
      : own.flatMap((value) =>
          names.map(
            (name) => `<PCell targetCategory="${value}" parameterName="${name}" beta="${draw.fine()}" df="1"/>`,
          ),
        );
  const link = draw.pick([
    'identity',
    'log',
    'logc',
    'logit',
    'probit',
    'cloglog',
    'loglog',
    'negbin',
    'power',
    'oddspower',
  ]);
  const attributes = [
    modelType === 'generalizedLinear'
      ? ` linkFunction="${link}"${link === 'power' || link === 'oddspower' ? ` linkParameter="${draw.pick(['2', '-1', '1'])}"` : ''}${link === 'negbin' ? ' distParameter="1.5"' : ''}`
      : '',
    modelType === 'ordinalMultinomial'
      ? ` cumulativeLink="${draw.pick(['logit', 'probit', 'cloglog', 'loglog', 'cauchit'])}"`
      : '',
    draw.chance(0.5) ? (draw.chance(0.5) ? ' offsetVariable="f"' : ' offsetValue="0.75"') : '',
    modelType === 'generalizedLinear' && draw.chance(0.3)
      ? draw.chance(0.5)
        ? ' trialsVariable="f"'
        : ' trialsValue="4"'
      : '',
    isClass && draw.chance(0.6) ? ` targetReferenceCategory="${categories.at(-1)}"` : '',
  ].join('');
  const all = [...inputs, 'f'];
  const design = `<ParameterList>${names.map((name) => `<Parameter name="${name}"/>`).join('')}</ParameterList><FactorList><Predictor name="c"/><Predictor name="i"/></FactorList><CovariateList><Predictor name="x"/><Predictor name="n"/></CovariateList><PPMatrix>${cells.join('')}</PPMatrix><ParamMatrix>${betas.join('')}</ParamMatrix>`;
  const more = `${outputsFor(isClass ? target : undefined, ['<OutputField name="value" feature="predictedValue"/>'])}${targetsFor(draw, target, !isClass)}`;
  return {
    name: `general ${modelType} ${seed}`,
    xml: documentOf(
      target,
      all,
      `<GeneralRegressionModel functionName="${isClass ? 'classification' : 'regression'}" modelType="${modelType}"${attributes}>${schemaOf(all)}${more}${design}</GeneralRegressionModel>`,
    ),
    rows: rowsFor(draw, all, 40),
  };
}

const ACTIVATIONS = [
  'threshold',
  'logistic',
  'tanh',
  'identity',
  'exponential',
  'reciprocal',
  'square',
  'Gauss',
  'sine',
  'cosine',
  'Elliott',
  'arctan',
  'rectifier',
  'radialBasis',
];

export function drawnNeuralNetwork(seed: number): DrawnDocument {
  const draw = drawFrom(seed);
  const isClass = draw.chance(0.6);
  const target = draw.pick(isClass ? CLASSES : NUMBERS);
  const inputs = ['x', 'f', 'n', 'c'];
  const classes = spelled(draw, target);
  const nodes = [
    ...['x', 'f', 'n'].map((name) =>
      draw.chance(0.5)
        ? `<FieldRef field="${name}"/>`
        : `<NormContinuous field="${name}"><LinearNorm orig="0" norm="0"/><LinearNorm orig="3" norm="1"/></NormContinuous>`,
    ),
    '<NormDiscrete field="c" value="a"/>',
  ];
  const inputXml = nodes
    .map(
      (body, index) =>
        `<NeuralInput id="i${index}"><DerivedField optype="continuous" dataType="double">${body}</DerivedField></NeuralInput>`,
    )
    .join('');
  let previous = nodes.map((_, index) => `i${index}`);
  const outputs = isClass ? classes.length : 1;
  const sizes = [...Array.from({ length: 1 + draw.whole(2) }, () => 2 + draw.whole(2)), outputs];
  const layerXml = sizes.map((size, layer) => {
    const neurons = Array.from({ length: size }, (_, index) => `l${layer}n${index}`);
    const activation = draw.chance(0.7) ? ` activationFunction="${draw.pick(ACTIVATIONS)}"` : '';
    const method = draw.chance(layer === sizes.length - 1 ? 0.5 : 0.1)
      ? ` normalizationMethod="${draw.pick(['none', 'softmax', 'simplemax'])}"`
      : '';
    const own = draw.chance(0.3) ? ' threshold="0.5" altitude="1.5" width="2"' : '';
    const body = neurons.map((id) => {
      const bias = draw.chance(0.7) ? ` bias="${draw.fine()}"` : '';
      const shape = draw.chance(0.2) ? ' width="1.5" altitude="0.5"' : '';
      const cons = previous.map((from) => `<Con from="${from}" weight="${draw.fine()}"/>`);
      return `<Neuron id="${id}"${bias}${shape}>${cons.join('')}</Neuron>`;
    });
    previous = neurons;
    return `<NeuralLayer${activation}${method}${own}>${body.join('')}</NeuralLayer>`;
  });
  const outputXml = previous.map((id, index) => {
    const body = isClass
      ? `<NormDiscrete field="y" value="${classes[index]}"/>`
      : draw.pick([
          '<FieldRef field="y"/>',
          '<NormContinuous field="y"><LinearNorm orig="-1" norm="0"/><LinearNorm orig="2" norm="0.5"/><LinearNorm orig="3" norm="2"/></NormContinuous>',
          '<NormContinuous field="y"><LinearNorm orig="0" norm="1"/><LinearNorm orig="2" norm="-1"/></NormContinuous>',
        ]);
    return `<NeuralOutput outputNeuron="${id}"><DerivedField optype="${isClass ? 'categorical' : 'continuous'}" dataType="double">${body}</DerivedField></NeuralOutput>`;
  });
  const method = draw.chance(0.3) ? ` normalizationMethod="${draw.pick(['softmax', 'simplemax', 'none'])}"` : '';
  const more = `${outputsFor(isClass ? target : undefined, [])}${targetsFor(draw, target, !isClass)}`;
  return {
    name: `neural ${seed}`,
    xml: documentOf(
      target,
      inputs,
      `<NeuralNetwork functionName="${isClass ? 'classification' : 'regression'}" activationFunction="${draw.pick(ACTIVATIONS)}"${method} threshold="0.25" width="3" altitude="1.25"${draw.math}>${schemaOf(inputs)}${more}<NeuralInputs>${inputXml}</NeuralInputs>${layerXml.join('')}<NeuralOutputs>${outputXml.join('')}</NeuralOutputs></NeuralNetwork>`,
    ),
    rows: rowsFor(draw, inputs, 40),
  };
}

const KERNELS = [
  '<LinearKernelType/>',
  '<PolynomialKernelType gamma="0.5" coef0="1.5" degree="3"/>',
  '<PolynomialKernelType/>',
  '<RadialBasisKernelType gamma="0.25"/>',
  '<RadialBasisKernelType/>',
  '<SigmoidKernelType gamma="0.1" coef0="-0.5"/>',
  '<SigmoidKernelType/>',
];

export function drawnVectorMachine(seed: number): DrawnDocument {
  const draw = drawFrom(seed);
  const isClass = draw.chance(0.7);
  const target = draw.pick(isClass ? CLASSES : NUMBERS);
  const classes = spelled(draw, target);
  const inputs = ['x', 'f', 'n', 'c'];
  const fields =
    '<FieldRef field="x"/><FieldRef field="f"/><FieldRef field="n"/><CategoricalPredictor name="c" value="a" coefficient="1"/>';
  const vectors = ['v1', 'v2', 'v3'].map(
    (id) =>
      `<VectorInstance id="${id}">${
        draw.chance(0.5)
          ? `<REAL-SparseArray n="4"><Indices>1 3</Indices><REAL-Entries>${draw.coarse()} ${draw.coarse()}</REAL-Entries></REAL-SparseArray>`
          : `<Array type="real" n="4">${draw.coarse()} ${draw.coarse()} ${draw.coarse()} ${draw.whole(2)}</Array>`
      }</VectorInstance>`,
  );
  const pairs = isClass && draw.chance(0.5);
  const machine = (first: string | undefined, second: string | undefined): string => {
    const named = `${first === undefined ? '' : ` targetCategory="${first}"`}${second === undefined ? '' : ` alternateTargetCategory="${second}"`}`;
    const threshold = second !== undefined && draw.chance(0.3) ? ` threshold="${draw.coarse()}"` : '';
    const coefficients = [0, 1, 2].map(() => `<Coefficient value="${draw.fine()}"/>`).join('');
    return `<SupportVectorMachine${named}${threshold}><SupportVectors>${['v1', 'v2', 'v3'].map((id) => `<SupportVector vectorId="${id}"/>`).join('')}</SupportVectors><Coefficients absoluteValue="${draw.coarse()}">${coefficients}</Coefficients></SupportVectorMachine>`;
  };
  const machines = !isClass
    ? [machine(undefined, undefined)]
    : pairs
      ? classes.flatMap((first, index) => classes.slice(index + 1).map((second) => machine(first, second)))
      : classes.map((value) => machine(value, undefined));
  const attributes = [
    isClass ? ` classificationMethod="${pairs ? 'OneAgainstOne' : 'OneAgainstAll'}"` : '',
    draw.chance(0.3) ? ` threshold="${draw.coarse()}"` : '',
  ].join('');
  const more = `${outputsFor(undefined)}${targetsFor(draw, target, !isClass)}`.replace('<Output></Output>', '');
  return {
    name: `svm ${pairs ? 'pairs ' : ''}${seed}`,
    xml: documentOf(
      target,
      inputs,
      `<SupportVectorMachineModel functionName="${isClass ? 'classification' : 'regression'}"${attributes}>${schemaOf(inputs)}${more}${draw.pick(KERNELS)}<VectorDictionary><VectorFields>${fields}</VectorFields>${vectors.join('')}</VectorDictionary>${machines.join('')}</SupportVectorMachineModel>`,
    ),
    rows: rowsFor(draw, inputs, 40, draw.chance(0.2)),
  };
}
