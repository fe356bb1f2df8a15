import { describe, expect, it } from 'vitest';
import type { Cell } from '../../../../../../src/service/data/encodedTable.ts';
import { proposeHierarchy } from '../../../../../../src/service/privacy/guarantee/hierarchy/automatic.ts';
import {
  readHierarchyCsv,
  writeHierarchyCsv,
} from '../../../../../../src/service/privacy/guarantee/hierarchy/csv.ts';
import {
  equalWidthCuts,
  quantileCuts,
} from '../../../../../../src/service/privacy/guarantee/hierarchy/intervals.ts';
import { compileHierarchy } from '../../../../../../src/service/privacy/guarantee/hierarchy/levelTable.ts';
import {
  type HierarchyRule,
  hierarchyOf,
  levelsOf,
} from '../../../../../../src/service/privacy/guarantee/hierarchy/rule.ts';
import { adultLevels, encode, readAdult, readSharedText, seededIntegers } from '../sharedData.ts';

function labelsOf(rule: HierarchyRule, value: Cell): unknown {
  return hierarchyOf(rule, encode('column', [value])).rows[0];
}

describe('the CSV form of ARX', () => {
  it.each(readAdult().map((column) => [column.name, column] as const))(
    'reads and writes that of %s',
    (name, column) => {
      const text = readSharedText('adult', `adult_hierarchy_${name}.csv`);
      const hierarchy = readHierarchyCsv(name, text);
      expect(writeHierarchyCsv(hierarchy)).toBe(`${text.replaceAll('\r\n', '\n').trim()}\n`);
      const { levels } = adultLevels(column);
      expect(levels.at(-1)!.labels).toEqual(['*']);
      expect(levels[0]!.labels).toEqual(expect.arrayContaining([...column.values]));
    },
  );

  it('knows quotes, separators and line ends within fields, and a missing value', () => {
    const hierarchy = {
      rows: [
        ['a;b', 'say "x"', '*'],
        ['two\nlines', 'y', '*'],
        [null, 'none', '*'],
      ],
    };
    const text = writeHierarchyCsv(hierarchy);
    expect(text).toBe('"a;b";"say ""x""";*\n"two\nlines";y;*\n;none;*\n');
    expect(
      readHierarchyCsv('c', `\uFEFF${text.replaceAll('\n', '\r\n').replace('two\r\n', 'two\n')}`),
    ).toEqual(hierarchy);
  });

  it.each([
    ['', 'has no rows'],
    ['a;x;*\nb;*', 'has 2 levels in row 2 ("b"), but 3 in row 1'],
    ['a;x;*\na;y;*', 'names "a" in row 1 and again, otherwise, in row 2'],
    ['a;x;p;*\nb;x;q;*', '"x" on level 1 becomes "p" for the value "a", but "q" for "b" on level 2'],
    ['a;"x;*', 'a quotation mark in row 1 that is never closed'],
  ])('refuses %j', (text, sentence) => {
    expect(() => readHierarchyCsv('city', text)).toThrow(sentence);
    expect(() => readHierarchyCsv('city', text)).toThrow('he hierarchy of city');
  });
});

describe('meeting a hierarchy with a column', () => {
  const hierarchy = {
    rows: [
      ['a', 'x', '*'],
      ['b', 'x', '*'],
      ['c', 'y', '*'],
    ],
  };

  it('names the values that it does not know', () => {
    const column = encode('letter', ['a', 'z', 'b', 7, 'q1', 'q2', 'q3', 'q4', 'q5']);
    expect(() => compileHierarchy(column, hierarchy)).toThrow(
      'The hierarchy of letter does not know "z", "7", "q1", "q2", "q3" and 2 more.',
    );
  });

  it('keeps a missing value missing as long as values are told apart', () => {
    const { levels } = compileHierarchy(encode('letter', ['a', null]), hierarchy);
    const labels = levels.map(({ labels, labelOfCode }) => labels[labelOfCode[1]!]);
    expect(labels).toEqual([null, null, '*']);
  });

  it('counts the leaves under each label, those that the column lacks included', () => {
    const { levels, leafCount } = compileHierarchy(encode('letter', ['a']), hierarchy);
    expect(leafCount).toBe(3);
    expect(levels.map(({ leaves, labelOfCode }) => leaves[labelOfCode[0]!])).toEqual([1, 2, 3]);
  });
});

