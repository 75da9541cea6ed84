import type { CellTable } from './peers.js';

const N = ['', '0', '-0.0', '1', '-1', '2.5', '0.5', '3', '7', '1e300', '-7.5', '10', 'abc'];
const D = ['', '1960-01-01', '1959-12-31', '2000-02-29', '1970-01-01', '2024-12-31', '0001-01-01', '2023-13-01', 'bad'];
const DT = ['', '1960-01-01T00:00:00', '2000-02-29T23:59:59', '1970-01-01T12:30:15', '2024-12-31T00:00:01', 'bad'];
const T = ['', '00:00:00', '23:59:59', '12:30:15', '01:02:03', 'bad'];
const S = ['', 'abc', 'ABC', ' a b ', 'a.b', 'aaa', 'Zoë', 'x', '12', '  '];
const types: Record<string, string[]> = {
  double: N,
  integer: ['', '0', '1', '-1', '3', '7', '100000', '1.5'],
  string: S,
  date: D,
  dateTime: DT,
  time: T,
  boolean: ['', 'true', 'false', '1', 'x'],
};
interface AuditDocument {
  readonly name: string;
  readonly xml: string;
  readonly rows: CellTable;
}

/** Small documents for every function, expression, treatment, output feature and predicate. */
export const DOCUMENTS: AuditDocument[] = [];

function doc(name: string, fields: string, rest: string, rows: CellTable) {
  DOCUMENTS.push({
    name,
    rows,
    xml: `<PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4"><Header/><DataDictionary>${fields}</DataDictionary>${rest}</PMML>`,
  });
}
const reg = (ms: string, out: string) =>
  `<RegressionModel functionName="regression"><MiningSchema>${ms}</MiningSchema><Output>${out}</Output><RegressionTable intercept="0"/></RegressionModel>`;
function expr(name: string, type: string, outType: string, body: string, values = types[type]!, td = '') {
  const op =
    type === 'double' || type === 'integer' || type.startsWith('date') || type === 'time'
      ? 'continuous'
      : 'categorical';
  const oop = outType === 'double' || outType === 'integer' ? 'continuous' : 'categorical';
  doc(
    `${name}:${type}:${outType}`,
    `<DataField name="x" optype="${op}" dataType="${type}"/>`,
    `<TransformationDictionary>${td}<DerivedField name="d" optype="${oop}" dataType="${outType}">${body}</DerivedField></TransformationDictionary>${reg('<MiningField name="x" invalidValueTreatment="asMissing"/>', `<OutputField name="o" feature="transformedValue" optype="${oop}" dataType="${outType}"><FieldRef field="d"/></OutputField>`)}`,
    { header: ['x'], rows: values.map((v) => [v]) },
  );
}
const X = '<FieldRef field="x"/>';
const C = (v: string, t = 'double') => `<Constant dataType="${t}">${v}</Constant>`;
const A = (f: string, ...a: string[]) => `<Apply function="${f}">${a.join('')}</Apply>`;
// dates
for (const y of [0, 1960, 1970, 1980, 1990, 2000, 2010, 2020]) {
  for (const t of ['date', 'dateTime']) {
    expr(`days[${y}]`, t, `dateDaysSince[${y}]`, X);
    expr(`secs[${y}]`, t, `dateTimeSecondsSince[${y}]`, X);
  }
}
for (const y of [1960, 2000, 1])
  for (const t of ['date', 'dateTime']) {
    expr(`dateDaysSinceYear${y}`, t, 'integer', A('dateDaysSinceYear', X, C(String(y), 'integer')));
    expr(`dateSecondsSinceYear${y}`, t, 'integer', A('dateSecondsSinceYear', X, C(String(y), 'integer')));
  }
for (const t of ['time', 'dateTime']) {
  expr('sinceMidnight', t, 'integer', A('dateSecondsSinceMidnight', X));
  expr('timeSeconds', t, 'timeSeconds', X);
}
for (const f of ['%Y-%m-%d', '%y/%b/%e', '%H:%M:%S', '%A %B %j', '%I %p', '%D %T', '%%', '%U %w', '%a %d', '%R', '%F'])
  for (const t of ['date', 'dateTime', 'time']) expr(`fmt${f}`, t, 'string', A('formatDatetime', X, C(f, 'string')));
