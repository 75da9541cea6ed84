import { counted, type Description } from '../core/description.js';
import type { PmmlDocument } from './document.js';

const MODEL = /Model$|^(MiningModel|NeuralNetwork|Scorecard)$/;

/** What `inspect` shows of a document: its header, and how often each model element and the larger parts occur. */
export function describePmml(document: PmmlDocument): Description {
  const { root } = document;
  const header = root.child('Header');
  const application = header?.child('Application');
  const producer = [application?.attribute('name'), application?.attribute('version')]
    .filter((part) => part !== undefined)
    .join(' ');
  const model = root.children().find((element) => MODEL.test(element.name));
  const facts: [string, string][] = [];
  const say = (label: string, text: string | undefined) => {
    if (text !== undefined && text !== '') facts.push([label, text]);
  };
  say('description', header?.attribute('description'));
  say('copyright', header?.attribute('copyright'));
  say('written', header?.child('Timestamp')?.text().trim());
  say('model', model === undefined ? 'none' : [model.name, model.attribute('modelName')].filter(Boolean).join(' '));
  say('function', model?.attribute('functionName'));
  say('algorithm', model?.attribute('algorithmName'));
  say('data fields', String(root.child('DataDictionary')?.children('DataField').length ?? 0));
  return { version: document.version, ...(producer === '' ? {} : { producer }), facts, parts: partsOf(document) };
}

const SHOWN =
  /Model$|^(MiningModel|NeuralNetwork|Scorecard|Segment|Node|DerivedField|DefineFunction|OutputField|RegressionTable|SimpleRule|CompoundRule|Cluster|SupportVectorMachine|Neuron|Characteristic)$/;

function partsOf({ xml, root }: PmmlDocument): Map<string, number> {
  const names: string[] = [];
  const pending = [root.index];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const name = xml.nameOf(at);
    if (SHOWN.test(name)) names.push(name);
    for (let child = xml.firstChild(at); child >= 0; child = xml.nextSibling(child)) pending.push(child);
  }
  return counted(names);
}
