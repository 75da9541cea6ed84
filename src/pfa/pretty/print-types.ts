import { type JsonNode, type JsonObject, member } from '../../wire/json.js';
import { RESERVED } from './tokens.js';

const PLAIN = /^[A-Za-z_][A-Za-z_0-9]*$/;

/** A name as a key of fields, parameters and JSON: in quotation marks where it is a reserved word or no plain one. */
export function keyText(name: string): string {
  return PLAIN.test(name) && !RESERVED.has(name) ? name : JSON.stringify(name);
}

/** JSON as PrettyPFA writes it. */
export function valueText(node: JsonNode): string {
  switch (node.kind) {
    case 'array':
      return `[${node.items.map(valueText).join(', ')}]`;
    case 'object':
      return `{${node.members.map(({ key, value }) => `${keyText(key)}: ${valueText(value)}`).join(', ')}}`;
    case 'string':
      return JSON.stringify(node.value);
    case 'number':
      return node.text;
    case 'boolean':
      return String(node.value);
    case 'null':
      return 'null';
  }
}

/** A type from its JSON: `record(x: int, y: array(double), Name)`. Defaults and orders of fields have no PrettyPFA. */
export function typeNodeText(node: JsonNode): string {
  if (node.kind === 'string') return node.value;
  if (node.kind === 'array') return `union(${node.items.map(typeNodeText).join(', ')})`;
  if (node.kind !== 'object') return valueText(node);
  const kind = member(node, 'type');
  if (kind === undefined) return valueText(node);
  if (kind.kind !== 'string') return typeNodeText(kind);
  const inner = (key: string): string => typeNodeText(member(node, key) ?? { kind: 'null', at: -1 });
  switch (kind.value) {
    case 'array':
      return `array(${inner('items')})`;
    case 'map':
      return `map(${inner('values')})`;
    case 'enum':
      return `enum([${listOf(node, 'symbols')
        .map((symbol) => (symbol.kind === 'string' ? keyText(symbol.value) : ''))
        .join(', ')}], ${fullName(node)})`;
    case 'fixed':
      return `fixed(${inner('size')}, ${fullName(node)})`;
    case 'record':
    case 'error': {
      const fields = listOf(node, 'fields').map((field) => {
        if (field.kind !== 'object') return '';
        const name = member(field, 'name');
        const type = member(field, 'type');
        return `${name?.kind === 'string' ? keyText(name.value) : ''}: ${type === undefined ? '' : typeNodeText(type)}`;
      });
      return `record(${[...fields, fullName(node)].join(', ')})`;
    }
    default:
      return kind.value;
  }
}

function listOf(node: JsonObject, key: string): readonly JsonNode[] {
  const found = member(node, key);
  return found?.kind === 'array' ? found.items : [];
}

function fullName(node: JsonObject): string {
  const name = member(node, 'name');
  const namespace = member(node, 'namespace');
  const own = name?.kind === 'string' ? name.value : 'Unnamed';
  return namespace?.kind === 'string' && namespace.value !== '' ? `${namespace.value}.${own}` : own;
}
