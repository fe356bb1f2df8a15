import type { Cell } from '../../data/encodedTable.ts';
import type { Table } from '../../data/table.ts';
import { type FunctionType, type FunctionValue, sqlName } from '../../storage/duckdb.ts';
import { type ColumnType, columnTypeOf } from '../methods/columnType.ts';
import type { SqlExpression } from '../methods/sqlExpression.ts';
import { rowName } from './source.ts';

/*
 * JavaScript as functions of DuckDB: rows stay in its stream, in their order and out of core, and only the cells that
 * a method reads and writes come here, some thousands at a time.
 */

/** How a value goes to JavaScript. */
export interface Argument {
  readonly expression: SqlExpression;
  readonly type: FunctionType;
}

/** A column or an expression of a DuckDB type as cells see it: exact, and a number only where a number holds it. */
export function argumentOf(expression: SqlExpression, databaseType: string): Argument {
  const type = functionType(databaseType);
  return {
    expression: { ...expression, sql: `CAST(${expression.sql} AS ${type})` },
    type,
  };
}

function functionType(databaseType: string): FunctionType {
  const kind: ColumnType['kind'] = columnTypeOf(databaseType).kind;
  if (kind === 'integer') {
    return /HUGEINT|UBIGINT/i.test(databaseType) ? 'VARCHAR' : 'BIGINT';
  }
  return kind === 'double' ? 'DOUBLE' : kind === 'boolean' ? 'BOOLEAN' : 'VARCHAR';
}

export const rowArgument: Argument = {
  expression: { sql: sqlName(rowName), values: [] },
  type: 'BIGINT',
};

let defined = 0;

export interface DefinedFunction {
  readonly arguments: readonly Argument[];
  readonly result: FunctionType;
  compute(rowCount: number, columns: readonly (readonly FunctionValue[])[]): ArrayLike<FunctionValue>;
}

/** Defines a function for a table's statements and answers the call. */
export async function call(table: Table, wanted: DefinedFunction): Promise<SqlExpression> {
  defined += 1;
  const name = `mlops_function_${defined}`;
  await table.define({
    name,
    parameters: wanted.arguments.map(({ type }) => type),
    result: wanted.result,
    compute: wanted.compute,
  });
  return {
    sql: `${name}(${wanted.arguments.map(({ expression }) => expression.sql).join(', ')})`,
    values: wanted.arguments.flatMap(({ expression }) => expression.values),
  };
}

export function cellOf(value: FunctionValue): Cell {
  if (typeof value !== 'bigint') {
    return value;
  }
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

/** Runs of rows that follow one another, as `[first index, row of the first, length]`. */
export function consecutiveRuns(rows: readonly FunctionValue[]): [at: number, row: number, length: number][] {
  const runs: [number, number, number][] = [];
  for (const [index, value] of rows.entries()) {
    const row = Number(value);
    const last = runs.at(-1);
    if (last && row === last[1] + last[2]) {
      last[2] += 1;
    } else {
      runs.push([index, row, 1]);
    }
  }
  return runs;
}
