import type { Cell } from '../../data/encodedTable.ts';
import type { Table } from '../../data/table.ts';
import { type FunctionType, type FunctionValue, sqlName } from '../../storage/duckdb.ts';
import { type ColumnType, columnTypeOf } from '../methods/columnType.ts';
import { piecesOfText } from '../methods/hmacBatch.ts';
import type { SqlExpression } from '../methods/sqlExpression.ts';
import type { TextColumn } from '../planTypes.ts';
import { inputRowName, rowName } from './source.ts';

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

export const inputRowArgument: Argument = {
  expression: { sql: sqlName(inputRowName), values: [] },
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

/** The same for a function over a text, which stands in the call once for each of its pieces. */
export async function callOnText(
  table: Table,
  { text, transform, codeLength, prefix }: TextColumn,
): Promise<SqlExpression> {
  defined += 1;
  const callOf = await table.defineOnText({
    name: `mlops_function_${defined}`,
    pieces: piecesOfText,
    codeLength,
    compute: transform,
  });
  const sql = callOf(text.sql);
  const uses = sql.split(text.sql).length - 1;
  const values = Array.from({ length: uses }, () => text.values).flat();
  return prefix === '' ? { sql, values } : { sql: `? || ${sql}`, values: [prefix, ...values] };
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
  let last: [number, number, number] | undefined;
  for (let index = 0; index < rows.length; index += 1) {
    const row = Number(rows[index]);
    if (last && row === last[1] + last[2]) {
      last[2] += 1;
    } else {
      last = [index, row, 1];
      runs.push(last);
    }
  }
  return runs;
}