describe('intervals', () => {
  const rule: HierarchyRule = { kind: 'intervals', cuts: [20, 30, 40], fanOuts: [2] };

  it.each([
    [19, ['19', '< 20', '< 30', '*']],
    [20, ['20', '[20, 30)', '< 30', '*']],
    [39.5, ['39.5', '[30, 40)', '≥ 30', '*']],
    ['40', ['40', '≥ 40', '≥ 30', '*']],
  ])('of %j', (value, expected) => {
    expect(labelsOf(rule, value)).toEqual(expected);
  });

  it('has bounds where they are said', () => {
    const bounded: HierarchyRule = { ...rule, low: 0, high: 50 };
    expect(labelsOf(bounded, 7)).toEqual(['7', '[0, 20)', '[0, 30)', '*']);
    expect(labelsOf(bounded, 50)).toEqual(['50', '[40, 50]', '[30, 50]', '*']);
    expect(() => labelsOf(bounded, 51)).toThrow('has "51", outside the bounds 0 to 50');
  });

  it('cuts to equal widths and to equally many rows', () => {
    expect(equalWidthCuts(10, 40, 10)).toEqual([10, 20, 30, 40]);
    expect(quantileCuts([4, 1, 3, 2], [1, 1, 1, 1], 2)).toEqual([3]);
    expect(quantileCuts([1, 2, 3], [98, 1, 1], 4)).toEqual([2]);
    expect(quantileCuts([], [], 4)).toEqual([]);
  });

  it.each([
    [{ ...rule, cuts: [3, 2] }, 5, 'must be ascending'],
    [{ ...rule, fanOuts: [1] }, 5, 'whole numbers of at least 2'],
    [rule, 'five', 'needs numbers, and the column has "five"'],
  ])('refuses %j', (wrong, value, sentence) => {
    expect(() => labelsOf(wrong as HierarchyRule, value)).toThrow(sentence);
  });
});

describe('dates', () => {
  it('go from day to decade', () => {
    const rule: HierarchyRule = { kind: 'dates', units: ['decade', 'day', 'month', 'quarter', 'year'] };
    expect(labelsOf(rule, '2024-11-05T10:00:00')).toEqual([
      '2024-11-05T10:00:00',
      '2024-11-05',
      '2024-11',
      '2024-Q4',
      '2024',
      '2020s',
      '*',
    ]);
    expect(labelsOf(rule, '0087-02-28')).toContain('0080s');
  });

  it('give a week to the month and year of its Thursday, so that each level is a function of the one below', () => {
    const rule: HierarchyRule = { kind: 'dates', units: ['week', 'month', 'quarter', 'year', 'decade'] };
    expect(labelsOf(rule, '2024-12-30')).toEqual([
      '2024-12-30',
      '2025-W01',
      '2025-01',
      '2025-Q1',
      '2025',
      '2020s',
      '*',
    ]);
    expect(labelsOf(rule, '2021-01-03')).toEqual([
      '2021-01-03',
      '2020-W53',
      '2020-12',
      '2020-Q4',
      '2020',
      '2020s',
      '*',
    ]);
    const days = Array.from({ length: 4000 }, (_, day) =>
      new Date(day * 86_400_000).toISOString().slice(0, 10),
    );
    expect(() => levelsOf(rule, encode('day', days))).not.toThrow();
  });

  it.each(['2024-02-30', '30.12.2024', 'x', 20240101])('refuse %j', (value) => {
    expect(() => labelsOf({ kind: 'dates', units: ['year'] }, value)).toThrow(
      'needs dates written like 2024-12-31',
    );
  });
});

describe('redaction', () => {
  it('masks from either end, shorter codes wholly', () => {
    expect(labelsOf({ kind: 'redaction', from: 'right', masked: [2, 3] }, '80331')).toEqual([
      '80331',
      '803**',
      '80***',
      '*',
    ]);
    expect(labelsOf({ kind: 'redaction', from: 'left', masked: [1, 4] }, 'AB1')).toEqual([
      'AB1',
      '*B1',
      '***',
      '*',
    ]);
  });

  it('refuses steps that do not ascend', () => {
    expect(() => labelsOf({ kind: 'redaction', from: 'right', masked: [2, 2] }, 'x')).toThrow('ascending');
  });
});

