import { describe, expect, it } from 'vitest';
import { evaluatorOf, pmml, realArray, schema } from './document.js';

/** What no engine in reach evaluates; the values follow from the formulas beside them, or from scipy. */
describe('distribution-based clusters', () => {
  const clusters = (first: string, second: string) =>
    evaluatorOf(
      pmml(
        { x: 'double', y: 'double', g: ['p', 'q'] },
        `<ClusteringModel functionName="clustering" modelClass="distributionBased" numberOfClusters="2">${schema(['x', 'y', 'g'])}<Output><OutputField name="share" optype="continuous" dataType="double" feature="affinity" value="1"/></Output><ComparisonMeasure kind="similarity"><euclidean/></ComparisonMeasure>${first}${second}</ClusteringModel>`,
      ),
    );

  it('are normal distributions with their covariances', () => {
    const matrix = (rows: readonly (readonly number[])[]) =>
      `<Covariances><Matrix kind="any" nbRows="2" nbCols="2">${rows.map(realArray).join('')}</Matrix></Covariances>`;
    const fields = '<ClusteringField field="x"/><ClusteringField field="y"/>';
    const evaluator = clusters(
      `${fields}<Cluster size="30">${realArray([0, 0])}${matrix([
        [1, 0.3],
        [0.3, 2],
      ])}</Cluster>`,
      `<Cluster size="10">${realArray([2, 1])}${matrix([
        [0.5, -0.1],
        [-0.1, 0.8],
      ])}</Cluster>`,
    );
    // scipy.stats.multivariate_normal, weighted 30 to 10
    expect(evaluator.evaluate({ x: 0.5, y: 0.2 }).share).toBeCloseTo(0.9609936359517746, 12);
    expect(evaluator.evaluate({ x: 1.5, y: 1.1 }).share).toBeCloseTo(0.33596102328231653, 12);
    expect(evaluator.evaluate({ x: 3, y: -1 }).$predictedValue).toBe('2');
  });

  it('are independent fields with their statistics', () => {
    const partition = (mean: number, deviation: number, counts: string) =>
      `<Partition name="p"><PartitionFieldStats field="x"><NumericInfo mean="${mean}" standardDeviation="${deviation}"/></PartitionFieldStats><PartitionFieldStats field="g"><Array n="2" type="int">${counts}</Array></PartitionFieldStats></Partition>`;
    const evaluator = clusters(
      `<ClusteringField field="x"/><ClusteringField field="g"/><Cluster size="30">${partition(0, 1, '2 8')}</Cluster>`,
      `<Cluster size="10">${partition(2, 0.7, '9 1')}</Cluster>`,
    );
    // scipy.stats.norm times the relative frequencies, weighted 30 to 10
    expect(evaluator.evaluate({ x: 0.5, g: 'p' }).share).toBeCloseTo(0.8035731803743293, 12);
    expect(evaluator.evaluate({ x: 1.5, g: 'q' }).share).toBeCloseTo(0.8756080320854681, 12);
  });
});

describe('comparison of values', () => {
  const clusters = (kind: string, compare: string, field: string) =>
    evaluatorOf(
      pmml(
        { x: 'double' },
        `<ClusteringModel functionName="clustering" modelClass="centerBased" numberOfClusters="2">${schema(['x'])}<ComparisonMeasure kind="${kind}" compareFunction="${compare}"><cityBlock/></ComparisonMeasure>${field}<Cluster>${realArray([1])}</Cluster><Cluster>${realArray([2])}</Cluster></ClusteringModel>`,
      ),
    );

  it('gaussSim falls to one half at the similarity scale', () => {
    const evaluator = clusters('similarity', 'gaussSim', '<ClusteringField field="x" similarityScale="3"/>');
    const result = evaluator.evaluate({ x: 5 });
    expect(result.$entityId).toBe('2');
    expect(result.$affinity).toBeCloseTo(0.5, 14);
  });

  it('table looks the pair of values up', () => {
    const table = `<ClusteringField field="x"><Comparisons><Matrix nbRows="2" nbCols="2">${realArray([0, 0.7])}${realArray([0.2, 0])}</Matrix></Comparisons></ClusteringField>`;
    const evaluator = clusters('similarity', 'table', table);
    expect(evaluator.evaluate({ x: 1 })).toMatchObject({ $entityId: '2', $affinity: 0.7 });
    expect(evaluator.evaluate({ x: 2 })).toMatchObject({ $entityId: '1', $affinity: 0.2 });
  });
});

describe('anomalies by the mean distance of clusters', () => {
  it('divide the distance to the nearest centre by that cluster’s mean', () => {
    const clustering = `<ClusteringModel functionName="clustering" modelClass="centerBased" numberOfClusters="2">${schema(['x'])}<ComparisonMeasure kind="distance"><euclidean/></ComparisonMeasure><ClusteringField field="x"/><Cluster id="a">${realArray([0])}</Cluster><Cluster id="b">${realArray([10])}</Cluster></ClusteringModel>`;
    const evaluator = evaluatorOf(
      pmml(
        { x: 'double' },
        `<AnomalyDetectionModel functionName="regression" algorithmType="clusterMeanDist">${schema(['x'])}${clustering}<MeanClusterDistances>${realArray([2, 0.5])}</MeanClusterDistances></AnomalyDetectionModel>`,
      ),
    );
    expect(evaluator.evaluate({ x: 3 }).$predictedValue).toBe(1.5);
    expect(evaluator.evaluate({ x: 9 }).$predictedValue).toBe(2);
  });
});

