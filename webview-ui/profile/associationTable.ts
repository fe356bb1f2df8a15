import type { Association, Associations } from '../../src/protocol/data.ts';

/** Strongest first, whichever way; `column` alone, or all of them when it is empty. */
export function rankPairs({ pairs }: Associations, column: string): readonly Association[] {
  return pairs
    .filter(({ a, b }) => column === '' || a === column || b === column)
    .map((pair) => (pair.b === column ? { ...pair, a: pair.b, b: pair.a } : pair))
    .sort((one, other) => Math.abs(other.strength) - Math.abs(one.strength));
}

export interface MatrixCell {
  readonly strength: number | undefined;
  readonly measure: Association['measure'] | undefined;
}

/** One row and one column for each column compared; where nothing was found worth telling the cell is empty. */
export function matrixOf({ columns, pairs }: Associations): readonly (readonly MatrixCell[])[] {
  const places = new Map(columns.map((name, at) => [name, at]));
  const cells: MatrixCell[][] = columns.map(() =>
    columns.map(() => ({ strength: undefined, measure: undefined })),
  );
  for (const { a, b, measure, strength } of pairs) {
    const [row, column] = [places.get(a), places.get(b)];
    if (row !== undefined && column !== undefined) {
      cells[row]![column] = { strength, measure };
      cells[column]![row] = { strength, measure };
    }
  }
  return cells;
}

/** 0 to 10, for the style sheet; the sign is told apart. */
export function strengthStep(strength: number): number {
  return Math.min(10, Math.max(0, Math.round(Math.abs(strength) * 10)));
}
