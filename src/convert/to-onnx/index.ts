import type { Program } from '../../ir/nodes.js';
import { inputsOf } from '../../ir/nodes.js';
import { simplify } from '../../ir/simplify.js';
import type { OnnxModel, StringStringEntryProto } from '../../onnx/document.js';
import { FEATURE_NAMES, FIELDS, OUTPUTS, TARGET } from '../../onnx/recorded.js';
import { declined } from '../declined.js';
import { shallowEnough } from '../shallow.js';
import { Emitter } from './emitter.js';
import { graphInputs, type InputLayout } from './inputs.js';
import { graphOutputs } from './outputs.js';
import type { Lowering } from './state.js';
import { tidy } from './tidy.js';
import { needsTreeEnsemble5 } from './trees.js';

export interface OnnxOptions {
  /** Version of ai.onnx to write for; 21 unless given, 13 at least. */
  readonly opset?: number;
  readonly inputs?: InputLayout;
}

/** IR version that goes with each version of ai.onnx (the newest one that does not exceed it). */
const IR_VERSIONS: readonly (readonly [opset: number, ir: number])[] = [
  [25, 13],
  [24, 12],
  [23, 11],
  [21, 10],
  [19, 9],
  [15, 8],
  [13, 7],
];

const OLDEST = 13;
const NEWEST = 25;

/** Writes a program as an ONNX model. What ONNX cannot say raises convert/… */
export function lowerToOnnx(given: Program, options: OnnxOptions = {}): OnnxModel {
  const opset = options.opset ?? 21;
  if (!(Number.isInteger(opset) && opset >= OLDEST && opset <= NEWEST)) {
    throw declined(
      'opset',
      `version ${opset} of ai.onnx cannot be written`,
      {},
      { expected: `${OLDEST} to ${NEWEST}` },
    );
  }
  const program = simplify(given);
  if (program.inputs.length === 0) throw declined('no-inputs', 'a model without inputs has no rows in ONNX', {});
  const emitter = new Emitter();
  const inputs = graphInputs(program, emitter, options.inputs ?? 'auto');
  const treeEnsemble5 = program.nodes.some(
    (node) =>
      node.op === 'trees' &&
      needsTreeEnsemble5(
        node,
        inputsOf(node).map((ref) => program.nodes[ref]!.type.kind),
      ),
  );
  const state: Lowering = {
    program,
    emitter,
    lowered: new Map(),
    columns: inputs.columns,
    direct: inputs.direct,
    treeEnsemble5,
    opset,
    anyInput: inputs.infos[0]!.name!,
  };
  const outputs = shallowEnough('an expression of the model is nested too deeply to be written as ONNX', () =>
    graphOutputs(state),
  );
  const { nodes, initializers } = tidy(emitter, new Set(outputs.infos.map((info) => info.name!)));
  const { name, description, version, ...metadata } = program.metadata;
  const numbered = version !== undefined && /^\d{1,15}$/.test(version);
  const props: StringStringEntryProto[] = [];
  const put = (key: string, value: string | undefined) => {
    if (value !== undefined) props.push({ key, value });
  };
  for (const [key, value] of Object.entries(metadata)) put(key, value);
  if (!numbered) put('version', version);
  if (Object.keys(inputs.featureNames).length > 0) put(FEATURE_NAMES, JSON.stringify(inputs.featureNames));
  put(FIELDS, JSON.stringify(inputs.fields, bigints));
  put(OUTPUTS, JSON.stringify(outputs.recorded));
  put(TARGET, program.target?.name);
  const usesMl = nodes.some((node) => node.domain === 'ai.onnx.ml');
  return {
    ir_version: IR_VERSIONS.find(([from]) => opset >= from)![1],
    opset_import: [
      { domain: '', version: opset },
      ...(usesMl ? [{ domain: 'ai.onnx.ml', version: treeEnsemble5 ? 5 : 3 }] : []),
    ],
    producer_name: 'samescore',
    ...(numbered ? { model_version: Number(version) } : {}),
    ...(description === undefined ? {} : { doc_string: description }),
    graph: {
      name: name ?? 'samescore',
      node: nodes,
      initializer: initializers,
      input: inputs.infos,
      output: outputs.infos,
      value_info: [],
    },
    metadata_props: props,
    functions: [],
  };
}

function bigints(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}
