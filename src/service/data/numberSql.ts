import type { ColumnType } from '../../protocol/data.ts';
import { isNumeric } from './describeValues.ts';

/** The place of a value on a line: numbers as they are, dates in days and moments in seconds since 1970. */
export function numberSql(type: ColumnType, sql: string): string | undefined {
  if (isNumeric(type)) {
    // What is not finite has no place.
    return type === 'number'
      ? `CASE WHEN isfinite(${sql}) THEN CAST(${sql} AS DOUBLE) END`
      : `CAST(${sql} AS DOUBLE)`;
  }
  if (type === 'date') {
    return `CAST(${sql} - DATE '1970-01-01' AS DOUBLE)`;
  }
  return type === 'timestamp' ? `CAST(epoch(${sql}) AS DOUBLE)` : undefined;
}
