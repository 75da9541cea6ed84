import { formatPlace, type Place } from './errors.js';

/** Something that a checker found in a document. An error makes the document invalid, a warning does not. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
  readonly place: Place;
}

/** `model.pmml:12:7 TreeModel/Node: error pmml/missing-attribute: …` on one line. */
export function formatFinding(finding: Finding): string {
  const place = formatPlace(finding.place);
  return `${place === '' ? '' : `${place}: `}${finding.severity} ${finding.code}: ${finding.message}`;
}
