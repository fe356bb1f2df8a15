import type { ColumnProfile, ColumnType } from '../../protocol/data.ts';
import type { CategoricalColumn, NumericColumn } from './associations.ts';
import type { Codes } from './determination.ts';
import type { Cell } from './encodedTable.ts';
import { ColumnEncoder } from './encodeTuples.ts';
import { misfit } from './fileColumns.ts';
import { numberSql } from './numberSql.ts';
import type { Table, WorkOptions } from './table.ts';
import type { WorkingCopy } from './workingCopy.ts';

/** Columns are compared over so many rows at most: the error of a correlation is then below 0.01. */
const mostRows = 50_000;
/** For a first look fewer have to do. */
const mostFirstRows = 3_000;
/** Twice as many as are compared: some of them turn out to have nothing to compare. */
const mostSampled = 120;
const mostLevels = 50;

/** A fair sample of the rows of some columns. It has no texts: which value a code stands for is forgotten. */
export interface ColumnSample {
  readonly rows: number;
  readonly columns: readonly SampledColumn[];
  /** How many columns of the table have something to compare. */
  readonly candidates: number;
}

export interface SampledColumn {
  readonly name: string;
  /** Undefined for text of too many different values. */
  readonly compared: NumericColumn | CategoricalColumn | undefined;
  readonly codes: Codes;
  readonly numbers: Float64Array | undefined;
}

/** Where values are read from: a working copy, or the file itself. */
type Values = Pick<WorkingCopy, 'relation' | 'rowCount'> & {
  readonly columns: readonly { readonly type: ColumnType; readonly sql: string }[];
};

interface SampleOptions extends WorkOptions {
  readonly target?: string | undefined;
}

/** Of the columns that have something to compare, and of the target whatever it is. */
export async function sampleCopy(
  table: Table,
  copy: WorkingCopy,
  profiles: readonly ColumnProfile[],
  options: SampleOptions,
): Promise<ColumnSample> {
  const values = { ...copy, misfits: [] };
  const { sample } = await read(table, values, profiles, options);
  return sample;
}

/**
 * The same of the file itself, for a table whose profile is known: reads it once, where its first rows have the types
 * that all of them have.
 */
export async function sampleFile(
  table: Table,
  profiles: readonly ColumnProfile[],
  { rowCount, ...options }: SampleOptions & { readonly rowCount: number },
): Promise<ColumnSample> {
  const readFile = () => {
    const columns = table.columns.slice(0, profiles.length);
    const misfits = columns.map(misfit);
    return read(table, { relation: table.relation, rowCount, columns, misfits }, profiles, options);
  };
  if (profiles.every(({ type }, at) => table.columns[at]?.type === type)) {
    const { sample, misfits } = await readFile();
    if (misfits === 0) {
      return sample;
    }
  }
  await table.settle(options);
  return (await readFile()).sample;
}

async function read(
  table: Table,
  values: Values & { readonly misfits: readonly (string | undefined)[] },
  profiles: readonly ColumnProfile[],
  { target, ...options }: SampleOptions,
): Promise<{ readonly sample: ColumnSample; readonly misfits: number }> {
  const { places, candidates } = placesToSample(profiles, values.columns.length, target);
  if (places.length === 0) {
    return { sample: { rows: 0, columns: [], candidates }, misfits: 0 };
  }
  const { relation, rowCount, columns } = values;
  const cells = places.map((at) => {
    const { type, sql } = columns[at]!;
    return numberSql(type, sql) ?? `CAST(${sql} AS VARCHAR)`;
  });
  const tests = places.flatMap((at) => values.misfits[at] ?? []);
  const isMisfit = tests.length === 0 ? 'false' : tests.join(' OR ');
  const most = table.isPartial ? mostFirstRows : mostRows;
  const lots = rowCount > most ? ` USING SAMPLE reservoir(${most} ROWS) REPEATABLE (1)` : '';
  const select = `SELECT ${cells.join(', ')}, ${isMisfit} FROM ${relation}${lots}`;
  const encoders = places.map(() => new ColumnEncoder());
  let rows = 0;
  let misfits = 0;
  for await (const chunk of table.chunks(select, options)) {
    for (const [at, encoder] of encoders.entries()) {
      encoder.add(chunk.columns[at]!);
    }
    rows += chunk.rowCount;
    misfits += chunk.columns.at(-1)!.filter((cell) => cell === true).length;
  }
  const sampled = encoders.map((encoder, index) => {
    const { name, type } = profiles[places[index]!]!;
    const { values: distinct, codes } = encoder.finish(name);
    return sampledColumn(name, numberSql(type, '') !== undefined, distinct, codes);
  });
  return { sample: { rows, columns: sampled, candidates }, misfits };
}

/** Constants, keys of text, documents and nested values have nothing to compare. */
function placesToSample(
  profiles: readonly ColumnProfile[],
  /** So many of them can be read. */
  readable: number,
  target: string | undefined,
): { readonly places: readonly number[]; readonly candidates: number } {
  const found = [...profiles.keys()].filter((at) => {
    const { type, distinct, missing } = profiles[at]!;
    const isConstant = distinct + (missing > 0 ? 1 : 0) < 2;
    return !isConstant && type !== 'nested' && type !== 'binary' && type !== 'time';
  });
  const chosen = found.filter((at) => at < readable).slice(0, mostSampled);
  const targetPlace = profiles.findIndex(({ name }) => name === target);
  const isThere = targetPlace < 0 || targetPlace >= readable || chosen.includes(targetPlace);
  const places = isThere ? chosen : [...chosen, targetPlace];
  return { places, candidates: found.length };
}

function sampledColumn(
  name: string,
  isNumber: boolean,
  distinct: readonly Cell[],
  codes: Int32Array,
): SampledColumn {
  const own: Codes = { codes, levels: Math.max(1, distinct.length) };
  if (isNumber) {
    const values = Float64Array.from(codes, (code) =>
      distinct[code] === null ? Number.NaN : Number(distinct[code]),
    );
    return { name, codes: own, numbers: values, compared: { name, kind: 'numeric', values } };
  }
  return { name, codes: own, numbers: undefined, compared: categorical(name, distinct, codes) };
}

function categorical(
  name: string,
  distinct: readonly Cell[],
  codes: Int32Array,
): CategoricalColumn | undefined {
  if (distinct.length > mostLevels) {
    return undefined;
  }
  const missing = distinct.indexOf(null);
  return {
    name,
    kind: 'categorical',
    levels: distinct.length,
    codes: missing < 0 ? codes : codes.map((code) => (code === missing ? -1 : code)),
  };
}
