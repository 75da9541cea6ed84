import { describe, expect, test } from 'vitest';
import { evaluatorOf, pmml, realArray, schema } from './models/document.js';

const FIELDS = { y: ['p', 'q'], x: 'double', c: ['a', 'b'] } as const;

describe('a prediction is explained', () => {
  test('by the path through a tree, also where it ends without a prediction', () => {
    const evaluator = evaluatorOf(
      pmml(
        FIELDS,
        `<TreeModel functionName="classification" missingValueStrategy="nullPrediction">${schema(['x', 'c'], 'y')}<Node id="1" score="p"><True/><Node id="2" score="p"><CompoundPredicate booleanOperator="and"><SimplePredicate field="x" operator="lessOrEqual" value="2"/><CompoundPredicate booleanOperator="surrogate"><SimpleSetPredicate field="c" booleanOperator="isIn"><Array type="string">a b</Array></SimpleSetPredicate><SimplePredicate field="c" operator="isMissing"/></CompoundPredicate></CompoundPredicate></Node><Node id="3" score="q"><True/></Node></Node></TreeModel>`,
      ),
    );
    const root = { node: '1', predicate: 'true', score: 'p' };
    expect(evaluator.explain({ x: 1, c: 'a' })).toEqual({
      model: 'TreeModel',
      prediction: 'p',
      path: [root, { node: '2', predicate: 'x ≤ 2 and (c in {a, b}, else c is missing)', score: 'p' }],
    });
    expect(evaluator.explain({})).toEqual({ model: 'TreeModel', prediction: null, path: [root] });
  });

  test('by the leaves that a tree combines', () => {
    const evaluator = evaluatorOf(
      pmml(
        FIELDS,
        `<TreeModel functionName="classification" missingValueStrategy="aggregateNodes">${schema(['x'], 'y')}<Node id="1"><True/><Node id="2"><SimplePredicate field="x" operator="lessThan" value="2"/><ScoreDistribution value="p" recordCount="3"/></Node><Node id="3"><SimplePredicate field="x" operator="greaterOrEqual" value="2"/><ScoreDistribution value="q" recordCount="1"/></Node></Node></TreeModel>`,
      ),
    );
    expect(evaluator.explain({})).toMatchObject({
      prediction: 'p',
      strategy: 'aggregateNodes',
      leaves: [{ path: [{ node: '1' }, { node: '2' }] }, { path: [{ node: '1' }, { node: '3' }] }],
    });
  });

  test('by the terms of a regression, the missing one too', () => {
    const evaluator = evaluatorOf(
      pmml(
        { y: 'double', x: 'double', c: ['a', 'b'] },
        `<RegressionModel functionName="regression">${schema(['x', 'c'], 'y')}<RegressionTable intercept="1"><NumericPredictor name="x" coefficient="2"/><CategoricalPredictor name="c" value="a" coefficient="5"/></RegressionTable></RegressionModel>`,
      ),
    );
    const table = (contribution: number | null) => ({
      intercept: 1,
      terms: [
        { name: 'x', contribution },
        { name: 'c=a', contribution: 5 },
      ],
    });
    expect(evaluator.explain({ x: 3, c: 'a' })).toMatchObject({ prediction: 12, y: 12, table: table(6) });
    expect(evaluator.explain({ c: 'a' })).toMatchObject({ prediction: null, y: null, table: table(null) });
  });

  test('by the terms of each category of a general regression', () => {
    const evaluator = evaluatorOf(
      pmml(
        FIELDS,
        `<GeneralRegressionModel functionName="classification" modelType="multinomialLogistic" targetReferenceCategory="q">${schema(['x'], 'y')}<ParameterList><Parameter name="p0"/><Parameter name="p1"/></ParameterList><CovariateList><Predictor name="x"/></CovariateList><PPMatrix><PPCell predictorName="x" parameterName="p1" value="1"/></PPMatrix><ParamMatrix><PCell targetCategory="p" parameterName="p0" beta="0.5"/><PCell targetCategory="p" parameterName="p1" beta="2"/></ParamMatrix></GeneralRegressionModel>`,
      ),
    );
    expect(evaluator.explain({ x: 3 })).toMatchObject({
      prediction: 'p',
      linearPredictors: { p: 6.5 },
      terms: { p: { p0: 0.5, p1: 6 } },
    });
  });

  test('by the likelihoods of each field of naive Bayes', () => {
    const counts = (p: number, q: number) =>
      `<TargetValueCounts><TargetValueCount value="p" count="${p}"/><TargetValueCount value="q" count="${q}"/></TargetValueCounts>`;
    const evaluator = evaluatorOf(
      pmml(
        FIELDS,
        `<NaiveBayesModel functionName="classification" threshold="0.01">${schema(['x', 'c'], 'y')}<BayesInputs><BayesInput fieldName="c"><PairCounts value="a">${counts(3, 1)}</PairCounts><PairCounts value="b">${counts(1, 3)}</PairCounts></BayesInput><BayesInput fieldName="x"><TargetValueStats><TargetValueStat value="p"><GaussianDistribution mean="0" variance="1"/></TargetValueStat><TargetValueStat value="q"><GaussianDistribution mean="1" variance="1"/></TargetValueStat></TargetValueStats></BayesInput></BayesInputs><BayesOutput fieldName="y">${counts(4, 4)}</BayesOutput></NaiveBayesModel>`,
      ),
    );
    expect(evaluator.explain({ c: 'a' })).toMatchObject({
      prediction: 'p',
      logPriors: { p: Math.log(4), q: Math.log(4) },
      inputs: [
        { field: 'c', logLikelihoods: { p: Math.log(0.75), q: Math.log(0.25) } },
        { field: 'x', logLikelihoods: null },
      ],
    });
  });

  test('by the neighbours and their targets', () => {
    const row = (x: number, y: string) => `<row><x>${x}</x><y>${y}</y></row>`;
    const evaluator = evaluatorOf(
      pmml(
        FIELDS,
        `<NearestNeighborModel functionName="classification" numberOfNeighbors="2">${schema(['x'], 'y')}<TrainingInstances isTransformed="true"><InstanceFields><InstanceField field="x" column="x"/><InstanceField field="y" column="y"/></InstanceFields><InlineTable>${row(1, 'p')}${row(5, 'q')}${row(6, 'q')}</InlineTable></TrainingInstances><ComparisonMeasure kind="distance"><euclidean/></ComparisonMeasure><KNNInputs><KNNInput field="x"/></KNNInputs></NearestNeighborModel>`,
      ),
    );
    expect(evaluator.explain({ x: 5.25 })).toMatchObject({
      prediction: 'q',
      neighbors: [
        { id: '2', row: 2, affinity: 0.25, targets: { y: 'q' } },
        { id: '3', row: 3, affinity: 0.75, targets: { y: 'q' } },
      ],
    });
  });

  test('by the distances to the clusters', () => {
    const evaluator = evaluatorOf(
      pmml(
        { x: 'double' },
        `<ClusteringModel functionName="clustering" modelClass="centerBased" numberOfClusters="2">${schema(['x'])}<ComparisonMeasure kind="distance"><euclidean/></ComparisonMeasure><ClusteringField field="x"/><Cluster id="near">${realArray([1])}</Cluster><Cluster id="far">${realArray([9])}</Cluster></ClusteringModel>`,
      ),
    );
    expect(evaluator.explain({ x: 2 })).toMatchObject({ cluster: 'near', affinities: { near: 1, far: 7 } });
  });

  test('by the decisions of support vector machines', () => {
    const evaluator = evaluatorOf(
      pmml(
        FIELDS,
        `<SupportVectorMachineModel functionName="classification" svmRepresentation="Coefficients" threshold="0.5">${schema(['x'], 'y')}<LinearKernelType/><VectorDictionary><VectorFields><FieldRef field="x"/></VectorFields></VectorDictionary><SupportVectorMachine targetCategory="p" alternateTargetCategory="q"><Coefficients absoluteValue="1"><Coefficient value="2"/></Coefficients></SupportVectorMachine></SupportVectorMachineModel>`,
      ),
    );
    expect(evaluator.explain({ x: 3 })).toMatchObject({
      prediction: 'q',
      votes: { p: 0, q: 1 },
      machines: [{ targetCategory: 'p', alternateTargetCategory: 'q', decision: 7, threshold: 0.5 }],
    });
  });

  test('by the values of all neurons', () => {
    const evaluator = evaluatorOf(
      pmml(
        { y: 'double', x: 'double' },
        `<NeuralNetwork functionName="regression" activationFunction="identity">${schema(['x'], 'y')}<NeuralInputs><NeuralInput id="i"><DerivedField optype="continuous" dataType="double"><FieldRef field="x"/></DerivedField></NeuralInput></NeuralInputs><NeuralLayer><Neuron id="h" bias="1"><Con from="i" weight="2"/></Neuron></NeuralLayer><NeuralLayer><Neuron id="o"><Con from="h" weight="3"/></Neuron></NeuralLayer><NeuralOutputs><NeuralOutput outputNeuron="o"><DerivedField optype="continuous" dataType="double"><FieldRef field="y"/></DerivedField></NeuralOutput></NeuralOutputs></NeuralNetwork>`,
      ),
    );
    expect(evaluator.explain({ x: 4 })).toMatchObject({ outputs: { o: 27 }, neurons: { i: 4, h: 9, o: 27 } });
  });

  test('by the rules that fire', () => {
    const rule = (id: string, score: string, limit: number) =>
      `<SimpleRule id="${id}" score="${score}" confidence="0.5" weight="2"><SimplePredicate field="x" operator="greaterThan" value="${limit}"/></SimpleRule>`;
    const evaluator = evaluatorOf(
      pmml(
        FIELDS,
        `<RuleSetModel functionName="classification">${schema(['x'], 'y')}<RuleSet><RuleSelectionMethod criterion="firstHit"/>${rule('r1', 'p', 9)}${rule('r2', 'q', 1)}${rule('r3', 'p', 0)}</RuleSet></RuleSetModel>`,
      ),
    );
    expect(evaluator.explain({ x: 2 })).toMatchObject({
      criterion: 'firstHit',
      rule: 'r2',
      fired: [
        { id: 'r2', predicate: 'x > 1', score: 'q', confidence: 0.5, weight: 2 },
        { id: 'r3', predicate: 'x > 0', score: 'p' },
      ],
    });
  });

  test('by the partial scores of a scorecard, up to the one that is missing', () => {
    const evaluator = evaluatorOf(
      pmml(
        { y: 'double', x: 'double', c: ['a', 'b'] },
        `<Scorecard functionName="regression" initialScore="10" baselineScore="4" reasonCodeAlgorithm="pointsBelow">${schema(['x', 'c'], 'y')}<Characteristics><Characteristic name="size" reasonCode="S"><Attribute partialScore="3"><SimplePredicate field="x" operator="lessThan" value="5"/></Attribute></Characteristic><Characteristic name="kind" reasonCode="K"><Attribute partialScore="1"><SimplePredicate field="c" operator="equal" value="a"/></Attribute></Characteristic></Characteristics></Scorecard>`,
      ),
    );
    const size = { name: 'size', predicate: 'x < 5', partialScore: 3, baselineScore: 4, reasonCode: 'S' };
    expect(evaluator.explain({ x: 1, c: 'a' })).toMatchObject({
      prediction: 14,
      initialScore: 10,
      partialScores: { size: 3, kind: 1 },
      characteristics: [size, { name: 'kind', predicate: 'c = a' }],
      reasonCodes: { S: 1, K: 3 },
    });
    expect(evaluator.explain({ x: 1, c: 'b' })).toMatchObject({
      prediction: null,
      characteristics: [size, { name: 'kind', predicate: null, partialScore: null }],
    });
  });

  test('by the segments of nested models, also where they have no prediction together', () => {
    const tree = (node: string) =>
      `<Segment><True/><TreeModel functionName="regression">${schema(['x'])}${node}</TreeModel></Segment>`;
    const missing =
      '<Node id="m"><True/><Node score="1"><SimplePredicate field="x" operator="greaterThan" value="5"/></Node></Node>';
    const inner = `<Segment id="inner" weight="2"><True/><MiningModel functionName="regression">${schema(['x'])}<Segmentation multipleModelMethod="sum">${tree('<Node id="k" score="4"><True/></Node>')}${tree(missing)}</Segmentation></MiningModel></Segment>`;
    const evaluator = evaluatorOf(
      pmml(
        { y: 'double', x: 'double' },
        `<MiningModel functionName="regression">${schema(['x'], 'y')}<Segmentation multipleModelMethod="weightedAverage" missingPredictionTreatment="returnMissing">${tree('<Node score="1"><True/></Node>')}${inner}</Segmentation></MiningModel>`,
      ),
    );
    expect(evaluator.explain({ x: 9 })).toMatchObject({ prediction: (1 + 2 * 5) / 3 });
    expect(evaluator.explain({ x: 1 })).toMatchObject({
      model: 'MiningModel',
      prediction: null,
      segments: [
        { id: '1', weight: 1, model: 'TreeModel', prediction: 1 },
        {
          id: 'inner',
          weight: 2,
          model: 'MiningModel',
          prediction: null,
          segments: [
            { id: '1', prediction: 4, path: [{ node: 'k' }] },
            { id: '2', prediction: null, path: [{ node: 'm' }] },
          ],
        },
      ],
    });
  });
});