// strings
for (const [p, l] of [
  [1, 2],
  [2, 10],
  [3, 1],
  [0, 1],
  [1, 0],
  [5, 2],
  [-1, 2],
])
  expr(`substring${p},${l}`, 'string', 'string', A('substring', X, C(String(p), 'integer'), C(String(l), 'integer')));
for (const f of ['uppercase', 'lowercase', 'trimBlanks']) {
  expr(f, 'string', 'string', A(f, X));
  expr(f, 'integer', 'string', A(f, X));
}
expr('stringLength', 'string', 'integer', A('stringLength', X));
for (const r of ['a', '^a+$', '[a-c]{2}', '(a)(b)', '\\s', 'B|b', '.', '(?i)b']) {
  expr(`replace${r}`, 'string', 'string', A('replace', X, C(r, 'string'), C('_', 'string')));
  expr(`matches${r}`, 'string', 'boolean', A('matches', X, C(r, 'string')));
}
expr('replace$1', 'string', 'string', A('replace', X, C('(a)(b)', 'string'), C('$2$1', 'string')));
for (const f of ['%5d', '%05d', '%+d', '%x', '%s', '%-6d|', '%,d', '%o', '%X', '%c'])
  expr(`fn${f}`, 'integer', 'string', A('formatNumber', X, C(f, 'string')));
for (const f of ['%.2f', '%8.3f', '%e', '%.0f', '%+.1e', '%g', '%E'])
  expr(`fn${f}`, 'double', 'string', A('formatNumber', X, C(f, 'string')));
// arithmetic with edge
for (const c of ['0', '-3', '2.5', '1e300', '7'])
  for (const f of [
    '+',
    '-',
    '*',
    '/',
    'pow',
    'modulo',
    'min',
    'max',
    'sum',
    'avg',
    'product',
    'threshold',
    'equal',
    'notEqual',
    'lessThan',
    'lessOrEqual',
    'greaterThan',
    'greaterOrEqual',
    'hypot',
    'atan2',
  ])
    for (const t of ['double', 'integer'])
      expr(
        `${f}${c}`,
        t,
        /equal|less|greater/i.test(f) ? 'boolean' : 'double',
        A(f, X, C(c, t === 'integer' && /^-?\d+$/.test(c) ? 'integer' : 'double')),
      );
for (const f of [
  'sin',
  'cos',
  'tan',
  'asin',
  'acos',
  'atan',
  'sinh',
  'cosh',
  'tanh',
  'exp',
  'expm1',
  'ln',
  'ln1p',
  'log10',
  'sqrt',
  'abs',
  'floor',
  'ceil',
  'round',
  'rint',
  'stdNormalCDF',
  'stdNormalPDF',
  'stdNormalIDF',
  'erf',
])
  for (const t of ['double', 'integer']) expr(f, t, 'double', A(f, X));
for (const f of ['normalCDF', 'normalPDF', 'normalIDF']) expr(f, 'double', 'double', A(f, X, C('1'), C('2')));
for (const f of ['isMissing', 'isNotMissing', 'isValid', 'isNotValid'])
  for (const t of Object.keys(types)) expr(f, t, 'boolean', A(f, X));
for (const t of ['double', 'string', 'date'])
  expr('isIn', t, 'boolean', A('isIn', X, C(types[t]![3]!, t), C(types[t]![5]!, t)));
for (const i of ['asMissing', 'asIs', 'returnInvalid'])
  for (const f of ['ln', 'sqrt', '/'])
    expr(
      `${f}-${i}`,
      'integer',
      'double',
      `<Apply function="${f}" invalidValueTreatment="${i}" mapMissingTo="3" defaultValue="9">${X}${f === '/' ? C('0', 'integer') : ''}</Apply>`,
    );
// expressions
for (const o of ['asIs', 'asMissingValues', 'asExtremeValues', ''])
  for (const m of ['', ' mapMissingTo="-2"'])
    expr(
      `normc${o}${m}`,
      'double',
      'double',
      `<NormContinuous field="x"${o ? ` outliers="${o}"` : ''}${m}><LinearNorm orig="0" norm="1"/><LinearNorm orig="1" norm="3"/><LinearNorm orig="7" norm="-2"/></NormContinuous>`,
    );
