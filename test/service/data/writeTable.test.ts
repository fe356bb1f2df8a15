import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorShape } from '../../../src/base/errors.ts';
import { openTable } from '../../../src/service/data/openTable.ts';
import type { Table } from '../../../src/service/data/table.ts';
import { type WriteTable, writeTable } from '../../../src/service/data/writeTable.ts';
import { writeRows } from './tables.ts';

/** The data domain on real DuckDB and real files, as the domains to its right use it. */

let root: string;
let tables: Table[];

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-tables-'));
  tables = [];
});

afterEach(() => {
  for (const table of tables) {
    table.dispose();
  }
  expect(fs.existsSync(file('scratch')) ? fs.readdirSync(file('scratch')) : []).toEqual([]);
  fs.rmSync(root, { recursive: true, force: true });
});

function file(name: string): string {
  return path.join(root, name);
}

async function open(name: string, content?: string | Buffer): Promise<Table> {
  if (content !== undefined) {
    fs.writeFileSync(file(name), content);
  }
  const table = await openTable(file(name), name, { scratch: file('scratch'), strictHeaders: true });
  tables.push(table);
  return table;
}

function everything(table: Table, target: string): WriteTable {
  return { columns: table.columns.map(({ name, kept }) => ({ name, sql: kept })), target: file(target) };
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'it succeeded',
    (error: unknown) => errorShape(error).code,
  );
}

describe('what is kept is written as it was', () => {
  it('every character of a CSV file', async () => {
    const text = 'id;note;n\n007;"a;b ""c""";1.50\n;"";1e5\nx;\'y\';NA\n';
    const table = await open('in.csv', text);
    expect(await writeTable(table, everything(table, 'out.csv'))).toEqual({ rows: 3, bytes: text.length });
    expect(fs.readFileSync(file('out.csv'), 'utf8')).toBe(text);
    expect(fs.readFileSync(file('in.csv'), 'utf8')).toBe(text);
  });

  it.each([
    ['Windows line ends', 'id,note\r\n1,"a\nb"\r\n,"c\r\nd"\r\n"", ü\r\n'],
    ['a byte order mark', '\ufeffid,note\n1,a\n,"b,c"\n'],
    ['both, over a header in quotes', '\ufeff"i,d",note\r\n007,a\r\n,"b ""c"" "\r\n'],
    ['both, and no header', '\ufeff1,2\r\n3,4\r\n5,\r\n'],
    ['old Mac line ends', 'id,note\r1,a\r2,"b\nc"\r'],
  ])('byte for byte: %s', async (_, text) => {
    const table = await open('in.csv', text);
    const bytes = Buffer.from(text);
    const written = await writeTable(table, everything(table, 'out.csv'));
    expect(written.bytes).toBe(bytes.length);
    expect(fs.readFileSync(file('out.csv')).equals(bytes)).toBe(true);
    const again = await open('out.csv');
    expect(await again.rows(0, 10)).toEqual(await table.rows(0, 10));
  });

  it('what is no UTF-8 comes out in it, with its line ends and its mark, and a notice says so', async () => {
    const text = 'wörd,n\r\nä,1\r\n';
    const wide = await open('wide.csv', Buffer.from(`\ufeff${text}`, 'utf16le'));
    await writeTable(wide, everything(wide, 'wide out.csv'));
    expect(fs.readFileSync(file('wide out.csv'), 'utf8')).toBe(`\ufeff${text}`);
    expect(wide.notices.map(({ message }) => message)).toEqual([
      'wide.csv is read as UTF-16LE; a table that is made from it is written in UTF-8.',
    ]);
    const narrow = await open('narrow.csv', Buffer.from(text, 'latin1'));
    await writeTable(narrow, everything(narrow, 'narrow out.csv'));
    expect(fs.readFileSync(file('narrow out.csv'), 'utf8')).toBe(text);
  });

  it('JSON with its numbers and its nested values', async () => {
    const lines = '{"a":12345678901234567890123,"b":"007","c":{"x":[1,2]}}\n{"a":1.5,"b":null,"c":null}\n';
    const table = await open('in.jsonl', lines);
    await writeTable(table, everything(table, 'out.jsonl'));
    expect(fs.readFileSync(file('out.jsonl'), 'utf8')).toBe(lines);
    const list = await open('in.json', '[{"a":1},{"a":2}]');
    await writeTable(list, everything(list, 'out.json'));
    expect(JSON.parse(fs.readFileSync(file('out.json'), 'utf8'))).toEqual([{ a: 1 }, { a: 2 }]);
  });

  it('Parquet and Arrow files with their types', async () => {
    const text = await open(
      'in.csv',
      'n,x,word,day,moment,flag\n1,0.5,a,1789-07-14,2020-01-01T10:00:00.123456,true\n-7,,ü,,,\n',
    );
    await text.settle();
    const values = text.columns.map(({ name, sql }) => `${sql} AS "${name}"`).join(', ');
    await text.query(
      `COPY (SELECT ${values} FROM ${text.relation}) TO '${path.join(text.scratch, 'p')}' (FORMAT parquet)`,
    );
    fs.renameSync(path.join(text.scratch, 'p'), file('in.parquet'));
    const parquet = await open('in.parquet');
    const expected = [
      [1, 0.5, 'a', '1789-07-14', '2020-01-01 10:00:00.123456', true],
      [-7, null, 'ü', null, null, null],
    ];
    await writeTable(parquet, everything(parquet, 'out.parquet'));
    const again = await open('out.parquet');
    expect(again.columns.map(({ type }) => type)).toEqual(parquet.columns.map(({ type }) => type));
    expect(await again.rows(0, 10)).toEqual(expected);
  });

  it('an Arrow file, batch by batch', async () => {
    const { tableFromArrays, tableToIPC } = await import('apache-arrow');
    const ids = BigInt64Array.from({ length: 70_000 }, (_, at) => 9_007_199_254_740_993n + BigInt(at));
    const words = Array.from(ids, (_, at) => (at % 3 === 0 ? null : `w${at % 5}`));
    fs.writeFileSync(file('in.arrow'), tableToIPC(tableFromArrays({ ids, words }), 'file'));
    const table = await open('in.arrow');
    expect(table.columns.map(({ name, type }) => `${name} ${type}`)).toEqual(['ids integer', 'words text']);
    expect(await writeTable(table, everything(table, 'out.arrow'))).toMatchObject({ rows: 70_000 });
    const again = await open('out.arrow');
    expect(await again.rows(69_998, 5)).toEqual([
      [String(ids[69_998]), words[69_998]],
      [String(ids[69_999]), words[69_999]],
    ]);
  });
});

