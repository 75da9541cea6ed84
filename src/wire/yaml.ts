import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { Limits } from '../core/limits.js';
import { withDefaults } from '../core/limits.js';
import type { JsonMember, JsonNode } from './json.js';
import { yamlSyntax } from './json-errors.js';

/** How many values aliases may stand for altogether, so that a few lines cannot unfold into billions. */
const MOST_ALIASED = 1_000_000;
const WHOLE = /^[-+]?[0-9]+$/;
const DECIMAL = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

/** Reads the JSON that a YAML 1.2 text holds, numbers as spelt; keys must be scalars. Errors: yaml/syntax. */
export function readYaml(text: string, limits: Partial<Limits> = {}): JsonNode {
  const { depth: deepest } = withDefaults(limits);
  const counter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: counter,
    merge: true,
    keepSourceTokens: false,
    logLevel: 'silent',
  });
  const failed = document.errors[0];
  if (failed !== undefined) {
    const position = counter.linePos(failed.pos[0]);
    throw yamlSyntax(
      failed.message.split('\n')[0]?.replace(/ at line .*$/, '') ?? failed.code,
      position.line,
      position.col,
    );
  }
  const complain = (sentence: string, node: Node | null | undefined): never => {
    const position = node?.range ? counter.linePos(node.range[0]) : undefined;
    throw yamlSyntax(sentence, position?.line, position?.col);
  };
  const sizes = new Map<JsonNode, number>();
  let aliased = 0;
  const known = new Map<Node, JsonNode>();

  const convert = (node: Node | null, depth: number): JsonNode => {
    if (depth > deepest) complain(`values are nested more than ${deepest} deep`, node);
    if (node === null) return { kind: 'null', at: -1 };
    if (isAlias(node)) {
      const target = node.resolve(document);
      const found = target === undefined ? undefined : known.get(target);
      if (found === undefined) return complain(`the alias *${node.source} has no anchor before it`, node);
      aliased += sizes.get(found) ?? 1;
      if (aliased > MOST_ALIASED) complain('the aliases stand for too many values', node);
      return found;
    }
    const made = convertOwn(node, depth);
    known.set(node, made);
    return made;
  };
  const convertOwn = (node: Node, depth: number): JsonNode => {
    const at = node.range?.[0] ?? -1;
    if (isScalar(node)) return scalar(node, at);
    if (isSeq(node)) {
      const items = node.items.map((item) => convert(item as Node | null, depth + 1));
      return sized({ kind: 'array', at, items }, items);
    }
    if (isMap(node)) {
      const members: JsonMember[] = [];
      for (const pair of node.items) {
        const key = pair.key as Node;
        if (!isScalar(key)) return complain('a key must be a scalar', key ?? node);
        const name = typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
        if (name === '<<' && typeof key.value !== 'string') complain('merge keys are not supported', key);
        members.push({ key: name, keyAt: key.range?.[0] ?? -1, value: convert(pair.value as Node | null, depth + 1) });
      }
      return sized(
        { kind: 'object', at, members },
        members.map(({ value }) => value),
      );
    }
    return complain('an unknown kind of node', node);
  };
  const sized = <T extends JsonNode>(made: T, parts: readonly JsonNode[]): T => {
    sizes.set(
      made,
      parts.reduce((sum, part) => sum + (sizes.get(part) ?? 1), 1),
    );
    return made;
  };
  const scalar = (node: Node & { value?: unknown; source?: string }, at: number): JsonNode => {
    const { value } = node;
    if (value === null || value === undefined) return { kind: 'null', at };
    if (typeof value === 'boolean') return { kind: 'boolean', at, value };
    if (typeof value === 'string') return { kind: 'string', at, value };
    if (typeof value === 'number' || typeof value === 'bigint') {
      const spelling = (node.source ?? String(value)).trim();
      if (WHOLE.test(spelling)) return { kind: 'number', at, text: BigInt(spelling.replace('+', '')).toString() };
      if (DECIMAL.test(spelling)) return { kind: 'number', at, text: decimal(spelling) };
      if (Number.isFinite(Number(value))) return { kind: 'number', at, text: String(value) };
      return complain('an infinite or undefined number has no JSON', node);
    }
    return complain('a scalar of a type that JSON lacks', node);
  };
  return convert(document.contents as Node | null, 1);
}

/** JSON's spelling of a YAML decimal: no plus sign, digits on both sides of the point. */
function decimal(spelling: string): string {
  const [, sign = '', mantissa = '', exponent = ''] = /^([-+]?)([0-9.]+)([eE][-+]?[0-9]+)?$/.exec(spelling) ?? [];
  let [whole = '', fraction] = mantissa.split('.') as [string, string | undefined];
  whole = whole.replace(/^0+(?=[0-9])/, '') || '0';
  if (fraction !== undefined) fraction = fraction === '' ? '0' : fraction;
  return `${sign === '-' ? '-' : ''}${whole}${fraction === undefined ? '' : `.${fraction}`}${exponent}`;
}

const PLAIN_KEY = /^[A-Za-z_][A-Za-z0-9_.]*$/;
const NOT_PLAIN = /^(?:null|true|false|yes|no|on|off|y|n)$/i;

/** YAML text (block style, strings in quotation marks where they could be read as something else). */
export function writeYaml(node: JsonNode): string {
  const lines: string[] = [];
  const write = (value: JsonNode, margin: string, lead: string): void => {
    const inner = `${margin}  `;
    if (value.kind === 'array' && value.items.length > 0) {
      if (value.items.every((item) => item.kind === 'number')) {
        lines.push(`${lead}[${value.items.map((item) => leaf(item)).join(', ')}]`);
        return;
      }
      if (lead.trim() !== '' && !lead.endsWith('- ')) lines.push(lead.trimEnd());
      value.items.forEach((item, index) => {
        const head = index === 0 && lead.endsWith('- ') ? lead : margin;
        write(item, inner, `${head}- `);
      });
    } else if (value.kind === 'object' && value.members.length > 0) {
      if (lead.trim() !== '' && !lead.endsWith('- ')) lines.push(lead.trimEnd());
      value.members.forEach(({ key, value: of }, index) => {
        const head = index === 0 && lead.endsWith('- ') ? lead : margin;
        write(of, inner, `${head}${keyText(key)}: `);
      });
    } else lines.push(`${lead}${leaf(value)}`);
  };
  write(node, '', '');
  return `${lines.join('\n')}\n`;
}

function keyText(key: string): string {
  return PLAIN_KEY.test(key) && !NOT_PLAIN.test(key) ? key : JSON.stringify(key);
}

function leaf(value: JsonNode): string {
  switch (value.kind) {
    case 'null':
      return 'null';
    case 'boolean':
      return String(value.value);
    case 'number':
      return value.text;
    case 'string':
      return PLAIN_KEY.test(value.value) && !NOT_PLAIN.test(value.value) ? value.value : JSON.stringify(value.value);
    case 'array':
      return '[]';
    case 'object':
      return '{}';
  }
}
