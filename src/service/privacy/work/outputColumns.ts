import type { Cell } from '../../data/encodedTable.ts';
import { type FunctionValue, sqlName, sqlString } from '../../storage/duckdb.ts';
import { noiseTooLarge } from '../errors.ts';
import { columnTypeOf } from '../methods/columnType.ts';
import { columnSql, type SqlExpression } from '../methods/sqlExpression.ts';
import type { BatchColumn, NumberDigits, PlannedColumn, WholeColumn, WholeStep } from '../planTypes.ts';
import type { JobContext } from './context.ts';
import {
  argumentOf,
  call,
  callOnText,
  cellOf,
  consecutiveRuns,
  inputRowArgument,
  rowArgument,
} from './rowFunctions.ts';
import { chunksBound, keptColumn, rowName, type Source } from './source.ts';

export interface OutputColumn {
  readonly name: string;
  readonly expression: SqlExpression;
  /** The same as a value: what a file has may be written otherwise, as in JSON. */
  readonly value: SqlExpression;
}

/** What each column of the output is, as SQL over a row of the source. `generalised` are the columns of the guarantee. */
export async function outputColumns(
  source: Source,
  planned: readonly PlannedColumn[],
  generalised: ReadonlyMap<string, SqlExpression>,
  context: JobContext,
): Promise<readonly OutputColumn[]> {
  const steps = new Map<WholeStep, Promise<readonly SqlExpression[]>>();
  const columns: OutputColumn[] = [];
  for (const column of planned) {
    const expression = generalised.get(column.name) ?? (await expressionOf(source, column, steps, context));
    const value = column.method === 'keep' ? columnSql(column.name) : expression;
    const written = writtenDigits(source, column, expression) ?? writtenDate(source, column, expression);
    columns.push({ name: column.name, expression: written ?? expression, value });
  }
  return columns;
}

export async function expressionOf(
  source: Source,
  column: PlannedColumn,
  steps: Map<WholeStep, Promise<readonly SqlExpression[]>>,
  context: JobContext,
): Promise<SqlExpression> {
  switch (column.stage) {
    case 'sql':
      return column.method === 'keep' ? keptSql(source, column.name) : column.expression;
    case 'text':
      return callOnText(source.table, column);
    case 'batch':
      return batchExpression(source, column);
    case 'whole':
      return wholeExpression(source, column, steps, context);
    case 'hierarchy':
      return columnSql(column.name);
  }
}

function keptSql(source: Source, name: string): SqlExpression {
  return columnSql(keptColumn(source, name));
}

async function batchExpression(source: Source, column: BatchColumn): Promise<SqlExpression> {
  const words = column.onWords && source.columns.find(({ name }) => name === column.name);
  const result = words
    ? await wordsExpression(source, column, words.type)
    : await cellsExpression(source, column);
  const type = column.digits && digitText(source, column.name) ? exactType(column.digits) : column.outputType;
  return { ...result, sql: `CAST(${result.sql} AS ${type})` };
}

function cellsExpression(source: Source, column: BatchColumn): Promise<SqlExpression> {
  const { inputs, transform } = column;
  const text = column.digits && digitText(source, column.name);
  const digits = text && argumentOf({ sql: text.sql, values: [] }, 'VARCHAR');
  return call(source.table, {
    arguments: [
      column.rows === 'input' ? inputRowArgument : rowArgument,
      ...inputs.map((name) =>
        name === column.name && digits ? digits : argumentOf(columnSql(name), typeName(source, name)),
      ),
    ],
    result: 'VARCHAR',
    compute: (_, [rows, ...columns]) => {
      const output: (string | null)[] = [];
      for (const [at, firstRow, rowCount] of consecutiveRuns(rows!)) {
        const cells = new Map<string, readonly Cell[]>(
          inputs.map((name, index) => [name, columns[index]!.slice(at, at + rowCount).map(cellOf)]),
        );
        const batch = { firstRow, rowCount, column: (name: string) => cells.get(name)! };
        for (const cell of transform(batch)) {
          output.push(cell === null ? null : String(cell));
        }
      }
      return output;
    },
  });
}

/**
 * The text of a column of numbers as the file has it, where its type does not hold all of it: a double has 15 of its
 * digits, and a null no word for what is missing. Undefined where the type is exact, or is the file's own.
 */
