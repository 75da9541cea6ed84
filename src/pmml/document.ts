import type { Element, XmlDocument } from '../wire/xml/document.js';
import { notPmml, unsupportedVersion } from './errors.js';

/** A PMML document: the whole markup, unknown parts and comments included, as it was read or built. */
export interface PmmlDocument {
  readonly xml: XmlDocument;
  /** The PMML element. */
  readonly root: Element;
  /** '4.4', '3.2', …; from the attribute, else from the namespace, else '4.4'. */
  readonly version: string;
}

const NAMESPACE = /^https?:\/\/www\.dmg\.org\/PMML-(\d+)_(\d+)(?:_(\d+))?\/?$/;
const VERSION = /^(\d+)\.(\d+)(?:\.\d+)*$/;

/** The XML as PMML. Throws `pmml/not-pmml` and `pmml/version`. */
export function documentOf(xml: XmlDocument): PmmlDocument {
  const { root } = xml;
  if (root.name !== 'PMML') throw notPmml(root, root.name);
  const prefix = root.prefix;
  const namespace = root.attributes().find(([name]) => name === (prefix === '' ? 'xmlns' : `xmlns:${prefix}`))?.[1];
  const declared = namespace === undefined ? undefined : NAMESPACE.exec(namespace.trim());
  if (namespace !== undefined && namespace !== '' && declared === null)
    throw notPmml(root, `the namespace ${namespace}`);
  const text = root.attribute('version')?.trim() ?? (declared ? `${declared[1]}.${declared[2]}` : '4.4');
  const version = VERSION.exec(text);
  const number = version === null ? Number.NaN : Number(version[1]) + Number(version[2]) / 100;
  if (!(number >= 3 && number < 4.05)) throw unsupportedVersion(root, text);
  return { xml, root, version: text };
}
