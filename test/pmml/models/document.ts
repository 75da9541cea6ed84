import { PmmlEvaluator, readPmml } from '../../../src/pmml/index.js';

/** A PMML 4.4 document around one model; continuous fields are doubles, categorical ones list their values. */
export function pmml(fields: Readonly<Record<string, 'double' | readonly string[]>>, model: string): string {
  const dictionary = Object.entries(fields).map(([name, kind]) =>
    kind === 'double'
      ? `<DataField name="${name}" optype="continuous" dataType="double"/>`
      : `<DataField name="${name}" optype="categorical" dataType="string">${kind
          .map((value) => `<Value value="${value}"/>`)
          .join('')}</DataField>`,
  );
  return `<PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4"><Header/><DataDictionary>${dictionary.join(
    '',
  )}</DataDictionary>${model}</PMML>`;
}

export function schema(active: readonly string[], target?: string): string {
  const fields = active.map((name) => `<MiningField name="${name}"/>`).join('');
  return `<MiningSchema>${target === undefined ? '' : `<MiningField name="${target}" usageType="target"/>`}${fields}</MiningSchema>`;
}

export function evaluatorOf(text: string): PmmlEvaluator {
  return new PmmlEvaluator(readPmml(new TextEncoder().encode(text)));
}

export function realArray(values: readonly number[]): string {
  return `<Array type="real" n="${values.length}">${values.join(' ')}</Array>`;
}
