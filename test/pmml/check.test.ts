import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatFinding } from '../../src/core/finding.js';
import { checkPmml } from '../../src/pmml/check.js';
import { readPmml } from '../../src/pmml/index.js';

const root = resolve(import.meta.dirname, '../..');

function check(text: string): string[] {
  return checkPmml(readPmml(new TextEncoder().encode(text))).map(formatFinding);
}

const HEAD = '<PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4"><Header/>';
const DICTIONARY = `<DataDictionary>
<DataField name="x" optype="continuous" dataType="double"/>
<DataField name="y" optype="continuous" dataType="double"/>
</DataDictionary>`;
const SCHEMA = '<MiningSchema><MiningField name="x"/><MiningField name="y" usageType="target"/></MiningSchema>';

/** A document with one model from line 5 on. */
const withModel = (model: string) => `${HEAD}${DICTIONARY}\n${model}</PMML>`;
const tree = (content: string, attributes = '') =>
  withModel(`<TreeModel functionName="regression"${attributes}>${SCHEMA}\n${content}</TreeModel>`);

describe('the checker finds', () => {
  const cases: Readonly<Record<string, readonly [document: string, findings: readonly unknown[]]>> = {
    nothing: [tree('<Node score="1"><True/></Node>'), []],
    'an unknown element': [
      tree('<Node score="1"><True/><Leaf/></Node>'),
      ['line 6:24 Node/Leaf: error pmml/unknown-element: there is no element Leaf in PMML'],
    ],
    'an element in the wrong place': [
      tree('<Node score="1"><True/><Targets/></Node>'),
      [
        'line 6:24 Node/Targets: error pmml/misplaced-element: Targets cannot stand in Node',
        'line 6:24 Node/Targets: error pmml/missing-element: Targets lacks Target',
      ],
    ],
    'a wrong order': [
      tree('<Node score="1"><ScoreDistribution value="1" recordCount="1"/><True/></Node>'),
      ['line 6:63 Node/True: error pmml/element-order: True must stand before ScoreDistribution in Node'],
    ],
    'a missing element and a missing attribute': [
      withModel(`<TreeModel>${SCHEMA}</TreeModel>`),
      [
        'line 5:1 PMML/TreeModel @functionName: error pmml/missing-attribute: TreeModel lacks its attribute functionName',
        'line 5:1 PMML/TreeModel: error pmml/missing-element: TreeModel lacks Node',
      ],
    ],
    'attributes that are unknown, misspelt or not in the enumeration': [
      tree('<Node score="1" recordcount="3"><True/></Node>', ' missingValueStrategy="guess" depth="3"'),
      [
        'line 5:1 PMML/TreeModel @missingValueStrategy: error pmml/attribute-value: missingValueStrategy is "guess" and must be one of lastPrediction, nullPrediction, defaultChild, weightedConfidence, aggregateNodes, none',
        'line 5:1 PMML/TreeModel @depth: error pmml/unknown-attribute: TreeModel has no attribute depth',
        'line 6:1 TreeModel/Node @recordcount: error pmml/unknown-attribute: Node has no attribute recordcount; did you mean recordCount?',
      ],
    ],
    'numbers that are none': [
      tree('<Node score="1" recordCount="many"><True/></Node>', ' missingValuePenalty="2"'),
      [
        'line 5:1 PMML/TreeModel @missingValuePenalty: error pmml/attribute-value: missingValuePenalty is "2" and must be a number from 0 to 1',
        'line 6:1 TreeModel/Node @recordCount: error pmml/attribute-value: recordCount is "many" and must be a number',
      ],
    ],
    'references to fields that do not exist, and every one of them': [
      tree(
        '<Node score="1"><SimplePredicate field="z" operator="isMissing"/>\n<Node score="2"><SimpleSetPredicate field="w" booleanOperator="isIn"><Array type="int" n="2">1</Array></SimpleSetPredicate></Node></Node>',
      ),
      [
        'line 6:17 Node/SimplePredicate @field: error pmml/unknown-field: there is no field "z" here',
        'line 7:17 Node/SimpleSetPredicate @field: error pmml/unknown-field: there is no field "w" here',
        'line 7:70 SimpleSetPredicate/Array @n: error pmml/count: the Array says that it has 2 items and has 1',
      ],
    ],
    'a default child that is none, and a doubled node': [
      tree(
        '<Node id="a" score="1" defaultChild="c"><True/><Node id="b" score="1"><True/></Node><Node id="b" score="2"><True/></Node></Node>',
      ),
      [
        'line 6:1 TreeModel/Node @defaultChild: error pmml/unknown-reference: there is no child node "c"',
        'line 6:85 Node/Node @id: error pmml/duplicate: the node "b" is defined twice',
      ],
    ],
    'unknown functions, wrong arguments and cycles': [
      `${HEAD}${DICTIONARY}<TransformationDictionary>
<DefineFunction name="f" optype="continuous"><ParameterField name="a"/><Apply function="f"><FieldRef field="a"/></Apply></DefineFunction>
<DerivedField name="d" optype="continuous" dataType="double"><Apply function="f"><FieldRef field="x"/><FieldRef field="e"/></Apply></DerivedField>
<DerivedField name="e" optype="continuous" dataType="double"><Apply function="squared"><FieldRef field="d"/></Apply></DerivedField>
</TransformationDictionary></PMML>`,
      [
        'line 5:1 TransformationDictionary/DefineFunction: error pmml/cycle: the function "f" is defined by itself',
        'line 6:1 TransformationDictionary/DerivedField: error pmml/cycle: the field "d" is defined by itself',
        'line 6:62 DerivedField/Apply @function: error pmml/arguments: f takes 1 arguments and gets 2',
        'line 7:62 DerivedField/Apply @function: error pmml/unknown-function: there is no function "squared"',
      ],
    ],
    'names that are defined twice, and counts': [
      `${HEAD}<DataDictionary numberOfFields="3">
<DataField name="x" optype="continuous" dataType="double"/>
<DataField name="x" optype="continuous" dataType="double"/></DataDictionary></PMML>`,
      [
        'line 1:66 PMML/DataDictionary @numberOfFields: warning pmml/count: numberOfFields is 3, and there are 2 DataField',
        'line 3:1 DataDictionary/DataField @name: error pmml/duplicate: the field "x" is defined twice',
      ],
    ],
    'values that do not fit their types, and attributes that need each other': [
      `${HEAD}<DataDictionary>
<DataField name="x" optype="categorical" dataType="integer"><Value value="1"/><Value value="one"/><Value value="1"/></DataField>
<DataField name="y" optype="continuous" dataType="double"/></DataDictionary>
<TreeModel functionName="regression"><MiningSchema><MiningField name="x" missingValueReplacement="none" invalidValueTreatment="asValue"/><MiningField name="y" usageType="target"/></MiningSchema>
<Node score="1"><SimplePredicate field="x" operator="equal"/></Node></TreeModel></PMML>`,
      [
        'line 2:79 DataField/Value @value: error pmml/value: "one" is no integer',
        'line 2:99 DataField/Value @value: error pmml/duplicate: the value "1" is listed twice',
        'line 4:52 MiningSchema/MiningField @invalidValueReplacement: error pmml/missing-attribute: invalidValueTreatment="asValue" needs the attribute invalidValueReplacement',
        'line 4:52 MiningSchema/MiningField @missingValueReplacement: error pmml/value: "none" is no integer',
        'line 5:17 Node/SimplePredicate @value: error pmml/missing-attribute: the operator equal needs a value',
      ],
    ],
    'a centre without a field': [
      withModel(
        `<ClusteringModel functionName="clustering" modelClass="centerBased" numberOfClusters="1"><MiningSchema><MiningField name="x"/></MiningSchema><ComparisonMeasure kind="distance"><euclidean/></ComparisonMeasure><ClusteringField field="x"/>
<Cluster><Array n="2" type="real">1 2</Array></Cluster></ClusteringModel>`,
      ),
      ['line 6:10 Cluster/Array: error pmml/count: the cluster has 2 coordinates for 1 centre fields'],
    ],
    'markup that is not supported, as a warning': [
      withModel(
        `<TimeSeriesModel functionName="timeSeries" bestFit="SpectralAnalysis"><MiningSchema><MiningField name="y" usageType="target"/></MiningSchema><SpectralAnalysis/></TimeSeriesModel>`,
      ),
      [
        expect.stringMatching(
          /^line 5:1 PMML\/TimeSeriesModel @bestFit: warning pmml\/unsupported: PMML defines no content for SpectralAnalysis/,
        ),
      ],
    ],
    'what a version does not have yet': [
      `<PMML xmlns="http://www.dmg.org/PMML-3_2" version="3.2"><Header copyright=""/>${DICTIONARY}
<Scorecard functionName="regression">${SCHEMA.replace('target', 'predicted')}<Characteristics><Characteristic><Attribute partialScore="1"><True/></Attribute></Characteristic></Characteristics></Scorecard></PMML>`,
      ['line 5:1 PMML/Scorecard: error pmml/version: Scorecard came with PMML 4.1, the document is 3.2'],
    ],
    'a namespace of another version': [
      `<PMML xmlns="http://www.dmg.org/PMML-4_2" version="4.4"><Header/>${DICTIONARY}</PMML>`,
      ['line 1:1 PMML @xmlns: warning pmml/namespace: the version is 4.4, and the namespace that of 4.2'],
    ],
    'targets that are no targets': [
      tree('<Targets><Target field="x"/></Targets><Node score="1"><True/></Node>'),
      ['line 6:10 Targets/Target @field: error pmml/unknown-target: "x" is no target of the model'],
    ],
    'what only the compiler sees': [
      withModel(
        `<TimeSeriesModel functionName="timeSeries" bestFit="ExponentialSmoothing"><MiningSchema><MiningField name="y" usageType="target"/></MiningSchema>
<ExponentialSmoothing><Level alpha="0.5"/></ExponentialSmoothing></TimeSeriesModel>`,
      ),
      [
        'line 6:23 ExponentialSmoothing/Level @smoothedValue: error pmml/missing-attribute: Level lacks its attribute smoothedValue',
      ],
    ],
    'what only the compiler sees, beside other errors': [
      withModel(
        `<TimeSeriesModel functionName="timeSeries" bestFit="ExponentialSmoothing" speed="1"><MiningSchema><MiningField name="y" usageType="target"/></MiningSchema>
<ExponentialSmoothing><Level alpha="0.5"/></ExponentialSmoothing></TimeSeriesModel>`,
      ),
      [
        'line 5:1 PMML/TimeSeriesModel @speed: error pmml/unknown-attribute: TimeSeriesModel has no attribute speed',
        'line 6:23 ExponentialSmoothing/Level @smoothedValue: error pmml/missing-attribute: Level lacks its attribute smoothedValue',
      ],
    ],
    'children of two branches, and a branch that is missing': [
      withModel(
        `<NaiveBayesModel functionName="classification" threshold="0"><MiningSchema><MiningField name="x"/><MiningField name="y" usageType="target"/></MiningSchema>
<BayesInputs><BayesInput fieldName="x"/><BayesInput fieldName="x"><TargetValueStats><TargetValueStat value="1"><GaussianDistribution mean="0" variance="1"/></TargetValueStat></TargetValueStats><PairCounts value="1"><TargetValueCounts><TargetValueCount value="1" count="1"/></TargetValueCounts></PairCounts></BayesInput></BayesInputs>
<BayesOutput fieldName="y"><TargetValueCounts><TargetValueCount value="1" count="1"/></TargetValueCounts></BayesOutput></NaiveBayesModel>`,
      ),
      [
        'line 6:14 BayesInputs/BayesInput: error pmml/missing-element: BayesInput lacks one of TargetValueStats, DerivedField, PairCounts',
        'line 6:194 BayesInput/PairCounts: error pmml/misplaced-element: BayesInput holds TargetValueStats, and cannot hold PairCounts too',
      ],
    ],
    'a choice that the schema has': [
      withModel(
        `<GaussianProcessModel functionName="regression"><MiningSchema><MiningField name="x"/><MiningField name="y" usageType="target"/></MiningSchema>
<RadialBasisKernel/><AbsoluteExponentialKernel/><TrainingInstances><InstanceFields><InstanceField field="x"/><InstanceField field="y"/></InstanceFields></TrainingInstances></GaussianProcessModel>`,
      ),
      [
        'line 6:21 GaussianProcessModel/AbsoluteExponentialKernel: error pmml/too-many-elements: GaussianProcessModel has more AbsoluteExponentialKernel than it may',
        'line 6:49 GaussianProcessModel/TrainingInstances: error pmml/missing-element: TrainingInstances lacks one of TableLocator, InlineTable',
      ],
    ],
    'a model without fields, as a warning': [
      withModel(
        '<RegressionModel functionName="regression"><MiningSchema/>\n<RegressionTable intercept="1"/></RegressionModel>',
      ),
      ['line 5:44 RegressionModel/MiningSchema: warning pmml/missing-element: MiningSchema lacks MiningField'],
    ],
    'tables that a regression does not have, and a classification lacks': [
      withModel(
        `<RegressionModel functionName="regression">${SCHEMA}<RegressionTable intercept="1"/>
<RegressionTable intercept="2"/></RegressionModel><RegressionModel functionName="classification">${SCHEMA}
<RegressionTable intercept="1"/></RegressionModel>`,
      ),
      [
        'line 5:1 PMML/RegressionModel: error pmml/count: a regression has one RegressionTable',
        'line 6:51 PMML/RegressionModel: error pmml/count: a classification has two RegressionTable elements at least',
        'line 7:1 RegressionModel/RegressionTable @targetCategory: error pmml/missing-attribute: the table of a classification needs its targetCategory',
      ],
    ],
    'scores of a regression that are no numbers, and lonely predicates': [
      tree('<Node score="high"><CompoundPredicate booleanOperator="and"><True/></CompoundPredicate></Node>'),
      [
        'line 6:1 TreeModel/Node @score: error pmml/value: the score "high" of a regression is no number',
        'line 6:20 Node/CompoundPredicate: error pmml/missing-element: CompoundPredicate lacks 2 times one of SimplePredicate, CompoundPredicate, SimpleSetPredicate, True …',
      ],
    ],
    'sparse arrays, vectors and coefficients that do not fit': [
      withModel(
        `<SupportVectorMachineModel functionName="regression">${SCHEMA}<LinearKernelType/><VectorDictionary><VectorFields><FieldRef field="x"/></VectorFields>
<VectorInstance id="a"><REAL-SparseArray n="2"><Indices>1</Indices><REAL-Entries>1 2</REAL-Entries></REAL-SparseArray></VectorInstance>
<VectorInstance id="b"><REAL-SparseArray n="1"><Indices>2</Indices><REAL-Entries>1</REAL-Entries></REAL-SparseArray></VectorInstance></VectorDictionary>
<SupportVectorMachine><SupportVectors><SupportVector vectorId="b"/></SupportVectors>
<Coefficients/></SupportVectorMachine></SupportVectorMachineModel>`,
      ),
      [
        'line 6:24 VectorInstance/REAL-SparseArray: error pmml/count: the vector has 2 values for 1 vector fields',
        'line 6:24 VectorInstance/REAL-SparseArray: error pmml/count: the sparse array has 1 indices and 2 entries',
        'line 7:24 VectorInstance/REAL-SparseArray: error pmml/value: the index "2" of the sparse array is not from 1 to 1',
        'line 9:1 SupportVectorMachine/Coefficients: error pmml/missing-element: Coefficients lacks Coefficient',
        'line 9:1 SupportVectorMachine/Coefficients: error pmml/count: there are 0 coefficients for 1 support vectors',
      ],
    ],
    'arguments that a built-in function does not take': [
      `${HEAD}${DICTIONARY}<TransformationDictionary>
<DerivedField name="d" optype="continuous" dataType="double"><Apply function="ln"><FieldRef field="x"/><FieldRef field="y"/></Apply></DerivedField>
<DerivedField name="e" optype="continuous" dataType="double"><Apply function="if"><FieldRef field="x"/></Apply></DerivedField>
</TransformationDictionary></PMML>`,
      [
        'line 5:62 DerivedField/Apply @function: error pmml/arguments: ln takes 1 arguments and gets 2',
        'line 6:62 DerivedField/Apply @function: error pmml/arguments: if takes 2 to 3 arguments and gets 1',
      ],
    ],
    'neurons that come only later': [
      withModel(
        `<NeuralNetwork functionName="regression" activationFunction="tanh">${SCHEMA}
<NeuralInputs><NeuralInput id="1"><DerivedField optype="continuous" dataType="double"><FieldRef field="x"/></DerivedField></NeuralInput></NeuralInputs>
<NeuralLayer><Neuron id="2"><Con from="3" weight="1"/></Neuron></NeuralLayer><NeuralLayer><Neuron id="3"><Con from="2" weight="1"/></Neuron></NeuralLayer>
<NeuralOutputs><NeuralOutput outputNeuron="3"><DerivedField optype="continuous" dataType="double"><FieldRef field="y"/></DerivedField></NeuralOutput></NeuralOutputs></NeuralNetwork>`,
      ),
      ['line 7:29 Neuron/Con @from: error pmml/unknown-reference: the neuron "3" comes only later'],
    ],
    "a vendor's own value, as a warning": [
      withModel(
        `<MiningModel functionName="regression">${SCHEMA}
<Segmentation multipleModelMethod="x-multiModelChain"><Segment><True/><RegressionModel functionName="regression">${SCHEMA}<RegressionTable intercept="1"/></RegressionModel></Segment></Segmentation></MiningModel>`,
      ),
      [
        'line 6:1 MiningModel/Segmentation @multipleModelMethod: warning pmml/vendor: multipleModelMethod is "x-multiModelChain", a vendor\'s own value',
        'line 6:1 MiningModel/Segmentation @multipleModelMethod: warning pmml/unsupported: the vendor\'s own value multipleModelMethod="x-multiModelChain" is not supported',
      ],
    ],
    'an empty Segmentation': [
      withModel(
        `<MiningModel functionName="regression">${SCHEMA}\n<Segmentation multipleModelMethod="sum"/></MiningModel>`,
      ),
      ['line 6:1 MiningModel/Segmentation: error pmml/missing-element: Segmentation lacks Segment'],
    ],
    'broken references inside of models': [
      withModel(
        `<NeuralNetwork functionName="regression" activationFunction="tanh">${SCHEMA}
<NeuralInputs><NeuralInput id="1"><DerivedField optype="continuous" dataType="double"><FieldRef field="x"/></DerivedField></NeuralInput></NeuralInputs>
<NeuralLayer><Neuron id="2"><Con from="9" weight="1"/></Neuron></NeuralLayer>
<NeuralOutputs><NeuralOutput outputNeuron="8"><DerivedField optype="continuous" dataType="double"><FieldRef field="y"/></DerivedField></NeuralOutput></NeuralOutputs></NeuralNetwork>`,
      ),
      [
        'line 7:29 Neuron/Con @from: error pmml/unknown-reference: there is no neuron "9"',
        'line 8:16 NeuralOutputs/NeuralOutput @outputNeuron: error pmml/unknown-reference: there is no neuron "8"',
      ],
    ],
  };
  for (const [what, [document, findings]] of Object.entries(cases)) {
    it(what, () => expect(check(document)).toEqual(findings));
  }

  it('leaves vendor markup alone', () => {
    const text = tree(
      '<Extension><anything/></Extension><Node score="1" x-weight="2"><True/><X-Note/></Node>',
      ' x-mathContext="float"',
    );
    expect(check(text)).toEqual([]);
  });
});

