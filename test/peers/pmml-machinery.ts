import type { CellTable } from './peers.js';

type Type = 'double' | 'float' | 'integer' | 'string' | 'boolean' | 'date' | 'time' | 'dateTime';

export interface DrawnDocument {
  readonly name: string;
  readonly xml: string;
  readonly rows: CellTable;
}

/** Numbers from 0 to 1, the same ones for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Cells of a column: most are right for the type, some on a bound, some of another type. */
const CELLS: Readonly<Record<Type, readonly string[]>> = {
  double: [
    '0',
    '1',
    '-1',
    '2.5',
    '0.5',
    '-7.25',
    '3',
    '10',
    '1e3',
    '.5',
    '1.',
    '+2',
    ' 4 ',
    '0x1',
    '1_0',
    'abc',
    'true',
  ],
  float: ['0', '1', '-1', '2.5', '0.1', '0.2', '3', '16777217', '1e10', '-0.3', 'abc', '0.7'],
  integer: ['0', '1', '-1', '2', '3', '7', '10', '1.0', '-12', '1.5', 'x', '1e2', 'TRUE'],
  string: ['a', 'b', 'abc', 'ABC', ' x ', 'the cat', 'Cat', '12', '2.50', 'Zoë', 'a-b', 'true', '2020-02-29'],
  boolean: ['true', 'false', '1', '0', 'True', 'FALSE', 'yes', '1.0', '2'],
  date: ['2020-02-29', '1960-01-01', '1959-12-31', '1970-06-15', '0999-12-31', '2023-13-01', '2019-02-29', 'x'],
  time: ['00:00:00', '12:30:15', '23:59:59', '05:06:07', '25:00:00', '7'],
  dateTime: ['2020-02-29T23:59:59', '1960-01-01T00:00:00', '1959-12-31T12:00:00', '1999-12-31T00:00:01', 'x'],
};

const CONSTANTS: Readonly<Record<Type, readonly string[]>> = {
  double: ['0.0', '1.0', '-2.5', '0.1', '3.75', '100.0', '1.5'],
  float: ['0.1', '1.0', '-2.5', '0.7'],
  integer: ['0', '1', '2', '-3', '7', '100'],
  string: ['a', 'b', 'abc', ' x', 'Cat', '', 'q-r'],
  boolean: ['true', 'false'],
  date: ['2020-02-29', '1960-01-01', '1999-12-31'],
  time: ['12:30:15', '00:00:00'],
  dateTime: ['2020-02-29T23:59:59', '1960-01-01T00:00:00'],
};

const OPTYPES: Readonly<Record<Type, readonly string[]>> = {
  double: ['continuous', 'categorical', 'ordinal'],
  float: ['continuous', 'categorical'],
  integer: ['continuous', 'categorical', 'ordinal'],
  string: ['categorical', 'ordinal'],
  boolean: ['categorical'],
  date: ['ordinal', 'continuous'],
  time: ['ordinal', 'continuous'],
  dateTime: ['ordinal', 'continuous'],
};

const VERSIONS = ['3.0', '3.1', '3.2', '4.0', '4.1', '4.2', '4.3', '4.4'];
const NUMBERS: readonly Type[] = ['double', 'integer', 'float'];
const TYPES: readonly Type[] = [
  'double',
  'double',
  'integer',
  'integer',
  'float',
  'string',
  'string',
  'boolean',
  'date',
  'time',
  'dateTime',
];

