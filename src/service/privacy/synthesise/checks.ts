import type { Cell, EncodedTable } from '../../data/encodedTable.ts';
import { type ColumnKind, type ColumnKinds, numericColumn, rowPlaces } from '../tables/columnKind.ts';
import { columnNamed } from '../tables/rows.ts';
import { constraintBroken, notInOrder, notOrdered } from './errors.ts';
import type { Constraint } from './synthesiser.ts';

/** The constraints that are tested row by row, with limits on the number line. */
export interface Checks {
  readonly ranges: readonly {
    column: string;
    kind: 'number' | 'datetime';
    minimum: number;
    maximum: number;
  }[];
  readonly inequalities: readonly {
    low: string;
    high: string;
    kind: 'number' | 'datetime';
    strict: boolean;
  }[];
  readonly unique: readonly (readonly string[])[];
}

export function makeChecks(constraints: readonly Constraint[], kinds: ColumnKinds): Checks {
  return {
    ranges: constraints.flatMap((constraint) => {
      if (constraint.kind !== 'range') {
        return [];
      }
      const { column, minimum, maximum } = constraint;
      const kind = ordered(column, kinds);
      return [
        {
          column,
          kind,
          minimum: placeOf(minimum, kind, column) ?? Number.NEGATIVE_INFINITY,
          maximum: placeOf(maximum, kind, column) ?? Number.POSITIVE_INFINITY,
        },
      ];
    }),
    inequalities: constraints.flatMap((constraint) =>
      constraint.kind === 'inequality'
        ? [
            {
              low: constraint.low,
              high: constraint.high,
              kind: ordered(constraint.low, kinds),
              strict: constraint.strict ?? false,
            },
          ]
        : [],
    ),
    unique: constraints.flatMap((constraint) => (constraint.kind === 'unique' ? [constraint.columns] : [])),
  };
}

/** A limit on the number line of its column; undefined where there is none. */
export function placeOf(
  limit: Cell | undefined,
  kind: 'number' | 'datetime',
  column: string,
): number | undefined {
  if (limit === undefined || limit === null) {
    return undefined;
  }
  const [place] = numericColumn({ name: column, values: [limit], codes: new Int32Array() }, kind).places;
  if (place === undefined || Number.isNaN(place)) {
    throw notInOrder(`What is asked of "${column}"`, String(limit));
  }
  return place;
}

/** Throws `privacy.constraintBroken` for the first row of the real table that breaks a constraint. */
export function checkReal(table: EncodedTable, checks: Checks): void {
  const broken = new RowCheck(checks).firstBroken(table);
  if (broken) {
    throw constraintBroken(broken.constraint, broken.row, broken.columns);
  }
}

export function hasChecks({ ranges, inequalities, unique }: Checks): boolean {
  return ranges.length + inequalities.length + unique.length > 0;
}

interface Broken {
  readonly row: number;
  readonly constraint: string;
  readonly columns: readonly string[];
}

/** Tells which rows obey; it remembers what it has let through, so that rows stay unique over several tables. */
export class RowCheck {
  readonly #checks: Checks;
  readonly #seen: readonly Set<string>[];

  constructor(checks: Checks) {
    this.#checks = checks;
    this.#seen = checks.unique.map(() => new Set());
  }

  /** The numbers of the rows that obey, the first `most` of them. */
  obeying(table: EncodedTable, most: number): Int32Array {
    const test = this.#prepare(table);
    const rows: number[] = [];
    for (let row = 0; row < table.rowCount && rows.length < most; row += 1) {
      if (!test(row)) {
        rows.push(row);
      }
    }
    return Int32Array.from(rows);
  }

  firstBroken(table: EncodedTable): Broken | undefined {
    const test = this.#prepare(table);
    for (let row = 0; row < table.rowCount; row += 1) {
      const broken = test(row);
      if (broken) {
        return { row, ...broken };
      }
    }
    return undefined;
  }

  #prepare(table: EncodedTable): (row: number) => Omit<Broken, 'row'> | undefined {
    const places = (column: string, kind: 'number' | 'datetime') =>
      rowPlaces(numericColumn(columnNamed(table, column)!, kind));
    const ranges = this.#checks.ranges.map((range) => ({
      ...range,
      places: places(range.column, range.kind),
    }));
    const inequalities = this.#checks.inequalities.map((check) => ({
      ...check,
      lows: places(check.low, check.kind),
      highs: places(check.high, check.kind),
    }));
    const unique = this.#checks.unique.map((columns) => columns.map((name) => columnNamed(table, name)!));
    return (row) => {
      const range = ranges.find(
        ({ places, minimum, maximum }) => places[row]! < minimum || places[row]! > maximum,
      );
      if (range) {
        return { constraint: 'The range', columns: [range.column] };
      }
      const inequality = inequalities.find(
        ({ lows, highs, strict }) => lows[row]! > highs[row]! || (strict && lows[row]! === highs[row]!),
      );
      if (inequality) {
        return { constraint: 'The inequality', columns: [inequality.low, inequality.high] };
      }
      const keys: Cell[][] = unique.map((columns) =>
        columns.map(({ values, codes }) => values[codes[row]!]!),
      );
      const repeated = keys.findIndex((cells, index) => this.#seen[index]!.has(JSON.stringify(cells)));
      if (repeated !== -1) {
        return { constraint: 'Uniqueness', columns: this.#checks.unique[repeated]! };
      }
      keys.forEach((cells, index) => {
        // As in a database, rows without a value are not equal to one another.
        if (!cells.includes(null)) {
          this.#seen[index]!.add(JSON.stringify(cells));
        }
      });
      return undefined;
    };
  }
}

function ordered(column: string, kinds: Readonly<Record<string, ColumnKind>>): 'number' | 'datetime' {
  const kind = kinds[column]!;
  if (kind === 'category') {
    throw notOrdered(column, 'A constraint');
  }
  return kind;
}