export function digitText(
  source: Source,
  name: string,
): { readonly sql: string; readonly kept: string; readonly comma: boolean } | undefined {
  const text = source.table.columns.find((column) => column.name === name)?.text?.column;
  const { type, markers = [] } = text ?? {};
  const isInexact = type?.kind === 'number' || type?.kind === 'decimal';
  if (!source.table.dialect || !type || !(isInexact || (type.kind === 'integer' && markers.length > 0))) {
    return undefined;
  }
  const comma = type.kind === 'number' && type.comma;
  const kept = sqlName(keptColumn(source, name));
  const digits = comma ? `replace(${kept}, ',', '.')` : kept;
  return { sql: `CASE WHEN ${sqlName(name)} IS NULL THEN NULL ELSE ${digits} END`, kept, comma };
}

/** Numbers as a text file has them: with the decimals and the comma of its own, and its own words for what is missing. */
function writtenDigits(
  source: Source,
  column: PlannedColumn,
  value: SqlExpression,
): SqlExpression | undefined {
  const digits = column.stage === 'batch' ? column.digits : undefined;
  const text = digits && digitText(source, column.name);
  if (!text) {
    return undefined;
  }
  const all = `CAST(${value.sql} AS VARCHAR)`;
  const short = digits.style === 'shortest' && digits.decimals > 0 ? `rtrim(rtrim(${all}, '0'), '.')` : all;
  const marked = text.comma ? `replace(${short}, '.', ',')` : short;
  return {
    sql: `CASE WHEN ${sqlName(column.name)} IS NULL THEN ${text.kept} ELSE ${marked} END`,
    values: value.values,
  };
}

/** Dates of a text file that has a way of its own to write them; `format` where the text has another than ISO 8601. */
export function dateText(
  source: Source,
  { name, method }: PlannedColumn,
): { readonly kept: string; readonly format: string | undefined } | undefined {
  const text = source.table.columns.find((column) => column.name === name)?.text?.column;
  const type = method === 'dateShift' && source.table.dialect ? text?.type : undefined;
  if (type?.kind !== 'date' && !(type?.kind === 'timestamp' && !type.zoned)) {
    return undefined;
  }
  const format = type.kind === 'date' ? (type.format ?? '%Y-%m-%d') : undefined;
  return { kept: sqlName(keptColumn(source, name)), format };
}

/** Shifted dates in the form that the recipe remembers of the original ones, and the file's word for a missing one. */
function writtenDate(source: Source, column: PlannedColumn, value: SqlExpression): SqlExpression | undefined {
  const text = dateText(source, column);
  if (!text) {
    return undefined;
  }
  const format = column.stage === 'batch' ? column.dateFormat : undefined;
  const written =
    format === undefined ? `CAST(${value.sql} AS VARCHAR)` : `strftime(${value.sql}, ${sqlString(format)})`;
  return {
    sql: `CASE WHEN ${sqlName(column.name)} IS NULL THEN ${text.kept} ELSE ${written} END`,
    values: value.values,
  };
}

function exactType({ decimals }: NumberDigits): string {
  return `DECIMAL(38,${decimals})`;
}

/** Numbers as 64-bit counts of their last decimal place. */
async function wordsExpression(
  source: Source,
  { name, onWords }: BatchColumn,
  type: string,
): Promise<SqlExpression> {
  const columnType = columnTypeOf(type);
  const scale = columnType.kind === 'decimal' ? columnType.scale : 0;
  const column = columnSql(name).sql;
  const factor = `CAST(1${'0'.repeat(scale)} AS DECIMAL(38,0))`;
  const units = scale === 0 ? column : `(CAST(${column} AS DECIMAL(38,${scale})) * ${factor})`;
  const result = await call(source.table, {
    arguments: [rowArgument, { expression: { sql: `CAST(${units} AS BIGINT)`, values: [] }, type: 'BIGINT' }],
    result: 'BIGINT',
    compute: (_, [rows, values]) => noisyWords(name, onWords!, rows!, values as (bigint | null)[]),
  });
  if (scale === 0) {
    return result;
  }
  const last = `CAST(0.${'0'.repeat(scale - 1)}1 AS DECIMAL(${scale + 1},${scale}))`;
  return { ...result, sql: `(CAST(${result.sql} AS DECIMAL(19,0)) * ${last})` };
}

