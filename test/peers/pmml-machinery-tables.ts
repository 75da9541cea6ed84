import { outputs, pmml } from '../pmml/build.js';
import type { DrawnDocument } from './pmml-machinery.js';

const field = (name: string, dataType: string, content = '', optype?: string): string =>
  `<DataField name="${name}" optype="${optype ?? (/string|boolean/.test(dataType) ? 'categorical' : 'continuous')}" dataType="${dataType}">${content}</DataField>`;
const product = (...lists: readonly (readonly string[])[]): string[][] =>
  lists.reduce<string[][]>((done, list) => done.flatMap((row) => list.map((item) => [...row, item])), [[]]);
const column = (name: string, cells: readonly string[]): DrawnDocument['rows'] => ({
  header: [name],
  rows: cells.map((cell) => [cell]),
});

const TEXTS = [
  ...[
    '',
    'the cat sat on the mat',
    'The Cat; the CAT, the "cat"!',
    'cats and a cut, cot cat.',
    'sun-sun sunn',
    'a-b_c a b c',
  ],
  ...[
    '  leading  and   trailing  ',
    'cat cat cat',
    "don't (cat) [cat] {cat}",
    'CAT\tcat',
    '!!! cat ???',
    'ab cd ab cd ab',
  ],
];
const TERMS = ['cat', 'the cat', 'Cat', 'sun', 'cat cat', 'ab cd ab', "don't", 'a b', 'the', 'feline', 'dog', 'tac'];

/** Texts and terms under every attribute of TextIndex, and under tables of normalization. */
function textIndexes(): DrawnDocument[] {
  const row = (from: string, to: string, regex: boolean) =>
    `<row><string>${from}</string><stem>${to}</stem><regex>${regex}</regex></row>`;
  const tables = [
    row('cats?', 'feline', true) + row('sat', 'sit', false),
    row('cat', 'dog', false) + row('dog', 'wolf', false),
    row('dog', 'wolf', false) + row('cat', 'dog', false),
    row('[\\W]', ' ', true) + row('\\s+', ' ', true),
    row('^the', 'a', true) + row('(c)(a)(t)', '$3$2$1', true),
  ];
  const plain = product(
    ['termFrequency', 'binary', 'logarithmic'].map((weights) => `localTermWeights="${weights}"`),
    ['', 'isCaseSensitive="true"'],
    ['', 'maxLevenshteinDistance="1"', 'maxLevenshteinDistance="2"'],
    ['', 'countHits="bestHits"'],
    ['', 'wordSeparatorCharacterRE="[\\s\\-]+"', 'wordSeparatorCharacterRE="\\W+"'],
  ).map((attributes) => [attributes.join(' '), '']);
  const normalized = product(
    ['', 'isCaseSensitive="true"'],
    product(['', 'recursive="true"', 'isCaseSensitive="true"'], tables).map(
      ([attributes, table]) =>
        `<TextIndexNormalization ${attributes}><InlineTable>${table}</InlineTable></TextIndexNormalization>`,
    ),
  );
  return [...plain, ...normalized].map(([attributes = '', inside = '']) => ({
    name: `text ${attributes} ${inside}`,
    xml: outputs(
      field('x', 'string') + field('t', 'string'),
      '<MiningField name="x"/><MiningField name="t"/>',
      `<OutputField name="o" feature="transformedValue"><TextIndex textField="x" ${attributes}>${inside}<FieldRef field="t"/></TextIndex></OutputField>`,
    ),
    rows: { header: ['x', 't'], rows: product(TEXTS, TERMS) },
  }));
}

