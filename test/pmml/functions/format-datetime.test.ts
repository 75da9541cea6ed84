import { afterEach, describe, expect, it } from 'vitest';
import { evaluatorOf, outputs } from '../build.js';

const PATTERNS = [
  '%a %A %b %B %h',
  '%c',
  '%C %d %D %e %F',
  '%g %G %V',
  '%H %I %j %m %M %p',
  '%r|%R|%S|%T',
  '%u %U %w %W',
  '%x %X %y %Y',
  '%n%t%%',
  '100%% on %Ex',
];

/** What strftime of C's library writes for the patterns above, asked through Python. */
const TEXTS: readonly (readonly [string, readonly string[]])[] = [
  [
    '2004-08-20T00:00:00',
    [
      'Fri Friday Aug August Aug',
      'Fri Aug 20 00:00:00 2004',
      '20 20 08/20/04 20 2004-08-20',
      '04 2004 34',
      '00 12 233 08 00 AM',
      '12:00:00 AM|00:00|00|00:00:00',
      '5 33 5 33',
      '08/20/04 00:00:00 04 2004',
      '\n\t%',
      '100% on 08/20/04',
    ],
  ],
  [
    '2020-12-31T23:59:59',
    [
      'Thu Thursday Dec December Dec',
      'Thu Dec 31 23:59:59 2020',
      '20 31 12/31/20 31 2020-12-31',
      '20 2020 53',
      '23 11 366 12 59 PM',
      '11:59:59 PM|23:59|59|23:59:59',
      '4 52 4 52',
      '12/31/20 23:59:59 20 2020',
      '\n\t%',
      '100% on 12/31/20',
    ],
  ],
  [
    '2021-01-01T00:00:01',
    [
      'Fri Friday Jan January Jan',
      'Fri Jan  1 00:00:01 2021',
      '20 01 01/01/21  1 2021-01-01',
      '20 2020 53',
      '00 12 001 01 00 AM',
      '12:00:01 AM|00:00|01|00:00:01',
      '5 00 5 00',
      '01/01/21 00:00:01 21 2021',
      '\n\t%',
      '100% on 01/01/21',
    ],
  ],
  [
    '2021-01-03T12:00:00',
    [
      'Sun Sunday Jan January Jan',
      'Sun Jan  3 12:00:00 2021',
      '20 03 01/03/21  3 2021-01-03',
      '20 2020 53',
      '12 12 003 01 00 PM',
      '12:00:00 PM|12:00|00|12:00:00',
      '7 01 0 00',
      '01/03/21 12:00:00 21 2021',
      '\n\t%',
      '100% on 01/03/21',
    ],
  ],
  [
    '2021-01-04T12:30:00',
    [
      'Mon Monday Jan January Jan',
      'Mon Jan  4 12:30:00 2021',
      '20 04 01/04/21  4 2021-01-04',
      '21 2021 01',
      '12 12 004 01 30 PM',
      '12:30:00 PM|12:30|00|12:30:00',
      '1 01 1 01',
      '01/04/21 12:30:00 21 2021',
      '\n\t%',
      '100% on 01/04/21',
    ],
  ],
  [
    '2008-12-29T01:02:03',
    [
      'Mon Monday Dec December Dec',
      'Mon Dec 29 01:02:03 2008',
      '20 29 12/29/08 29 2008-12-29',
      '09 2009 01',
      '01 01 364 12 02 AM',
      '01:02:03 AM|01:02|03|01:02:03',
      '1 52 1 52',
      '12/29/08 01:02:03 08 2008',
      '\n\t%',
      '100% on 12/29/08',
    ],
  ],
  [
    '2010-01-03T13:00:00',
    [
      'Sun Sunday Jan January Jan',
      'Sun Jan  3 13:00:00 2010',
      '20 03 01/03/10  3 2010-01-03',
      '09 2009 53',
      '13 01 003 01 00 PM',
      '01:00:00 PM|13:00|00|13:00:00',
      '7 01 0 00',
      '01/03/10 13:00:00 10 2010',
      '\n\t%',
      '100% on 01/03/10',
    ],
  ],
  [
    '2000-02-29T11:59:59',
    [
      'Tue Tuesday Feb February Feb',
      'Tue Feb 29 11:59:59 2000',
      '20 29 02/29/00 29 2000-02-29',
      '00 2000 09',
      '11 11 060 02 59 AM',
      '11:59:59 AM|11:59|59|11:59:59',
      '2 09 2 09',
      '02/29/00 11:59:59 00 2000',
      '\n\t%',
      '100% on 02/29/00',
    ],
  ],
  [
    '1999-12-31T12:00:00',
    [
      'Fri Friday Dec December Dec',
      'Fri Dec 31 12:00:00 1999',
      '19 31 12/31/99 31 1999-12-31',
      '99 1999 52',
      '12 12 365 12 00 PM',
      '12:00:00 PM|12:00|00|12:00:00',
      '5 52 5 52',
      '12/31/99 12:00:00 99 1999',
      '\n\t%',
      '100% on 12/31/99',
    ],
  ],
  [
    '1970-01-01T00:00:00',
    [
      'Thu Thursday Jan January Jan',
      'Thu Jan  1 00:00:00 1970',
      '19 01 01/01/70  1 1970-01-01',
      '70 1970 01',
      '00 12 001 01 00 AM',
      '12:00:00 AM|00:00|00|00:00:00',
      '4 00 4 00',
      '01/01/70 00:00:00 70 1970',
      '\n\t%',
      '100% on 01/01/70',
    ],
  ],
  [
    '1969-12-31T23:00:00',
    [
      'Wed Wednesday Dec December Dec',
      'Wed Dec 31 23:00:00 1969',
      '19 31 12/31/69 31 1969-12-31',
      '70 1970 01',
      '23 11 365 12 00 PM',
      '11:00:00 PM|23:00|00|23:00:00',
      '3 52 3 52',
      '12/31/69 23:00:00 69 1969',
      '\n\t%',
      '100% on 12/31/69',
    ],
  ],
  [
    '1900-03-01T09:08:07',
    [
      'Thu Thursday Mar March Mar',
      'Thu Mar  1 09:08:07 1900',
      '19 01 03/01/00  1 1900-03-01',
      '00 1900 09',
      '09 09 060 03 08 AM',
      '09:08:07 AM|09:08|07|09:08:07',
      '4 08 4 09',
      '03/01/00 09:08:07 00 1900',
      '\n\t%',
      '100% on 03/01/00',
    ],
  ],
  [
    '2024-02-29T21:22:23',
    [
      'Thu Thursday Feb February Feb',
      'Thu Feb 29 21:22:23 2024',
      '20 29 02/29/24 29 2024-02-29',
      '24 2024 09',
      '21 09 060 02 22 PM',
      '09:22:23 PM|21:22|23|21:22:23',
      '4 08 4 09',
      '02/29/24 21:22:23 24 2024',
      '\n\t%',
      '100% on 02/29/24',
    ],
  ],
  [
    '2023-01-01T06:00:00',
    [
      'Sun Sunday Jan January Jan',
      'Sun Jan  1 06:00:00 2023',
      '20 01 01/01/23  1 2023-01-01',
      '22 2022 52',
      '06 06 001 01 00 AM',
      '06:00:00 AM|06:00|00|06:00:00',
      '7 01 0 00',
      '01/01/23 06:00:00 23 2023',
      '\n\t%',
      '100% on 01/01/23',
    ],
  ],
  [
    '2026-12-28T18:45:00',
    [
      'Mon Monday Dec December Dec',
      'Mon Dec 28 18:45:00 2026',
      '20 28 12/28/26 28 2026-12-28',
      '26 2026 53',
      '18 06 362 12 45 PM',
      '06:45:00 PM|18:45|00|18:45:00',
      '1 52 1 52',
      '12/28/26 18:45:00 26 2026',
      '\n\t%',
      '100% on 12/28/26',
    ],
  ],
];

