import type { JsonNode, JsonObject } from '../wire/json.js';
import { member } from '../wire/json.js';
import { schemaError } from './complaints.js';
import { sameDefinition } from './relations.js';
import {
  type AvroType,
  arrayOf,
  mapOf,
  type NamedType,
  PRIMITIVES,
  type PrimitiveName,
  primitive,
  type RecordField,
  type RecordType,
  tagOf,
} from './types.js';
import { inside, type Where } from './where.js';

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const FULL_NAME = /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*$/;
const KEYWORDS: ReadonlySet<string> = new Set([
  ...PRIMITIVES,
  'array',
  'map',
  'record',
  'enum',
  'fixed',
  'union',
  'error',
]);
const NAMED = new Set(['record', 'error', 'enum', 'fixed']);

interface Definition {
  readonly where: Where;
  readonly object: JsonObject;
  readonly fullName: string;
  type?: NamedType;
}

/**
 * The named types of one document. Every type of the document is first declared (so that a name may stand before its
 * definition) and then resolved; a second definition of a name must say the same as the first.
 */
export class TypeBook {
  private readonly definitions = new Map<string, Definition>();
  private readonly repeated: Definition[] = [];

  /** Notes the definitions inside a type's JSON. */
  declare(where: Where, namespace = ''): void {
    const { node } = where;
    if (node.kind === 'array') {
      node.items.forEach((item, index) => void this.declare(inside(where, index, item), namespace));
      return;
    }
    if (node.kind !== 'object') return;
    const kind = member(node, 'type');
    if (kind === undefined) return;
    if (kind.kind !== 'string') {
      this.declare(inside(where, 'type', kind), namespace);
      return;
    }
    if (NAMED.has(kind.value)) this.declareNamed(where, node, namespace, kind.value);
    for (const key of ['items', 'values']) {
      const part = member(node, key);
      if (part !== undefined) this.declare(inside(where, key, part), namespace);
    }
  }

  private declareNamed(where: Where, object: JsonObject, namespace: string, kind: string): void {
    const { fullName, namespace: inner } = nameOf(where, object, namespace);
    const definition: Definition = { where, object, fullName };
    if (this.definitions.has(fullName)) this.repeated.push(definition);
    else this.definitions.set(fullName, definition);
    const fields = member(object, 'fields');
    if ((kind === 'record' || kind === 'error') && fields?.kind === 'array') {
      fields.items.forEach((field, index) => {
        const type = field.kind === 'object' ? member(field, 'type') : undefined;
        if (type === undefined) return;
        this.declare(inside(inside(inside(where, 'fields', fields), index, field), 'type', type), inner);
      });
    }
  }

  /** The type that the JSON describes. Throws PfaSchemaError. */
  resolve(where: Where, namespace = ''): AvroType {
    const { node } = where;
    if (node.kind === 'string') return this.byName(where, node.value, namespace);
    if (node.kind === 'array') return this.union(where, node.items, namespace);
    if (node.kind !== 'object') throw schemaError(where, 'a type must be a name, an object or a list of types');
    const kind = member(node, 'type');
    if (kind === undefined) throw schemaError(where, 'the type has no "type" member');
    if (kind.kind !== 'string') return this.resolve(inside(where, 'type', kind), namespace);
    switch (kind.value) {
      case 'array':
        return arrayOf(this.resolve(required(where, node, 'items'), namespace));
      case 'map':
        return mapOf(this.resolve(required(where, node, 'values'), namespace));
      case 'record':
      case 'error':
      case 'enum':
      case 'fixed': {
        const { fullName } = nameOf(where, node, namespace);
        return this.define(this.definitions.get(fullName) ?? this.late(where, node, fullName), namespace);
      }
      default:
        return this.byName(inside(where, 'type', kind), kind.value, namespace);
    }
  }

  /** A type by its full name, where the document defines it. */
  named(fullName: string): NamedType | undefined {
    return this.definitions.get(fullName)?.type;
  }

  /** Complains of names that were defined twice in different ways; call it when all types are resolved. */
  finish(): void {
    for (const again of this.repeated) {
      const first = this.definitions.get(again.fullName) as Definition;
      const namespace = again.fullName.includes('.') ? again.fullName.slice(0, again.fullName.lastIndexOf('.')) : '';
      const type = this.build(again, namespace);
      const known = first.type ?? this.define(first, namespace);
      if (type !== known && !sameDefinition(known, type)) {
        throw schemaError(again.where, `the type "${again.fullName}" is defined twice, and differently`);
      }
    }
  }

  private late(where: Where, object: JsonObject, fullName: string): Definition {
    const definition: Definition = { where, object, fullName };
    this.definitions.set(fullName, definition);
    return definition;
  }

  private byName(where: Where, name: string, namespace: string): AvroType {
    if ((PRIMITIVES as readonly string[]).includes(name)) return primitive(name as PrimitiveName);
    const full = name.includes('.') || namespace === '' ? name : `${namespace}.${name}`;
    const found = this.definitions.get(full) ?? this.definitions.get(name);
    if (found === undefined) throw schemaError(where, `there is no type "${name}"`);
    return this.define(found, namespace);
  }

