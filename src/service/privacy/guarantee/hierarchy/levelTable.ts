import type { EncodedColumn } from '../../../data/encodedTable.ts';
import { valuesNotInHierarchy } from '../errors.ts';
import { checkHierarchy, type Hierarchy, type Label, labelOf } from './hierarchy.ts';

/** One level of a hierarchy, met with the values of a column. */
export interface Level {
  /** Distinct labels of this level, those of values that the column does not have included. */
  readonly labels: readonly Label[];
  /** For each code of the column the index of its label in `labels`. */
  readonly labelOfCode: Int32Array;
  /** For each label how many of the hierarchy's values lie under it. */
  readonly leaves: Int32Array;
}

/** A hierarchy compiled for a column: level 0 first. */
export interface LevelTable {
  readonly column: EncodedColumn;
  readonly levels: readonly Level[];
  /** Values of the hierarchy, also those that the column does not have. */
  readonly leafCount: number;
}

/**
 * Meets a hierarchy with a column. A missing value that the hierarchy does not name stays missing on every level
 * that still tells values apart, and joins them where one label is left.
 *
 * Throws when the hierarchy is none, or does not know a value of the column.
 */
export function compileHierarchy(column: EncodedColumn, hierarchy: Hierarchy): LevelTable {
  checkHierarchy(column.name, hierarchy);
  const rows = withMissing(column, hierarchy);
  const rowOf = new Map<Label, number>(rows.map((row, index) => [row[0] ?? null, index]));
  const rowOfCode = column.values.map((value) => rowOf.get(labelOf(value)));
  const unknown = column.values.filter((_, code) => rowOfCode[code] === undefined).map(labelOf);
  if (unknown.length > 0) {
    throw valuesNotInHierarchy(column.name, unknown);
  }
  const distinct = [...rowOf.values()].map((index) => rows[index]!);
  const levels = rows[0]!.map((_, level): Level => {
    const indexOf = new Map<Label, number>();
    const leaves: number[] = [];
    for (const row of distinct) {
      const label = row[level]!;
      const known = indexOf.get(label) ?? indexOf.size;
      indexOf.set(label, known);
      leaves[known] = (leaves[known] ?? 0) + 1;
    }
    return {
      labels: [...indexOf.keys()],
      labelOfCode: Int32Array.from(rowOfCode, (row) => indexOf.get(rows[row!]![level]!)!),
      leaves: Int32Array.from(leaves),
    };
  });
  return { column, levels, leafCount: distinct.length };
}

function withMissing(column: EncodedColumn, { rows }: Hierarchy): Hierarchy['rows'] {
  if (!column.values.includes(null) || rows.some((row) => row[0] === null)) {
    return rows;
  }
  const missing = rows[0]!.map((label, level) =>
    level > 0 && rows.every((row) => row[level] === label) ? label : null,
  );
  return [...rows, missing];
}
