import type { Cell, EncodedColumn } from '../../../data/encodedTable.ts';
import { type ColumnKind, numericColumn } from '../../tables/columnKind.ts';
import { type NumberStyle, numberStyle } from '../../tables/numberStyle.ts';
import { countCodes } from '../../tables/rows.ts';

/**
 * One column as intervals of (0, 1), each as long as the share of the rows that it stands for. A category is an
 * interval; of numbers a frequent one is, and rare neighbours share one, within which they are drawn evenly.
 */
export interface Margin {
  readonly name: string;
  readonly groups: Groups;
  /** For each group the share of rows up to its end, after a leading 0; the last is 1. */
  readonly edges: Float64Array;
}

export type Groups =
  | { readonly kind: 'category'; readonly cells: readonly Cell[] }
  | {
      readonly kind: 'number';
      readonly low: Float64Array;
      readonly high: Float64Array;
      readonly style: NumberStyle;
      /** Whether rows without a value are drawn too; the margin of `missing` says which. */
      readonly nullable: boolean;
    };

/** A margin with the group that each distinct value of its column belongs to, −1 for those that it leaves out. */
export interface FittedMargin {
  readonly margin: Margin;
  readonly groupOf: Int32Array;
  readonly codes: Int32Array;
}

export interface MarginOptions {
  readonly rareBelow: number;
  readonly rareLabel: string;
  /** Rare combinations are left out: merged ones would be combinations that nobody has. */
  readonly dropRare?: boolean;
  /** Of a category's values the rarest are merged, or left out, until there are no more than so many. */
  readonly mostCategories?: number;
}

/** More groups would not be told apart in any figure, and cost memory. */
const maximumGroups = 4096;

/** The margin of a column, and of its "has no value" where some rows of numbers have none. */
export function fitMargins(column: EncodedColumn, kind: ColumnKind, options: MarginOptions): FittedMargin[] {
  const counts = countCodes(column.codes, column.values.length);
  if (kind === 'category') {
    return [categoryMargin(column, counts, options)];
  }
  const { places } = numericColumn(column, kind);
  const present = counts
    .filter((_, code) => !Number.isNaN(places[code]!))
    .reduce((sum, count) => sum + count, 0);
  if (present < options.rareBelow) {
    return [constantMargin(column, null)];
  }
  const missing = column.codes.length - present;
  const nullable = missing >= options.rareBelow;
  const value = numberMargin(column, places, counts, { ...options, kind, nullable });
  return nullable ? [value, missingMargin(column, places, missing)] : [value];
}

/** The groups of a category in another order. */
export function reorder({ margin, groupOf, codes }: FittedMargin, order: readonly number[]): FittedMargin {
  const { groups, edges } = margin;
  if (groups.kind !== 'category') {
    return { margin, groupOf, codes };
  }
  const placeOf = new Int32Array(order.length);
  order.forEach((group, place) => {
    placeOf[group] = place;
  });
  return {
    margin: {
      name: margin.name,
      groups: { kind: 'category', cells: order.map((group) => groups.cells[group]!) },
      edges: edgesOf(order.map((group) => edges[group + 1]! - edges[group]!)),
    },
    groupOf: groupOf.map((group) => (group === -1 ? -1 : placeOf[group]!)),
    codes,
  };
}

function categoryMargin(column: EncodedColumn, counts: Float64Array, options: MarginOptions): FittedMargin {
  const order = [...column.values.keys()]
    .filter((code) => counts[code]! > 0)
    .sort((a, b) => counts[b]! - counts[a]! || a - b);
  let kept = order.findIndex((code) => counts[code]! < options.rareBelow);
  kept = kept === -1 ? order.length : kept;
  if (order.length > (options.mostCategories ?? order.length)) {
    kept = Math.min(kept, options.mostCategories! - 1);
  }
  const total = (codes: readonly number[]) => codes.reduce((sum, code) => sum + counts[code]!, 0);
  if (options.dropRare) {
    return groupsOf(column, order.slice(0, kept), counts);
  }
  // What is merged must be shared by enough rows as well, so the next rarest may have to join.
  while (kept > 0 && kept < order.length && total(order.slice(kept)) < options.rareBelow) {
    kept -= 1;
  }
  const rare = order.slice(kept);
  if (rare.length === 0) {
    return groupsOf(column, order, counts);
  }
  const texts = rare.every((code) => typeof column.values[code] === 'string' || column.values[code] === null);
  const fitted = groupsOf(column, order.slice(0, kept), counts, total(rare));
  const cells = fitted.margin.groups.kind === 'category' ? fitted.margin.groups.cells : [];
  // A label is no boolean and no number, so those take the commonest value instead.
  const label = texts ? options.rareLabel : (column.values[order[0]!] ?? null);
  const groupOf = fitted.groupOf.map((group, code) => (counts[code]! > 0 && group === -1 ? kept : group));
  const margin = { ...fitted.margin, groups: { kind: 'category' as const, cells: [...cells, label] } };
  return { margin, groupOf, codes: column.codes };
}

