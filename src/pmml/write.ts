import { writeXml } from '../wire/xml/write.js';
import { conforming } from './conform.js';
import type { PmmlDocument } from './document.js';

/**
 * The document as UTF-8 XML, in pieces of about 64 KB; a transient one is only valid until the next is asked for. A
 * document that was read is written as it is, with its faults; one that was made gets the grammar's order, and throws
 * `pmml/unwritable` for what its version of PMML does not have.
 */
export function writePmml(
  document: PmmlDocument,
  options: { readonly transient?: boolean } = {},
): Iterable<Uint8Array> {
  return writeXml(conforming(document), options);
}