for (const c of ['openOpen', 'openClosed', 'closedOpen', 'closedClosed'])
  for (const m of ['', ' mapMissingTo="mm"', ' defaultValue="dd"', ' mapMissingTo="mm" defaultValue="dd"'])
    expr(
      `disc${c}${m}`,
      'double',
      'string',
      `<Discretize field="x"${m}><DiscretizeBin binValue="a"><Interval closure="${c}" rightMargin="0"/></DiscretizeBin><DiscretizeBin binValue="b"><Interval closure="${c}" leftMargin="0" rightMargin="3"/></DiscretizeBin><DiscretizeBin binValue="c"><Interval closure="${c}" leftMargin="7"/></DiscretizeBin></Discretize>`,
    );
for (const t of ['double', 'integer', 'string', 'boolean'])
  for (const m of ['', ' mapMissingTo="0.5"'])
    expr(
      `normd${m}`,
      t,
      'double',
      `<NormDiscrete field="x" value="${t === 'boolean' ? 'true' : t === 'string' ? 'abc' : '1'}"${m}/>`,
    );
// fields: intervals, values, treatments
const intervals = ['openOpen', 'openClosed', 'closedOpen', 'closedClosed'].map(
  (c) => `<Interval closure="${c}" leftMargin="0" rightMargin="3"/>`,
);
const kinds = [
  '',
  ...intervals,
  '<Interval closure="closedOpen" rightMargin="0.5"/><Interval closure="openClosed" leftMargin="2"/>',
  '<Value value="7" property="missing"/><Value value="10" property="invalid"/>',
  '<Value value="1"/><Value value="3"/><Value value="-1" property="missing"/>',
  '<Interval closure="closedClosed" leftMargin="-1" rightMargin="3"/><Value value="7" property="missing"/>',
  '<Value value="1"/><Interval closure="closedClosed" leftMargin="2" rightMargin="3"/>',
];
const inv = [
  '',
  'invalidValueTreatment="asIs"',
  'invalidValueTreatment="asMissing"',
  'invalidValueTreatment="asValue" invalidValueReplacement="1"',
  'invalidValueTreatment="asMissing" missingValueReplacement="2.5"',
  'invalidValueTreatment="asIs" missingValueReplacement="3" missingValueTreatment="asMean"',
  'invalidValueTreatment="asMissing" missingValueTreatment="returnInvalid"',
];
const outl = [
  '',
  'outliers="asIs"',
  'outliers="asMissingValues" lowValue="0" highValue="2.5"',
  'outliers="asExtremeValues" lowValue="0" highValue="2.5"',
];
kinds.forEach((k, ki) => {
  for (const t of ['double', 'string', 'integer'])
    for (const i of inv)
      for (const o of outl) {
        if (t === 'string' && (k.includes('Interval') || o !== '')) continue;
        if (t === 'integer' && (ki % 2 === 0 || i.includes('2.5') || o.includes('2.5'))) continue;
        doc(
          `field ${t} k${ki} ${i} ${o}`,
          `<DataField name="x" optype="${t === 'string' ? 'categorical' : 'continuous'}" dataType="${t}">${k}</DataField>`,
          reg(
            `<MiningField name="x" ${i} ${o}/>`,
            `<OutputField name="o" feature="transformedValue" optype="${t === 'string' ? 'categorical' : 'continuous'}" dataType="${t}"><FieldRef field="x"/></OutputField><OutputField name="m" feature="transformedValue" optype="categorical" dataType="boolean">${A('isMissing', X)}</OutputField>`,
          ),
          { header: ['x'], rows: N.concat(['2', '0.25']).map((v) => [v]) },
        );
      }
});

// Output features, predicates, functions of the document's own.
const cls = (out: string) =>
  `<RegressionModel functionName="classification" normalizationMethod="softmax"><MiningSchema><MiningField name="y" usageType="target"/><MiningField name="x"/></MiningSchema><Output>${out}</Output><RegressionTable targetCategory="a" intercept="0.5"><NumericPredictor name="x" coefficient="1"/></RegressionTable><RegressionTable targetCategory="b" intercept="0"/><RegressionTable targetCategory="c" intercept="1"><NumericPredictor name="x" coefficient="-0.5"/></RegressionTable></RegressionModel>`;
const xy =
  '<DataField name="x" optype="continuous" dataType="double"/><DataField name="y" optype="categorical" dataType="string"><Value value="a" displayValue="Alpha"/><Value value="b"/><Value value="c"/></DataField>';
