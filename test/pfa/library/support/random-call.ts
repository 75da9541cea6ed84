import type { Pattern } from '../../../../src/pfa/signature.js';
import type { AvroType, Fn, RecordType, Type, Value } from '../../../../src/pfa/types.js';
import { arrayOf, mapOf, newMap, primitive, tagged, tagOf, unionTag, untagged } from '../../../../src/pfa/types.js';

/** Whole numbers from 0 up to a bound. */
export type Pick = (below: number) => number;

const INTS = [0, 1, -1, 2, 3, 5, 17, 100, -100, 2147483647, -2147483648];
const LONGS = [...INTS, 9007199254740991, -9007199254740991, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 60n];
const DOUBLES = [0, -0, 1, -1, 0.5, 0.25, 2, 3.75, 17, -17.3, 1e-300, 1e300, 1e18, Infinity, -Infinity, Number.NaN];
const STRINGS = [
  '',
  'a',
  'hello',
  '😀x',
  'é−two',
  '12',
  'Etc/UTC',
  '==',
  '[[:alpha:]]+',
  '(a*)*',
  '__proto__',
  'one',
  'and',
];
const KEYS = ['one', 'two', '', '0', '__proto__'];

function among<T>(pick: Pick, items: readonly T[]): T {
  return items[pick(items.length)]!;
}

type Wildcard = Extract<Pattern, { is: 'any' | 'enum' | 'fixed' }>;

/** A type for every wildcard of a signature, remembered by its label. */
export class Types {
  private readonly labels = new Map<string, AvroType>();
  private made = 0;

  constructor(private readonly pick: Pick) {}

  of(pattern: Pattern): Type {
    return pattern.is === 'fcn'
      ? { type: 'fcn', params: pattern.params.map((of) => this.avro(of)), returns: this.avro(pattern.returns) }
      : this.avro(pattern);
  }

  private avro(pattern: Pattern): AvroType {
    switch (pattern.is) {
      case 'primitive':
        return primitive(pattern.name);
      case 'array':
        return arrayOf(this.avro(pattern.of));
      case 'map':
        return mapOf(this.avro(pattern.of));
      case 'union':
        return { type: 'union', branches: pattern.branches.map((branch) => this.avro(branch)) };
      case 'record':
        return this.record(pattern.label, pattern.fields);
      case 'label':
        return this.labels.get(pattern.label)!;
      case 'fcn':
        throw new TypeError('a function is not a value of a type');
      default:
        return this.bind(pattern.label, this.wild(pattern));
    }
  }

  private bind<T extends AvroType>(label: string, type: T): T {
    this.labels.set(label, type);
    return type;
  }

  private wild(pattern: Wildcard): AvroType {
    const name = `N${++this.made}`;
    const named = { name, namespace: '', fullName: name };
    if (pattern.is === 'fixed') return { type: 'fixed', ...named, size: 3 };
    if (pattern.is === 'enum') {
      const owner = pattern.fieldsOf === undefined ? undefined : (this.labels.get(pattern.fieldsOf) as RecordType);
      return { type: 'enum', ...named, symbols: owner?.fields.map((field) => field.name) ?? ['one', 'two', 'three'] };
    }
    if (pattern.among !== undefined) return this.avro(among(this.pick, pattern.among));
    const plain = [primitive('int'), primitive('long'), primitive('double'), primitive('string'), primitive('boolean')];
    const record: RecordType = {
      type: 'record',
      ...named,
      fields: [{ name: 'x', type: primitive('int'), order: 'ascending' }],
    };
    return among(this.pick, [
      ...plain,
      arrayOf(primitive('double')),
      mapOf(primitive('string')),
      primitive('bytes'),
      record,
    ]);
  }