function formatted(moment: string, type: string, pattern: string): unknown {
  const document = outputs(
    `<DataField name="x" optype="continuous" dataType="${type}"/>`,
    '<MiningField name="x"/>',
    `<OutputField name="o" feature="transformedValue"><Apply function="formatDatetime"><FieldRef field="x"/><Constant dataType="string">${pattern}</Constant></Apply></OutputField>`,
  );
  return evaluatorOf(document).evaluate({ x: moment })['o'];
}

const zone = process.env['TZ'];

afterEach(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

/** The conversions are those of the POSIX function strftime. */
describe('formatDatetime', () => {
  it.each(TEXTS)('%s', (moment, texts) => {
    expect(PATTERNS.map((pattern) => formatted(moment, 'dateTime', pattern))).toEqual(texts);
  });

  it('leaves a zone empty and an unknown conversion alone', () => {
    expect(formatted('2004-08-20T00:00:00', 'dateTime', '%H%Z%z %q')).toBe('00 %q');
  });

  it.each(['America/New_York', 'Asia/Kolkata', 'Pacific/Apia'])(
    'does not depend on the zone %s of the machine',
    (name) => {
      process.env['TZ'] = name;
      // The clocks there skip this hour, this day or half an hour; the text does not.
      expect(formatted('2020-03-08T02:30:00', 'dateTime', '%F %T %s')).toBe('2020-03-08 02:30:00 1583634600');
      expect(formatted('2011-12-30', 'date', '%F %j %A')).toBe('2011-12-30 364 Friday');
      expect(formatted('1890-01-01', 'date', '%F')).toBe('1890-01-01');
    },
  );
});
