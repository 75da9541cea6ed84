import { expect, it } from 'vitest';
import { evaluatorOf } from './document.js';

it('a default value has the type of its target, like every prediction', () => {
  const evaluator = evaluatorOf(
    `<PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4"><Header/><DataDictionary><DataField name="y" optype="continuous" dataType="float"/><DataField name="x" optype="continuous" dataType="double"/></DataDictionary><RegressionModel functionName="regression"><MiningSchema><MiningField name="y" usageType="target"/><MiningField name="x"/></MiningSchema><Targets><Target field="y" rescaleFactor="0.1"><TargetValue defaultValue="2"/></Target></Targets><RegressionTable intercept="1"><NumericPredictor name="x" coefficient="1"/></RegressionTable></RegressionModel></PMML>`,
  );
  expect(evaluator.evaluate({}).y).toBe(Math.fround(0.2));
  expect(evaluator.evaluate({ x: 1 }).y).toBe(Math.fround(0.2));
});
