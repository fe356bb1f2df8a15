import { type KeyRing, keyRingOf, MasterKey, parseKeyText } from '../../../keys/masterKey.ts';
import { openTable } from '../../data/openTable.ts';
import type { Table } from '../../data/table.ts';
import { type WriteResult, type WriteTable, writeTable } from '../../data/writeTable.ts';
import { sqlName } from '../../storage/duckdb.ts';
import { detectors } from '../detect/detectors.ts';
import { findInText } from '../detect/findInText.ts';
import { originalSurvives, outputWrong } from '../errors.ts';
import type { TextFinder } from '../methods/redact.ts';
import type { SqlExpression } from '../methods/sqlExpression.ts';
import { planTransform } from '../plan.ts';
import type { TransformPlan } from '../planTypes.ts';
import type { Recipe } from '../recipe/recipeSchema.ts';
import type { HandedKeys, JobContext } from './context.ts';
import { type AppliedGuarantee, applyGuarantee } from './generalise.ts';
import { drawsByRow, leftOutMark } from './leftOut.ts';
import { type OutputColumn, outputColumns } from './outputColumns.ts';
import { numberedPlaces, rowsWhere, type Source } from './source.ts';
import { verifyClasses } from './verifyClasses.ts';

/** A recipe met with its table and keys: everything that is written, and nothing written yet. */
export interface Release {
  readonly plan: TransformPlan;
  readonly guarantee: AppliedGuarantee | undefined;
  /** For the recipe, where the noise depends on which rows are left out. */
  readonly leftOut: string | undefined;
  /** Of the rows that are released when `where` is undefined. */
  readonly source: Source;
  readonly where: SqlExpression | undefined;
  readonly columns: readonly OutputColumn[];
}

export interface ReleaseOptions {
  readonly recipe: Recipe;
  /** Of the recipe: paths in it start there. */
  readonly folder: string;
  readonly keys: HandedKeys;
  /** How long the best generalisation may be looked for. */
  readonly searchSeconds: number;
}

export async function planRelease(
  source: Source,
  { recipe, folder, keys, searchSeconds }: ReleaseOptions,
  context: JobContext,
): Promise<Release> {
  const asked = { recipe, columns: source.columns, keys: keyRing(keys), findersOf };
  const allRows = planTransform(asked);
  const guarantee = await applyGuarantee(source, recipe, allRows, { folder, searchSeconds }, context);
  const leftOut = guarantee && drawsByRow(allRows, recipe) ? leftOutMark(guarantee, asked) : undefined;
  const plan = leftOut === undefined ? allRows : planTransform({ ...asked, leftOut });
  const released = guarantee?.released;
  const needsNumbers = plan.columns.some(({ stage }) => stage === 'batch' || stage === 'whole');
  const unchanged = plan.columns
    .filter(({ method }) => ['keep', 'rankSwap', 'noise', 'dateShift'].includes(method))
    .map(({ name }) => name);
  // Where rows are numbered, those that are left out do not count.
  const isApart = needsNumbers && released !== undefined;
  const inputRows = plan.columns.some((column) => column.stage === 'batch' && column.rows === 'input');
  const rows = isApart ? await rowsWhere(source, released, { unchanged, inputRows }, context) : source;
  const columns = await outputColumns(rows, plan.columns, guarantee?.generalised ?? new Map(), context);
  return { plan, guarantee, leftOut, source: rows, where: isApart ? undefined : released, columns };
}

export function keyRing(keys: HandedKeys): KeyRing {
  return keyRingOf(
    Object.entries(keys).flatMap(([id, text]) => {
      const bytes = parseKeyText(text);
      return bytes ? [new MasterKey(id, bytes)] : [];
    }),
  );
}

/** Writes the columns to a new file of the table's kind: to a temporary name, verified, renamed. */
export function writeRelease(
  { source, where, columns }: Pick<Release, 'source' | 'where' | 'columns'>,
  write: Omit<WriteTable, 'columns' | 'where'>,
): Promise<WriteResult> {
  const { table, relation } = source;
  const values = [
    ...columns.flatMap(({ expression }) => expression.values),
    ...relation.values,
    ...(where?.values ?? []),
  ];
  const isOurs = (sql: string) => sql.includes(relation.sql);
  // Values, keys among them, never become part of a statement's text: they are bound to it.
  const derived: Table = {
    ...publicParts(table),
    relation: relation.sql,
    settle: () => Promise.resolve(),
    query: (sql, options) =>
      isOurs(sql) ? table.query(numberedPlaces(sql), { ...options, values }) : table.query(sql, options),
    chunks: (sql, options) =>
      isOurs(sql) ? table.chunks(numberedPlaces(sql), { ...options, values }) : table.chunks(sql, options),
  };
  return writeTable(derived, {
    ...write,
    columns: columns.map(({ name, expression }) => ({ name, sql: expression.sql })),
    ...(where && { where: where.sql }),
  });
}

