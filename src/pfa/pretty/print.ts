import type { Body, FcnDef, Program, Store } from '../ast.js';
import { type PfaDocument, topLevel } from '../document.js';
import { readProgram } from '../parse/program.js';
import { rootWhere } from '../where.js';
import { exprText, functionText, indented } from './print-expressions.js';
import { typeNodeText, valueText } from './print-types.js';

/** A document as PrettyPFA text. Throws PfaSyntaxError and PfaSchemaError where it is none that can be read. */
export function printPretty(document: PfaDocument): string {
  const program = readProgram(rootWhere(document.root));
  const sections: [string, string | undefined][] = [
    ['name', plain(document, 'name')],
    ['doc', plain(document, 'doc')],
    ['version', plain(document, 'version')],
    ['metadata', plain(document, 'metadata')],
    ['options', plain(document, 'options')],
    ['randseed', plain(document, 'randseed')],
    ['method', plain(document, 'method')],
    ['input', typeNodeText(program.input.where.node)],
    ['output', typeNodeText(program.output.where.node)],
    ['cells', storesText(program.cells)],
    ['pools', storesText(program.pools)],
    ['zero', plain(document, 'zero')],
    ['begin', bodyText(program.begin)],
    ['action', bodyText(program.action)],
    ['end', bodyText(program.end)],
    ['merge', bodyText(program.merge ?? [])],
    ['fcns', functionsText(program)],
  ];
  const lines = sections
    .filter((section): section is [string, string] => section[1] !== undefined)
    .map(([name, text]) => (text.startsWith('\n') ? `${name}:${text}` : `${name}: ${text}`));
  return `${lines.join('\n')}\n`;
}

function plain(document: PfaDocument, key: string): string | undefined {
  const node = topLevel(document, key);
  if (node === undefined) return undefined;
  return (key === 'name' || key === 'method') && node.kind === 'string' ? node.value : valueText(node);
}

function bodyText(body: Body): string | undefined {
  return body.length === 0 ? undefined : `\n${indented(body.map((expr) => `${exprText(expr)};`).join('\n'))}`;
}

function storesText(stores: ReadonlyMap<string, Store>): string | undefined {
  if (stores.size === 0) return undefined;
  const lines = [...stores].map(([name, store]) => {
    const flags = [
      typeNodeText(store.type.where.node),
      ...(store.shared ? ['shared: true'] : []),
      ...(store.rollback ? ['rollback: true'] : []),
      ...(store.source === 'embedded' ? [] : [`source: ${store.source}`]),
    ];
    return `${name}(${flags.join(', ')}) = ${store.init === undefined ? '{}' : valueText(store.init.node)};`;
  });
  return `\n${indented(lines.join('\n'))}`;
}

function functionsText(program: Program): string | undefined {
  if (program.fcns.size === 0) return undefined;
  const lines = [...program.fcns].map(([name, def]: [string, FcnDef]) => `${name} = ${functionText(def)};`);
  return `\n${indented(lines.join('\n'))}`;
}
