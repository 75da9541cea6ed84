import { writeXml } from '../wire/xml/write.js';
import type { PmmlDocument } from './document.js';

/** The document as UTF-8 XML, in pieces of about 64 KB. */
export function writePmml(document: PmmlDocument): Iterable<Uint8Array> {
  return writeXml(document.xml);
}
