import { writeXml } from '../wire/xml/write.js';
import type { PmmlDocument } from './document.js';

/** The document as UTF-8 XML, in pieces of about 64 KB; a transient one is only valid until the next is asked for. */
export function writePmml(
  document: PmmlDocument,
  options: { readonly transient?: boolean } = {},
): Iterable<Uint8Array> {
  return writeXml(document.xml, options);
}