/** Members of a class are not copied by spreading it. */
function publicParts(table: Table): Table {
  const { file, name, kind, bytes, columns, notices, relation, dialect, isList, isPartial, share, scratch } =
    table;
  const { rowKey, stamp, rowNumber } = table;
  return {
    ...{ file, name, kind, bytes, columns, notices, relation, dialect, isList, isPartial, share, scratch },
    ...{ rowKey, stamp, rowNumber },
    copyRows: (options) => table.copyRows(options),
    column: (asked) => table.column(asked),
    settle: (options) => table.settle(options),
    countRows: (options) => table.countRows(options),
    sample: (rows, options) => table.sample(rows, options),
    rows: (offset, limit, options) => table.rows(offset, limit, options),
    distinctTuples: (names, options) => table.distinctTuples(names, options),
    distinctValues: (column, most, options) => table.distinctValues(column, most, options),
    query: (sql, options) => table.query(sql, options),
    chunks: (sql, options) => table.chunks(sql, options),
    define: (definition) => table.define(definition),
    defineOnText: (definition) => table.defineOnText(definition),
    dispose: () => table.dispose(),
  };
}

/** Methods whose output never is an original value, unless something went wrong. */
const hidingMethods = ['pseudonym', 'mask', 'generalise'];

/**
 * Looks at what was written with fresh eyes: its columns, its rows, and that no original value of a direct identifier
 * stands in it any more.
 */
export async function verifyRelease(
  draft: string,
  { source, plan, guarantee, recipe, output }: Release & { readonly recipe: Recipe; readonly output: string },
  { signal, report }: Pick<JobContext, 'signal' | 'report'>,
): Promise<void> {
  report({ message: 'Verifying the output' });
  // Within the source's folder, the only one that the source's database may read: survivors are looked for in both.
  const written = await openTable(draft, output, { scratch: source.table.scratch, signal });
  try {
    const names = plan.columns.map(({ name }) => name);
    const found = written.columns.map(({ header }) => header);
    if (source.table.dialect?.hasHeader !== false && names.join('\n') !== found.join('\n')) {
      throw outputWrong(output, `it has the columns ${found.join(', ')} instead of ${names.join(', ')}`);
    }
    if (guarantee) {
      const expected = guarantee.rowCount - guarantee.suppressedRows;
      const rows = await written.countRows({ signal });
      if (rows !== expected) {
        throw outputWrong(output, `it has ${rows} rows instead of ${expected}`);
      }
    }
    const k = recipe.guarantee?.k;
    if (guarantee && k !== undefined) {
      await verifyClasses({ written, names, guarantee, k, output }, signal);
    }
    for (const { name, method } of plan.columns) {
      if (recipe.columns[name]?.role === 'directIdentifier' && hidingMethods.includes(method)) {
        await refuseSurvivors(source, written, name, signal);
      }
    }
  } finally {
    written.dispose();
  }
}

async function refuseSurvivors(
  { table, relation }: Source,
  written: Table,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const column = written.columns.find(({ header }) => header === name);
  if (!column) {
    return;
  }
  const after = `SELECT CAST(${column.sql} AS VARCHAR) AS value FROM ${written.relation}`;
  const [range] = await table.query(
    `SELECT min(length(value)), max(length(value)), min(value), max(value) FROM (${after})`,
    { signal },
  );
  // Most originals could not stand among these codes: the others alone are looked for, and by their hashes first,
  // so that the rows of a large table need not all be held at once.
  const before = `SELECT value FROM (SELECT CAST(${sqlName(name)} AS VARCHAR) AS value FROM ${relation.sql})
    WHERE length(value) BETWEEN $1 AND $2 AND value BETWEEN $3 AND $4`;
  const options = { signal, values: range };
  const [similar] = await table.query(`SELECT count(*) FROM (${before})`, options);
  if (similar![0] === 0) {
    return;
  }
  const hashes = (of: string) => `(SELECT hash(value) AS hashed FROM (${of}))`;
  const [alike] = await table.query(
    `SELECT count(*) FROM ${hashes(after)} SEMI JOIN ${hashes(before)} USING (hashed)`,
    options,
  );
  if (alike![0] === 0) {
    return;
  }
  const [same] = await table.query(
    `SELECT count(DISTINCT value) FROM (${after}) SEMI JOIN (${before}) USING (value)`,
    options,
  );
  const survivors = Number(same![0]);
  if (survivors > 0) {
    throw originalSurvives(name, survivors);
  }
}

/** Finds what people wrote about people inside a text; `kinds` are those of the recipe. */
function findersOf(kinds: readonly string[] | undefined): readonly TextFinder[] {
  // One finder for each kind, so that the text says what stood there; all of them look at a text once.
  const texts = new Map<string, ReturnType<typeof findInText>>();
  const matches = (text: string) => {
    const known = texts.get(text);
    if (known) {
      return known;
    }
    texts.clear();
    const found = findInText(text);
    texts.set(text, found);
    return found;
  };
  return (kinds ?? [...new Set<string>(detectors.map(({ entity }) => entity))]).map((kind) => ({
    label: labelOf(kind),
    find: (text) => matches(text).filter(({ entity }) => entity === kind),
  }));
}

/** `socialSecurity` → `SOCIAL SECURITY`. */
function labelOf(kind: string): string {
  return kind.replace(/([a-z])([A-Z])/g, '$1 $2').toUpperCase();
}
