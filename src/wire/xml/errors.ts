import { type Place, SamescoreError } from '../../core/errors.js';

export function malformedXml(sentence: string, place: Place): SamescoreError {
  return new SamescoreError('xml/malformed', 'invalid', `the XML is malformed: ${sentence}`, { place });
}

export function doctypeRefused(place: Place): SamescoreError {
  return new SamescoreError('xml/doctype', 'invalid', 'a document type declaration is not accepted', {
    place,
    hint: 'remove the DOCTYPE; entities are never expanded',
  });
}

export function tooDeep(limit: number, place: Place): SamescoreError {
  return new SamescoreError('xml/too-deep', 'invalid', `elements are nested more than ${limit} deep`, { place });
}

export function tooLong(what: string, limit: number, place: Place): SamescoreError {
  return new SamescoreError('xml/too-long', 'invalid', `${what} is longer than ${limit} characters`, { place });
}

export function tooLarge(bytes: number, limit: number): SamescoreError {
  return new SamescoreError('xml/too-large', 'invalid', `the document has ${bytes} bytes, more than ${limit}`);
}

export function wrongEncoding(encoding: string, place: Place): SamescoreError {
  return new SamescoreError('xml/encoding', 'invalid', `the bytes are not valid ${encoding}`, { place });
}

export function unknownEncoding(encoding: string): SamescoreError {
  return new SamescoreError(
    'xml/unknown-encoding',
    'unsupported',
    `the encoding ${JSON.stringify(encoding)} is not known`,
    {
      place: { line: 1, column: 1 },
      hint: 'save the document as UTF-8',
    },
  );
}

export function unwritable(character: string, place: Place): SamescoreError {
  return new SamescoreError(
    'xml/unwritable',
    'unsupported',
    `XML 1.0 cannot hold the character ${JSON.stringify(character)}`,
    {
      place,
    },
  );
}
