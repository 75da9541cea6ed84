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

const DISTANCES = [
  '<euclidean/>',
  '<squaredEuclidean/>',
  '<cityBlock/>',
  '<chebychev/>',
  '<minkowski p-parameter="3"/>',
];
const SIMILARITIES = [
  '<simpleMatching/>',
  '<jaccard/>',
  '<tanimoto/>',
  '<binarySimilarity c00-parameter="1" c01-parameter="0.5" c10-parameter="0.25" c11-parameter="2" d00-parameter="1" d01-parameter="2" d10-parameter="3" d11-parameter="1"/>',
];

function measureOf(draw: Draw, isBinary: boolean): string {
  if (isBinary) return `<ComparisonMeasure kind="similarity">${draw.pick(SIMILARITIES)}</ComparisonMeasure>`;
  const common = draw.chance(0.3) ? ` compareFunction="${draw.pick(['absDiff', 'delta'])}"` : '';
  return `<ComparisonMeasure kind="distance"${common}>${draw.pick(DISTANCES)}</ComparisonMeasure>`;
}

function comparedField(draw: Draw, element: string, name: string): string {
  const compare = draw.chance(0.5)
    ? draw.pick([
        ' compareFunction="absDiff"',
        ' compareFunction="gaussSim" similarityScale="1.5"',
        ' compareFunction="delta"',
        ' compareFunction="equal"',
      ])
    : '';
  const weight = draw.chance(0.4) ? ` fieldWeight="${draw.pick(['2', '0.5', '0'])}"` : '';
  return `<${element} field="${name}"${compare}${weight}/>`;
}

/** Flags that binary similarities compare. */
const FLAGS = ['b1', 'b2', 'b3', 'b4'];
const FLAG_FIELDS = FLAGS.map((name) => `<DataField name="${name}" optype="continuous" dataType="integer"/>`).join('');

export function drawnClustering(seed: number): DrawnDocument {
  const draw = drawFrom(seed);
  const isBinary = draw.chance(0.4);
  const inputs = isBinary ? FLAGS : ['x', 'f'];
  const measure = measureOf(draw, isBinary);
  const hasIds = draw.chance(0.6);
  const clusters = Array.from({ length: 3 }, (_, index) => {
    const center = inputs.map(() => (isBinary ? String(draw.whole(2)) : draw.coarse()));
    const id = hasIds ? ` id="k${index}"` : '';
    const name = draw.chance(0.5) ? ` name="cluster ${index}"` : '';
    return `<Cluster${id}${name}><Array type="real" n="${inputs.length}">${center.join(' ')}</Array></Cluster>`;
  });
  const weights = draw.chance(0.5)
    ? `<MissingValueWeights><Array type="real" n="${inputs.length}">${inputs.map(() => draw.pick(['1', '2', '0.5'])).join(' ')}</Array></MissingValueWeights>`
    : '';
  const outputs = [1, 2, 3].flatMap((rank) => [
    `<OutputField name="id${rank}" feature="entityId" rank="${rank}"/>`,
    `<OutputField name="affinity${rank}" feature="affinity" rank="${rank}" optype="continuous" dataType="double"/>`,
  ]);
  const named = [0, 1, 2].map(
    (index) =>
      `<OutputField name="affinity(k${index})" feature="affinity" value="${hasIds ? `k${index}` : index + 1}" optype="continuous" dataType="double"/>`,
  );
  const rows = isBinary
    ? {
        header: FLAGS,
        rows: Array.from({ length: 40 }, () => FLAGS.map(() => draw.pick(['0', '1']))),
      }
    : rowsFor(draw, inputs, 40);
  return {
    name: `clustering ${seed}`,
    xml: documentOf(
      undefined,
      isBinary ? [] : inputs,
      `<ClusteringModel functionName="clustering" modelClass="centerBased" numberOfClusters="3">${schemaOf(inputs, false)}<Output><OutputField name="cluster" feature="predictedValue"/>${outputs.join('')}${named.join('')}</Output>${measure}${inputs.map((name) => (isBinary ? `<ClusteringField field="${name}"/>` : comparedField(draw, 'ClusteringField', name))).join('')}${weights}${clusters.join('')}</ClusteringModel>`,
      isBinary ? FLAG_FIELDS : '',
    ),
    rows,
  };
}