  private record(label: string, wanted: readonly { name: string; of: Pattern }[]): RecordType {
    const name = `R${++this.made}`;
    const fields: { name: string; type: AvroType; order: 'ascending' }[] = [];
    const type = this.bind(label, { type: 'record', name, namespace: '', fullName: name, fields });
    for (const field of wanted) fields.push({ name: field.name, type: this.avro(field.of), order: 'ascending' });
    const double = primitive('double');
    const optional: [string, AvroType][] =
      wanted.length === 0
        ? [
            ['x', double],
            ['s', primitive('string')],
            ['n', { type: 'union', branches: [primitive('null'), double] }],
          ]
        : [
            ['mean', double],
            ['variance', double],
            ['sigma', double],
            ['nanflow', double],
            ['underflow', double],
          ];
    for (const [extra, extraType] of optional) {
      if (fields.some((field) => field.name === extra) || (wanted.length > 0 && this.pick(2) === 0)) continue;
      fields.push({ name: extra, type: extraType, order: 'ascending' });
    }
    return type;
  }
}

/** What numbers of each width are drawn from. */
export interface Pools {
  ints: readonly number[];
  longs: readonly (number | bigint)[];
  doubles: readonly number[];
}

const EXTREME: Pools = { ints: INTS, longs: LONGS, doubles: DOUBLES };

/** A value of a type; nesting ends after a few levels. */
export function randomValue(type: Type, pick: Pick, pools: Pools = EXTREME, depth = 0): Value {
  switch (type.type) {
    case 'null':
    case 'exception':
      return null;
    case 'boolean':
      return pick(2) === 0;
    case 'int':
      return among(pick, pools.ints);
    case 'long':
      return among(pick, pools.longs);
    case 'float':
      return Math.fround(among(pick, pools.doubles));
    case 'double':
      return among(pick, pools.doubles);
    case 'string':
      return among(pick, STRINGS);
    case 'bytes':
      return Uint8Array.from({ length: pick(4) }, () => pick(256));
    case 'fixed':
      return Uint8Array.from({ length: type.size }, () => pick(256));
    case 'enum':
      return among(pick, type.symbols);
    case 'array':
      return Array.from({ length: pick(4) }, () => randomValue(type.items, pick, pools, depth + 1));
    case 'map': {
      const made = newMap();
      for (let count = pick(4); count > 0; count--)
        made[among(pick, KEYS)] = randomValue(type.values, pick, pools, depth + 1);
      return made;
    }
    case 'record': {
      const made = newMap();
      for (const field of type.fields) made[field.name] = randomValue(field.type, pick, pools, depth + 1);
      return made;
    }
    case 'union': {
      const branch = depth > 4 ? type.branches.at(-1)! : among(pick, type.branches);
      return tagged(tagOf(branch), randomValue(branch, pick, pools, depth + 1));
    }
    case 'fcn':
      return ((..._args: Value[]) => randomValue(type.returns, pick, pools, depth + 1)) as Fn;
  }
}

/** Whether a value is one of a type, in the one representation that values have. */
export function conforms(value: Value, type: AvroType): boolean {
  switch (type.type) {
    case 'null':
      return value === null;
    case 'boolean':
      return typeof value === 'boolean';
    case 'int':
      return Number.isInteger(value) && (value as number) === ((value as number) | 0) && !Object.is(value, -0);
    case 'long':
      return typeof value === 'bigint'
        ? (value > 9007199254740991n || value < -9007199254740991n) && BigInt.asIntN(64, value) === value
        : Number.isSafeInteger(value) && !Object.is(value, -0);
    case 'float':
      return typeof value === 'number' && Object.is(Math.fround(value), value);
    case 'double':
      return typeof value === 'number';
    case 'string':
      return typeof value === 'string';
    case 'bytes':
      return value instanceof Uint8Array;
    case 'fixed':
      return value instanceof Uint8Array && value.length === type.size;
    case 'enum':
      return type.symbols.includes(value as string);
    case 'array':
      return Array.isArray(value) && value.every((item) => conforms(item, type.items));
    case 'map':
      return isObject(value) && Object.values(value).every((item) => conforms(item as Value, type.values));
    case 'record':
      return (
        isObject(value) &&
        Object.keys(value).length === type.fields.length &&
        type.fields.every(
          (field) => Object.hasOwn(value, field.name) && conforms(value[field.name] as Value, field.type),
        )
      );
    case 'union': {
      const branch = type.branches.find((candidate) => tagOf(candidate) === unionTag(value));
      return branch !== undefined && (value === null || isObject(value)) && conforms(untagged(value), branch);
    }
    default:
      return false;
  }
}

function isObject(value: Value): value is { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}
