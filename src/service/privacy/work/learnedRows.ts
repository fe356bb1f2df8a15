import type { EncodedTable } from '../../data/encodedTable.ts';
import { ColumnEncoder } from '../../data/encodeTuples.ts';
import { columnTypeOf } from '../methods/columnType.ts';
import { columnSql } from '../methods/sqlExpression.ts';
import { checkReal, makeChecks, RowCheck } from '../synthesise/checks.ts';
import { constraintBroken } from '../synthesise/errors.ts';
import type { Constraint } from '../synthesise/synthesiser.ts';
import { columnKind } from '../tables/columnKind.ts';
import type { JobContext } from './context.ts';
import { argumentOf } from './rowFunctions.ts';
import { chunksBound, keptColumn, rowName, type Source } from './source.ts';

/** The rows that a model may learn, in memory. */
export interface LearnedRows {
  readonly table: EncodedTable;
  /** For each of them how many rows of the file come before; undefined when they are all rows. */
  readonly numbers: Float64Array | undefined;
  readonly allRows: number;
}

/** The learned columns of at most `most` rows: all of them, or a fair sample, the same one each time. */
export async function learnedRows(
  source: Source,
  names: readonly string[],
  most: number,
  { signal, report, checkCancelled }: JobContext,
): Promise<LearnedRows> {
  const { table, relation } = source;
  const allRows = await table.countRows({ signal });
  const sampled = allRows > most;
  const rows = sampled ? `${relation.sql} USING SAMPLE reservoir(${most} ROWS) REPEATABLE (1)` : relation.sql;
  const values = names.map((name) => valueSql(source, name));
  const number = sampled ? [`CAST("${rowName}" AS DOUBLE)`] : [];
  const sql = `SELECT ${[...values, ...number].map((each, at) => `${each} AS v${at}`).join(', ')} FROM ${rows}`;
  const encoders = names.map(() => new ColumnEncoder());
  const numbers: number[] = [];
  let read = 0;
  for await (const { columns, rowCount } of chunksBound(
    table,
    { sql, values: relation.values },
    { signal },
  )) {
    checkCancelled();
    for (const [at, encoder] of encoders.entries()) {
      encoder.add(columns[at]!);
    }
    for (const value of sampled ? columns.at(-1)! : []) {
      numbers.push(Number(value));
    }
    read += rowCount;
    report({ message: 'Reading the rows', fraction: read / Math.max(1, Math.min(most, allRows)) });
  }
  const columns = encoders.map((encoder, at) => encoder.finish(names[at]!));
  return {
    table: { rowCount: read, columns },
    numbers: sampled ? Float64Array.from(numbers) : undefined,
    allRows,
  };
}

/** `true` is written in many ways: a text file keeps its own. */
function valueSql(source: Source, name: string): string {
  const { type } = source.columns.find((column) => column.name === name)!;
  const own = isTextFile(source) && columnTypeOf(type).kind === 'boolean';
  return own
    ? `CAST(${columnSql(keptColumn(source, name)).sql} AS VARCHAR)`
    : argumentOf(columnSql(name), type).expression.sql;
}

export function isTextFile({ table }: Pick<Source, 'table'>): boolean {
  return table.dialect !== undefined;
}

/** Throws `privacy.constraintBroken` with the row of the file. */
export function checkConstraints({ table, numbers }: LearnedRows, constraints: readonly Constraint[]): void {
  const kinds = Object.fromEntries(table.columns.map((column) => [column.name, columnKind(column)]));
  const checks = makeChecks(constraints, kinds);
  if (!numbers) {
    checkReal(table, checks);
    return;
  }
  const broken = new RowCheck(checks).firstBroken(table);
  if (broken) {
    throw constraintBroken(broken.constraint, numbers[broken.row]!, broken.columns);
  }
}
