import type { Element } from '../../../wire/xml/document.js';
import { invalidDocument } from '../../errors.js';
import { arrayChild, arrayItems, arrayNumbers } from '../arrays.js';
import { enumAttribute, requiredChild } from '../attributes.js';
import type { CompiledModel, Field, ModelCompiler, RankedEntity, Scope } from '../model.js';
import { NO_RESULT } from '../model.js';
import { lenientLiteral, parseNumber, type Scalar } from '../values.js';
import { compileDistributionClusters } from './clustering-distributions.js';
import { clusterId, rankedClusters } from './clusters.js';
import { compileComparedField, compileMeasure } from './comparison.js';
import { scalarOf } from './field-values.js';
import { localDerivedField } from './local-fields.js';

/** ClusteringModel, centre-based and distribution-based. The predicted value is the cluster's id. */
export const compileClusteringModel: ModelCompiler = (element, scope) => {
  const modelClass = enumAttribute(element, 'modelClass', ['centerBased', 'distributionBased']);
  return modelClass === 'centerBased' ? centerBased(element, scope) : compileDistributionClusters(element, scope);
};

function centerBased(element: Element, scope: Scope): CompiledModel {
  const measureElement = requiredChild(element, 'ComparisonMeasure');
  const measure = compileMeasure(measureElement);
  const { fields, elements } = centerFields(element, scope);
  const compared = fields.map((field, i) => compileComparedField(elements[i]!, field, measureElement));
  const weightsArray = element.child('MissingValueWeights');
  const weights = weightsArray && arrayChild(weightsArray) ? arrayNumbers(arrayChild(weightsArray)!) : undefined;
  const clusters = element.children('Cluster').map((cluster, index) => ({
    id: clusterId(cluster, index),
    name: cluster.attribute('name'),
    center: centerOf(cluster, fields),
  }));
  return (frame) => {
    const record = fields.map((field) => scalarOf(field.value(frame)));
    const entities: (RankedEntity & { affinity: number })[] = [];
    for (const { id, name, center } of clusters) {
      const affinity = measure.measure(compared, record, center, weights);
      if (affinity === undefined) return NO_RESULT;
      entities.push(name === undefined ? { id, affinity } : { id, affinity, name });
    }
    return rankedClusters(entities, measure.similarity);
  };
}

/** The fields of the clusters' coordinates: ClusteringFields that are centre fields, or CenterFields of PMML 3. */
function centerFields(element: Element, scope: Scope): { fields: Field[]; elements: Element[] } {
  const all = element.children('ClusteringField');
  const derived = element.child('CenterFields')?.children('DerivedField') ?? [];
  const local = new Map<string, Field>();
  for (const child of derived) {
    const field = localDerivedField(child, scope);
    local.set(field.name, field);
  }
  if (all.length === 0 && local.size === 0) {
    // Some writers of PMML 2 and 3 leave the list to the MiningSchema.
    const fields = scope.activeNames.map((name) => scope.field(name, element));
    return { fields, elements: fields.map(() => element) };
  }
  const elements = all.filter((field) => field.attribute('isCenterField') !== 'false');
  const named = (child: Element) => child.attribute('field') ?? '';
  if (local.size > 0 && elements.every((child) => !local.has(named(child)))) {
    const fields = [...local.values()];
    return { fields, elements: fields.map((_, i) => elements[i] ?? derived[i]!) };
  }
  return { fields: elements.map((child) => local.get(named(child)) ?? scope.field(named(child), child)), elements };
}

function centerOf(cluster: Element, fields: readonly Field[]): (Scalar | undefined)[] {
  const array = arrayChild(cluster);
  if (array === undefined) throw invalidDocument('a centre-based Cluster lacks its Array of coordinates', cluster);
  const items: (Scalar | undefined)[] =
    array.name === 'Array'
      ? arrayItems(array.text()).map((text, i) => parseNumber(text) ?? lenientLiteral(text, fields[i]?.dataType ?? ''))
      : [...arrayNumbers(array)];
  if (items.length !== fields.length) {
    throw invalidDocument(`the cluster has ${items.length} coordinates for ${fields.length} centre fields`, array);
  }
  return items;
}
