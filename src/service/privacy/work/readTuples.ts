import type { EncodedColumn, EncodedTable } from '../../data/encodedTable.ts';
import { encodeTuples } from '../../data/encodeTuples.ts';
import { tooManyTuples } from '../errors.ts';
import { columnSql } from '../methods/sqlExpression.ts';
import type { HierarchyColumn, TransformPlan } from '../planTypes.ts';
import type { JobContext } from './context.ts';
import { type Argument, argumentOf } from './rowFunctions.ts';
import { chunksBound, type Source } from './source.ts';

/** A quasi-identifier as the search sees it. */
export interface Dimension {
  readonly name: string;
  /** Undefined: its method decides it alone, and the search takes it as it is. */
  readonly hierarchy: HierarchyColumn | undefined;
  /** What the search sees: the column, or what its method makes of it. */
  readonly argument: Argument;
}

const mostTuples = 8_000_000;

/** Searches work on distinct combinations: the rows are read once. */
export async function readTuples(
  source: Source,
  plan: Pick<TransformPlan, 'columns'>,
  dimensions: readonly Dimension[],
  sensitive: readonly string[],
  { signal, checkCancelled }: JobContext,
): Promise<{ readonly table: EncodedTable; readonly counts: Int32Array }> {
  const seen = [
    ...dimensions.map(({ argument }) => argument),
    ...sensitive.map((name) => argumentOfSensitive(source, plan, name)),
  ];
  const values = seen.map(({ expression }, at) => `${expression.sql} AS v${at}`).join(', ');
  const places = seen.map((_, at) => at + 1).join(', ');
  const { relation, table } = source;
  const sql = `SELECT ${values}, count(*) FROM ${relation.sql} GROUP BY ${places} ORDER BY ${places}`;
  const bound = [...seen.flatMap(({ expression }) => expression.values), ...relation.values];
  let rows = 0;
  const chunks = chunksBound(table, { sql, values: bound }, { signal });
  const counted = (async function* () {
    for await (const chunk of chunks) {
      checkCancelled();
      rows += chunk.rowCount;
      if (rows > mostTuples) {
        throw tooManyTuples(
          dimensions.map(({ name }) => name),
          mostTuples,
        );
      }
      yield chunk;
    }
  })();
  return encodeTuples([...dimensions.map(({ name }) => name), ...sensitive], counted);
}

/** As it will be released where SQL tells: two values that are coded to one are no longer diverse. */
function argumentOfSensitive(
  source: Source,
  { columns }: Pick<TransformPlan, 'columns'>,
  name: string,
): Argument {
  const planned = columns.find((column) => column.name === name);
  return planned?.stage === 'sql'
    ? argumentOf(planned.expression, planned.outputType)
    : argumentOf(columnSql(name), source.columns.find((column) => column.name === name)?.type ?? 'VARCHAR');
}

/** For each code how many rows have it, from counted combinations. */
export function rowsOfCodes({ values, codes }: EncodedColumn, counts: Int32Array): Float64Array {
  const rows = new Float64Array(values.length);
  codes.forEach((code, tuple) => {
    rows[code]! += counts[tuple]!;
  });
  return rows;
}
