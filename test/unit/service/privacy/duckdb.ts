import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { SqlExpression, SqlValue } from '../../../../src/service/privacy/methods/sqlExpression.ts';

/** A database in memory, so that the SQL of a method is compared with what DuckDB makes of it. */
export async function openDuckDb(): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  return connection;
}

/** The values of `expression`, as text or null, over the rows of `table`. */
export async function evaluate(
  connection: DuckDBConnection,
  expression: SqlExpression,
  table: string,
): Promise<(string | null)[]> {
  const statement = await connection.prepare(`SELECT CAST(${expression.sql} AS VARCHAR) FROM ${table}`);
  for (const [index, value] of expression.values.entries()) {
    bind(statement, index + 1, value);
  }
  const reader = await statement.runAndReadAll();
  statement.destroySync();
  return reader.getRows().map(([value]) => (value === null ? null : String(value)));
}

function bind(
  statement: Awaited<ReturnType<DuckDBConnection['prepare']>>,
  at: number,
  value: SqlValue,
): void {
  if (value instanceof Uint8Array) {
    statement.bindBlob(at, value);
  } else if (typeof value === 'number' && Number.isSafeInteger(value)) {
    statement.bindBigInt(at, BigInt(value));
  } else if (typeof value === 'number') {
    statement.bindDouble(at, value);
  } else {
    statement.bindValue(at, value);
  }
}