function noisyWords(
  name: string,
  onWords: NonNullable<BatchColumn['onWords']>,
  rows: readonly FunctionValue[],
  values: readonly (bigint | null)[],
): (bigint | null)[] {
  const output: (bigint | null)[] = new Array(rows.length);
  for (const [at, firstRow, length] of consecutiveRuns(rows)) {
    const given = new BigInt64Array(length);
    for (let index = 0; index < length; index += 1) {
      given[index] = values[at + index] ?? 0n;
    }
    const noisy = onWords(given, firstRow);
    if (typeof noisy === 'number') {
      throw noiseTooLarge(name, firstRow + noisy + 1);
    }
    for (let index = 0; index < length; index += 1) {
      output[at + index] = values[at + index] === null ? null : noisy[index]!;
    }
  }
  return output;
}

async function wholeExpression(
  source: Source,
  column: WholeColumn,
  steps: Map<WholeStep, Promise<readonly SqlExpression[]>>,
  context: JobContext,
): Promise<SqlExpression> {
  const { step } = column;
  const names = step.kind === 'exchange' ? [step.column] : step.columns;
  const computed =
    steps.get(step) ??
    (step.kind === 'exchange' ? exchange(source, step, context) : means(source, step, context));
  steps.set(step, computed);
  const expression = (await computed)[names.indexOf(column.name)]!;
  return step.kind === 'exchange'
    ? expression
    : { ...expression, sql: `CAST(${expression.sql} AS ${column.outputType})` };
}

async function exchange(
  source: Source,
  { column, sources }: Extract<WholeStep, { kind: 'exchange' }>,
  context: JobContext,
): Promise<readonly SqlExpression[]> {
  const numbers = await readNumbers(source, column, context);
  const texts = await readTexts(source, column, context);
  const from = sources(numbers, context.checkCancelled);
  const expression = await call(source.table, {
    arguments: [rowArgument],
    result: 'VARCHAR',
    compute: (_, [rows]) => rows!.map((row) => texts[from[Number(row)]!]!),
  });
  const type = source.table.dialect ? 'VARCHAR' : typeName(source, column);
  return [{ ...expression, sql: `CAST(${expression.sql} AS ${type})` }];
}

async function means(
  source: Source,
  { columns, means: compute }: Extract<WholeStep, { kind: 'means' }>,
  context: JobContext,
): Promise<readonly SqlExpression[]> {
  const values: Float64Array[] = [];
  for (const name of columns) {
    values.push(await readNumbers(source, name, context));
  }
  const results = compute(values, context.checkCancelled);
  return Promise.all(
    results.map((result) =>
      call(source.table, {
        arguments: [rowArgument],
        result: 'DOUBLE',
        compute: (_, [rows]) =>
          rows!.map((row) => {
            const value = result[Number(row)]!;
            return Number.isNaN(value) ? null : value;
          }),
      }),
    ),
  );
}

/** A whole column in the order of its rows, as doubles: NaN for null, seconds for dates. */
async function readNumbers(source: Source, name: string, context: JobContext): Promise<Float64Array> {
  const { kind } = columnTypeOf(typeName(source, name));
  const column = sqlName(name);
  const number = kind === 'date' || kind === 'timestamp' ? `epoch(CAST(${column} AS TIMESTAMP))` : column;
  const values = await readOrdered(source, `CAST(${number} AS DOUBLE)`, context);
  return Float64Array.from(values, (value) => (value === null ? Number.NaN : Number(value)));
}

/** The same as the file has it. */
async function readTexts(source: Source, name: string, context: JobContext): Promise<(string | null)[]> {
  const column = source.table.dialect ? keptSql(source, name).sql : sqlName(name);
  return (await readOrdered(source, `CAST(${column} AS VARCHAR)`, context)) as (string | null)[];
}

async function readOrdered(
  { relation, table }: Source,
  expression: string,
  { signal }: JobContext,
): Promise<Cell[]> {
  const found: Cell[] = [];
  const sql = `SELECT ${expression} FROM ${relation.sql} ORDER BY ${sqlName(rowName)}`;
  for await (const { columns } of chunksBound(table, { sql, values: relation.values }, { signal })) {
    for (const value of columns[0]!) {
      found.push(value);
    }
  }
  return found;
}

function typeName({ columns }: Source, name: string): string {
  return columns.find((column) => column.name === name)?.type ?? 'VARCHAR';
}
