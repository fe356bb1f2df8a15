import type { Cell, EncodedColumn } from '../../data/encodedTable.ts';
import { detectPersonalData } from '../detect/detectPersonalData.ts';
import type { ColumnFinding } from '../detect/findings.ts';
import type { TableColumn } from '../planTypes.ts';
import { ColumnBuilder } from '../tables/encode.ts';
import type { JobContext } from './context.ts';
import { openSource } from './source.ts';

export interface InspectJob {
  readonly file: string;
  readonly name: string;
  /** A large text is only looked at in pieces, which takes moments: the types and the count of rows are then guesses. */
  readonly inPieces: boolean;
}

/** A table as the proposal of a recipe sees it. */
export interface Inspection {
  readonly rows: number;
  /** `rows` is an estimate, and types are those of the sample: only pieces of the file were read. */
  readonly isEstimate: boolean;
  /** Personal data was looked for in so many of them. */
  readonly sampledRows: number;
  readonly bytes: number;
  readonly columns: readonly InspectedColumn[];
  /** Sentences about what is odd in the file: its encoding, a column that changes its type. */
  readonly notices: readonly string[];
}

export interface InspectedColumn extends TableColumn {
  readonly finding: ColumnFinding;
  /** Of numbers in the sample. */
  readonly numbers:
    | { readonly deviation: number; readonly decimals: number; readonly percentile98: number }
    | undefined;
  /** Different values in the sample, and how many rows of it have each: the most frequent ones. */
  readonly frequent: readonly { readonly value: Cell; readonly count: number }[];
  readonly distinctInSample: number;
}

const sampledRows = 20_000;
const mostDistinct = 1000;
const mostFrequent = 200;

/** Looks for personal data in a fair sample of the rows. */
export async function inspectTable(
  { file, name, inPieces }: InspectJob,
  context: JobContext,
): Promise<Inspection> {
  const source = await openSource(file, name, {}, context, { inPieces });
  const { table, columns } = source;
  try {
    context.report({ message: 'Looking for personal data' });
    const rows = await table.countRows({ signal: context.signal });
    const sample = await table.sample(sampledRows, { signal: context.signal });
    const encoded = columns.map(({ name: column }, at) => {
      const builder = new ColumnBuilder(column, sample.length);
      for (const [row, cells] of sample.entries()) {
        builder.set(row, cells[at]!);
      }
      return builder.finish();
    });
    const counts = encoded.map(countsOf);
    const findings = detectPersonalData(
      columns.map(({ name: column, type }, at) => sampledColumn(column, type, encoded[at]!, counts[at]!)),
      { checkCancelled: context.checkCancelled },
    );
    return {
      rows: Math.round(rows / table.share),
      isEstimate: table.share < 1,
      sampledRows: sample.length,
      bytes: table.bytes,
      notices: table.notices.map(({ message }) => message),
      columns: columns.map((column, at) => inspected(column, findings[at]!, encoded[at]!, counts[at]!)),
    };
  } finally {
    table.dispose();
  }
}

function countsOf({ values, codes }: EncodedColumn): Int32Array {
  const counts = new Int32Array(values.length);
  for (const code of codes) {
    counts[code]! += 1;
  }
  return counts;
}

function sampledColumn(name: string, type: string, { values, codes }: EncodedColumn, counts: Int32Array) {
  const present = values.filter((value) => value !== null);
  const missing = values.indexOf(null);
  return {
    name,
    type,
    values: present.slice(0, mostDistinct).map(String),
    rowCount: codes.length,
    distinctCount: present.length,
    nullCount: missing < 0 ? 0 : counts[missing]!,
  };
}

function inspected(
  column: TableColumn,
  finding: ColumnFinding,
  { values }: EncodedColumn,
  counts: Int32Array,
): InspectedColumn {
  const frequent = values
    .map((value, code) => ({ value, count: counts[code]! }))
    .sort((a, b) => b.count - a.count)
    .slice(0, mostFrequent);
  return {
    ...column,
    finding,
    numbers: numbersOf(values, counts),
    frequent,
    distinctInSample: values.filter((value) => value !== null).length,
  };
}

function numbersOf(values: readonly Cell[], counts: Int32Array): InspectedColumn['numbers'] {
  let rows = 0;
  let sum = 0;
  let squares = 0;
  let decimals = 0;
  for (const [code, value] of values.entries()) {
    if (value === null) {
      continue;
    }
    const number = Number(value);
    if (typeof value === 'boolean' || String(value).trim() === '' || !Number.isFinite(number)) {
      return undefined;
    }
    rows += counts[code]!;
    sum += counts[code]! * number;
    squares += counts[code]! * number * number;
    decimals = Math.max(decimals, /\.(\d+)$/.exec(String(value))?.[1]?.length ?? 0);
  }
  if (rows === 0) {
    return undefined;
  }
  const deviation = Math.sqrt(Math.max(0, squares / rows - (sum / rows) ** 2));
  return { deviation, decimals, percentile98: percentile(values, counts, rows * 0.98) };
}

/** The smallest number that at least so many rows do not exceed. */
function percentile(values: readonly Cell[], counts: Int32Array, wanted: number): number {
  const sorted = values
    .map((value, code) => ({ number: Number(value), count: value === null ? 0 : counts[code]! }))
    .sort((a, b) => a.number - b.number);
  let rows = 0;
  for (const { number, count } of sorted) {
    rows += count;
    if (rows >= wanted) {
      return number;
    }
  }
  return 0;
}
