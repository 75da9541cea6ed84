import type { Element, XmlDocument } from '../wire/xml/document.js';

/** A PMML document: the whole markup, unknown parts and comments included, as it was read or built. */
export interface PmmlDocument {
  readonly xml: XmlDocument;
  /** The PMML element. */
  readonly root: Element;
  /** '4.4', '3.2', …; from the attribute, else from the namespace. */
  readonly version: string;
}