describe('documents in the field', () => {
  /** Not valid against the schema of their version, and why. */
  const INVALID: Readonly<Record<string, string>> = {
    'clustering-kmeans-3.2': 'Output stands behind the clusters',
    'mining-context-derived-discretize': 'no Header',
    'mining-missing-prediction-threshold-0.75': 'no Header',
    'regression-prior-probabilities': 'a Target of 4.2 without its field',
    'lrm-people': "R's pmml gives a target with the values no and yes the data type double",
    'ranger-probability': "R's pmml leaves out the recordCount of ScoreDistribution",
    'party-ctree-class': "R's pmml leaves out the recordCount of ScoreDistribution",
  };
  const files = ['../shared/conformance/pmml', 'fixtures']
    .map((path) => join(root, path))
    .filter(existsSync)
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.pmml') && !/(^|\/)(invalid|generate)\/|(^|\/)security-/.test(name))
        .map((name) => join(folder, name)),
    );

  it('have no errors, but for the ones that the schemas refuse', () => {
    expect(files.length).toBeGreaterThan(100);
    for (const path of files) {
      if (statSync(path).size > 3e6) continue;
      const errors = checkPmml(readPmml(readFileSync(path))).filter((finding) => finding.severity === 'error');
      const name = basename(dirname(path));
      expect(errors.length > 0, `${name}: ${errors.map(formatFinding).slice(0, 3).join('; ')}`).toBe(
        Object.hasOwn(INVALID, name),
      );
    }
  }, 60_000);
});
