import type { Finding } from '../core/finding.js';
import { checkCounts } from './check/counts.js';
import { FieldChecker } from './check/fields.js';
import { checkIdentifiers } from './check/identifiers.js';
import { Report } from './check/report.js';
import { checkStructure } from './check/structure.js';
import type { PmmlDocument } from './document.js';

/** Everything that is wrong with a document, in the order of its lines. Nothing is evaluated. */
export function checkPmml(document: PmmlDocument): Finding[] {
  const report = new Report(document.version);
  checkVersions(document, report);
  checkStructure(document.root, report);
  checkIdentifiers(document.root, report);
  checkCounts(document.root, report);
  new FieldChecker(document.root, report).check();
  const line = (finding: Finding) => finding.place.line ?? 0;
  const column = (finding: Finding) => finding.place.column ?? 0;
  return report.findings.sort((a, b) => line(a) - line(b) || column(a) - column(b));
}

/** The version attribute and the namespace say the same. */
function checkVersions({ root, version }: PmmlDocument, report: Report): void {
  const namespace =
    root.attribute('xmlns') ??
    root.attributes().find(([name]) => name.startsWith('xmlns:') && name === `xmlns:${root.prefix}`)?.[1];
  const said = /PMML-(\d+)_(\d+)/.exec(namespace ?? '');
  if (said === null) report.warning('namespace', 'the document is not in a namespace of PMML', root, 'xmlns');
  else if (`${said[1]}.${said[2]}` !== version.split('.').slice(0, 2).join('.')) {
    report.warning(
      'namespace',
      `the version is ${version}, and the namespace that of ${said[1]}.${said[2]}`,
      root,
      'xmlns',
    );
  }
}
