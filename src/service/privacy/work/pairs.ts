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

/** A fair sample of released rows, through the same expressions as the output; the same sample each time. */
export async function samplePairs(
  { source, where, columns }: Pick<Release, 'source' | 'where' | 'columns'>,
  rows: number,
  { signal }: Pick<JobContext, 'signal'>,
): Promise<Pairs> {
  const before = source.columns.map(({ name, type }) => argumentOf(columnSql(name), type).expression);
  const after = columns.map(({ value }) => value);
  const { relation } = source;
  const sampled = `(SELECT * FROM ${relation.sql}${where ? ` WHERE ${where.sql}` : ''})`;
  const values = [...before, ...after].map(({ sql }, at) => `${sql} AS p${at}`);
  const sql = `SELECT ${values.join(', ')}, 1 FROM ${sampled} USING SAMPLE reservoir(${Math.trunc(rows)} ROWS) REPEATABLE (1)`;
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
