/** The attribute of Segmentation as each version spells it: before 4.4 an extension of JPMML, which engines know. */
export function missingPredictionName(version: string): string {
  return version === '4.4' ? 'missingPredictionTreatment' : 'x-missingPredictionTreatment';
}

/** Whether an output field says that it is no final result: PMML 4.2 has no word for it. */
export function finalResult(version: string): boolean | undefined {
  return version === '4.2' ? undefined : false;
}
