import type { Interval } from '../../core/scorer.js';
import type { Kind, Literal } from '../../ir/types.js';
import type { XmlBuilder } from '../../wire/xml/builder.js';
import { literalText, optypeOf } from './expressions.js';
import { DATA_TYPE, type DataFieldPlan, type Fields } from './fields.js';

/** The field that the document predicts. */
export interface TargetField {
  readonly name: string;
  readonly kind: Kind;
  readonly classifies: boolean;
  readonly classes: Literal[];
}

/** Metadata with an attribute of its own; the rest goes into extensions. */
const ATTRIBUTES = new Set(['name', 'algorithm', 'description', 'copyright', 'version']);

export function writeHeader(xml: XmlBuilder, metadata: Readonly<Record<string, string>>): void {
  xml.start('Header', {
    copyright: metadata['copyright'],
    description: metadata['description'],
    modelVersion: metadata['version'],
  });
  for (const [name, value] of Object.entries(metadata)) {
    if (!ATTRIBUTES.has(name) && value !== '') xml.leaf('Extension', { extender: 'samescore', name, value });
  }
  xml.leaf('Application', { name: 'samescore' }).end();
}

export function writeDictionary(xml: XmlBuilder, fields: Fields, target: TargetField): void {
  xml.start('DataDictionary', { numberOfFields: fields.data.length + 1 });
  xml.start('DataField', {
    name: target.name,
    optype: target.classifies ? 'categorical' : 'continuous',
    dataType: DATA_TYPE[target.kind],
  });
  for (const label of target.classes) xml.leaf('Value', { value: String(label) });
  xml.end();
  for (const plan of fields.data) writeDataField(xml, plan);
  xml.end();
}

function writeDataField(xml: XmlBuilder, plan: DataFieldPlan): void {
  const { name, kind, field } = plan;
  xml.start('DataField', { name, optype: optypeOf(kind), dataType: DATA_TYPE[kind] });
  for (const interval of field.intervals ?? []) {
    xml.leaf('Interval', {
      closure: closureOf(interval),
      leftMargin: interval.low === undefined ? undefined : literalText('float64', interval.low),
      rightMargin: interval.high === undefined ? undefined : literalText('float64', interval.high),
    });
  }
  for (const value of field.values ?? []) xml.leaf('Value', { value: literalText(kind, value) });
  // A NaN that some other format gives is a missing value.
  if (!field.optional && (kind === 'float32' || kind === 'float64')) {
    xml.leaf('Value', { value: 'NaN', property: 'missing' });
  }
  xml.end();
}

function closureOf(interval: Interval): string {
  const low = interval.lowOpen || interval.low === undefined ? 'open' : 'closed';
  return `${low}${interval.highOpen || interval.high === undefined ? 'Open' : 'Closed'}`;
}