interface Known {
  readonly name: string;
  readonly type: Type;
  readonly isInput: boolean;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** Draws one document; everything that it does depends on the seed alone. */
export function drawDocument(seed: number): DrawnDocument {
  const random = randomOf(seed);
  const chance = (share: number): boolean => random() < share;
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const known: Known[] = [];
  const functions: { name: string; from: Type; to: Type }[] = [];
  const defined: string[] = [];

  const fieldOf = (type: Type, inputs = false): Known | undefined => {
    const found = known.filter((field) => field.type === type && (!inputs || field.isInput));
    return found.length === 0 ? undefined : pick(found);
  };
  const constant = (type: Type): string => `<Constant dataType="${type}">${escaped(pick(CONSTANTS[type]))}</Constant>`;
  const reference = (type: Type): string => {
    const field = fieldOf(type);
    if (field === undefined || chance(0.15)) return constant(type);
    return `<FieldRef field="${field.name}"${chance(NUMBERS.includes(type) ? 0.15 : 0.5) ? ` mapMissingTo="${escaped(pick(CONSTANTS[type]))}"` : ''}/>`;
  };
  // The engine does not see every missing value where an Apply has both replacements.
  const around = (type: Type): string =>
    (chance(0.6) ? '' : ` ${pick(['mapMissingTo', 'defaultValue'])}="${escaped(pick(CONSTANTS[type]))}"`) +
    (chance(0.2) ? ` invalidValueTreatment="${pick(['asMissing', 'returnInvalid'])}"` : '');
  const apply = (type: Type, name: string, ...args: string[]): string =>
    `<Apply function="${escaped(name)}"${around(type)}>${args.join('')}</Apply>`;
  const number = (depth: number): string => expression(pick(NUMBERS), depth);
  const text = (depth: number): string => expression('string', depth);
  const condition = (depth: number): string => expression('boolean', depth);

  const interval = (low?: number, high?: number, closure = pick(['openOpen', 'openClosed', 'closedOpen'])): string =>
    `<Interval closure="${closure}"${low === undefined ? '' : ` leftMargin="${low}"`}${high === undefined ? '' : ` rightMargin="${high}"`}/>`;
  /** A double whose digits no library's function made. */
  const written = (): string => {
    const field = fieldOf('double', true);
    return field === undefined ? constant('double') : `<FieldRef field="${field.name}"/>`;
  };
  const discretize = (type: Type): string => {
    const field = fieldOf(pick(NUMBERS));
    if (field === undefined) return constant(type);
    // Bins that overlap would be another dispute.
    const closure = pick(['openOpen', 'openClosed', 'closedOpen']);
    const bin = (within: string) =>
      `<DiscretizeBin binValue="${escaped(pick(CONSTANTS[type].filter((value) => value !== '')))}">${within}</DiscretizeBin>`;
    const around = `${chance(0.5) ? ` mapMissingTo="${escaped(pick(CONSTANTS[type]))}"` : ''}${chance(0.5) ? ` defaultValue="${escaped(pick(CONSTANTS[type]))}"` : ''}`;
    return `<Discretize field="${field.name}" dataType="${type}"${around}>${bin(interval(undefined, 0, closure))}${bin(interval(0, 2.5, closure))}${chance(0.5) ? bin(interval(2.5, undefined, closure)) : ''}</Discretize>`;
  };
  const mapValues = (type: Type): string => {
    const fields = [fieldOf('string'), fieldOf('integer'), fieldOf('boolean')].filter((field) => field !== undefined);
    const used = chance(0.5) ? fields.slice(0, 1) : fields.slice(0, 2);
    if (used.length === 0) return constant(type);
    const pairs = used.map((field, i) => `<FieldColumnPair field="${field.name}" column="c${i}"/>`).join('');
    const keys = Array.from({ length: 5 }, () =>
      used.map((field, i) => `<c${i}>${escaped(pick(CELLS[field.type].slice(0, 5)))}</c${i}>`).join(''),
    );
    const rows = [...new Set(keys)].map((cells) => {
      return `<row>${cells}<out>${escaped(pick(CONSTANTS[type].filter((value) => value !== '')))}</out></row>`;
    });
    const around = `${chance(0.5) ? ` mapMissingTo="${escaped(pick(CONSTANTS[type]))}"` : ''}${chance(0.5) ? ` defaultValue="${escaped(pick(CONSTANTS[type]))}"` : ''}`;
    return `<MapValues outputColumn="out" dataType="${type}"${around}>${pairs}<InlineTable>${rows.join('')}</InlineTable></MapValues>`;
  };
  const normalized = (): string => {
    const field = fieldOf(pick(NUMBERS));
    if (field === undefined) return constant('double');
    const outliers = pick(['', ' outliers="asIs"', ' outliers="asMissingValues"', ' outliers="asExtremeValues"']);
    return `<NormContinuous field="${field.name}"${outliers}${chance(0.5) ? ' mapMissingTo="0.25"' : ''}><LinearNorm orig="-1" norm="0.1"/><LinearNorm orig="0.5" norm="1"/><LinearNorm orig="3" norm="${pick(['-2', '7', '1'])}"/></NormContinuous>`;
  };
  const indicator = (): string => {
    const field = known.length === 0 ? undefined : pick(known);
    if (field === undefined) return constant('double');
    return `<NormDiscrete field="${field.name}" value="${escaped(pick(CELLS[field.type].slice(0, 4)))}"${chance(0.5) ? ' mapMissingTo="0.5"' : ''}/>`;
  };
  const textIndex = (): string => {
    const field = fieldOf('string');
    if (field === undefined) return constant('integer');
    const attributes = `${chance(0.3) ? ' isCaseSensitive="true"' : ''}${chance(0.3) ? ' maxLevenshteinDistance="1"' : ''}${chance(0.3) ? ' countHits="bestHits"' : ''}`;
    return `<TextIndex textField="${field.name}"${attributes}><Constant dataType="string">${pick(['cat', 'a', 'the cat', 'abc'])}</Constant></TextIndex>`;
  };
  const call = (type: Type, depth: number): string | undefined => {
    const fitting = functions.filter((one) => one.to === type);
    if (fitting.length === 0) return undefined;
    const one = pick(fitting);
    return `<Apply function="${one.name}">${expression(one.from, depth - 1)}</Apply>`;
  };

  type Rule = (depth: number) => string;
  const RULES: Readonly<Record<Type, readonly Rule[]>> = {
    double: [
      (d) => apply('double', pick(['+', '-', '*', '/']), expression('double', d), number(d)),
      (d) =>
        // The engine overlooks some missing arguments of these when there is a mapMissingTo.
        `<Apply function="${pick(['min', 'max', 'sum', 'avg', 'product'])}">${expression('double', d)}${number(d)}${expression('double', d)}</Apply>`,
      (d) =>
        apply(
          'double',
          pick(['exp', 'ln', 'sqrt', 'log10', 'atan', 'tanh', 'expm1', 'ln1p', 'stdNormalCDF']),
          expression('double', d),
        ),
      (d) => apply('double', 'abs', expression('double', d)),
      (d) => apply('double', 'hypot', number(d), number(d)),
      normalized,
      indicator,
      () => discretize('double'),
      () => mapValues('double'),
    ],
    float: [
      (d) => apply('float', pick(['+', '-', '*']), expression('float', d), expression(pick(['float', 'integer']), d)),
    ],
    integer: [
      (d) => apply('integer', pick(['+', '-']), expression('integer', d), expression('integer', d)),
      (d) => apply('integer', pick(['/', 'modulo']), expression('integer', d), expression('integer', d)),
      (d) => apply('integer', pick(['floor', 'ceil', 'round']), expression('double', d)),
      (d) => apply('integer', 'stringLength', text(d)),
      (d) => apply('integer', 'threshold', expression('integer', d), expression('integer', d)),
      (d) =>
        apply(
          'integer',
          pick(['dateDaysSinceYear', 'dateSecondsSinceYear']),
          expression(pick(['date', 'dateTime']), d),
          constantYear(),
        ),
      (d) => apply('integer', 'dateSecondsSinceMidnight', expression(pick(['time', 'dateTime']), d)),
      textIndex,
      () => discretize('integer'),
      () => mapValues('integer'),
    ],
    string: [
      (d) =>
        `<Apply function="concat">${text(d)}${chance(0.7) ? expression(pick(['string', 'integer', 'boolean']), d) : written()}</Apply>`,
      (d) => apply('string', pick(['uppercase', 'lowercase', 'trimBlanks']), text(d)),
      (d) =>
        apply(
          'string',
          'substring',
          text(d),
          '<Constant dataType="integer">1</Constant>',
          '<Constant dataType="integer">2</Constant>',
        ),
      (d) =>
        apply(
          'string',
          'replace',
          text(d),
          `<Constant dataType="string">${pick(['[a-c]+', '\\s', 'a', '(.)b'])}</Constant>`,
          `<Constant dataType="string">${pick(['_', 'zz'])}</Constant>`,
        ),
      (d) =>
        apply(
          'string',
          'formatNumber',
          expression('integer', d),
          `<Constant dataType="string">${pick(['%d', '%5d', '%05d', '%+d'])}</Constant>`,
        ),
      (d) =>
        apply(
          'string',
          'formatDatetime',
          expression(pick(['date', 'dateTime']), d),
          `<Constant dataType="string">${pick(['%Y-%m-%d', '%d.%m.%y', '%A %B %j'])}</Constant>`,
        ),
      () => discretize('string'),
      () => mapValues('string'),
    ],
    boolean: [
      (d) => compared(pick(NUMBERS), d),
      (d) => compared(pick(['date', 'time', 'dateTime', 'string']), d),
      () => `<Apply function="${pick(['isMissing', 'isNotMissing', 'isValid', 'isNotValid'])}">${bare()}</Apply>`,
      (d) => apply('boolean', pick(['and', 'or']), condition(d), condition(d)),
      (d) => apply('boolean', 'not', condition(d)),
      (d) =>
        apply(
          'boolean',
          'matches',
          text(d),
          `<Constant dataType="string">${pick(['a', '^a', 'c$', '[A-Z]'])}</Constant>`,
        ),
    ],
    date: [],
    time: [],
    dateTime: [],
  };
  const constantYear = (): string => `<Constant dataType="integer">${pick(['1960', '1970', '2000'])}</Constant>`;
  const bare = (): string => (known.length === 0 ? constant('double') : `<FieldRef field="${pick(known).name}"/>`);
  const compared = (type: Type, depth: number): string => {
    const name = pick(['equal', 'notEqual', 'lessThan', 'lessOrEqual', 'greaterThan', 'greaterOrEqual']);
    const second = type === 'double' && chance(0.3) ? 'integer' : type;
    return apply(
      'boolean',
      type === 'string' ? pick(['equal', 'notEqual']) : name,
      expression(type, depth),
      expression(second, depth),
    );
  };

  function expression(type: Type, depth: number): string {
    const rules = RULES[type];
    if (depth <= 0 || rules.length === 0 || chance(0.25)) return reference(type);
    if (chance(0.12)) {
      // The engine confuses several replacements at one `if`, and reads a constant condition as none.
      const around = chance(0.5)
        ? ''
        : ` ${pick(['mapMissingTo', 'defaultValue'])}="${escaped(pick(CONSTANTS[type]))}"`;
      return `<Apply function="if"${around}>${condition(depth)}${expression(type, depth - 1)}${expression(type, depth - 1)}</Apply>`;
    }
    if (chance(0.12)) return call(type, depth) ?? reference(type);
    return pick(rules)(depth - 1);
  }

  // The dictionary and the schema.
  const inputs = Array.from(
    { length: 2 + Math.floor(random() * 3) },
    (_, i): Known => ({ name: `x${i}`, type: pick(TYPES), isInput: true }),
  );
  const dataFields = inputs.map(({ name, type }) => {
    const optype = chance(0.8) ? OPTYPES[type][0]! : pick(OPTYPES[type]);
    return `<DataField name="${name}" optype="${optype}" dataType="${type}">${domain(type, optype)}</DataField>`;
  });
  const miningFields = inputs.map(
    ({ name, type }, i) => `<MiningField name="${name}"${treatments(type, dataFields[i]!.includes('"continuous"'))}/>`,
  );
  function domain(type: Type, optype: string): string {
    const kind = random();
    const values = [...new Set(Array.from({ length: 3 }, () => pick(CELLS[type].slice(0, 4)).trim()))];
    if (kind < 0.6) return '';
    if (kind < 0.75 && optype === 'continuous')
      return !NUMBERS.includes(type) ? '' : interval(pick([-1, 0]), pick([2.5, 10]));
    if (kind < 0.9) return values.map((value) => `<Value value="${escaped(value)}"/>`).join('');
    return values
      .slice(0, 1)
      .map((value) => `<Value value="${escaped(value)}" property="${pick(['missing', 'invalid'])}"/>`)
      .join('');
  }
  function treatments(type: Type, continuous: boolean): string {
    const good = escaped(pick(CONSTANTS[type]));
    const invalid = pick([
      '',
      ' invalidValueTreatment="asMissing"',
      ' invalidValueTreatment="asIs"',
      ' invalidValueTreatment="returnInvalid"',
      ` invalidValueTreatment="asValue" invalidValueReplacement="${good}"`,
    ]);
    const missing = chance(0.4)
      ? ` missingValueReplacement="${escaped(pick(CONSTANTS[type]))}"${chance(0.5) ? ` missingValueTreatment="${pick(['asIs', 'asMean', 'asMode', 'asMedian', 'asValue'])}"` : ''}`
      : '';
    const bounds = ` lowValue="-1" highValue="${pick(['2', '5'])}"`;
    const outliers =
      continuous && NUMBERS.includes(type) && chance(0.3)
        ? pick([` outliers="asMissingValues"${bounds}`, ` outliers="asExtremeValues"${bounds}`])
        : '';
    return invalid + missing + outliers;
  }
  const version = pick(VERSIONS);

  // Functions see their own parameter only, so they are drawn before any field is known.
  for (let i = 0; i < 2; i++) {
    const [from, to] = [pick(TYPES), pick(['double', 'integer', 'string', 'boolean'] as const)];
    known.push({ name: 'p', type: from, isInput: false });
    const body = expression(to, 2);
    known.length = 0;
    const optype = (type: Type) => OPTYPES[type][0];
    defined.push(
      `<DefineFunction name="f${i}" optype="${optype(to)}" dataType="${to}"><ParameterField name="p" optype="${optype(from)}" dataType="${from}"/>${body}</DefineFunction>`,
    );
    functions.push({ name: `f${i}`, from, to });
  }
  known.push(...inputs);
  const derived: string[] = [];
  const count = 2 + Math.floor(random() * 4);
  for (let i = 0; i < count; i++) {
    const type = pick(['double', 'double', 'integer', 'string', 'boolean', 'float'] as const);
    const body = expression(type, 3);
    derived.push(`<DerivedField name="d${i}" optype="${OPTYPES[type][0]}" dataType="${type}">${body}</DerivedField>`);
    known.push({ name: `d${i}`, type, isInput: false });
  }
  const split = Math.floor(random() * (derived.length + 1));
  const outputs = known.map(({ name, type }) => {
    // The engine's dates have no text of their own.
    const count = { date: 'dateDaysSinceYear', dateTime: 'dateSecondsSinceYear', time: 'dateSecondsSinceMidnight' }[
      type as 'date'
    ];
    const shown = count === undefined ? type : 'integer';
    const field = `<FieldRef field="${name}"/>`;
    const counted = `<Apply function="if"><Apply function="isNotMissing">${field}</Apply><Apply function="${count}">${field}${type === 'time' ? '' : '<Constant dataType="integer">1960</Constant>'}</Apply></Apply>`;
    return `<OutputField name="o_${name}" feature="transformedValue" optype="${OPTYPES[shown][0]}" dataType="${shown}">${count === undefined ? field : counted}</OutputField>`;
  });
  const local = `<LocalTransformations>${derived.slice(split).join('')}</LocalTransformations>`;
  const schema = `<MiningSchema>${miningFields.join('')}</MiningSchema><Output>${outputs.join('')}</Output>${local}`;
  const numeric = known.filter(({ type }) => NUMBERS.includes(type));
  const terms = numeric
    .slice(0, 3)
    .map(({ name }) => `<NumericPredictor name="${name}" coefficient="${pick(['1', '0.5', '-2'])}"/>`);
  const node = (): string => {
    const field = pick(known);
    const operator = pick(['equal', 'notEqual', 'lessThan', 'greaterOrEqual', 'isMissing', 'isNotMissing']);
    const isText = field.type === 'string' || field.type === 'boolean';
    const test = isText && /less|greater/.test(operator) ? 'equal' : operator;
    return `<SimplePredicate field="${field.name}" operator="${test}"${test.endsWith('issing') ? '' : ` value="${escaped(pick(CONSTANTS[field.type]))}"`}/>`;
  };
  const tree = `<TreeModel functionName="classification" missingValueStrategy="${pick(['none', 'nullPrediction', 'lastPrediction'])}" noTrueChildStrategy="${pick(['returnNullPrediction', 'returnLastPrediction'])}">${schema}<Node score="r"><True/>${['s', 't', 'u'].map((score) => `<Node score="${score}">${node()}</Node>`).join('')}</Node></TreeModel>`;
  const model = chance(0.5)
    ? tree
    : `<RegressionModel functionName="regression">${schema}<RegressionTable intercept="0.5">${terms.join('')}</RegressionTable></RegressionModel>`;
  const xml = `<PMML xmlns="http://www.dmg.org/PMML-${version.replace('.', '_')}" version="${version}"><Header/><DataDictionary>${dataFields.join('')}</DataDictionary><TransformationDictionary>${defined.join('')}${derived.slice(0, split).join('')}</TransformationDictionary>${model}</PMML>`;
  const rows = Array.from({ length: 8 }, () =>
    inputs.map(({ type }) => (chance(0.12) ? '' : pick(chance(0.8) ? CELLS[type].slice(0, 5) : CELLS[type]))),
  );
  return { name: `drawn ${seed}`, xml, rows: { header: inputs.map(({ name }) => name), rows } };
}
