import type { Cell, EncodedColumn } from '../../data/encodedTable.ts';
import type { WriteResult, WriteTable } from '../../data/writeTable.ts';
import { sqlString } from '../../storage/duckdb.ts';
import { columnTypeOf } from '../methods/columnType.ts';
import { pseudonym } from '../methods/pseudonym.ts';
import { isTextFile } from './learnedRows.ts';
import { writeRelease } from './release.ts';
import { call, rowArgument } from './rowFunctions.ts';
import { rowName, type Source } from './source.ts';
import { numberText, type TextForm } from './textForms.ts';

/** A column of made-up rows. */
export interface SyntheticColumn {
  readonly name: string;
  /** DuckDB's name of the type that the source has. */
  readonly type: string;
  /** How a text file writes it. */
  readonly form?: TextForm | undefined;
  cell(row: number): Cell;
}

export function drawnColumn(
  { name, values, codes }: EncodedColumn,
  type: string,
  form?: TextForm,
): SyntheticColumn {
  return { name, type, form, cell: (row) => values[codes[row]!]! };
}

/** Names for nobody: numbers from 1, or codes that depend on the seed and the row alone. */
export function newColumn(name: string, type: string, seed: Uint8Array, prefix: string): SyntheticColumn {
  if (columnTypeOf(type).kind === 'integer') {
    return { name, type, cell: (row) => row + 1 };
  }
  const code = pseudonym(seed, { kind: 'integer' }, { length: 16, prefix, normalise: [] });
  return { name, type: 'VARCHAR', cell: (row) => code(row + 1, row) };
}

/** Writes so many made-up rows to a new file of the source's kind: to a temporary name, verified, renamed. */
export async function writeSynthetic(
  source: Source,
  columns: readonly SyntheticColumn[],
  rows: number,
  write: Omit<WriteTable, 'columns' | 'where'>,
): Promise<WriteResult> {
  const relation = { sql: `(SELECT range AS "${rowName}" FROM range(${Math.trunc(rows)}))`, values: [] };
  const written = await Promise.all(
    columns.map(async (column) => {
      const text = await call(source.table, {
        arguments: [rowArgument],
        result: 'VARCHAR',
        compute: (_, [numbers]) =>
          Array.from(numbers!, (number) => {
            const cell = column.cell(Number(number));
            return cell === null ? null : textOf(String(cell), column);
          }),
      });
      const expression = { ...text, sql: typed(text.sql, column, source) };
      return { name: column.name, expression, value: expression };
    }),
  );
  return writeRelease({ source: { ...source, relation }, where: undefined, columns: written }, write);
}

function textOf(text: string, { form }: SyntheticColumn): string {
  return form?.kind === 'number' ? numberText(text, form) : text;
}

/** What a text file holds is text; where types are kept, what was merged under a name may not be of the type. */
function typed(sql: string, { type, form }: SyntheticColumn, source: Source): string {
  if (form?.kind === 'moment') {
    return `strftime(CAST(${sql} AS ${form.type}), ${sqlString(form.format)})`;
  }
  const { kind } = columnTypeOf(type);
  return isTextFile(source) || kind === 'text' || kind === 'other' ? sql : `CAST(${sql} AS ${type})`;
}
