import { quote } from '../../core/errors.js';
import type { Element } from '../../wire/xml/document.js';
import type { Report } from './report.js';
import { pushChildren } from './walk.js';

/** Identifiers that are defined and referred to inside of one ancestor. */
interface IdentifierRule {
  readonly within: string;
  readonly what: string;
  readonly defined: readonly (readonly [element: string, attribute: string])[];
  readonly used: readonly (readonly [element: string, attribute: string])[];
  /** The definitions are children of the ancestor, and nothing refers to them. */
  readonly direct?: true;
  /** A use must stand behind the definition. */
  readonly behind?: true;
  /** What lies below this element is not looked at. */
  readonly stop?: string;
}

const IDENTIFIERS: readonly IdentifierRule[] = [
  {
    within: 'NeuralNetwork',
    what: 'neuron',
    defined: [
      ['NeuralInput', 'id'],
      ['Neuron', 'id'],
    ],
    used: [
      ['Con', 'from'],
      ['NeuralOutput', 'outputNeuron'],
    ],
    behind: true,
  },
  {
    within: 'SupportVectorMachineModel',
    what: 'vector',
    defined: [['VectorInstance', 'id']],
    used: [['SupportVector', 'vectorId']],
  },
  { within: 'AssociationModel', what: 'item', defined: [['Item', 'id']], used: [['ItemRef', 'itemRef']] },
  {
    within: 'AssociationModel',
    what: 'itemset',
    defined: [['Itemset', 'id']],
    used: [
      ['AssociationRule', 'antecedent'],
      ['AssociationRule', 'consequent'],
    ],
  },
  { within: 'SequenceModel', what: 'item', defined: [['Item', 'id']], used: [['ItemRef', 'itemRef']] },
  {
    within: 'SequenceModel',
    what: 'set',
    defined: [
      ['Itemset', 'id'],
      ['SetPredicate', 'id'],
    ],
    used: [['SetReference', 'setId']],
  },
  { within: 'SequenceModel', what: 'sequence', defined: [['Sequence', 'id']], used: [['SequenceReference', 'seqId']] },
  { within: 'SequenceModel', what: 'rule', defined: [['SequenceRule', 'id']], used: [] },
  {
    within: 'GeneralRegressionModel',
    what: 'parameter',
    defined: [['Parameter', 'name']],
    used: [
      ['PPCell', 'parameterName'],
      ['PCell', 'parameterName'],
      ['PCovCell', 'pRow'],
      ['PCovCell', 'pCol'],
    ],
  },
  {
    within: 'MiningModel',
    what: 'segment',
    defined: [['Segment', 'id']],
    used: [['OutputField', 'segmentId']],
    stop: 'Segment',
  },
  { within: 'ClusteringModel', what: 'cluster', defined: [['Cluster', 'id']], used: [], direct: true },
  { within: 'TreeModel', what: 'node', defined: [['Node', 'id']], used: [] },
  { within: 'RuleSet', what: 'rule', defined: [['SimpleRule', 'id']], used: [] },
];

const BY_ANCESTOR = new Map<string, IdentifierRule[]>();
for (const rule of IDENTIFIERS) BY_ANCESTOR.set(rule.within, [...(BY_ANCESTOR.get(rule.within) ?? []), rule]);

/** Identifiers that are defined twice, or used and not defined. */
export function checkIdentifiers(root: Element, report: Report): void {
  const { document } = root;
  for (let index = root.index; index < document.size; index++) {
    const name = document.nameOf(index);
    const rules = BY_ANCESTOR.get(name);
    if (rules !== undefined) for (const rule of rules) checkRule(document.element(index), rule, report);
    if (name === 'Node') checkDefaultChild(document.element(index), report);
  }
}

function checkRule(scope: Element, rule: IdentifierRule, report: Report): void {
  const defined = new Set<string>();
  const uses: { element: Element; attribute: string; id: string; before: boolean }[] = [];
  const pending: Element[] = [];
  pushChildren(pending, scope);
  for (let element = pending.pop(); element !== undefined; element = pending.pop()) {
    for (const [name, attribute] of rule.defined) {
      const id = element.name === name ? element.attribute(attribute) : undefined;
      if (id === undefined) continue;
      if (defined.has(id))
        report.error('duplicate', `the ${rule.what} ${quote(id)} is defined twice`, element, attribute);
      defined.add(id);
    }
    for (const [name, attribute] of rule.used) {
      const id = element.name === name ? element.attribute(attribute) : undefined;
      if (id !== undefined) uses.push({ element, attribute, id, before: defined.has(id) });
    }
    if (rule.direct === true || element.name === rule.within || element.name === rule.stop) continue;
    pushChildren(pending, element);
  }
  for (const { element, attribute, id, before } of uses) {
    if (!defined.has(id))
      report.error('unknown-reference', `there is no ${rule.what} ${quote(id)}`, element, attribute);
    else if (rule.behind === true && !before)
      report.error('unknown-reference', `the ${rule.what} ${quote(id)} comes only later`, element, attribute);
  }
}

function checkDefaultChild(node: Element, report: Report): void {
  const id = node.attribute('defaultChild');
  if (id === undefined) return;
  if (!node.children('Node').some((child) => child.attribute('id') === id)) {
    report.error('unknown-reference', `there is no child node ${quote(id)}`, node, 'defaultChild');
  }
}
