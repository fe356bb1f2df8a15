import { beforeAll, describe, expect, test } from 'vitest';
import type { Cell } from '../../../../../src/service/data/encodedTable.ts';
import { dayNumber } from '../../../../../src/service/privacy/methods/calendar.ts';
import { coding, codingSql, topOf } from '../../../../../src/service/privacy/methods/coding.ts';
import { columnTypeOf } from '../../../../../src/service/privacy/methods/columnType.ts';
import {
  dateShift,
  dateShiftSql,
  subjectShift,
} from '../../../../../src/service/privacy/methods/dateShift.ts';
import { encodeValue } from '../../../../../src/service/privacy/methods/encodeValue.ts';
import {
  dateUnits,
  generaliseDate,
  generaliseDateSql,
  generaliseToBins,
  generaliseToBinsSql,
} from '../../../../../src/service/privacy/methods/generalise.ts';
import { type MaskOptions, mask, maskSql } from '../../../../../src/service/privacy/methods/mask.ts';
import { redact, type TextFinder } from '../../../../../src/service/privacy/methods/redact.ts';
import type { SqlExpression } from '../../../../../src/service/privacy/methods/sqlExpression.ts';
import { evaluate, openDuckDb } from '../duckdb.ts';
import { chiSquareScore } from '../statistics.ts';

const key = Buffer.alloc(32, 3);
let connection: Awaited<ReturnType<typeof openDuckDb>>;
beforeAll(async () => {
  connection = await openDuckDb();
});

/** What DuckDB makes of `values` as a column `v` of a type, beside their numbers in `subject`. */
async function inDuckDb(
  expression: SqlExpression,
  type: string,
  values: readonly Cell[],
): Promise<(string | null)[]> {
  await connection.run('CREATE OR REPLACE TABLE t (subject INTEGER, v VARCHAR)');
  const appender = await connection.createAppender('t');
  for (const [index, value] of values.entries()) {
    appender.appendInteger(index);
    value === null ? appender.appendNull() : appender.appendVarchar(String(value));
    appender.endRow();
  }
  appender.closeSync();
  return evaluate(
    connection,
    expression,
    `(SELECT subject, CAST(v AS ${type}) AS v FROM t ORDER BY subject)`,
  );
}

test.each([
  ['2024-02-29 12:00:00', 't:2024-02-29T12:00:00.000000Z'],
  ['2024-02-29T12:00:00.5Z', 't:2024-02-29T12:00:00.500000Z'],
  ['2024-03-01 01:30:00.123456+05:30', 't:2024-02-29T20:00:00.123456Z'],
  ['2024-02-29 20:00:00-08', 't:2024-03-01T04:00:00.000000Z'],
  ['2023-02-29 00:00:00', 's:2023-02-29 00:00:00'],
])('the point in time %s is the same wherever its clock stands', (written, encoded) => {
  expect(encodeValue(written, { kind: 'timestamp' })).toBe(encoded);
});

describe('date shift', () => {
  const options = { days: 365, wholeWeeks: false };

  test('keeps the intervals of each subject, and comes back', () => {
    const shift = dateShift(key, options, 'seen', 1);
    const back = dateShift(key, options, 'seen', -1);
    const dates = ['1899-12-31', '2024-02-29', '2024-03-01 23:59:59.5', '2000-01-01T00:00:00Z'];
    const moved = Array.from({ length: 200 }, (_, subject) => {
      const shifted = dates.map((date) => shift(date, `i:${subject}`, 0) as string);
      expect(shifted.map((date) => back(date, `i:${subject}`, 0))).toEqual(dates);
      const days = shifted.map(
        (date, at) => dayNumber(date.slice(0, 10))! - dayNumber(dates[at]!.slice(0, 10))!,
      );
      expect(new Set(days).size).toBe(1);
      expect(Math.abs(days[0]!)).toBeLessThanOrEqual(365);
      return days[0]!;
    });
    expect(new Set(moved).size).toBeGreaterThan(100);
  });

  test('whole weeks keep the day of the week', () => {
    const weeks = subjectShift(key, { days: 30, wholeWeeks: true });
    for (let subject = 0; subject < 200; subject += 1) {
      expect(Math.abs(weeks(`i:${subject}`)) % 7).toBe(0);
    }
  });

  test('each shift is as likely', () => {
    const shift = subjectShift(key, { days: 5, wholeWeeks: false });
    const counts = new Array<number>(11).fill(0);
    for (let subject = 0; subject < 22_000; subject += 1) {
      counts[shift(`i:${subject}`) + 5]! += 1;
    }
    expect(Math.abs(chiSquareScore(counts, new Array<number>(11).fill(2000)))).toBeLessThan(4);
  });

  test('a date without a subject is not kept, and what is no date is named by its row', () => {
    const shift = dateShift(key, options, 'seen', 1);
    expect(shift('2024-01-01', undefined, 0)).toBeNull();
    expect(() => shift('2023-02-29', 'i:1', 11)).toThrow(/^Row 12 of seen is not a date/);
    const subjects = Array.from({ length: 20 }, (_, subject) => `i:${subject}`);
    const earlier = subjects.find((subject) => subjectShift(key, options)(subject) < -1);
    expect(() => shift('0001-01-02', earlier, 0)).toThrow(/would leave the years 1 to 9999/);
  });

  test.each([
    ['DATE', 1],
    ['DATE', -1],
    ['TIMESTAMP', 1],
    ['TIMESTAMP WITH TIME ZONE', 1],
  ] as const)('DuckDB moves a %s as far', async (type, direction) => {
    const dates = Array.from(
      { length: 300 },
      (_, at) => `${1890 + (at % 200)}-02-${String(1 + (at % 28)).padStart(2, '0')}`,
    );
    const time = { DATE: '', TIMESTAMP: ' 12:34:56.789', 'TIMESTAMP WITH TIME ZONE': ' 12:34:56.789+00' }[
      type
    ];
    const values = dates.map((date) => date + time);
    for (const wholeWeeks of [false, true]) {
      const subject = { sql: `'i:' || subject`, values: [] };
      const each = { days: 365, wholeWeeks };
      const sql = dateShiftSql(key, each, 'v', columnTypeOf(type), subject, direction)!;
      const shift = dateShift(key, each, 'v', direction);
      const expected = values.map((value, row) => shift(value, encodeValue(row, { kind: 'integer' }), row));
      expect(await inDuckDb(sql, type, values)).toEqual(expected);
    }
  });
});

