import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Attached } from '../../../src/attach/attach.ts';
import { errorShape } from '../../../src/base/errors.ts';
import {
  type DataProfile,
  profileData,
  profileKept,
  readRows,
  sketchData,
  type TableRows,
} from '../../../src/protocol/data.ts';
import { ServedFolder } from '../../support/service.ts';
import { profileOf, scratchFiles, sharedData, writeRows } from './tables.ts';

let folder: ServedFolder;
let service: Attached;

beforeEach(async () => {
  folder = new ServedFolder();
  service = await folder.attach({ idleSeconds: 60 });
});

afterEach(() => folder.dispose());

/** Of Adult, counted here by other means than those of the service. */
function adult(): { header: string[]; rows: string[][] } {
  const text = fs.readFileSync(path.join(sharedData, 'adult', 'adult.csv'), 'utf8');
  const [header, ...rows] = text
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(';'));
  return { header: header!, rows };
}

function column(profile: DataProfile, name: string) {
  return profile.columns.find((found) => found.name === name)!;
}

describe('the profile of Adult', () => {
  it('is exact', async () => {
    const { header, rows } = adult();
    const profile = await profileOf(service.connection, path.join(sharedData, 'adult', 'adult.csv'));
    expect(profile).toMatchObject({
      kind: 'csv',
      basis: { kind: 'whole', rows: rows.length },
      columnCount: 9,
    });
    expect(profile.duplicateRows).toBe(rows.length - new Set(rows.map((row) => row.join(';'))).size);
    for (const [at, name] of header.entries()) {
      const values = rows.map((row) => row[at]!);
      const counts = new Map<string, number>();
      for (const value of values) {
        counts.set(value, (counts.get(value) ?? 0) + 1);
      }
      const found = column(profile, name);
      expect(found.distinct).toBe(counts.size);
      expect(found.missing).toBe(0);
      expect(found.top.map(({ count }) => count)).toEqual(
        [...counts.values()].sort((a, b) => b - a).slice(0, 10),
      );
      for (const { value, count } of found.top) {
        expect(counts.get(String(value))).toBe(count);
      }
    }
    const ages = rows.map((row) => Number(row[1])).sort((a, b) => a - b);
    const mean = ages.reduce((sum, age) => sum + age, 0) / ages.length;
    const squares = ages.reduce((sum, age) => sum + (age - mean) ** 2, 0);
    const age = column(profile, 'age');
    expect(age).toMatchObject({ type: 'integer', minimum: ages[0], maximum: ages.at(-1) });
    expect(age.numbers!.mean).toBeCloseTo(mean, 9);
    expect(age.numbers!.standardDeviation).toBeCloseTo(Math.sqrt(squares / (ages.length - 1)), 9);
    for (const { share, value } of age.numbers!.quantiles) {
      const place = share * (ages.length - 1);
      const [low, high] = [ages[Math.floor(place)]!, ages[Math.ceil(place)]!];
      expect(value).toBeCloseTo(low + (high - low) * (place - Math.floor(place)), 9);
    }
    const { edges, counts } = age.histogram!;
    expect(counts).toEqual(
      counts.map(
        (_, at) => ages.filter((value) => value >= Number(edges[at]) && value < Number(edges[at + 1])).length,
      ),
    );
  });

  it('is kept by content: a copy of the file, or the same file later, has it at once', async () => {
    const source = path.join(sharedData, 'adult', 'adult.csv');
    // A hash is believed later only of a file that is older than the reading of it.
    const copy = (name: string) => {
      fs.copyFileSync(source, path.join(folder.root, name));
      fs.utimesSync(path.join(folder.root, name), 1e9, 1e9);
    };
    copy('a.csv');
    const told: string[] = [];
    service.connection.on(profileKept, ({ path: kept }) => told.push(kept));
    const first = await profileOf(service.connection, path.join(folder.root, 'a.csv'));
    copy('b.csv');
    const second = await profileOf(service.connection, 'b.csv');
    expect(second).toEqual({ ...first, path: 'b.csv' });
    expect(await service.connection.send(sketchData, { path: 'b.csv' })).toEqual(second);
    expect(told).toEqual(['a.csv']);
    const log = fs.readFileSync(path.join(folder.root, '.mlops', 'service.log'), 'utf8');
    expect(log.match(/Profiled /g)).toHaveLength(1);
    fs.appendFileSync(path.join(folder.root, 'b.csv'), `${fs.readFileSync(source, 'utf8').split('\n')[1]}\n`);
    expect((await profileOf(service.connection, 'b.csv')).basis.rows).toBe(first.basis.rows + 1);
  });
});

it.skipIf(process.platform !== 'linux')(
  'DuckDB is loaded with the first table, not with the service',
  async () => {
    const isLoaded = () =>
      fs.readFileSync(`/proc/${service.welcome.processId}/maps`, 'utf8').includes('libduckdb');
    expect(isLoaded()).toBe(false);
    folder.write('small.csv', 'a\n1\n2\n');
    await profileOf(service.connection, 'small.csv');
    expect(isLoaded()).toBe(true);
  },
);

