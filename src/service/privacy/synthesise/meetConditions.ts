import type { Cell, EncodedTable } from '../../data/encodedTable.ts';
import { type ColumnKinds, columnKind, numericColumn, rowPlaces } from '../tables/columnKind.ts';
import { columnNamed } from '../tables/rows.ts';
import { placeOf } from './checks.ts';
import { describeCondition } from './copula/conditions.ts';
import { conditionUnknown, noSuchColumn, notOrdered } from './errors.ts';
import type { Condition } from './synthesiser.ts';

/** Conditions with their values as the column has them: a recipe may say 5 where the column has the text `5`. */
export function conditionsOf(
  table: EncodedTable,
  asked: readonly {
    column: string;
    value?: Cell | undefined;
    minimum?: Cell | undefined;
    maximum?: Cell | undefined;
  }[],
): Condition[] {
  return asked.map(({ column, value, minimum, maximum }) => {
    if (value === undefined) {
      return {
        column,
        ...(minimum !== undefined && { minimum }),
        ...(maximum !== undefined && { maximum }),
      };
    }
    const values = columnNamed(table, column)?.values ?? [];
    const known =
      values.find((cell) => cell === value) ??
      values.find((cell) => cell !== null && String(cell) === String(value));
    return { column, value: value === null ? null : (known ?? value) };
  });
}

/**
 * The rows of the real table that meet all conditions, in order. Throws at once what would otherwise be found out
 * after a long training: `privacy.conditionUnknown` where fewer than `rareBelow` rows have a category that is asked
 * for, or nothing of the column lies within the limits.
 */
export function rowsMeeting(
  table: EncodedTable,
  conditions: readonly Condition[],
  { rareBelow, kinds = {} }: { readonly rareBelow: number; readonly kinds?: ColumnKinds },
): Int32Array {
  const tests = conditions.map((condition) => testOf(table, condition, kinds));
  const counts = new Int32Array(conditions.length);
  const rows: number[] = [];
  for (let row = 0; row < table.rowCount; row += 1) {
    let all = true;
    for (const [at, { meets }] of tests.entries()) {
      const met = meets(row);
      counts[at]! += Number(met);
      all &&= met;
    }
    if (all) {
      rows.push(row);
    }
  }
  for (const [at, { needed }] of tests.entries()) {
    if (counts[at]! < (needed === 'frequent' ? rareBelow : needed)) {
      const condition = conditions[at]!;
      throw conditionUnknown(condition.column, describeCondition(condition));
    }
  }
  return Int32Array.from(rows);
}

interface Test {
  meets(row: number): boolean;
  /** So many rows must meet it, or the model cannot have learned what is asked for. */
  readonly needed: number | 'frequent';
}

function testOf(table: EncodedTable, condition: Condition, kinds: ColumnKinds): Test {
  const column = columnNamed(table, condition.column);
  if (!column) {
    throw noSuchColumn(condition.column, 'A condition');
  }
  const kind = columnKind(column, kinds);
  const { codes } = column;
  if ('value' in condition && (condition.value === null || kind === 'category')) {
    const code = column.values.indexOf(condition.value);
    return { meets: (row) => codes[row] === code, needed: 'frequent' };
  }
  if (kind === 'category') {
    throw notOrdered(condition.column, 'A condition');
  }
  const places = rowPlaces(numericColumn(column, kind));
  if ('value' in condition) {
    const place = placeOf(condition.value, kind, condition.column);
    // Between two real numbers a model may draw one that nobody has.
    return { meets: (row) => places[row] === place, needed: within(places, place!, place!) ? 0 : 1 };
  }
  const low = placeOf(condition.minimum, kind, condition.column) ?? Number.NEGATIVE_INFINITY;
  const high = placeOf(condition.maximum, kind, condition.column) ?? Number.POSITIVE_INFINITY;
  return {
    meets: (row) => places[row]! >= low && places[row]! <= high,
    needed: low <= high && within(places, low, high) ? 0 : 1,
  };
}

/** Whether the limits and what the column has overlap. */
function within(places: Float64Array, low: number, high: number): boolean {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const place of places) {
    least = place < least ? place : least;
    most = place > most ? place : most;
  }
  return low <= most && high >= least;
}