/** Predictions on and beside every bound under the attributes of Target and TargetValue. */
function targets(): DrawnDocument[] {
  const cells = ['', '0', '0.5', '1.5', '2.5', '-1.5', '-2.5', '10', '-10', '0.49999999999999994', '1e10', '3.3'];
  const attributes = [
    ...['', 'castInteger="round"', 'castInteger="ceiling"', 'castInteger="floor"', 'min="-1" max="2"', 'max="1"'],
    ...[
      'rescaleFactor="2" rescaleConstant="0.3"',
      'min="-1" max="2" rescaleFactor="3" rescaleConstant="-0.1" castInteger="round"',
    ],
  ];
  const values = ['', '<TargetValue value="1" defaultValue="7.5"/>', '<TargetValue value="0" displayValue="zero"/>'];
  const output = ['predictedValue', 'predictedDisplayValue']
    .map((feature) => `<OutputField name="${feature}" feature="${feature}"/>`)
    .join('');
  return product(['double', 'integer', 'float'], attributes, values).map(([type = '', attribute = '', value = '']) => ({
    name: `target ${type} ${attribute} ${value}`,
    xml: pmml(
      field('x', 'double') + field('y', type),
      `<RegressionModel functionName="regression"><MiningSchema><MiningField name="x"/><MiningField name="y" usageType="target"/></MiningSchema><Output>${output}<OutputField name="text" feature="predictedValue" dataType="string" optype="categorical"/></Output><Targets><Target field="y" ${attribute}>${value}</Target></Targets><RegressionTable intercept="0"><NumericPredictor name="x" coefficient="1"/></RegressionTable></RegressionModel>`,
    ),
    rows: column('x', cells),
  }));
}

/** Inputs that segments prepare again, and derived fields of every level, under each method. */
function scopes(): DrawnDocument[] {
  const derived = (name: string, operator: string, number: number): string =>
    `<DerivedField name="${name}" dataType="double" optype="continuous"><Apply function="${operator}"><FieldRef field="x"/><Constant>${number}</Constant></Apply></DerivedField>`;
  const schemas = [
    ...['', 'missingValueReplacement="5"', 'outliers="asExtremeValues" lowValue="0" highValue="2"'],
    ...['invalidValueTreatment="asMissing"', 'invalidValueTreatment="asValue" invalidValueReplacement="7"'],
  ].map((attributes) => `<MiningField name="x" ${attributes}/>`);
  const inner = [
    ...schemas,
    '<MiningField name="x"/><MiningField name="shared"/>',
    '<MiningField name="shared"/>',
    '<MiningField name="x"/><MiningField name="outer"/>',
  ];
  const segment = (schema: string, local: string, output: string, term: string): string =>
    `<Segment><True/><RegressionModel functionName="regression"><MiningSchema>${schema}</MiningSchema>${output}${local}<RegressionTable intercept="0"><NumericPredictor name="${term}" coefficient="1"/></RegressionTable></RegressionModel></Segment>`;
  const cells = ['1', '', '-3', '50', 'abc'];
  return product(schemas, inner, ['sum', 'average', 'modelChain', 'median'], ['x', 'shared', 'outer', 'own']).map(
    ([outer = '', schema = '', method = '', term = '']) => {
      const chained = method === 'modelChain';
      const own = `<LocalTransformations>${derived('own', '-', 1)}</LocalTransformations>`;
      const first = segment(
        schema,
        own,
        '<Output><OutputField name="first" feature="predictedValue" dataType="double" optype="continuous"/></Output>',
        term,
      );
      const second = chained
        ? segment('<MiningField name="first"/>', '', '', 'first')
        : segment('<MiningField name="x"/>', '', '', 'x');
      return {
        name: `scope ${outer} ${schema} ${method} ${term}`,
        xml: pmml(
          field('x', 'double', '<Interval closure="closedClosed" leftMargin="-10" rightMargin="10"/>'),
          `<TransformationDictionary>${derived('shared', '+', 100)}</TransformationDictionary><MiningModel functionName="regression"><MiningSchema>${outer}</MiningSchema><Output><OutputField name="o" feature="predictedValue"/><OutputField name="seen" feature="transformedValue"><FieldRef field="${chained ? 'first' : 'shared'}"/></OutputField></Output><LocalTransformations>${derived('outer', '*', 2)}</LocalTransformations><Segmentation multipleModelMethod="${method}">${first}${second}</Segmentation></MiningModel>`,
        ),
        rows: column('x', cells),
      };
    },
  );
}

