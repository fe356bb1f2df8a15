import type { ColumnType, DataValue } from '../../src/protocol/data.ts';
import { isNumeric } from './columnText.ts';

export const rowHeight = 22;

/** Browsers make no element much taller than 33,000,000 pixels, and some less. */
const tallest = 12_000_000;
const narrowest = 72;
const widest = 260;
/** Further rows would move what is read already. */
const measuredRows = 100;
const characterWidth = 7.5;

/** So many rows are scrolled through, in a view that is so many pixels high. */
export interface RowsExtent {
  readonly rows: number;
  readonly view: number;
}

/** How high the scrolled content is: of very long tables a pixel of the scroll bar is several rows. */
export function contentHeight(rows: number): number {
  return Math.min(rows * rowHeight, tallest);
}

export function isCompressed(rows: number): boolean {
  return rows * rowHeight > tallest;
}

/** The row at the top of the view, with the fraction of it that is scrolled out. */
export function topRowAt(scrollTop: number, extent: RowsExtent): number {
  const range = contentHeight(extent.rows) - extent.view;
  return range <= 0 ? 0 : Math.min(1, Math.max(0, scrollTop / range)) * lastTopRow(extent);
}

export function scrollTopOf(topRow: number, extent: RowsExtent): number {
  const last = lastTopRow(extent);
  return last === 0 ? 0 : (topRow / last) * (contentHeight(extent.rows) - extent.view);
}

/** The top row when the last row is at the bottom. */
export function lastTopRow({ rows, view }: RowsExtent): number {
  return Math.max(0, rows - view / rowHeight);
}

/**
 * The first column's left edge is 0; the last edge is the width of all. Pixels. Names and the values of some rows have
 * room, up to a point.
 */
export function columnEdges(
  columns: readonly { readonly name: string; readonly type: ColumnType }[],
  rows: readonly (readonly DataValue[])[],
): Float64Array {
  const measured = rows.slice(0, measuredRows);
  const edges = new Float64Array(columns.length + 1);
  for (const [at, { name, type }] of columns.entries()) {
    const own = isNumeric(type) || type === 'boolean' ? narrowest : 100;
    const longest = measured.reduce((most, row) => Math.max(most, String(row[at] ?? '').length), 0);
    const needed = Math.max(name.length * characterWidth + 36, longest * characterWidth + 20);
    const width = Math.min(widest, Math.max(own, needed));
    edges[at + 1] = edges[at]! + Math.round(width);
  }
  return edges;
}

/** The columns of which something is between two places, `last` not included. */
export function columnsBetween(
  edges: Float64Array,
  left: number,
  right: number,
): { readonly first: number; readonly last: number } {
  const count = edges.length - 1;
  const first = Math.max(0, lowerBound(edges, left) - 1);
  return { first, last: Math.min(count, lowerBound(edges, right)) };
}

/** Where the first edge is that lies beyond a place. */
function lowerBound(edges: Float64Array, place: number): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (edges[middle]! <= place) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