  private union(where: Where, items: readonly JsonNode[], namespace: string): AvroType {
    const branches = items.map((item, index) => {
      if (item.kind === 'array') throw schemaError(inside(where, index, item), 'a union may not hold a union directly');
      return this.resolve(inside(where, index, item), namespace);
    });
    if (branches.length === 0) throw schemaError(where, 'a union needs at least one branch');
    const seen = new Set<string>();
    branches.forEach((branch, index) => {
      const tag = tagOf(branch);
      if (branch.type === 'union') throw schemaError(where, 'a union may not hold a union directly');
      if (seen.has(tag))
        throw schemaError(inside(where, index, items[index] as JsonNode), `the union has two branches "${tag}"`);
      seen.add(tag);
    });
    return { type: 'union', branches };
  }

  private define(definition: Definition, namespace: string): NamedType {
    definition.type ??= this.build(definition, namespace, (type) => {
      definition.type = type;
    });
    return definition.type;
  }

  /** Builds a named type; `early` learns it before its fields are resolved, so that it may contain itself. */
  private build(definition: Definition, _outer: string, early: (type: NamedType) => void = () => {}): NamedType {
    const { where, object, fullName } = definition;
    const dot = fullName.lastIndexOf('.');
    const [name, namespace] = [fullName.slice(dot + 1), dot < 0 ? '' : fullName.slice(0, dot)];
    const kind = (member(object, 'type') as { value: string }).value;
    if (kind === 'enum') {
      const symbols = strings(required(where, object, 'symbols'));
      if (new Set(symbols).size !== symbols.length) throw schemaError(where, `the enum "${fullName}" repeats a symbol`);
      return { type: 'enum', name, namespace, fullName, symbols };
    }
    if (kind === 'fixed') {
      const size = required(where, object, 'size');
      const count = size.node.kind === 'number' ? Number(size.node.text) : Number.NaN;
      if (!Number.isSafeInteger(count) || count < 0)
        throw schemaError(size, 'the size of a fixed must be a whole number');
      return { type: 'fixed', name, namespace, fullName, size: count };
    }
    const fields: RecordField[] = [];
    const type: RecordType = { type: 'record', name, namespace, fullName, fields };
    early(type);
    const list = required(where, object, 'fields');
    if (list.node.kind !== 'array') throw schemaError(list, 'the fields of a record must be a list');
    const seen = new Set<string>();
    list.node.items.forEach((item, index) => {
      const field = this.field(inside(list, index, item), namespace);
      if (seen.has(field.name))
        throw schemaError(inside(list, index, item), `the record has two fields "${field.name}"`);
      seen.add(field.name);
      fields.push(field);
    });
    return type;
  }

  private field(where: Where, namespace: string): RecordField {
    const { node } = where;
    if (node.kind !== 'object') throw schemaError(where, 'a field must be an object with a name and a type');
    const name = member(node, 'name');
    if (name?.kind !== 'string' || !NAME.test(name.value)) throw schemaError(where, 'the field has no valid name');
    const type = this.resolve(required(where, node, 'type'), namespace);
    const order = member(node, 'order');
    const spelled = order === undefined ? 'ascending' : order.kind === 'string' ? order.value : '';
    if (spelled !== 'ascending' && spelled !== 'descending' && spelled !== 'ignore') {
      throw schemaError(where, 'the order of a field is "ascending", "descending" or "ignore"');
    }
    const fallback = member(node, 'default');
    return { name: name.value, type, order: spelled, ...(fallback === undefined ? {} : { default: fallback }) };
  }
}

function nameOf(where: Where, object: JsonObject, outer: string): { fullName: string; namespace: string } {
  const name = member(object, 'name');
  if (name?.kind !== 'string') throw schemaError(where, 'a record, enum or fixed needs a name');
  if (KEYWORDS.has(name.value)) throw schemaError(where, `"${name.value}" is a word of Avro's own`);
  if (!FULL_NAME.test(name.value)) throw schemaError(where, `"${name.value}" is no valid name of a type`);
  const dot = name.value.lastIndexOf('.');
  if (dot >= 0) return { fullName: name.value, namespace: name.value.slice(0, dot) };
  const own = member(object, 'namespace');
  if (own !== undefined && own.kind !== 'string') throw schemaError(where, 'a namespace must be a string');
  const namespace = own === undefined ? outer : own.value;
  if (namespace !== '' && !FULL_NAME.test(namespace)) throw schemaError(where, `"${namespace}" is no valid namespace`);
  return { fullName: namespace === '' ? name.value : `${namespace}.${name.value}`, namespace };
}

function required(where: Where, object: JsonObject, key: string): Where {
  const found = member(object, key);
  if (found === undefined) throw schemaError(where, `the type has no "${key}"`);
  return inside(where, key, found);
}

function strings(where: Where): string[] {
  const { node } = where;
  if (node.kind !== 'array') throw schemaError(where, 'the symbols of an enum must be a list of names');
  return node.items.map((item, index) => {
    if (item.kind === 'string' && NAME.test(item.value)) return item.value;
    throw schemaError(inside(where, index, item), 'a symbol of an enum must be a name');
  });
}
