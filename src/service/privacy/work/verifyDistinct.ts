import { sqlName } from '../../storage/duckdb.ts';
import { pseudonymsClash, rowKeyRepeats } from '../errors.ts';
import { normalised } from '../methods/normalisers.ts';
import type { SqlExpression } from '../methods/sqlExpression.ts';
import type { Recipe } from '../recipe/recipeSchema.ts';
import type { JobContext } from './context.ts';
import type { Release } from './release.ts';
import { chunksBound, rowName } from './source.ts';

/** What must be different must stay so: the row keys that noise comes from, and pseudonyms. */
export async function verifyDistinct(
  release: Release,
  recipe: Recipe,
  rowCount: number,
  context: JobContext,
): Promise<void> {
  await refuseRepeatedRowKeys(release, recipe, context);
  for (const { name, method } of release.plan.columns) {
    if (method === 'pseudonym') {
      await refuseClashes(release, recipe, name, rowCount, context);
    }
  }
}

/** Two rows of one key would get the same noise, which their difference takes away. */
async function refuseRepeatedRowKeys(
  release: Release,
  { rowKey }: Recipe,
  { signal }: JobContext,
): Promise<void> {
  if (rowKey === undefined || !release.plan.columns.some(({ method }) => method === 'noise')) {
    return;
  }
  const { source } = release;
  const keys = rowKey.map((name) => identity(release, name));
  const row = sqlName(rowName);
  const sql = `SELECT min(${row}), max(${row}) FROM (SELECT ${[...keys.map(({ sql }, at) => `${sql} AS k${at}`), row].join(', ')} FROM ${source.relation.sql})
    GROUP BY ${keys.map((_, at) => `k${at}`).join(', ')} HAVING count(*) > 1 LIMIT 1`;
  const values = [...keys.flatMap((key) => key.values), ...source.relation.values];
  for await (const { columns } of chunksBound(source.table, { sql, values }, { signal })) {
    if (columns[0]!.length > 0) {
      throw rowKeyRepeats(rowKey, [Number(columns[0]![0]) + 1, Number(columns[1]![0]) + 1]);
    }
  }
}

/** Pseudonyms count as they will stand in the output: what they make equal is equal. */
function identity({ plan, columns }: Release, name: string): SqlExpression {
  const isPseudonym = plan.columns.some((column) => column.name === name && column.method === 'pseudonym');
  const written = columns.find((column) => column.name === name);
  return isPseudonym && written ? written.expression : { sql: sqlName(name), values: [] };
}

/** So seldom that nobody needs to look. */
const seldom = 1e-9;

async function refuseClashes(
  { source, where, columns }: Release,
  recipe: Recipe,
  name: string,
  rowCount: number,
  { signal }: JobContext,
): Promise<void> {
  const options = recipe.columns[name];
  if (options?.method !== 'pseudonym' || rowCount ** 2 / 2 ** (5 * options.length + 1) < seldom) {
    return;
  }
  const code = columns.find((column) => column.name === name)!.expression;
  const value = `nfc_normalize(CAST(${sqlName(name)} AS VARCHAR))`;
  const condition = where ? ` WHERE ${where.sql}` : '';
  const sql = `SELECT CAST(to_json(list(DISTINCT value)) AS VARCHAR) FROM (SELECT ${code.sql} AS code, ${value} AS value FROM ${source.relation.sql}${condition})
    WHERE value IS NOT NULL GROUP BY code HAVING count(DISTINCT value) > 1`;
  const values = [...code.values, ...source.relation.values, ...(where?.values ?? [])];
  for await (const chunk of chunksBound(source.table, { sql, values }, { signal })) {
    for (const alike of chunk.columns[0]!) {
      const writings = (JSON.parse(String(alike)) as string[]).map((text) => normalised(text, options));
      if (new Set(writings).size > 1) {
        throw pseudonymsClash(name, options.length);
      }
    }
  }
}