function groupsOf(
  column: EncodedColumn,
  order: readonly number[],
  counts: Float64Array,
  rest = 0,
): FittedMargin {
  const groupOf = new Int32Array(column.values.length).fill(-1);
  order.forEach((code, group) => {
    groupOf[code] = group;
  });
  const sizes = [...order.map((code) => counts[code]!), ...(rest > 0 ? [rest] : [])];
  const cells = order.map((code) => column.values[code]!);
  return {
    margin: { name: column.name, groups: { kind: 'category', cells }, edges: edgesOf(sizes) },
    groupOf,
    codes: column.codes,
  };
}

function constantMargin(column: EncodedColumn, cell: Cell): FittedMargin {
  return {
    margin: { name: column.name, groups: { kind: 'category', cells: [cell] }, edges: edgesOf([1]) },
    groupOf: new Int32Array(column.values.length),
    codes: column.codes,
  };
}

function missingMargin(column: EncodedColumn, places: Float64Array, missing: number): FittedMargin {
  const edges = edgesOf([column.codes.length - missing, missing]);
  return {
    margin: { name: missingName(column.name), groups: { kind: 'category', cells: [false, true] }, edges },
    groupOf: Int32Array.from(places, (place) => Number(Number.isNaN(place))),
    codes: column.codes,
  };
}

/** What the margin is called that says whether `name` has no value; no column can be. */
export function missingName(name: string): string {
  return `${name}\0missing`;
}

interface NumberOptions extends MarginOptions {
  readonly kind: 'number' | 'datetime';
  readonly nullable: boolean;
}

function numberMargin(
  column: EncodedColumn,
  places: Float64Array,
  counts: Float64Array,
  { rareBelow, kind, nullable }: NumberOptions,
): FittedMargin {
  const order = [...places.keys()]
    .filter((code) => counts[code]! > 0 && !Number.isNaN(places[code]!))
    .sort((a, b) => places[a]! - places[b]!);
  const total = order.reduce((sum, code) => sum + counts[code]!, 0);
  const inside = withoutExtremes(order, places, counts, rareBelow);
  const builder = new GroupBuilder(Math.max(rareBelow, Math.ceil(total / maximumGroups)));
  const groupOf = new Int32Array(places.length).fill(-1);
  for (const code of order) {
    const place = Math.min(Math.max(places[code]!, inside.low), inside.high);
    groupOf[code] = builder.add(place, counts[code]!);
  }
  const { low, high, sizes, last } = builder.finish();
  return {
    margin: {
      name: column.name,
      groups: { kind: 'number', low, high, style: numberStyle(column, kind), nullable },
      edges: edgesOf(sizes),
    },
    groupOf: groupOf.map((group) => Math.min(group, last)),
    codes: column.codes,
  };
}

/** The least and the greatest place that are shared by enough rows, once the rows beyond have been moved there. */
function withoutExtremes(
  order: readonly number[],
  places: Float64Array,
  counts: Float64Array,
  rareBelow: number,
) {
  const reach = (codes: readonly number[]) => {
    let reached = 0;
    return places[
      codes.find((code) => {
        reached += counts[code]!;
        return reached >= rareBelow;
      })!
    ]!;
  };
  const low = reach(order);
  const high = reach(order.toReversed());
  // With fewer than twice as many rows the two pass each other.
  return low <= high ? { low, high } : { low: (low + high) / 2, high: (low + high) / 2 };
}

/** Collects rising places into groups that are shared by enough rows. */
class GroupBuilder {
  readonly #needed: number;
  readonly #low: number[] = [];
  readonly #high: number[] = [];
  readonly #sizes: number[] = [];

  constructor(needed: number) {
    this.#needed = needed;
  }

  /** The group that the place came to; the last group may still be merged with the one before it. */
  add(place: number, count: number): number {
    const last = this.#sizes.length - 1;
    const open = last >= 0 && (this.#sizes[last]! < this.#needed || this.#high[last] === place);
    if (open) {
      // A frequent value stays one of its own, and the few rows before it that are no group move to it.
      this.#low[last] = count >= this.#needed ? place : this.#low[last]!;
      this.#high[last] = place;
      this.#sizes[last]! += count;
      return last;
    }
    this.#low.push(place);
    this.#high.push(place);
    this.#sizes.push(count);
    return last + 1;
  }

  finish() {
    const last = this.#sizes.length - 1;
    if (last > 0 && this.#sizes[last]! < this.#needed) {
      const end = this.#high.pop()!;
      this.#low.pop();
      // The group before is widened only where it is no single value.
      if (this.#low[last - 1] !== this.#high[last - 1]) {
        this.#high[last - 1] = end;
      }
      this.#sizes[last - 1]! += this.#sizes.pop()!;
    }
    return {
      low: Float64Array.from(this.#low),
      high: Float64Array.from(this.#high),
      sizes: this.#sizes,
      last: this.#sizes.length - 1,
    };
  }
}

function edgesOf(sizes: readonly number[]): Float64Array {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const edges = new Float64Array(sizes.length + 1);
  let sum = 0;
  sizes.forEach((size, group) => {
    sum += size;
    edges[group + 1] = sum / total;
  });
  return edges;
}
