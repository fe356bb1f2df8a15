import type { Cell } from '../../../data/encodedTable.ts';
import { emptyHierarchy, notAFunction, raggedHierarchy, valueTwice } from '../errors.ts';

/** What everything becomes on the highest level. */
export const suppressed = '*';

/** A label of a level: text, or null where a missing value stays missing. */
export type Label = string | null;

/**
 * A generalisation hierarchy as plain data, which a recipe holds and a person edits:
 * for each value its label on level 0 (the value itself as text), 1, 2, … up to the highest.
 */
export interface Hierarchy {
  readonly rows: readonly (readonly Label[])[];
}

/** A value as hierarchies write it. */
export function labelOf(value: Cell): Label {
  return value === null ? null : String(value);
}

/**
 * Refuses what is no hierarchy: no rows, rows of unequal length, a value with two rows that differ,
 * a level that is not a function of the level below.
 */
export function checkHierarchy(column: string, { rows }: Hierarchy): void {
  const [first] = rows;
  if (first === undefined || first.length === 0) {
    throw emptyHierarchy(column);
  }
  const rowOf = new Map<Label, number>();
  rows.forEach((row, index) => {
    if (row.length !== first.length) {
      throw raggedHierarchy(column, index + 1, row[0] ?? null, row.length, first.length);
    }
    const before = rowOf.get(row[0]!);
    if (before === undefined) {
      rowOf.set(row[0]!, index);
    } else if (rows[before]!.some((label, level) => label !== row[level])) {
      throw valueTwice(column, row[0]!, before + 1, index + 1);
    }
  });
  for (let level = 1; level + 1 < first.length; level += 1) {
    checkLevel(column, rows, level);
  }
}

function checkLevel(column: string, rows: Hierarchy['rows'], level: number): void {
  const firstWith = new Map<Label, readonly Label[]>();
  for (const row of rows) {
    const label = row[level]!;
    const earlier = firstWith.get(label);
    if (earlier === undefined) {
      firstWith.set(label, row);
    } else if (earlier[level + 1] !== row[level + 1]) {
      throw notAFunction(
        column,
        level,
        label,
        [earlier[0]!, row[0]!],
        [earlier[level + 1]!, row[level + 1]!],
      );
    }
  }
}

/** A hierarchy from its values and what each level makes of the label below; ends in `*`. */
export function hierarchyFrom(
  values: readonly Cell[],
  levels: readonly ((label: string, value: Cell) => string)[],
): Hierarchy {
  return {
    rows: values
      .filter((value) => value !== null)
      .map((value) => {
        const row = [String(value)];
        for (const level of levels) {
          row.push(level(row.at(-1)!, value));
        }
        return [...row, suppressed];
      }),
  };
}
