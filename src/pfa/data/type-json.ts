import { type JsonMember, type JsonNode, writeJson } from '../../wire/json.js';
import { type AvroType, isNamed } from '../types.js';

/** A type as Avro writes it; a named type is spelt out once and then named. */
export function typeJson(type: AvroType, defined: Set<string> = new Set()): JsonNode {
  if (isNamed(type) && defined.has(type.fullName)) return text(type.fullName);
  switch (type.type) {
    case 'array':
      return object({ type: text('array'), items: typeJson(type.items, defined) });
    case 'map':
      return object({ type: text('map'), values: typeJson(type.values, defined) });
    case 'union':
      return list(type.branches.map((branch) => typeJson(branch, defined)));
    case 'enum':
      defined.add(type.fullName);
      return object({ ...named(type), symbols: list(type.symbols.map(text)) });
    case 'fixed':
      defined.add(type.fullName);
      return object({ ...named(type), size: { kind: 'number', at: -1, text: String(type.size) } });
    case 'record':
      defined.add(type.fullName);
      return object({
        ...named(type),
        fields: list(
          type.fields.map((field) =>
            object({
              name: text(field.name),
              type: typeJson(field.type, defined),
              ...(field.order === 'ascending' ? {} : { order: text(field.order) }),
              ...(field.default === undefined ? {} : { default: field.default as JsonNode }),
            }),
          ),
        ),
      });
    default:
      return text(type.type === 'exception' ? 'null' : type.type);
  }
}

/** The JSON text of a type. */
export function typeJsonText(type: AvroType): string {
  return writeJson(typeJson(type));
}

function named(type: { type: string; name: string; namespace: string }): Record<string, JsonNode> {
  return {
    type: text(type.type),
    name: text(type.name),
    ...(type.namespace === '' ? {} : { namespace: text(type.namespace) }),
  };
}

function text(value: string): JsonNode {
  return { kind: 'string', at: -1, value };
}

function list(items: JsonNode[]): JsonNode {
  return { kind: 'array', at: -1, items };
}

function object(members: Record<string, JsonNode>): JsonNode {
  const made: JsonMember[] = Object.entries(members).map(([key, value]) => ({ key, keyAt: -1, value }));
  return { kind: 'object', at: -1, members: made };
}