describe('expressions', () => {
  it('see values in their types, over the rows that are wanted', async () => {
    const table = await open('in.csv', 'name,age\nada,36\nbob,NA\neve,41\n');
    await table.settle();
    const age = table.column('age');
    const columns = [
      { name: 'who', sql: `upper(${table.column('name').kept})` },
      { name: 'decade', sql: `(${age.sql} // 10) * 10` },
    ];
    await writeTable(table, {
      columns,
      target: file('out.csv'),
      where: `${age.sql} IS NULL OR ${age.sql} > 40`,
    });
    expect(fs.readFileSync(file('out.csv'), 'utf8')).toBe('who,decade\nBOB,\nEVE,40\n');
  });

  it('reach no other file', async () => {
    const table = await open('in.csv', 'a\n1\n');
    fs.writeFileSync(file('secret.csv'), 'key\nhunter2\n');
    await expect(table.query(`SELECT * FROM read_csv('${file('secret.csv')}')`)).rejects.toThrow(
      /Permission Error/,
    );
    await expect(table.query(`COPY (SELECT 1) TO '${file('other.csv')}'`)).rejects.toThrow(
      /Permission Error/,
    );
    await expect(table.query('SET enable_external_access = true')).rejects.toThrow(/Cannot (enable|change)/);
    await expect(table.query(`SET allowed_directories = ['${root}']`)).rejects.toThrow(
      /Cannot (enable|change)/,
    );
    await expect(table.query('INSTALL httpfs')).rejects.toThrow();
  });
});

