import { internalFault } from '../core/errors.js';
import { PRIMITIVES, type PrimitiveName } from './types.js';

/** What a parameter of a library function may be; see library/function.ts for the notation. */
export type Pattern =
  | { readonly is: 'primitive'; readonly name: PrimitiveName }
  | { readonly is: 'array' | 'map'; readonly of: Pattern }
  | { readonly is: 'union'; readonly branches: readonly Pattern[] }
  | { readonly is: 'fcn'; readonly params: readonly Pattern[]; readonly returns: Pattern }
  | { readonly is: 'any'; readonly label: string; readonly among?: readonly Pattern[] }
  | { readonly is: 'record'; readonly label: string; readonly fields: readonly { name: string; of: Pattern }[] }
  | { readonly is: 'enum'; readonly label: string; readonly fieldsOf?: string }
  | { readonly is: 'fixed'; readonly label: string }
  | { readonly is: 'label'; readonly label: string };

export interface Signature {
  readonly params: readonly { readonly name: string; readonly of: Pattern }[];
  readonly returns: Pattern;
}

const known = new Map<string, Signature>();

/** Parses a signature in the library's notation. A fault in the table is samescore's own. */
export function readSignature(text: string): Signature {
  const found = known.get(text);
  if (found !== undefined) return found;
  const made = parse(text);
  known.set(text, made);
  return made;
}

function parse(text: string): Signature {
  const tokens = text.match(/->|[A-Za-z_0-9.]+|[^\s]/g) ?? [];
  let at = 0;
  const peek = (): string => tokens[at] ?? '';
  const take = (wanted?: string): string => {
    const token = tokens[at++] ?? '';
    if (wanted !== undefined && token !== wanted) {
      throw internalFault(`the signature "${text}" has "${token}" where "${wanted}" belongs`);
    }
    return token;
  };
  const list = <T>(open: string, close: string, item: () => T): T[] => {
    const items: T[] = [];
    take(open);
    while (peek() !== close) {
      items.push(item());
      if (peek() !== close) take(',');
    }
    take(close);
    return items;
  };
  const named = (): { name: string; of: Pattern } => {
    const name = take();
    take(':');
    return { name, of: pattern() };
  };
  const pattern = (): Pattern => {
    const word = take();
    if ((PRIMITIVES as readonly string[]).includes(word)) return { is: 'primitive', name: word as PrimitiveName };
    switch (word) {
      case 'array':
      case 'map':
        take('of');
        return { is: word, of: pattern() };
      case 'union':
        return { is: 'union', branches: list('(', ')', pattern) };
      case 'fcn': {
        const params = list('(', ')', pattern);
        take('->');
        return { is: 'fcn', params, returns: pattern() };
      }
      case 'any': {
        const label = take();
        if (peek() !== 'of') return { is: 'any', label };
        take('of');
        return { is: 'any', label, among: list('{', '}', pattern) };
      }
      case 'record': {
        const label = take();
        return { is: 'record', label, fields: peek() === '{' ? list('{', '}', named) : [] };
      }
      case 'enum': {
        const label = take();
        if (peek() !== 'of') return { is: 'enum', label };
        take('of');
        take('fields');
        take('of');
        return { is: 'enum', label, fieldsOf: take() };
      }
      case 'fixed':
        return { is: 'fixed', label: take() };
      default:
        return { is: 'label', label: word };
    }
  };
  const params = list('(', ')', named);
  take('->');
  return { params, returns: pattern() };
}
