import type { ModelProto } from '../document.js';
import { canonicalDomain, newestOpset } from '../operator-schemas.js';
import type { Report } from './report.js';

/** The newest version of the messages that this reader knows. */
const NEWEST_IR = 14;

const titled = (domain: string): string => (domain === '' ? 'ai.onnx' : domain);
const PLACE = { path: 'ModelProto' };

/** The operator sets that are imported, by canonical domain. */
export function checkImports(imports: ModelProto['opset_import'], path: string, report: Report): Map<string, number> {
  const found = new Map<string, number>();
  for (const { domain, version } of imports) {
    const key = canonicalDomain(domain);
    const number = Number(version ?? 1);
    if (found.has(key)) {
      // Exporters repeat imports; that matters only where the versions differ.
      const severity = found.get(key) === number ? 'warning' : 'error';
      report[severity]('onnx/duplicate-opset', `the domain "${titled(key)}" is imported twice`, { path });
    }
    const newest = newestOpset(key);
    if (!(Number(version) >= 1))
      report.error('onnx/missing-field', `the import of "${titled(key)}" has no version`, { path });
    else if (newest !== undefined && number > newest)
      report.error(
        'onnx/newer-version',
        `the operator set of "${titled(key)}" is newer than any that is known`,
        { path },
        {
          expected: `at most ${newest}`,
          got: String(number),
          hint: 'export the model for an earlier operator set',
        },
      );
    found.set(key, number);
  }
  return found;
}

/** The version of the messages, and what needs a certain one. */
export function checkIrVersion(model: ModelProto, report: Report): void {
  const ir = Number(model.ir_version ?? 0);
  if (ir < 1) report.error('onnx/missing-field', 'the model has no ir_version', PLACE);
  else if (ir > NEWEST_IR)
    report.error('onnx/newer-version', 'the IR version is newer than any that is known', PLACE, {
      expected: `at most ${NEWEST_IR}`,
      got: String(ir),
    });
  if (ir >= 3 && model.opset_import.length === 0)
    report.error('onnx/missing-opset', 'the model imports no operator set', PLACE);
  if (ir > 0 && ir < 3 && model.opset_import.length > 0)
    report.error('onnx/version', 'operator sets are imported since IR version 3', PLACE, { got: `IR version ${ir}` });
  if (ir > 0 && ir < 8 && model.functions.length > 0)
    report.error('onnx/version', 'functions are defined since IR version 8', PLACE, { got: `IR version ${ir}` });
  if (ir > 0 && ir < 10 && model.functions.some(({ overload }) => (overload ?? '') !== ''))
    report.error('onnx/version', 'functions have overloads since IR version 10', PLACE, { got: `IR version ${ir}` });
  const keys = new Set<string>();
  for (const { key = '' } of model.metadata_props) {
    if (keys.has(key))
      report.error('onnx/duplicate-name', 'a key of metadata_props stands twice', PLACE, {
        got: JSON.stringify(key.slice(0, 60)),
      });
    keys.add(key);
  }
}