describe('the target', () => {
  it('is never the source, by whatever name', async () => {
    const table = await open('in.csv', 'a\n1\n');
    fs.symlinkSync(file('in.csv'), file('link.csv'));
    fs.linkSync(file('in.csv'), file('hard.csv'));
    for (const target of ['in.csv', 'link.csv', 'hard.csv', 'scratch/../in.csv']) {
      expect(await codeOf(writeTable(table, { ...everything(table, target), overwrite: true }))).toBe(
        'data.targetIsSource',
      );
    }
    expect(fs.readFileSync(file('in.csv'), 'utf8')).toBe('a\n1\n');
  });

  it('is overwritten only when that is wanted', async () => {
    const table = await open('in.csv', 'a\n1\n');
    fs.writeFileSync(file('out.csv'), 'precious');
    expect(await codeOf(writeTable(table, everything(table, 'out.csv')))).toBe('data.targetExists');
    expect(fs.readFileSync(file('out.csv'), 'utf8')).toBe('precious');
    await writeTable(table, { ...everything(table, 'out.csv'), overwrite: true });
    expect(fs.readFileSync(file('out.csv'), 'utf8')).toBe('a\n1\n');
  });

  it('is not there when a check of the finished file fails', async () => {
    const table = await open('in.csv', 'a\n1\n');
    const verify = async (draft: string) => {
      expect(fs.readFileSync(draft, 'utf8')).toBe('a\n1\n');
      throw new Error('a name survived');
    };
    await expect(writeTable(table, { ...everything(table, 'out.csv'), verify })).rejects.toThrow(
      'a name survived',
    );
    expect(fs.readdirSync(root).sort()).toEqual(['in.csv', 'scratch']);
  });

  it('is not there when the work is cancelled in the middle', async () => {
    writeRows(file('big.csv'), 'a,b', 2_000_000, (at) => `${at},${(at * 7919) % 1_000_003}`);
    const table = await open('big.csv');
    await table.settle();
    const abort = new AbortController();
    let abortedAt = 0;
    const written = writeTable(table, {
      columns: [{ name: 'digest', sql: 'sha256(c0 || md5(c1) || sha256(c0 || c1))' }],
      target: file('out.csv'),
      signal: abort.signal,
      onProgress: () => {
        abortedAt ||= performance.now();
        abort.abort();
      },
    });
    expect(await codeOf(written)).toBe('cancelled');
    expect(performance.now() - abortedAt).toBeLessThan(1000);
    expect(fs.readdirSync(root).sort()).toEqual(['big.csv', 'scratch']);
    expect(fs.readdirSync(table.scratch)).toEqual([]);
  });
});

describe('what searches work on', () => {
  it('distinct tuples with their counts', async () => {
    const table = await open('in.csv', 'sex,age,id\nf,30,1\nm,30,2\nf,30,3\nf,NA,4\n');
    const { table: tuples, counts } = await table.distinctTuples(['sex', 'age']);
    const rows = Array.from({ length: tuples.rowCount }, (_, row) => [
      ...tuples.columns.map(({ values, codes }) => values[codes[row]!]),
      counts[row],
    ]);
    expect(rows).toEqual([
      ['f', 30, 2],
      ['f', null, 1],
      ['m', 30, 1],
    ]);
    expect(tuples.columns.map(({ name, values }) => [name, values.length])).toEqual([
      ['sex', 2],
      ['age', 2],
    ]);
  });

  it('distinct values that are not missing, the same ones each time', async () => {
    writeRows(file('in.csv'), 'word', 10_000, (at) => (at % 5 === 0 ? 'common' : `w${at}`));
    const table = await open('in.csv');
    const values = await table.distinctValues('word', 100);
    expect(new Set(values).size).toBe(100);
    expect(await table.distinctValues('word', 100)).toEqual(values);
    // A fair sample comes from all of the file.
    const places = values
      .map((value) => Number(String(value).slice(1)))
      .filter((place) => !Number.isNaN(place));
    expect(Math.min(...places)).toBeLessThan(1000);
    expect(Math.max(...places)).toBeGreaterThan(9000);
  });

  it('a sample of rows', async () => {
    writeRows(file('in.csv'), 'n', 10_000, (at) => String(at));
    const rows = await (await open('in.csv')).sample(500);
    expect(new Set(rows.map(([value]) => value)).size).toBe(500);
    const mean = rows.reduce((sum, [value]) => sum + Number(value), 0) / 500;
    expect(Math.abs(mean - 5000)).toBeLessThan(700);
  });

  it('strict headers are refused', async () => {
    expect(await codeOf(open('twice.csv', 'a,a\n1,2\n'))).toBe('data.duplicateHeader');
    expect(await codeOf(open('none.csv', 'a,\n1,2\n'))).toBe('data.emptyHeader');
  });
});
