import type { PmmlDocument } from '../../src/pmml/document.js';
import { readPmml, writePmml } from '../../src/pmml/index.js';

/** A document from its dictionary and model: the head that every example shares is left out of them. */
export function pmml(dictionary: string, model: string): PmmlDocument {
  const text = `<PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4"><Header/><DataDictionary>${dictionary}</DataDictionary>${model}</PMML>`;
  return readPmml(new TextEncoder().encode(text));
}

/** A document's text without its layout. */
export function textOf(document: PmmlDocument): string {
  const text = Buffer.concat([...writePmml(document)]).toString('utf8');
  return text.replace(/>\s+</g, '><');
}

/** `name:type` a field: `x:double`, `c:string=a|b` with values, `y:integer`. */
export function fields(...specs: readonly string[]): string {
  return specs
    .map((spec) => {
      const [, name, dataType, values] = /^([^:]+):(\w+)(?:=(.*))?$/.exec(spec)!;
      const optype = dataType === 'string' || values !== undefined ? 'categorical' : 'continuous';
      const listed =
        values
          ?.split('|')
          .map((value) => `<Value value="${value}"/>`)
          .join('') ?? '';
      return `<DataField name="${name}" optype="${optype}" dataType="${dataType}">${listed}</DataField>`;
    })
    .join('');
}

/** A MiningSchema of the target and the given fields; an attribute list may follow a name. */
export function schema(target: string, ...names: readonly string[]): string {
  const rest = names.map((name) => {
    const [field, ...attributes] = name.split(' ');
    return `<MiningField name="${field}" ${attributes.join(' ')}/>`;
  });
  return `<MiningSchema><MiningField name="${target}" usageType="target"/>${rest.join('')}</MiningSchema>`;
}
