import type { Cell } from '../../data/encodedTable.ts';

/** What a page says of a method; nothing in it depends on the data. */
export interface MethodDescription {
  readonly title: string;
  /** One sentence for people who are no privacy engineers. */
  readonly sentence: string;
  /** What it does not do, said in the report. */
  readonly limit: string;
  /** Who can undo it. `candidates`: the holder of the key can test a list of candidates. */
  readonly reversible: 'no' | 'keyHolder' | 'candidates' | 'unchanged';
}

/** The new value of one cell; `row` counts from 0 in the whole table. Null stays null. */
export type CellTransform = (value: Cell, row: number) => Cell;
