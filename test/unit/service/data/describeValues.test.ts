import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ColumnProfile } from '../../../../src/protocol/data.ts';
import { profileColumns } from '../../../../src/service/data/columnProfiles.ts';
import { openTable } from '../../../../src/service/data/openTable.ts';
import type { Table } from '../../../../src/service/data/table.ts';
import { makeWorkingCopy } from '../../../../src/service/data/workingCopy.ts';
import { openDuckdb } from '../../../../src/service/storage/duckdb.ts';

/* What is told of few rows, in memory, against what DuckDB's statements tell of the same ones. */

let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-values-'));
});

afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

function both(text: string): Promise<readonly [ColumnProfile[], ColumnProfile[]]> {
  const file = path.join(folder, 'table.csv');
  fs.writeFileSync(file, text);
  return bothOf(file);
}

async function bothOf(file: string): Promise<readonly [ColumnProfile[], ColumnProfile[]]> {
  const table: Table = await openTable(file, path.basename(file), { scratch: folder });
  try {
    const copy = await makeWorkingCopy(table, {});
    const inMemory = await profileColumns(table, copy, {});
    const byStatements = await profileColumns(table, copy, { alwaysByStatements: true });
    // Where different values do not fit in memory all at once, some are counted after others.
    const inParts = await profileColumns(table, copy, { alwaysByStatements: true, mostBytes: 1000 });
    expect(rounded(inParts)).toEqual(rounded(byStatements));
    return [inMemory, byStatements];
  } finally {
    table.dispose();
  }
}

/** Sums of doubles depend on their order, and of differences in the last digit of a double nobody can tell. */
function rounded(profiles: readonly ColumnProfile[]): unknown {
  return JSON.parse(
    JSON.stringify(profiles, (_, value) =>
      typeof value === 'number' ? Number(value.toPrecision(12)) : value,
    ),
  );
}

it('both tell the same of every type', async () => {
  let state = 11;
  const random = () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
  const pick = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)]!;
  const two = (number: number) => String(Math.floor(number)).padStart(2, '0');
  const columns: Readonly<Record<string, (row: number) => string | number>> = {
    key: (row) => row,
    whole: () => Math.floor(random() * 90) - 30,
    huge: () => `${pick(['', '-'])}${pick(['9007199254740993', '9007199254740995', '12345678901234567890'])}`,
    real: () => pick([random() * 1000, -random(), 1e-7, 1.5e200, 3]),
    small: () => (random() * 10).toFixed(2),
    exact: () => `${pick(['1000000000000000', '3000000000000000'])}.${pick(['5', '25', '125'])}`,
    flag: () => pick(['true', 'false', '']),
    day: () =>
      `${pick(['0987', '1850', '1999', '2024'])}-${two(1 + random() * 12)}-${two(1 + random() * 28)}`,
    moment: () => `2024-02-${two(1 + random() * 3)} 10:00:0${pick(['0', '0.5', '0.25', '1'])}`,
    word: () => pick(['a', 'B', 'ä', '😀', '\ufffd', '', 'zz', 'ünï', 'x'.repeat(300)]),
    one: () => 'same',
    none: () => '',
    tied: (row) => `t${row % 25}`,
  };
  const makers = Object.values(columns);
  const rows = Array.from({ length: 1500 }, (_, row) => makers.map((make) => make(row)).join(','));
  const [inMemory, byStatements] = await both([Object.keys(columns).join(','), ...rows, ''].join('\n'));
  expect(inMemory.map(({ type }) => type)).toEqual([
    ...['integer', 'integer', 'integer', 'number', 'number', 'decimal', 'boolean', 'date', 'timestamp'],
    ...['text', 'text', 'text', 'text'],
  ]);
  expect(rounded(inMemory)).toEqual(rounded(byStatements));
});

it('both tell the same of infinity and of what is no number', async () => {
  const file = path.join(folder, 'odd.parquet');
  const made = await openDuckdb({ scratch: folder, files: [] });
  const odd =
    "unnest(['inf', '-inf', 'nan', '1.5', '2', 'nan']::DOUBLE[]) AS odd, unnest(['nan', 'nan', 'inf', 'inf', 'inf', NULL]::DOUBLE[]) AS none";
  await made.run(`COPY (SELECT ${odd}) TO '${file}' (FORMAT parquet)`);
  made.dispose();
  const [inMemory, byStatements] = await bothOf(file);
  expect(inMemory[0]).toMatchObject({ minimum: 1.5, maximum: 2, distinct: 5, missing: 0 });
  expect(inMemory[1]).not.toHaveProperty('minimum');
  expect(rounded(inMemory)).toEqual(rounded(byStatements));
});

it('both tell the same of a table without rows, and of one with a single row', async () => {
  for (const text of ['a,b\n', 'a,b\n1.5,x\n', 'a,b\n2020-01-01,\n']) {
    const [inMemory, byStatements] = await both(text);
    expect(rounded(inMemory)).toEqual(rounded(byStatements));
  }
});
