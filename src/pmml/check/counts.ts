import type { Element } from '../../wire/xml/document.js';
import { parseNumber } from '../evaluate/values.js';
import type { Report } from './report.js';

/** Attributes that repeat how many children there are: element, attribute, counted children. */
const COUNTS: readonly (readonly [element: string, attribute: string, children: readonly string[]])[] = [
  ['DataDictionary', 'numberOfFields', ['DataField']],
  ['ClusteringModel', 'numberOfClusters', ['Cluster']],
  ['AssociationModel', 'numberOfItems', ['Item']],
  ['AssociationModel', 'numberOfItemsets', ['Itemset']],
  ['AssociationModel', 'numberOfRules', ['AssociationRule']],
  ['Itemset', 'numberOfItems', ['ItemRef']],
  ['SequenceModel', 'numberOfSequences', ['Sequence']],
  ['SequenceModel', 'numberOfRules', ['SequenceRule']],
  ['NeuralNetwork', 'numberOfLayers', ['NeuralLayer']],
  ['NeuralInputs', 'numberOfInputs', ['NeuralInput']],
  ['NeuralOutputs', 'numberOfOutputs', ['NeuralOutput']],
  ['NeuralLayer', 'numberOfNeurons', ['Neuron']],
  ['VectorDictionary', 'numberOfVectors', ['VectorInstance']],
  ['VectorFields', 'numberOfFields', ['FieldRef', 'CategoricalPredictor']],
  ['SupportVectors', 'numberOfSupportVectors', ['SupportVector']],
  ['Coefficients', 'numberOfCoefficients', ['Coefficient']],
];

const BY_ELEMENT = new Map<string, (typeof COUNTS)[number][]>();
for (const rule of COUNTS) BY_ELEMENT.set(rule[0], [...(BY_ELEMENT.get(rule[0]) ?? []), rule]);

/** Counts that do not match: a warning, for nothing reads them. */
export function checkCounts(root: Element, report: Report): void {
  const { document } = root;
  for (let index = root.index; index < document.size; index++) {
    const rules = BY_ELEMENT.get(document.nameOf(index));
    if (rules === undefined) continue;
    const element = document.element(index);
    for (const [, attribute, children] of rules) {
      const said = element.attribute(attribute);
      if (said === undefined) continue;
      const found = element.children().filter((child) => children.includes(child.name)).length;
      if (parseNumber(said) !== found)
        report.warning('count', `${attribute} is ${said}, and there are ${found} ${children[0]}`, element, attribute);
    }
  }
}