/** Every combination of what `ruleValue` may ask, for baskets that hold some, all or none of the items. */
function rules(): DrawnDocument[] {
  const items = ['a', 'b', 'c', 'd'].map((value, i) => `<Item id="${i + 1}" value="${value}"/>`).join('');
  const sets = [['1'], ['2'], ['3'], ['1', '2'], ['4'], []]
    .map((refs, i) => `<Itemset id="${i + 1}">${refs.map((ref) => `<ItemRef itemRef="${ref}"/>`).join('')}</Itemset>`)
    .join('');
  const model = (output: string): string =>
    `<AssociationModel functionName="associationRules" numberOfTransactions="10" minimumSupport="0.1" minimumConfidence="0.1" numberOfItems="4" numberOfItemsets="6" numberOfRules="6"><MiningSchema><MiningField name="t" usageType="group"/><MiningField name="item"/></MiningSchema><Output><OutputField name="o" feature="ruleValue" ${output}/></Output>${items}${sets}<AssociationRule id="r1" antecedent="1" consequent="2" support="0.5" confidence="0.8" lift="1.1" leverage="0.05" affinity="0.4"/><AssociationRule antecedent="4" consequent="3" support="0.2" confidence="0.9" lift="0.9"/><AssociationRule id="r3" antecedent="3" consequent="5" support="0.3" confidence="0.8" lift="2.1" leverage="0.01"/><AssociationRule id="r4" antecedent="6" consequent="1" support="0.3" confidence="0.3" lift="1"/><AssociationRule id="r5" antecedent="3" consequent="4" support="0.1" confidence="0.85" lift="0.7"/></AssociationModel>`;
  const features = [
    'antecedent',
    'consequent',
    'rule',
    'ruleId',
    'confidence',
    'support',
    'lift',
    'leverage',
    'affinity',
  ];
  const algorithms = ['recommendation', 'exclusiveRecommendation', 'ruleAssociation'];
  const ranks = ['', 'rank="2"', 'isMultiValued="1"', 'rank="2" isMultiValued="1"'];
  return product(features, algorithms, ['confidence', 'support', 'lift'], ['ascending', 'descending'], ranks).map(
    ([feature, algorithm, basis, order, rank]) => {
      const asked = `ruleFeature="${feature}" algorithm="${algorithm}" rankBasis="${basis}" rankOrder="${order}" ${rank}`;
      return {
        name: `rules ${asked}`,
        xml: pmml(field('t', 'string') + field('item', 'string'), model(asked)),
        rows: column('item', ['a', 'a|b', 'a|b|c', 'c', 'd', 'a|c|d', 'b|c', 'zz', 'a|b|c|d']),
      };
    },
  );
}

/** Documents that are listed, not drawn. */
export const LISTED: readonly DrawnDocument[] = [...textIndexes(), ...targets(), ...scopes(), ...rules()];

/** One verified record each: expected values within, on and beyond the precision and the zero threshold. */
export const VERIFIED: readonly DrawnDocument[] = product(
  ['', 'precision="0.01"', 'precision="0.01" zeroThreshold="0.001"', 'zeroThreshold="0.1"', 'precision="0"'],
  [
    '1/1',
    '1/1.0000005',
    '1/1.000002',
    '1/1.009',
    '1/0.991',
    '1/1.0102',
    '1/0.9899',
    '0/0',
    '0/1e-17',
    '1e-17/0',
    '0.0005/0.0001',
    '0.05/0.0',
    '0.05/-0.05',
    '0.005/0.0005',
    '-1/-1.009',
    '/',
    '1/',
    '/1',
    '1/abc',
    '1e300/1.005e300',
    '0.2/0.05',
    '0.05/0.2',
  ],
  ['t', 'o', 's'],
).map(([attributes = '', pair = '', name = '']) => {
  const [x = '', expected = ''] = pair.split('/');
  const cell = (tag: string, text: string): string => (text === '' ? '' : `<${tag}>${text}</${tag}>`);
  return {
    name: `verified ${attributes} ${pair} ${name}`,
    xml: pmml(
      field('x', 'double') + field('t', 'double'),
      `<RegressionModel functionName="regression"><MiningSchema><MiningField name="x"/><MiningField name="t" usageType="target"/></MiningSchema><Output><OutputField name="o" feature="predictedValue"/><OutputField name="s" feature="transformedValue" dataType="string" optype="categorical"><FieldRef field="o"/></OutputField></Output><RegressionTable intercept="0"><NumericPredictor name="x" coefficient="1"/></RegressionTable><ModelVerification><VerificationFields><VerificationField field="x" column="x"/><VerificationField field="${name}" column="e" ${attributes}/></VerificationFields><InlineTable><row>${cell('x', x)}${cell('e', expected)}</row></InlineTable></ModelVerification></RegressionModel>`,
    ),
    rows: column('x', ['1']),
  };
});
