import { counted, type Description } from '../core/description.js';
import { type JsonNode, plainJson } from '../wire/json.js';
import { type PfaDocument, topLevel } from './document.js';

/** What `inspect` shows of a document: its method, state and metadata, and the library functions that it calls. */
export function describePfa(document: PfaDocument): Description {
  const text = (key: string) => {
    const value = topLevel(document, key);
    return value?.kind === 'string' ? value.value : undefined;
  };
  const names = (key: string) => {
    const value = topLevel(document, key);
    return value?.kind === 'object' ? value.members.map((member) => member.key) : [];
  };
  const metadata = topLevel(document, 'metadata');
  const facts: [string, string][] = [['method', text('method') ?? 'map']];
  const say = (label: string, value: string | undefined) => {
    if (value !== undefined && value !== '') facts.push([label, value]);
  };
  say('name', text('name'));
  say('description', text('doc'));
  const version = topLevel(document, 'version');
  say('model version', version === undefined ? undefined : String(plainJson(version)));
  say('cells', names('cells').join(', '));
  say('pools', names('pools').join(', '));
  say(
    'functions',
    names('fcns')
      .map((name) => `u.${name}`)
      .join(', '),
  );
  if (metadata?.kind === 'object') {
    for (const { key, value } of metadata.members)
      say(`metadata ${key}`, value.kind === 'string' ? value.value : undefined);
  }
  const code = ['begin', 'action', 'end', 'fcns', 'merge'].flatMap((key) => topLevel(document, key) ?? []);
  return { version: '0.8.1', facts, parts: counted(code.flatMap(callsIn)) };
}

/** Names of the library functions in a part of a document: the keys with a dot, and the operators. */
function callsIn(node: JsonNode): string[] {
  if (node.kind === 'array') return node.items.flatMap(callsIn);
  if (node.kind !== 'object') return [];
  return node.members.flatMap(({ key, value }) => [
    ...(/^[a-z]+\.|^[^A-Za-z"]+$/.test(key) ? [key] : []),
    ...callsIn(value),
  ]);
}