it('a sketch tells of the first rows only, and says so', async () => {
  writeRows(path.join(folder.root, 'many.csv'), 'id,half', 50_000, (at) => `${at},${at % 2}`);
  const sketch = await service.connection.send(sketchData, { path: 'many.csv' });
  expect(sketch.basis).toEqual({ kind: 'sample', rows: 10_000 });
  expect(sketch.columns).toMatchObject([{ distinct: 10_000, maximum: 9_999 }, { distinct: 2 }]);
  const whole = await profileOf(service.connection, 'many.csv');
  expect(whole.basis).toEqual({ kind: 'whole', rows: 50_000 });
  expect(whole.columns[0]).toMatchObject({ distinct: 50_000, maximum: 49_999 });
});

it('columns of all kinds, and words for what is missing', async () => {
  folder.write(
    'kinds.csv',
    [
      'n,x,flag,day,moment,word',
      '1,0.5,true,2020-01-01,2020-01-01T10:00:00,a',
      'NA,1.5,false,2020-01-31,2020-01-01T11:00:00,NA',
      '3,?,true,,2020-01-01T12:30:00,b',
      '',
    ].join('\n'),
  );
  const { columns, notices } = await profileOf(service.connection, 'kinds.csv');
  expect(columns.map(({ type, missing }) => [type, missing])).toEqual([
    ['integer', 1],
    ['number', 1],
    ['boolean', 0],
    ['date', 1],
    ['timestamp', 0],
    ['text', 0],
  ]);
  expect(columns[3]!.histogram!.edges.slice(0, 2)).toEqual(['2020-01-01', '2020-01-03']);
  expect(notices.map(({ message }) => message)).toEqual([
    'In column “n” “NA” counts as missing.',
    'In column “x” “?” counts as missing.',
  ]);
});

it('what gives a target away is named, and what only goes with it is not', async () => {
  let state = 7;
  const random = () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
  writeRows(path.join(folder.root, 'leak.csv'), 'id,churned,reason,refund,plan,age,label', 3000, (at) => {
    const churned = random() < 0.3;
    const plan = random() < (churned ? 0.7 : 0.4) ? 'basic' : 'pro';
    const reason = churned ? ['price', 'moved', 'rival'][Math.floor(random() * 3)]! : '';
    const refund = (churned ? 50 + random() * 50 : random() * 20).toFixed(3);
    return [
      at,
      churned ? 'yes' : 'no',
      reason,
      refund,
      plan,
      Math.floor(20 + random() * 50),
      churned ? 1 : 0,
    ].join(',');
  });
  const { hints } = await profileOf(service.connection, 'leak.csv', 'churned');
  expect(new Map(hints.map(({ column: name, kind }) => [name, kind]))).toEqual(
    new Map([
      ['label', 'nearlyTarget'],
      ['reason', 'determinesTarget'],
      ['refund', 'determinesTarget'],
    ]),
  );
});

it('a virtual table reads its rows as the file has them', async () => {
  folder.write('rows.tsv', 'code\tn\n007\t1.50\n\t2\nx\t3\n');
  const page: TableRows = await service.connection.send(readRows, { path: 'rows.tsv', offset: 0, limit: 2 });
  expect(page).toEqual({
    columns: [
      { name: 'code', type: 'text' },
      { name: 'n', type: 'number' },
    ],
    offset: 0,
    rows: [
      ['007', '1.50'],
      [null, '2'],
    ],
  });
  const last = await service.connection.send(readRows, { path: 'rows.tsv', offset: 2, limit: 100 });
  expect(last.rows).toEqual([['x', '3']]);
});

it('a profile that is cancelled is over within a second and leaves nothing behind', async () => {
  const wide = Array.from({ length: 20 }, (_, at) => `c${at}`);
  writeRows(path.join(folder.root, 'big.csv'), wide.join(','), 1_000_000, (at) =>
    wide.map((_, place) => (at * 7919 + place * 104_729) % 1_000_003).join(','),
  );
  const abort = new AbortController();
  let abortedAt = 0;
  const refused = await service.connection
    .send(
      profileData,
      { path: 'big.csv' },
      {
        signal: abort.signal,
        onProgress: () => {
          if (abortedAt === 0) {
            abortedAt = performance.now();
            abort.abort();
          }
        },
      },
    )
    .then(() => undefined, errorShape);
  expect(refused).toMatchObject({ code: 'cancelled' });
  expect(performance.now() - abortedAt).toBeLessThan(1000);
  expect(scratchFiles(folder.root)).toEqual([]);
  folder.write('small.csv', 'a\n1\n2\n');
  expect((await profileOf(service.connection, 'small.csv')).basis.rows).toBe(2);
});

it('what a killed service left in its scratch folder is gone with the next one', async () => {
  folder.write('.mlops/scratch/1-1/values.parquet', 'left over');
  folder.write('small.csv', 'a\n1\n2\n');
  await service.connection.dispose();
  process.kill(service.welcome.processId, 'SIGKILL');
  const next = await folder.attach({ idleSeconds: 60 });
  expect((await profileOf(next.connection, 'small.csv')).basis.rows).toBe(2);
  expect(scratchFiles(folder.root)).toEqual([]);
});
