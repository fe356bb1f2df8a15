import type { DataValue } from '../../../protocol/data.ts';
import type { RecipePreview } from '../../../protocol/privacy.ts';
import { type EncodedColumn, sayableCell } from '../../data/encodedTable.ts';
import type { MethodName } from '../methods/descriptions.ts';
import { columnSql } from '../methods/sqlExpression.ts';
import { readRecipe } from '../recipe/readRecipe.ts';
import { subsetsOf } from '../risk/subsetCounter.ts';
import type { HandedKeys, JobContext } from './context.ts';
import { riskDial, useDial } from './dials.ts';
import type { AppliedGuarantee } from './generalise.ts';
import { outputColumns } from './outputColumns.ts';
import { samplePairs } from './pairs.ts';
import { planRelease, type Release } from './release.ts';
import { argumentOf } from './rowFunctions.ts';
import { applySearchSeconds, previewSearchSeconds, withMoreTime } from './searchOutcome.ts';
import { firstRows, openSource, runBound, type Source } from './source.ts';

export interface RecipeJob {
  readonly recipe: { readonly text: string; readonly name: string; readonly folder: string };
  /** Absolute. */
  readonly file: string;
  /** As a person knows the table. */
  readonly name: string;
  readonly keys: HandedKeys;
}

export interface PreviewJob extends RecipeJob {
  readonly rows: number;
  readonly searchSeconds?: number;
}

export type PreviewResult = Omit<RecipePreview, 'version'>;

const sampledRows = 5000;

/** Real rows before and after, through the same expressions as the real thing, and what the choices do. */
export async function previewRelease(
  { recipe: file, file: table, name, keys, rows, searchSeconds }: PreviewJob,
  context: JobContext,
): Promise<PreviewResult> {
  const { recipe } = readRecipe(file.text, file.name);
  const source = await openSource(table, name, typesOf(recipe.columns), context);
  try {
    const release = await planRelease(
      source,
      { recipe, folder: file.folder, keys, searchSeconds: searchSeconds ?? previewSearchSeconds },
      context,
    );
    context.report({ message: 'Trying it on some rows' });
    const shown = await pairsOfRows(source, release, Math.min(rows, 100), context);
    const pairs = await samplePairs(release, sampledRows, context);
    const { guarantee } = release;
    return {
      columns: release.columns.map((column) => column.name),
      rows: shown,
      risk: riskDial(guarantee, recipe.columns),
      use: useDial(pairs, recipe.columns),
      drivers: guarantee ? driversOf(guarantee, context) : [],
      suppressedRows: guarantee?.suppressedRows ?? 0,
      ...(guarantee?.search && {
        search: withMoreTime(guarantee.search, recipe.guarantee?.searchSeconds ?? applySearchSeconds),
        levels: guarantee.levels,
      }),
    };
  } finally {
    source.table.dispose();
  }
}

/** What a recipe remembers of the types that its columns had; what is dropped may have become anything. */
export function typesOf(
  columns: Readonly<Record<string, { readonly type?: string | undefined; readonly method: MethodName }>>,
): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    Object.entries(columns).map(([name, { type, method }]) => [name, method === 'drop' ? undefined : type]),
  );
}

/** The first rows of the file, those that are left out among them. */
async function pairsOfRows(
  source: Source,
  release: Release,
  count: number,
  context: JobContext,
): Promise<PreviewResult['rows']> {
  // Columns that need all values keep the functions that were defined for the whole table.
  const hasWhole = release.plan.columns.some(({ stage }) => stage === 'whole');
  const first = hasWhole ? release.source : firstRows(source, count);
  const generalised = release.guarantee?.generalised ?? new Map();
  const columns = hasWhole
    ? release.columns
    : await outputColumns(first, release.plan.columns, generalised, context);
  const before = source.columns.map(({ name, type }) => argumentOf(columnSql(name), type).expression);
  const after = columns.map(({ value: expression }, at) => {
    const type = release.plan.columns[at]!.outputType;
    return generalised.has(release.plan.columns[at]!.name)
      ? expression
      : argumentOf(expression, type).expression;
  });
  const released = hasWhole ? undefined : release.guarantee?.released;
  const all = [...before, ...after, ...(released ? [released] : [])];
  const sql = `SELECT ${all.map(({ sql: each }, at) => `${each} AS p${at}`).join(', ')} FROM ${first.relation.sql} LIMIT ${Math.trunc(count)}`;
  const values = [...all.flatMap((expression) => expression.values), ...first.relation.values];
  const rows = await runBound(source.table, { sql, values }, { signal: context.signal });
  return rows.map((row) => ({
    before: row.slice(0, before.length).map(sayableCell) as DataValue[],
    after:
      released && row.at(-1) === false
        ? null
        : (row.slice(before.length, before.length + after.length).map(sayableCell) as DataValue[]),
  }));
}

const mostDrivers = 8;
const mostRowsForDrivers = 200_000;

/**
 * Which one or two quasi-identifiers make rows unique by themselves: of all combinations of one or two, those that no
 * smaller one explains, by how many rows are alone on them.
 */
function driversOf({ tuples }: AppliedGuarantee, { checkCancelled }: JobContext): PreviewResult['drivers'] {
  const { columns } = tuples.table;
  const rows = Math.min(tuples.table.rowCount, mostRowsForDrivers);
  const uniqueBySingle = new Uint8Array(rows);
  const drivers: { columns: readonly string[]; uniqueRows: number }[] = [];
  for (const subset of subsetsOf(columns.length, 2)) {
    checkCancelled();
    const chosen = subset.map((index) => columns[index]!);
    const alone = aloneOn(chosen, tuples.counts, rows);
    let uniqueRows = 0;
    for (const tuple of alone) {
      // A pair does not count where one of its columns is enough.
      if (uniqueBySingle[tuple] === 0) {
        uniqueRows += 1;
      }
    }
    if (subset.length === 1) {
      for (const tuple of alone) {
        uniqueBySingle[tuple] = 1;
      }
    }
    if (uniqueRows > 0) {
      drivers.push({ columns: chosen.map(({ name }) => name), uniqueRows });
    }
  }
  return drivers.sort((a, b) => b.uniqueRows - a.uniqueRows).slice(0, mostDrivers);
}

/** Combinations of all columns that stand for a single row, which is alone on these columns. */
function aloneOn(columns: readonly EncodedColumn[], counts: Int32Array, rows: number): number[] {
  const first = new Map<number, number>();
  const seen = new Map<number, number>();
  const radix = columns[1]?.values.length ?? 1;
  for (let tuple = 0; tuple < rows; tuple += 1) {
    const key = columns[0]!.codes[tuple]! * radix + (columns[1]?.codes[tuple] ?? 0);
    if (!first.has(key)) {
      first.set(key, tuple);
    }
    seen.set(key, (seen.get(key) ?? 0) + counts[tuple]!);
  }
  return [...seen].flatMap(([key, count]) => (count === 1 ? [first.get(key)!] : []));
}
