import {
  type AvroType,
  arrayOf,
  branchesOf,
  isNamed,
  mapOf,
  type NamedType,
  primitive,
  type Type,
  tagOf,
} from './types.js';

const WIDTH = { int: 0, long: 1, float: 2, double: 3 } as const;
type NumberName = keyof typeof WIDTH;

function isNumber(type: Type): type is { readonly type: NumberName } {
  return type.type in WIDTH;
}

/** Whether two types are one: named types by name, unions by their set of branches. */
export function sameType(a: Type, b: Type): boolean {
  if (a === b) return true;
  if (a.type !== b.type) return false;
  if (a.type === 'fcn') {
    const other = b as typeof a;
    return (
      sameType(a.returns, other.returns) &&
      a.params.length === other.params.length &&
      a.params.every((param, index) => sameType(param, other.params[index] as AvroType))
    );
  }
  if (a.type === 'array') return sameType(a.items, (b as typeof a).items);
  if (a.type === 'map') return sameType(a.values, (b as typeof a).values);
  if (isNamed(a)) return a.fullName === (b as NamedType).fullName;
  if (a.type === 'union') {
    const others = (b as typeof a).branches;
    return (
      a.branches.length === others.length &&
      a.branches.every((branch) => others.some((other) => sameType(branch, other)))
    );
  }
  return true;
}

/** Whether two definitions of one name say the same. */
export function sameDefinition(a: NamedType, b: NamedType): boolean {
  if (a.type !== b.type || a.fullName !== b.fullName) return false;
  if (a.type === 'enum') return a.symbols.join() === (b as typeof a).symbols.join();
  if (a.type === 'fixed') return a.size === (b as typeof a).size;
  const others = (b as typeof a).fields;
  return (
    a.fields.length === others.length &&
    a.fields.every((field, index) => {
      const other = others[index];
      return other !== undefined && field.name === other.name && sameType(field.type, other.type);
    })
  );
}

/**
 * Whether a value of type `given` may stand where `wanted` is expected: the same type, a wider number, an array or map
 * whose items may, a union with a branch that may. Functions accept in their results and, reversed, in their parameters.
 */
export function accepts(wanted: Type, given: Type): boolean {
  if (wanted === given || given.type === 'exception') return true;
  if (wanted.type === 'fcn' || given.type === 'fcn') {
    if (wanted.type !== 'fcn' || given.type !== 'fcn') return false;
    return (
      accepts(wanted.returns, given.returns) &&
      wanted.params.length === given.params.length &&
      wanted.params.every((param, index) => accepts(given.params[index] as AvroType, param))
    );
  }
  if (given.type === 'union') return given.branches.every((branch) => accepts(wanted, branch));
  if (wanted.type === 'union') return wanted.branches.some((branch) => accepts(branch, given));
  if (isNumber(wanted) && isNumber(given)) return WIDTH[given.type] <= WIDTH[wanted.type];
  if (wanted.type !== given.type) return false;
  if (wanted.type === 'array') return accepts(wanted.items, (given as typeof wanted).items);
  if (wanted.type === 'map') return accepts(wanted.values, (given as typeof wanted).values);
  return isNamed(wanted) ? wanted.fullName === (given as NamedType).fullName : true;
}

/**
 * The narrowest type that accepts all of them: the widest of numbers, arrays and maps item by item, otherwise a union
 * of all branches. Undefined where no Avro type does (two different arrays in a union).
 */
export function broadest(types: readonly Type[]): Type | undefined {
  const real = types.filter((type) => type.type !== 'exception');
  const first = real[0];
  if (first === undefined) return types[0];
  if (real.every((type) => sameType(first, type))) return first;
  if (real.some((type) => type.type === 'fcn')) return undefined;
  if (real.every(isNumber)) {
    return primitive(
      (real as { type: NumberName }[]).reduce((a, b) => (WIDTH[b.type] > WIDTH[a.type] ? b : a), { type: 'int' }).type,
    );
  }
  if (real.every((type) => type.type === 'array')) {
    const items = broadest(real.map((type) => (type as { items: AvroType }).items));
    return items === undefined ? undefined : arrayOf(items as AvroType);
  }
  if (real.every((type) => type.type === 'map')) {
    const values = broadest(real.map((type) => (type as { values: AvroType }).values));
    return values === undefined ? undefined : mapOf(values as AvroType);
  }
  const branches: AvroType[] = [];
  for (const branch of (real as AvroType[]).flatMap(branchesOf)) {
    if (!branches.some((known) => sameType(known, branch))) branches.push(branch);
  }
  if (new Set(branches.map(tagOf)).size !== branches.length) return undefined;
  return branches.length === 1 ? branches[0] : { type: 'union', branches };
}

/** A type as one reads it in a message: `array of int`, `union(null, string)`, `record Datum`, `fcn(int) -> double`. */
export function typeText(type: Type): string {
  switch (type.type) {
    case 'array':
      return `array of ${typeText(type.items)}`;
    case 'map':
      return `map of ${typeText(type.values)}`;
    case 'union':
      return `union(${type.branches.map(typeText).join(', ')})`;
    case 'fcn':
      return `fcn(${type.params.map(typeText).join(', ')}) -> ${typeText(type.returns)}`;
    case 'exception':
      return 'an expression that only raises errors';
    default:
      return isNamed(type) ? `${type.type} ${type.fullName}` : type.type;
  }
}