describe('support vector machines', () => {
  const linear = (attributes: string, machines: string, target: 'double' | readonly string[]) =>
    evaluatorOf(
      pmml(
        { x: 'double', y: 'double', t: target },
        `<SupportVectorMachineModel functionName="${target === 'double' ? 'regression' : 'classification'}" svmRepresentation="Coefficients" ${attributes}>${schema(['x', 'y'], 't')}<LinearKernelType/><VectorDictionary><VectorFields><FieldRef field="x"/><FieldRef field="y"/></VectorFields></VectorDictionary>${machines}</SupportVectorMachineModel>`,
      ),
    );
  const machine = (a: number, b: number, offset: number, attributes = '') =>
    `<SupportVectorMachine ${attributes}><Coefficients absoluteValue="${offset}"><Coefficient value="${a}"/><Coefficient value="${b}"/></Coefficients></SupportVectorMachine>`;

  it('score the coefficients of the plane', () => {
    expect(linear('', machine(2, -1, 0.5), 'double').evaluate({ x: 3, y: 4 }).t).toBe(2.5);
  });

  it('one against all: the smallest value wins, with maxWins the largest', () => {
    const machines = ['p', 'q', 'r'].map((name, i) => machine(i, 1, 0, `targetCategory="${name}"`)).join('');
    expect(linear('', machines, ['p', 'q', 'r']).evaluate({ x: 1, y: 1 }).t).toBe('p');
    expect(linear('maxWins="true"', machines, ['p', 'q', 'r']).evaluate({ x: 1, y: 1 }).t).toBe('r');
  });

  it('two classes of PMML 3: 1 is the machine’s own category and 0 the alternate one', () => {
    const evaluator = linear('alternateBinaryTargetCategory="yes"', machine(1, 0, 0, 'targetCategory="no"'), [
      'no',
      'yes',
    ]);
    // JPMML-Evaluator gives these and refuses what is not near to 0 or 1
    for (const [x, t] of [
      [0, 'yes'],
      [0.3, 'yes'],
      [0.7, 'no'],
      [1, 'no'],
    ] as const)
      expect(evaluator.evaluate({ x, y: 0 }).t).toBe(t);
  });

  it('two classes of PMML 3 with the threshold of PMML 4: below it the machine’s own category', () => {
    const evaluator = linear(
      'alternateBinaryTargetCategory="yes" threshold="1"',
      machine(1, 0, 0, 'targetCategory="no"'),
      ['no', 'yes'],
    );
    expect(evaluator.evaluate({ x: 0.9, y: 0 }).t).toBe('no');
    expect(evaluator.evaluate({ x: 1, y: 0 }).t).toBe('yes');
  });

  it('one against one: with maxWins a prediction above the threshold is for the target category', () => {
    const both = 'targetCategory="no" alternateTargetCategory="yes" threshold="0.5"';
    const least = linear('classificationMethod="OneAgainstOne"', machine(1, 0, 0, both), ['no', 'yes']);
    const most = linear('classificationMethod="OneAgainstOne" maxWins="true"', machine(1, 0, 0, both), ['no', 'yes']);
    for (const [x, a, b] of [
      [0, 'no', 'yes'],
      [0.5, 'yes', 'yes'],
      [1, 'yes', 'no'],
    ] as const) {
      expect(least.evaluate({ x, y: 0 }).t).toBe(a);
      expect(most.evaluate({ x, y: 0 }).t).toBe(b);
    }
  });

  it('a lone machine without an alternate category decides against the other one of the target', () => {
    const evaluator = linear('', machine(1, 0, 0, 'targetCategory="no"'), ['no', 'yes']);
    expect(evaluator.evaluate({ x: -1, y: 0 }).t).toBe('no');
    expect(evaluator.evaluate({ x: 1, y: 0 }).t).toBe('yes');
  });
});

describe('nearest neighbours with two targets', () => {
  it('score each target by its own method', () => {
    const row = (x: number, t: number, c: string) => `<row><x>${x}</x><t>${t}</t><c>${c}</c></row>`;
    const instances = `<TrainingInstances isTransformed="true"><InstanceFields><InstanceField field="x" column="x"/><InstanceField field="t" column="t"/><InstanceField field="c" column="c"/></InstanceFields><InlineTable>${row(1, 10, 'p')}${row(2, 20, 'q')}${row(3, 60, 'q')}${row(9, 0, 'p')}</InlineTable></TrainingInstances>`;
    const evaluator = evaluatorOf(
      pmml(
        { x: 'double', t: 'double', c: ['p', 'q'] },
        `<NearestNeighborModel functionName="mixed" numberOfNeighbors="3"><MiningSchema><MiningField name="t" usageType="target"/><MiningField name="c" usageType="target"/><MiningField name="x"/></MiningSchema>${instances}<ComparisonMeasure kind="distance"><euclidean/></ComparisonMeasure><KNNInputs><KNNInput field="x" compareFunction="absDiff"/></KNNInputs></NearestNeighborModel>`,
      ),
    );
    expect(evaluator.evaluate({ x: 1.4 })).toMatchObject({ t: 30, c: 'q', $entityId: '1' });
  });
});
