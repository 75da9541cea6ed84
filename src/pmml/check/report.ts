import type { Finding } from '../../core/finding.js';
import type { Element } from '../../wire/xml/document.js';
import { placeOf } from '../place.js';

/** Collects findings in the order in which they are made. */
export class Report {
  readonly findings: Finding[] = [];

  constructor(readonly version: string) {}

  error(code: string, message: string, element: Element, attribute?: string): void {
    this.add('error', code, message, element, attribute);
  }

  warning(code: string, message: string, element: Element, attribute?: string): void {
    this.add('warning', code, message, element, attribute);
  }

  private add(
    severity: Finding['severity'],
    code: string,
    message: string,
    element: Element,
    attribute: string | undefined,
  ): void {
    this.findings.push({ severity, code: `pmml/${code}`, message, place: placeOf(element, attribute) });
  }
}
