import type { EncodedTable } from '../../data/encodedTable.ts';
import { encodeTuples } from '../../data/encodeTuples.ts';
import { columnSql } from '../methods/sqlExpression.ts';
import type { JobContext } from './context.ts';
import type { Release } from './release.ts';
import { argumentOf } from './rowFunctions.ts';
import { chunksBound } from './source.ts';

/** The same rows before and after, in the same order. */
export interface Pairs {
  readonly before: EncodedTable;
  readonly after: EncodedTable;
}

/** A fair sample of about so many released rows, through the same expressions as the output; the same each time. */
export async function samplePairs(
  { source, where, columns, guarantee }: Pick<Release, 'source' | 'where' | 'columns' | 'guarantee'>,
  rows: number,
  { signal }: Pick<JobContext, 'signal'>,
): Promise<Pairs> {
  const before = source.columns.map(({ name, type }) => argumentOf(columnSql(name), type).expression);
  const after = columns.map(({ value }) => value);
  const { relation } = source;
  // Which rows are left out is a function of ours, called for those of the sample alone: so it has as many more.
  const isLessened = where !== undefined && guarantee !== undefined && guarantee.suppressedRows > 0;
  const share = isLessened ? 1 - guarantee.suppressedRows / guarantee.rowCount : 1;
  const drawn = Math.ceil(rows / share);
  const sampled = `(SELECT * FROM ${relation.sql} USING SAMPLE reservoir(${drawn} ROWS) REPEATABLE (1))`;
  const values = [...before, ...after].map(({ sql }, at) => `${sql} AS p${at}`);
  const sql = `SELECT ${values.join(', ')}, 1 FROM ${sampled}${where ? ` WHERE ${where.sql}` : ''}`;
  const bound = [
    ...[...before, ...after].flatMap((expression) => expression.values),
    ...relation.values,
    ...(where?.values ?? []),
  ];
  const names = [...source.columns, ...columns].map(({ name }) => name);
  const { table } = await encodeTuples(names, chunksBound(source.table, { sql, values: bound }, { signal }));
  const { rowCount } = table;
  return {
    before: { rowCount, columns: table.columns.slice(0, before.length) },
    after: { rowCount, columns: table.columns.slice(before.length) },
  };
}
