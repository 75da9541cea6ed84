import { wrongArgument } from '../core/arguments.js';
import type { Finding } from '../core/finding.js';
import { type Limits, withDefaults } from '../core/limits.js';
import { checkFunction, checkRecursion, functionsOf } from './check/functions.js';
import { checkGraph } from './check/graph.js';
import { reportInto } from './check/report.js';
import { checkImports, checkIrVersion } from './check/versions.js';
import type { OnnxModel } from './document.js';
import { inferOnnx } from './infer.js';

/** As deep as subgraphs may lie in each other, as for the evaluator. */
const DEEPEST = 100;

/** Everything that is wrong with a model, by the rules of the ONNX specification; nothing is run. */
export function checkOnnx(model: OnnxModel, limits: Partial<Limits> = {}): Finding[] {
  if (!Array.isArray(model?.opset_import))
    throw wrongArgument('the input of checkOnnx', 'a model, as readOnnx gives it', model);
  const findings: Finding[] = [];
  const report = reportInto(findings);
  checkIrVersion(model, report);
  const opsets = checkImports(model.opset_import, 'ModelProto', report);
  const functions = functionsOf(model, report);
  checkRecursion(functions, report);
  const common = {
    report,
    opsets,
    functions,
    depth: 0,
    mostDepth: Math.min(withDefaults(limits).depth, DEEPEST),
    ir: Number(model.ir_version ?? 0),
  };
  if (model.graph === undefined) report.error('onnx/missing-field', 'the model has no graph', { path: 'ModelProto' });
  else checkGraph(model.graph, { ...common, names: new Set(), parent: undefined, path: '', referable: undefined });
  for (const definition of functions.values()) checkFunction(definition, common);
  // An attribute that is at fault by itself keeps the rule of its operator from working: that is said already.
  const told = new Set(findings.map(({ place }) => `${place.path}|${place.attribute}`));
  inferOnnx(model, {
    limits,
    report(finding) {
      if (finding.code === 'onnx/bad-attribute' && told.has(`${finding.place.path}|${finding.place.attribute}`)) return;
      report.add(finding);
    },
  });
  report.finish();
  return findings;
}
