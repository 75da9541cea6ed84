import { PmmlEvaluator, readPmml } from '../../src/pmml/index.js';

const encoder = new TextEncoder();

/** A document around a model, with DataField and transformation markup as given. */
export function pmml(fields: string, rest: string): string {
  return `<PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4"><Header/><DataDictionary>${fields}</DataDictionary>${rest}</PMML>`;
}

/** A model that only passes its output fields through: `x` is the one active field unless more are listed. */
export function outputs(dataFields: string, schema: string, output: string, transformations = ''): string {
  return pmml(
    dataFields,
    `${transformations}<RegressionModel functionName="regression"><MiningSchema>${schema}</MiningSchema><Output>${output}</Output><RegressionTable intercept="0"/></RegressionModel>`,
  );
}

export function evaluatorOf(document: string): PmmlEvaluator {
  return new PmmlEvaluator(readPmml(encoder.encode(document)));
}

export const bytesOf = (text: string): Uint8Array => encoder.encode(text);
