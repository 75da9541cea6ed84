import type { LinearNode } from '../../ir/nodes.js';
import { declined } from '../declined.js';
import { double, type Json } from './json.js';
import type { PfaWriter } from './writer.js';

/**
 * Writes y = W·x + b with model.reg.linear over a cell of coefficients. In float, where model.reg.linear would compute
 * in double, products and sums are written out so that each is rounded.
 */
export function writeLinear(writer: PfaWriter, node: LinearNode): Json {
  const { features, weights, intercepts } = node;
  if (![...weights, ...intercepts].every(Number.isFinite)) {
    throw declined('infinite-coefficient', 'PFA has no literal for an infinite coefficient', node.origin ?? {});
  }
  const count = features.length;
  const rows = Array.from({ length: intercepts.length }, (_, output) =>
    [...weights.subarray(output * count, (output + 1) * count)].map(double),
  );
  const kind = node.type.kind === 'float32' ? 'float' : 'double';
  const list: Json = { type: 'array', items: kind };
  const datum: Json = { new: features.map((ref) => writer.value(ref)), type: list };
  const model = writer.cell(
    'linear',
    {
      type: 'record',
      name: writer.names.take('Linear'),
      fields: [
        { name: 'coeff', type: { type: 'array', items: list } },
        { name: 'const', type: list },
      ],
    },
    { coeff: rows, const: [...intercepts].map(double) },
  );
  if (kind === 'double') return { 'model.reg.linear': [datum, model] };
  const add = writer.fcn(
    'add',
    [
      ['x', kind],
      ['y', kind],
    ],
    kind,
    { '+': ['x', 'y'] },
  );
  const times = writer.fcn(
    'times',
    [
      ['x', kind],
      ['y', kind],
    ],
    kind,
    { '*': ['x', 'y'] },
  );
  const row = writer.fcn(
    'linearScore',
    [
      ['datum', list],
      ['coeff', list],
      ['const', kind],
    ],
    kind,
    { '+': [{ 'a.reduce': [{ 'a.zipmap': ['datum', 'coeff', { fcn: times }] }, { fcn: add }] }, 'const'] },
  );
  const whole = writer.names.take('x');
  return {
    do: [
      { let: { [whole]: datum } },
      {
        'a.zipmap': [
          { attr: model, path: [['coeff']] },
          { attr: model, path: [['const']] },
          { params: [{ coeff: list }, { const: kind }], ret: kind, do: { [row]: [whole, 'coeff', 'const'] } },
        ],
      },
    ],
  };
}
