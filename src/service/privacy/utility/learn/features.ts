import type { Cell, EncodedColumn, EncodedTable } from '../../../data/encodedTable.ts';
import { type ColumnKinds, columnKind, numericColumn, rowPlaces } from '../../tables/columnKind.ts';
import { columnNamed, countCodes } from '../../tables/rows.ts';

/** What a model sees of the rows of a table. */
export interface Features {
  readonly rowCount: number;
  /** For each number its value by row, NaN where there is none. */
  readonly numbers: readonly Float64Array[];
  /** For each category its level by row, below `levelCount`; level 0 is all that was rare or unseen in training. */
  readonly categories: readonly { readonly levels: Int32Array; readonly levelCount: number }[];
}

export type FeatureEncoder = (table: EncodedTable) => Features;

/** Learns from the training table how any table of the same columns is shown to a model. */
export function fitFeatures(train: EncodedTable, target: string, kinds: ColumnKinds): FeatureEncoder {
  const columns = train.columns.filter(({ name }) => name !== target);
  const kindOf = new Map(columns.map((column) => [column.name, columnKind(column, kinds)]));
  const numbers = columns.filter(({ name }) => kindOf.get(name) !== 'category');
  const levelsByName = new Map(
    columns
      .filter(({ name }) => kindOf.get(name) === 'category')
      .map((column) => [column.name, frequentLevels(column)]),
  );
  return (table) => ({
    rowCount: table.rowCount,
    numbers: numbers.map(({ name }) => {
      const column = columnNamed(table, name);
      const kind = kindOf.get(name) as 'number' | 'datetime';
      return column
        ? rowPlaces(numericColumn(column, kind))
        : new Float64Array(table.rowCount).fill(Number.NaN);
    }),
    categories: [...levelsByName].map(([name, levelOf]) => {
      const column = columnNamed(table, name);
      const levels = Int32Array.from(column?.values ?? [], (value) => levelOf.get(value) ?? 0);
      return {
        levels: column ? column.codes.map((code) => levels[code]!) : new Int32Array(table.rowCount),
        levelCount: levelOf.size + 1,
      };
    }),
  });
}

/** More levels than this are rare ones, of which a model learns nothing that would hold elsewhere. */
const maximumLevels = 100;

function frequentLevels({ values, codes }: EncodedColumn): Map<Cell, number> {
  const counts = countCodes(codes, values.length);
  const frequent = [...values.keys()]
    .filter((code) => counts[code]! > 0)
    .sort((a, b) => counts[b]! - counts[a]! || compareCells(values[a]!, values[b]!))
    .slice(0, maximumLevels);
  return new Map(frequent.map((code, index) => [values[code]!, index + 1]));
}

/** An order of cells that does not depend on the order of the rows. */
export function compareCells(a: Cell, b: Cell): number {
  const textA = `${typeof a} ${a}`;
  const textB = `${typeof b} ${b}`;
  return textA < textB ? -1 : Number(textA > textB);
}