describe('categories', () => {
  it('in an order go together with their neighbours', () => {
    const rule: HierarchyRule = { kind: 'order', order: ['low', 'mid', 'high'], fanOuts: [2] };
    expect(labelsOf(rule, 'mid')).toEqual(['mid', 'low – mid', '*']);
    expect(labelsOf(rule, 'high')).toEqual(['high', 'high', '*']);
    expect(() => labelsOf(rule, 'none')).toThrow('does not know "none"');
  });

  it('by priority keep their name longest when they matter most', () => {
    const rule: HierarchyRule = { kind: 'priority', priority: ['a', 'b', 'other'], kept: [2, 1] };
    expect(hierarchyOf(rule, encode('c', ['a', 'b', 'other', 'new'])).rows).toEqual([
      ['a', 'a', 'a', '*'],
      ['b', 'b', 'other…', '*'],
      ['other', 'other…', 'other…', '*'],
      ['new', 'other…', 'other…', '*'],
    ]);
  });

  it('in named groups, and groups of groups', () => {
    const rule: HierarchyRule = {
      kind: 'groups',
      levels: [{ south: ['Rome', 'Bari'], north: ['Oslo'] }, { Europe: ['south', 'north'] }],
    };
    expect(labelsOf(rule, 'Bari')).toEqual(['Bari', 'south', 'Europe', '*']);
    expect(() => labelsOf(rule, 'Kyiv')).toThrow('does not know "Kyiv"');
    expect(() => labelsOf({ ...rule, levels: [{ a: ['x'], b: ['x'] }] }, 'x')).toThrow(
      'is a and b, but must be one',
    );
  });
});

describe('hierarchies proposed from the data', () => {
  const next = seededIntegers(3);

  it('cut numbers into 32, 16, 8, 4 and 2 parts of equally many rows, without anybody’s extreme value', () => {
    const column = encode(
      'income',
      Array.from({ length: 3200 }, (_, row) => row * 7),
    );
    const { levels } = levelsOf(proposeHierarchy(column), column);
    expect(levels.map(({ labels }) => labels.length)).toEqual([3200, 32, 16, 8, 4, 2, 1]);
    const labels = levels.slice(1).flatMap((level) => level.labels);
    expect(labels.filter((label) => label!.includes(String(3199 * 7)))).toEqual([]);
  });

  it('see dates and timestamps', () => {
    const days = encode('born', ['1990-05-01', '1871-12-31', null]);
    expect(proposeHierarchy(days)).toEqual({
      kind: 'dates',
      units: ['week', 'month', 'quarter', 'year', 'decade'],
    });
    const times = encode('seen', ['1990-05-01 10:00:00']);
    expect(proposeHierarchy(times)).toMatchObject({
      units: ['day', 'week', 'month', 'quarter', 'year', 'decade'],
    });
  });

  it('see postal codes, or are told of them', () => {
    const codes = encode(
      'zip',
      Array.from({ length: 100 }, () => String(10_000 + next(80_000))),
    );
    const rule: HierarchyRule = { kind: 'redaction', from: 'right', masked: [1, 2, 3, 4] };
    expect(proposeHierarchy(codes)).toEqual(rule);
    expect(proposeHierarchy(encode('zip', [80331, 80333]), { content: 'postalCode' })).toEqual(rule);
  });

  it('merge rare categories first, then less frequent ones', () => {
    const cells = ['a', 'b', 'c', 'd'].flatMap((cell, index) => Array(100 - index).fill(cell) as string[]);
    const column = encode('kind', [...cells, 'rare', 'rarer']);
    const rule = proposeHierarchy(column);
    expect(rule).toEqual({ kind: 'priority', priority: ['a', 'b', 'c', 'd', 'rare', 'rarer'], kept: [4, 2] });
    expect(levelsOf(rule, column).levels.map(({ labels }) => labels.length)).toEqual([6, 5, 3, 1]);
  });

  it('merge categories over which the target is distributed alike', () => {
    const kinds = Array.from({ length: 4000 }, () => ['p', 'q', 'r', 's'][next(4)]!);
    const target = encode(
      'target',
      kinds.map((kind) => (next(10) < (kind === 'p' || kind === 's' ? 8 : 2) ? 1 : 0)),
    );
    const column = encode('kind', [...kinds]);
    const rule = proposeHierarchy(column, { target });
    const row = hierarchyOf(rule, column).rows.find(([value]) => value === 'p')!;
    expect(row[1]!.split(' | ').sort()).toEqual(['p', 's']);
    expect(() => levelsOf(rule, column)).not.toThrow();
  });

  it.each([
    ['no rows', []],
    ['missing values alone', [null, null]],
    ['one value', ['only']],
    ['true and false', [true, false]],
  ])('fit a column of %s', (_, cells) => {
    const column = encode('c', cells);
    const { levels } = levelsOf(proposeHierarchy(column), column);
    expect(levels.at(-1)!.labels.length).toBeLessThanOrEqual(1);
  });

  it('are plain data: what a file gives back makes the same levels', () => {
    for (const column of readAdult()) {
      const rule = proposeHierarchy(column);
      const { levels } = levelsOf(JSON.parse(JSON.stringify(rule)), column);
      expect(levels).toEqual(levelsOf(rule, column).levels);
    }
  });
});
