import type { ColumnProfile, DataProfile } from '../../src/protocol/data.ts';

/** A column of a table; of very wide ones, of which a name and a type are all that is known, the rest is absent. */
export type ListedColumn = Pick<ColumnProfile, 'name' | 'type'> & Partial<ColumnProfile>;

/** All columns of a table, as the file has them. */
export function listedColumns({ columns, undescribed = [] }: DataProfile): readonly ListedColumn[] {
  return undescribed.length === 0 ? columns : [...columns, ...undescribed];
}

export function isDescribed(column: ListedColumn): column is ColumnProfile {
  return column.distinct !== undefined;
}

export const columnKeys = ['name', 'type', 'missing', 'distinct'] as const;

export type ColumnKey = (typeof columnKeys)[number];

/** By a key, or, without one, as the file has its columns. */
export interface ColumnOrder {
  readonly key: ColumnKey | undefined;
  readonly descending: boolean;
}

export const fileOrder: ColumnOrder = { key: undefined, descending: false };

/** What a click on a heading does: one way, the other way, and back to the order of the file. */
export function nextOrder({ key, descending }: ColumnOrder, clicked: ColumnKey): ColumnOrder {
  // Of counts the large ones are looked for.
  const first = clicked === 'missing' || clicked === 'distinct';
  if (key !== clicked) {
    return { key: clicked, descending: first };
  }
  return descending === first ? { key, descending: !first } : fileOrder;
}

/** As the page keeps it: `missing-` is descending. */
export function orderText({ key, descending }: ColumnOrder): string {
  return key === undefined ? '' : `${key}${descending ? '-' : ''}`;
}

export function parseOrder(text: string): ColumnOrder {
  const key = columnKeys.find((known) => known === text.replace(/-$/, ''));
  return key === undefined ? fileOrder : { key, descending: text.endsWith('-') };
}

/** Columns whose name or type has the words, in order; those that are alike stay as the file has them. */
export function arrangeColumns(
  columns: readonly ListedColumn[],
  order: ColumnOrder,
  words: string,
): readonly ListedColumn[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const found = columns.filter(({ name, type }) =>
    wanted.every((word) => name.toLowerCase().includes(word) || type.startsWith(word)),
  );
  const { key, descending } = order;
  if (key === undefined) {
    return found;
  }
  const sign = descending ? -1 : 1;
  return [...found].sort((a, b) => sign * compare(a[key] ?? -1, b[key] ?? -1));
}

const names = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

function compare(a: string | number, b: string | number): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : names.compare(String(a), String(b));
}
