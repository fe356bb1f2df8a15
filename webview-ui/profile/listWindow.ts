/** Which rows of a long list are in the page. Of short lists all are. */
export interface ListWindow {
  readonly first: number;
  /** Behind the last one. */
  readonly last: number;
  /** Pixels of the rows before and behind them. */
  readonly before: number;
  readonly after: number;
}

export interface LongList {
  readonly count: number;
  readonly rowHeight: number;
  /** By the place of a row: how many pixels more than `rowHeight` it takes. */
  readonly extra: ReadonlyMap<number, number>;
}

/** Lists up to this length are in the page as they are. */
const shortList = 300;
/** Rows beyond the view that are in the page as well, so that little is seen of the drawing. */
const margin = 60;

/** `top` is how many pixels of the list are above the view, and `height` those of the view. */
export function windowOf(list: LongList, top: number, height: number): ListWindow {
  const { count } = list;
  if (count <= shortList) {
    return { first: 0, last: count, before: 0, after: 0 };
  }
  // In steps, so that not every pixel that is scrolled draws anew.
  const step = margin / 2;
  const first = Math.max(0, Math.floor(rowAt(list, top) / step) * step - margin);
  const last = Math.min(count, Math.ceil(rowAt(list, top + height) / step) * step + margin);
  return { first, last, before: offsetOf(list, first), after: offsetOf(list, count) - offsetOf(list, last) };
}

/** Pixels above a row. */
export function offsetOf({ rowHeight, extra }: LongList, row: number): number {
  let offset = row * rowHeight;
  for (const [at, pixels] of extra) {
    offset += at < row ? pixels : 0;
  }
  return offset;
}

function rowAt(list: LongList, pixels: number): number {
  let [low, high] = [0, list.count];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (offsetOf(list, middle + 1) <= pixels) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
