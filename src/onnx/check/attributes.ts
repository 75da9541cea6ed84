import { quote } from '../../core/errors.js';
import { attributeType } from '../attributes.js';
import type { AttributeProto, NodeProto } from '../document.js';
import type { OperatorSchema } from '../operator-schemas.js';
import type { Report } from './report.js';
import { checkSparse, checkTensor } from './tensors.js';

/** Value fields of an attribute by the type that they belong to. */
const FIELDS = {
  f: 'FLOAT',
  i: 'INT',
  s: 'STRING',
  t: 'TENSOR',
  g: 'GRAPH',
  sparse_tensor: 'SPARSE_TENSOR',
  tp: 'TYPE_PROTO',
  floats: 'FLOATS',
  ints: 'INTS',
  strings: 'STRINGS',
  tensors: 'TENSORS',
  graphs: 'GRAPHS',
  sparse_tensors: 'SPARSE_TENSORS',
  type_protos: 'TYPE_PROTOS',
} as const satisfies Partial<Record<keyof AttributeProto, string>>;

type Field = keyof typeof FIELDS;

function isSet(attribute: AttributeProto, field: Field): boolean {
  const value: unknown = attribute[field];
  if (value === undefined) return false;
  const isList = field.endsWith('s') && field !== 's';
  return !isList || (value as ArrayLike<unknown>).length > 0;
}

/** The attribute by itself: a name, one value of the type that it says, or a reference. */
function checkValue(attribute: AttributeProto, place: { path: string; attribute: string }, report: Report): void {
  const fields = (Object.keys(FIELDS) as Field[]).filter((field) => isSet(attribute, field));
  if ((attribute.ref_attr_name ?? '') !== '') {
    if (fields.length > 0)
      report.error('onnx/bad-attribute', 'an attribute that refers to another has a value of its own', place);
    return;
  }
  const type = attributeType(attribute);
  if (type === 'UNDEFINED') {
    report.error('onnx/attribute-type', 'the attribute has no type', place);
    return;
  }
  const wrong = fields.find((field) => FIELDS[field] !== type);
  if (wrong !== undefined)
    report.error('onnx/attribute-type', 'the attribute has a value of another type than it says', place, {
      expected: type,
      got: FIELDS[wrong],
    });
  else if (fields.length === 0 && ['TENSOR', 'GRAPH', 'SPARSE_TENSOR', 'TYPE_PROTO'].includes(type))
    report.error('onnx/bad-attribute', 'the attribute has no value', place, { expected: type });
  const path = `${place.path} @${place.attribute}`;
  for (const tensor of [...(attribute.t === undefined ? [] : [attribute.t]), ...(attribute.tensors ?? [])])
    checkTensor(tensor, path, report);
  const sparse = attribute.sparse_tensor;
  for (const tensor of [...(sparse === undefined ? [] : [sparse]), ...(attribute.sparse_tensors ?? [])])
    checkSparse(tensor, path, report);
}

/** Attributes that a function declares; undefined outside functions. */
export type Referable = ReadonlySet<string> | undefined;

/** A node's attributes by themselves and, where there is one, against the operator's schema. */
export function checkAttributes(
  node: NodeProto,
  schema: OperatorSchema | undefined,
  path: string,
  referable: Referable,
  report: Report,
): void {
  const seen = new Set<string>();
  for (const attribute of node.attribute) {
    const name = attribute.name ?? '';
    const place = { path, attribute: quote(name).slice(1, -1) };
    if (name === '') report.error('onnx/missing-field', 'an attribute has no name', place);
    if (seen.has(name)) report.error('onnx/duplicate-attribute', 'the attribute stands twice', place);
    seen.add(name);
    checkValue(attribute, place, report);
    const reference = attribute.ref_attr_name ?? '';
    if (reference !== '' && referable === undefined)
      report.error('onnx/bad-attribute', 'an attribute refers to another outside of a function', place, {
        got: quote(reference),
      });
    else if (reference !== '' && !referable!.has(reference))
      report.error('onnx/bad-attribute', 'the attribute refers to one that the function does not have', place, {
        got: quote(reference),
      });
    const known =
      schema === undefined ? undefined : Object.hasOwn(schema.attributes, name) ? schema.attributes[name] : null;
    if (known === null) {
      report.error('onnx/unknown-attribute', `${schema!.name} has no such attribute`, place, {
        ...(Object.keys(schema!.attributes).length > 0 && {
          expected: Object.keys(schema!.attributes).slice(0, 12).join(', '),
        }),
      });
      continue;
    }
    const got = attributeType(attribute);
    if (known === undefined || got === 'UNDEFINED') continue;
    if (got !== known[0])
      report.error('onnx/attribute-type', 'the attribute has the wrong type', place, { expected: known[0], got });
  }
  for (const [name, [, presence]] of Object.entries(schema?.attributes ?? {})) {
    if (presence === 'required' && !seen.has(name))
      report.error('onnx/missing-attribute', 'the required attribute is missing', { path, attribute: name });
  }
}
