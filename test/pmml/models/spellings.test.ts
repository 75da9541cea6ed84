import { describe, expect, it } from 'vitest';
import { evaluatorOf } from './document.js';

/** An integer target whose categories the model spells in its own way. */
const document = (model: string) =>
  evaluatorOf(
    `<PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4"><Header/><DataDictionary><DataField name="y" optype="categorical" dataType="integer"><Value value="1"/><Value value="2"/></DataField><DataField name="x" optype="continuous" dataType="double"/><DataField name="c" optype="categorical" dataType="string"><Value value="a"/><Value value="b"/></DataField></DataDictionary>${model}</PMML>`,
  );
const SCHEMA =
  '<MiningSchema><MiningField name="y" usageType="target"/><MiningField name="x"/><MiningField name="c"/></MiningSchema>';

describe('categories are the same in whatever way they are spelt', () => {
  it('in the counts of naive Bayes', () => {
    const counts = (a: string, b: string, n: number, m: number) =>
      `<TargetValueCounts><TargetValueCount value="${a}" count="${n}"/><TargetValueCount value="${b}" count="${m}"/></TargetValueCounts>`;
    const result = document(
      `<NaiveBayesModel functionName="classification" threshold="0.01">${SCHEMA}<BayesInputs><BayesInput fieldName="c"><PairCounts value="a">${counts('1.0', '02', 3, 1)}</PairCounts><PairCounts value="b">${counts('1.0', '02', 1, 3)}</PairCounts></BayesInput></BayesInputs><BayesOutput fieldName="y">${counts('01', '2.0', 4, 4)}</BayesOutput></NaiveBayesModel>`,
    ).evaluate({ c: 'a' });
    expect(result.y).toBe(1);
    expect(result['$probability:1']).toBeCloseTo(0.75, 14);
    expect(result['$probability:2']).toBeCloseTo(0.25, 14);
  });

  it('in the parameters of a multinomial regression', () => {
    const result = document(
      `<GeneralRegressionModel functionName="classification" modelType="multinomialLogistic" targetReferenceCategory="2.0">${SCHEMA}<ParameterList><Parameter name="p0"/></ParameterList><PPMatrix/><ParamMatrix><PCell targetCategory="1.0" parameterName="p0" beta="0.6931471805599453" df="1"/></ParamMatrix></GeneralRegressionModel>`,
    ).evaluate({});
    expect(result['$probability:1']).toBeCloseTo(2 / 3, 14);
    expect(result['$probability:2']).toBeCloseTo(1 / 3, 14);
    expect(result.y).toBe(1);
  });

  it('in support vector machines that vote', () => {
    const machine = (names: string, offset: number) =>
      `<SupportVectorMachine ${names}><Coefficients absoluteValue="${offset}"><Coefficient value="0"/></Coefficients></SupportVectorMachine>`;
    const result = document(
      `<SupportVectorMachineModel functionName="classification" svmRepresentation="Coefficients" classificationMethod="OneAgainstOne">${SCHEMA}<LinearKernelType/><VectorDictionary><VectorFields><FieldRef field="x"/></VectorFields></VectorDictionary>${machine('targetCategory="1.0" alternateTargetCategory="2"', -1)}${machine('targetCategory="2.0" alternateTargetCategory="1"', 1)}</SupportVectorMachineModel>`,
    ).evaluate({ x: 0 });
    expect(result['$probability:1']).toBe(1);
    expect(result.y).toBe(1);
  });

  it('in segments that have no target of their own', () => {
    const tree = (score: string) =>
      `<Segment><True/><TreeModel functionName="classification"><MiningSchema><MiningField name="x"/></MiningSchema><Node score="${score}"><True/></Node></TreeModel></Segment>`;
    const votes = (...scores: string[]) =>
      `<MiningModel functionName="classification"><MiningSchema><MiningField name="x"/></MiningSchema><Segmentation multipleModelMethod="majorityVote">${scores.map(tree).join('')}</Segmentation></MiningModel>`;
    const result = document(
      `<MiningModel functionName="classification">${SCHEMA}<Segmentation multipleModelMethod="selectFirst"><Segment><True/>${votes('2', '1.0', '01', '1')}</Segment></Segmentation></MiningModel>`,
    ).evaluate({ x: 0 });
    expect(result.y).toBe(1);
    expect(result['$probability:1']).toBe(0.75);
  });
});
