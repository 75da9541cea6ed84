import { elementNamesOf, type InputField } from '../../core/scorer.js';
import type { InputNode, Program } from '../../ir/nodes.js';
import { isFloat, isNumber, type Kind, type Ref } from '../../ir/types.js';
import type { ValueInfoProto } from '../../onnx/document.js';
import { type Emitter, TYPE_OF_KIND } from './emitter.js';
import type { MatrixColumn, Operand } from './state.js';

/** How scalar inputs are passed: one matrix of numbers, one tensor [N, 1] each, or whichever suits the program. */
export type InputLayout = 'matrix' | 'columns' | 'auto';

export interface GraphInputs {
  readonly infos: ValueInfoProto[];
  readonly columns: Map<Ref, MatrixColumn>;
  readonly direct: Map<Ref, Operand>;
  /** Names of the columns of each matrix. */
  readonly featureNames: Record<string, readonly string[]>;
  readonly fields: InputField[];
}

export function tensorInfo(name: string, kind: Kind, sizes: readonly number[]): ValueInfoProto {
  const dim = [{ dim_param: 'N' }, ...sizes.map((size) => ({ dim_value: size }))];
  return { name, type: { tensor_type: { elem_type: TYPE_OF_KIND[kind], shape: { dim } } } };
}

/** An integer or bool that may be missing travels as a double, NaN where it is missing. */
function carrier(node: InputNode): Kind {
  const { kind, missing } = node.type;
  return missing && kind !== 'string' && !isFloat(kind) ? 'float64' : kind;
}

function commonCarrier(kinds: readonly Kind[]): Kind {
  return kinds.every((kind) => kind === kinds[0]) ? kinds[0]! : 'float64';
}

/** Declares the graph's inputs and says where each input of the program is found. */
export function graphInputs(program: Program, emitter: Emitter, layout: InputLayout): GraphInputs {
  const inputs = program.inputs.map((ref) => ({ ref, node: program.nodes[ref] as InputNode }));
  const scalars = inputs.filter(({ node }) => node.type.shape.length === 0);
  const numeric = scalars.filter(({ node }) => isNumber(node.type.kind));
  const matrix =
    layout === 'matrix'
      ? numeric.length >= 1
      : layout === 'auto' && numeric.length >= 2 && numeric.length === inputs.length;
  const inMatrix = new Set(matrix ? numeric.map(({ ref }) => ref) : []);
  const result: GraphInputs = {
    infos: [],
    columns: new Map(),
    direct: new Map(),
    featureNames: {},
    fields: inputs.map(({ node }) => node.field),
  };
  const kind = commonCarrier(numeric.map(({ node }) => carrier(node)));
  let matrixName: string | undefined;
  let index = 0;
  for (const { ref, node } of inputs) {
    if (inMatrix.has(ref)) {
      if (matrixName === undefined) {
        matrixName = emitter.unique('X');
        result.infos.push(tensorInfo(matrixName, kind, [inMatrix.size]));
        result.featureNames[matrixName] = numeric.map((each) => each.node.field.name);
      }
      result.columns.set(ref, { matrix: matrixName, index: index++, width: inMatrix.size, kind });
      continue;
    }
    const own = carrier(node);
    const width = node.type.shape[0] ?? 1;
    const name = emitter.unique(node.field.name === '' ? 'input' : node.field.name);
    result.infos.push(tensorInfo(name, own, [width]));
    if (node.field.elementNames !== undefined) result.featureNames[name] = elementNamesOf(node.field);
    const missing = own === 'string' || isFloat(own) ? node.type.missing : false;
    result.direct.set(ref, { name, kind: own, width, missing, constant: false });
  }
  return result;
}
