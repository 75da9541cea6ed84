import { describe, expect, it } from 'vitest';
import { evaluatorOf, pmml, realArray, schema } from './document.js';

describe('what writers leave out', () => {
  it('the table of the other category of two', () => {
    const evaluator = (method: string) =>
      evaluatorOf(
        pmml(
          { y: ['no', 'yes'], x: 'double' },
          `<RegressionModel functionName="classification" normalizationMethod="${method}">${schema(['x'], 'y')}<RegressionTable intercept="1" targetCategory="yes"><NumericPredictor name="x" coefficient="2"/></RegressionTable></RegressionModel>`,
        ),
      );
    for (const method of ['softmax', 'logit']) {
      const result = evaluator(method).evaluate({ x: 0.5 });
      expect(result.y).toBe('yes');
      expect(result['$probability:yes']).toBeCloseTo(1 / (1 + Math.exp(-2)), 14);
      expect(result['$probability:no']).toBeCloseTo(1 / (1 + Math.exp(2)), 14);
    }
    expect(evaluator('none').evaluate({ x: -0.4 })).toMatchObject({ y: 'no', '$probability:no': 0.8 });
  });

  it('the activation function of a network whose layers all have one', () => {
    const evaluator = evaluatorOf(
      pmml(
        { y: 'double', x: 'double' },
        `<NeuralNetwork functionName="regression">${schema(['x'], 'y')}<NeuralInputs><NeuralInput id="i"><DerivedField optype="continuous" dataType="double"><FieldRef field="x"/></DerivedField></NeuralInput></NeuralInputs><NeuralLayer activationFunction="identity"><Neuron id="o"><Con from="i" weight="3"/></Neuron></NeuralLayer><NeuralOutputs><NeuralOutput outputNeuron="o"><DerivedField optype="continuous" dataType="double"><FieldRef field="y"/></DerivedField></NeuralOutput></NeuralOutputs></NeuralNetwork>`,
      ),
    );
    expect(evaluator.evaluate({ x: 4 }).y).toBe(12);
  });

  it('the neuron of the other category of two', () => {
    const evaluator = evaluatorOf(
      pmml(
        { y: ['F', 'T'], x: 'double' },
        `<NeuralNetwork functionName="classification" activationFunction="identity">${schema(['x'], 'y')}<NeuralInputs><NeuralInput id="i"><DerivedField optype="continuous" dataType="double"><FieldRef field="x"/></DerivedField></NeuralInput></NeuralInputs><NeuralLayer><Neuron id="o"><Con from="i" weight="0.5"/></Neuron></NeuralLayer><NeuralOutputs><NeuralOutput outputNeuron="o"><DerivedField optype="continuous" dataType="double"><NormDiscrete field="y" value="T"/></DerivedField></NeuralOutput></NeuralOutputs></NeuralNetwork>`,
      ),
    );
    expect(evaluator.evaluate({ x: 1.5 })).toMatchObject({ y: 'T', '$probability:T': 0.75, '$probability:F': 0.25 });
    expect(evaluator.evaluate({ x: 0.5 })).toMatchObject({ y: 'F', '$probability:T': 0.25, '$probability:F': 0.75 });
  });

  it('the clustering fields where they are the active ones', () => {
    const evaluator = evaluatorOf(
      pmml(
        { x: 'double', z: 'double' },
        `<ClusteringModel functionName="clustering" modelClass="centerBased" numberOfClusters="2">${schema(['x', 'z'])}<ComparisonMeasure kind="distance"><squaredEuclidean/></ComparisonMeasure><Cluster>${realArray([0, 0])}</Cluster><Cluster>${realArray([3, 4])}</Cluster></ClusteringModel>`,
      ),
    );
    expect(evaluator.evaluate({ x: 3, z: 3 })).toMatchObject({ $entityId: '2', $affinity: 1 });
  });

  it('the PPMatrix of a regression that is its intercept', () => {
    const evaluator = evaluatorOf(
      pmml(
        { y: 'double', x: 'double' },
        `<GeneralRegressionModel functionName="regression" modelType="regression">${schema(['x'], 'y')}<ParameterList><Parameter name="p0"/></ParameterList><ParamMatrix><PCell parameterName="p0" beta="2.5"/></ParamMatrix></GeneralRegressionModel>`,
      ),
    );
    expect(evaluator.evaluate({ x: 1 }).y).toBe(2.5);
  });
});
