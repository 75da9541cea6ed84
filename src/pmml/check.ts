import { SamescoreError } from '../core/errors.js';
import type { Finding } from '../core/finding.js';
import { checkCounts } from './check/counts.js';
import { FieldChecker } from './check/fields.js';
import { checkIdentifiers } from './check/identifiers.js';
import { checkModels } from './check/models.js';
import { Report } from './check/report.js';
import { checkStructure } from './check/structure.js';
import { checkValues } from './check/values.js';
import type { PmmlDocument } from './document.js';
import { PmmlEvaluator } from './evaluator.js';

/**
 * Everything that is wrong with a document, in the order of its lines. The model is compiled as for scoring too, and what
 * stops that is told if nothing else is wrong in that place; a record is not scored.
 */
export function checkPmml(document: PmmlDocument): Finding[] {
  const report = new Report(document.version);
  checkVersions(document, report);
  checkStructure(document.root, report);
  checkIdentifiers(document.root, report);
  checkCounts(document.root, report);
  checkValues(document.root, report);
  checkModels(document.root, report);
  new FieldChecker(document.root, report).check();
  compile(document, report);
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

/** What only the compiler notices: sizes that do not fit, markup that is not supported (a warning). */
function compile(document: PmmlDocument, report: Report): void {
  try {
    new PmmlEvaluator(document);
  } catch (error) {
    if (!(error instanceof SamescoreError)) throw error;
    if (error.code === 'pmml/no-model') return;
    const { expected, got, place } = error;
    const told = ({ severity, place: { line, column } }: Finding) =>
      severity === 'error' && line === place.line && column === place.column;
    if (error.kind !== 'unsupported' && report.findings.some(told)) return;
    const more = expected === undefined ? '' : ` (expected ${expected}${got === undefined ? '' : `, got ${got}`})`;
    report.findings.push({
      severity: error.kind === 'unsupported' ? 'warning' : 'error',
      code: String(error.code),
      message: `${error.sentence}${more}`,
      place,
    });
  }
}