const nums = { header: ['x'], rows: ['', '0', '1', '-3', '-1', '0.25'].map((v) => [v]) };
for (const f of [
  'predictedValue',
  'predictedDisplayValue',
  'probability',
  'transformedValue',
  'decision',
  'warning',
  'residual',
  'standardError',
  'clusterId',
  'entityId',
  'confidence',
  'affinity',
  'reasonCode',
  'clusterAffinity',
])
  for (const a of ['', 'value="b"', 'rank="2"', 'targetField="y"', 'isFinalResult="false"'])
    for (const t of ['string', 'double'])
      doc(
        `out ${f} ${a} ${t}`,
        xy,
        cls(
          `<OutputField name="o" feature="${f}" optype="${t === 'string' ? 'categorical' : 'continuous'}" dataType="${t}" ${a}>${f === 'transformedValue' ? A('concat', '<FieldRef field="y"/>', C('!', 'string')) : f === 'decision' ? A('if', A('greaterThan', '<FieldRef field="x"/>', C('0')), C('1'), C('2')) : ''}</OutputField>`,
        ),
        nums,
      );
for (const ps of ['<Decisions businessProblem="b"><Decision value="1" displayValue="one"/></Decisions>'])
  doc(
    'decisions',
    xy,
    cls(
      `<OutputField name="o" feature="decision" optype="categorical" dataType="string">${ps}${A('if', A('greaterThan', '<FieldRef field="x"/>', C('0')), C('1', 'string'), C('2', 'string'))}</OutputField>`,
    ),
    nums,
  );
const preds: string[] = [];
for (const o of ['equal', 'notEqual', 'lessThan', 'lessOrEqual', 'greaterThan', 'greaterOrEqual'])
  preds.push(`<SimplePredicate field="x" operator="${o}" value="1"/>`);
preds.push(
  '<SimplePredicate field="x" operator="isMissing"/>',
  '<SimplePredicate field="x" operator="isNotMissing"/>',
  '<SimpleSetPredicate field="x" booleanOperator="isIn"><Array type="real" n="2">1 0.25</Array></SimpleSetPredicate>',
  '<SimpleSetPredicate field="z" booleanOperator="isNotIn"><Array type="string">"a b" c "d\\"e"</Array></SimpleSetPredicate>',
  '<SimplePredicate field="z" operator="equal" value="c"/>',
  '<True/>',
  '<False/>',
);
const all = [...preds];
for (const o of ['and', 'or', 'xor', 'surrogate'])
  for (const a of preds.slice(0, 4).concat(preds.slice(6, 9)))
    for (const b of preds.slice(8)) all.push(`<CompoundPredicate booleanOperator="${o}">${a}${b}</CompoundPredicate>`);
for (const [i, p] of all.entries())
  doc(
    `pred ${i}`,
    '<DataField name="x" optype="continuous" dataType="double"/><DataField name="z" optype="categorical" dataType="string"/>',
    `<RuleSetModel functionName="classification"><MiningSchema><MiningField name="y" usageType="target"/><MiningField name="x"/><MiningField name="z"/></MiningSchema><RuleSet defaultScore="no" defaultConfidence="0.5"><RuleSelectionMethod criterion="firstHit"/><SimpleRule score="yes" id="r" confidence="0.7">${p}</SimpleRule></RuleSet></RuleSetModel>`.replace(
      '<MiningField name="y" usageType="target"/>',
      '',
    ),
    { header: ['x', 'z'], rows: ['', '1', '0.25', '2'].flatMap((x) => ['', 'a b', 'c', 'd"e'].map((z) => [x, z])) },
  );
for (const [pt, po] of [
  ['double', 'continuous'],
  ['string', 'categorical'],
  ['integer', 'continuous'],
  ['float', 'continuous'],
])
  for (const rt of ['double', 'string', 'integer', 'float', 'boolean'])
    expr(
      `define ${pt} ${rt}`,
      'double',
      rt,
      A('f', X),
      N,
      `<DefineFunction name="f" optype="${rt === 'string' || rt === 'boolean' ? 'categorical' : 'continuous'}" dataType="${rt}"><ParameterField name="p" optype="${po}" dataType="${pt}"/>${A('if', A('isMissing', '<FieldRef field="p"/>'), C('1', 'integer'), '<FieldRef field="p"/>')}</DefineFunction>`,
    );