export function drawnNeighbors(seed: number): DrawnDocument {
  const draw = drawFrom(seed);
  const isClass = draw.chance(0.6);
  const target = draw.pick(isClass ? CLASSES : NUMBERS);
  const classes = spelled(draw, target);
  const inputs = ['x', 'f', 'c'];
  const rows = Array.from({ length: 8 }, (_, index) => {
    const label = isClass ? draw.pick(classes) : target.dataType === 'integer' ? draw.whole(5) : draw.coarse();
    return `<row><id>t${index}</id><x>${draw.coarse()}</x><f>${draw.coarse()}</f><c>${draw.pick(['a', 'b', '1'])}</c><y>${label}</y></row>`;
  });
  const method = isClass
    ? ` categoricalScoringMethod="${draw.pick(['majorityVote', 'weightedMajorityVote'])}"`
    : ` continuousScoringMethod="${draw.pick(['median', 'average', 'weightedAverage'])}"`;
  const fields = ['id', 'x', 'f', 'c', 'y'].map((name) => `<InstanceField field="${name}" column="${name}"/>`);
  const ranks = [1, 2, 3].map((rank) => `<OutputField name="neighbor${rank}" feature="entityId" rank="${rank}"/>`);
  const hasIds = draw.chance(0.5);
  // The engine does not treat the targets of nearest neighbours.
  const more = outputsFor(undefined, ranks);
  const compareC = draw.pick(['delta', 'equal']);
  return {
    name: `neighbors ${isClass ? 'class ' : ''}${seed}`,
    xml: documentOf(
      target,
      inputs,
      `<NearestNeighborModel functionName="${isClass ? 'classification' : 'regression'}" numberOfNeighbors="${1 + draw.whole(5)}"${hasIds ? ' instanceIdVariable="id"' : ''}${method}${draw.chance(0.3) ? ' threshold="0.5"' : ''}>${schemaOf(inputs)}${more}<TrainingInstances isTransformed="true"><InstanceFields>${fields.join('')}</InstanceFields><InlineTable>${rows.join('')}</InlineTable></TrainingInstances>${measureOf(draw, false)}<KNNInputs>${comparedField(draw, 'KNNInput', 'x')}${comparedField(draw, 'KNNInput', 'f')}<KNNInput field="c" compareFunction="${compareC}"/></KNNInputs></NearestNeighborModel>`,
    ),
    rows: rowsFor(draw, inputs, 40),
  };
}

export function drawnBayes(seed: number): DrawnDocument {
  const draw = drawFrom(seed);
  const target = draw.pick(CLASSES) as Target;
  const classes = spelled(draw, target);
  const inputs = ['x', 'n', 'c', 'i'];
  const counts = (zero: number) =>
    `<TargetValueCounts>${classes.map((value) => `<TargetValueCount value="${value}" count="${draw.chance(zero) ? 0 : 1 + draw.whole(6)}"/>`).join('')}</TargetValueCounts>`;
  const discrete = (name: string, values: readonly string[]) =>
    `<BayesInput fieldName="${name}">${values.map((value) => `<PairCounts value="${value}">${counts(0.25)}</PairCounts>`).join('')}</BayesInput>`;
  const continuous = (name: string) =>
    `<BayesInput fieldName="${name}"><TargetValueStats>${classes
      .map((value) => {
        const distribution =
          name === 'n' && draw.chance(0.5)
            ? `<PoissonDistribution mean="${1 + draw.whole(3)}"/>`
            : `<GaussianDistribution mean="${draw.coarse()}" variance="${1 + draw.whole(3)}"/>`;
        return `<TargetValueStat value="${value}">${distribution}</TargetValueStat>`;
      })
      .join('')}</TargetValueStats></BayesInput>`;
  const bins = `<BayesInput fieldName="x"><DerivedField optype="categorical" dataType="string"><Discretize field="x"><DiscretizeBin binValue="low"><Interval closure="openOpen" rightMargin="0"/></DiscretizeBin><DiscretizeBin binValue="high"><Interval closure="closedOpen" leftMargin="0"/></DiscretizeBin></Discretize></DerivedField>${['low', 'high'].map((value) => `<PairCounts value="${value}">${counts(0.25)}</PairCounts>`).join('')}</BayesInput>`;
  const parts = [
    draw.chance(0.5) ? bins : continuous('x'),
    continuous('n'),
    discrete('c', draw.chance(0.7) ? ['a', 'b', '1'] : ['a', 'b']),
    discrete('i', ['1', '2', '3']),
  ];
  const more = `${outputsFor(target)}${targetsFor(draw, target, false)}`;
  return {
    name: `bayes ${seed}`,
    xml: documentOf(
      target,
      inputs,
      `<NaiveBayesModel functionName="classification" threshold="${draw.pick(['0.001', '0.01', '0'])}">${schemaOf(inputs)}${more}<BayesInputs>${parts.join('')}</BayesInputs><BayesOutput fieldName="y">${counts(0)}</BayesOutput></NaiveBayesModel>`,
    ),
    rows: rowsFor(draw, inputs, 40),
  };
}
