import { describe, expect, it } from 'vitest';
import { evaluatorOf, outputs } from '../build.js';

/** The expected values are the answers of JPMML-Evaluator 1.7.7. */
describe('what the live comparison with JPMML-Evaluator found', () => {
  it('a double given to a text parameter keeps its decimal point', () => {
    const define =
      '<TransformationDictionary><DefineFunction name="f" optype="categorical" dataType="string"><ParameterField name="p" optype="categorical" dataType="string"/><FieldRef field="p"/></DefineFunction></TransformationDictionary>';
    const document = outputs(
      '<DataField name="x" optype="continuous" dataType="double"/>',
      '<MiningField name="x"/>',
      '<OutputField name="o" feature="transformedValue" optype="categorical" dataType="string"><Apply function="f"><FieldRef field="x"/></Apply></OutputField>',
      define,
    );
    expect(evaluatorOf(document).evaluate({ x: '3' }).o).toBe('3.0');
  });

  it('the confidence of a regression model is its probability', () => {
    const document = `<PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4"><Header/><DataDictionary><DataField name="x" optype="continuous" dataType="double"/><DataField name="y" optype="categorical" dataType="string"><Value value="a"/><Value value="b"/></DataField></DataDictionary><RegressionModel functionName="classification" normalizationMethod="softmax"><MiningSchema><MiningField name="y" usageType="target"/><MiningField name="x"/></MiningSchema><Output><OutputField name="o" feature="confidence" optype="continuous" dataType="double"/><OutputField name="b" feature="confidence" value="b" optype="continuous" dataType="double"/></Output><RegressionTable targetCategory="a" intercept="0"><NumericPredictor name="x" coefficient="1"/></RegressionTable><RegressionTable targetCategory="b" intercept="0"/></RegressionModel></PMML>`;
    const result = evaluatorOf(document).evaluate({ x: 0 });
    expect(result.o).toBe(0.5);
    expect(result.b).toBe(0.5);
  });
});