test.each([
  [{ top: 90 }, [12, 90, 91, 120, null, '9007199254740993'], 'BIGINT', [12, 90, 90, 90, null, 90]],
  [{ bottom: 18, top: 80, topBy: 86 }, [3, 18, 80, 81], 'INTEGER', [18, 18, 80, 86]],
  [{ bottom: -1.5, bottomBy: -2 }, ['-1.50', '-1.51', '7.25'], 'DECIMAL(9,2)', ['-1.50', -2, '7.25']],
])('top and bottom coding %j', async (options, values, type, expected) => {
  expect(values.map(coding(options, 'age'))).toEqual(expected);
  const inSql = await inDuckDb(codingSql(options, 'v'), type, values);
  expect(inSql.map((value) => value && Number(value))).toEqual(
    expected.map((value) => value && Number(value)),
  );
});

test('the top that a share lies above, with the mean that keeps the total', () => {
  const values = Array.from({ length: 100 }, (_, at) => at + 1);
  expect(topOf(values, 0.05)).toEqual({ top: 95, mean: 98 });
  const coded = values.map(coding({ top: 95, topBy: 98 }, 'x')) as number[];
  expect(coded.reduce((a, b) => a + b)).toBe(5050);
  expect(() => coding({ top: 9 }, 'age')('old', 4)).toThrow(/^Row 5 of age is not a number/);
});

test.each<[Partial<MaskOptions>, string, string]>([
  [{}, 'Ada Lovelace', '************'],
  [{ keepSeparators: true }, 'Ada Lovelace', '*** ********'],
  [{ keepFirst: 2 }, '20123', '20***'],
  [{ keepLast: 4, keepSeparators: true, sign: 'X' }, '4111-1111-1111-1234', 'XXXX-XXXX-XXXX-1234'],
  [{ keepFirst: 3, keepLast: 3 }, 'short', '*****'],
  [{ keepFirst: 1, sign: '\\' }, 'a😀日\n', 'a\\\\\\'],
  [{ keepFirst: 2 }, '', ''],
])('mask %j of %j is %j', async (changed, value, masked) => {
  const options = { keepFirst: 0, keepLast: 0, sign: '*', keepSeparators: false, ...changed };
  expect([value, null].map(mask(options))).toEqual([masked, null]);
  expect(await inDuckDb(maskSql(options, 'v'), 'VARCHAR', [value, null])).toEqual([masked, null]);
});

test('bins', async () => {
  const values = [-5, 0, 17, 18, 64, 65, 130, null];
  const expected = ['< 0', '[0, 18)', '[0, 18)', '[18, 65)', '[18, 65)', '≥ 65', '≥ 65', null];
  expect(values.map(generaliseToBins([0, 18, 65], 'age'))).toEqual(expected);
  expect(await inDuckDb(generaliseToBinsSql([0, 18, 65], 'v'), 'BIGINT', values)).toEqual(expected);
});

test('dates to wider units', async () => {
  const values = ['1899-12-31', '2024-02-29', '0985-07-01', null];
  expect(values.map(generaliseDate('quarter', 'born'))).toEqual(['1899-Q4', '2024-Q1', '0985-Q3', null]);
  expect(values.map(generaliseDate('decade', 'born'))).toEqual(['1890s', '2020s', '0980s', null]);
  for (const unit of dateUnits) {
    const expected = values.map(generaliseDate(unit, 'born'));
    expect(await inDuckDb(generaliseDateSql(unit, 'v'), 'DATE', values)).toEqual(expected);
    expect(await inDuckDb(generaliseDateSql(unit, 'v'), 'TIMESTAMP', values)).toEqual(expected);
  }
});

describe('redaction inside text', () => {
  const finder = (label: string, pattern: RegExp): TextFinder => ({
    label,
    *find(text) {
      for (const match of text.matchAll(pattern)) {
        yield { start: match.index, end: match.index + match[0].length };
      }
    },
  });
  const finders = [finder('DOMAIN', /example\.org/g), finder('EMAIL', /\S+@\S+/g), finder('NAME', /Ada/g)];

  test('writes the kind of what was found; overlaps leave nothing over', () => {
    expect(redact(finders)('Ada wrote from ada@example.org today', 0)).toBe(
      '[NAME] wrote from [EMAIL] today',
    );
    const overlapping = [finder('A', /abc/g), finder('B', /cde/g)];
    expect(redact(overlapping)('xabcdey', 0)).toBe('x[A]y');
    const several = [
      {
        label: 'ANY',
        find: () => [
          { start: 0, end: 3, label: 'NAME' },
          { start: 4, end: 5 },
        ],
      },
    ];
    expect(redact(several)('Ada 1', 0)).toBe('[NAME] [ANY]');
    expect(redact(finders)(null, 0)).toBeNull();
  });

  test('with a key the same person is the same code', () => {
    const text = redact([finders[2]!], { key })('Ada met Ada', 0) as string;
    expect(text).toMatch(/^(\[NAME [0-9a-f]{8}\]) met \1$/);
  });
});
