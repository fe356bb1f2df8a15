import type { Cell } from '../../../data/encodedTable.ts';
import { valuesNotInHierarchy, wrongSetting } from '../errors.ts';
import { type Hierarchy, hierarchyFrom, labelOf, suppressed } from './hierarchy.ts';

/** Categories in an order that means something, neighbours together. */
export interface OrderRule {
  readonly kind: 'order';
  /** All values in their order. */
  readonly order: readonly string[];
  /** How many neighbours of one level become one of the next, level after level. */
  readonly fanOuts: readonly number[];
}

/** The most important categories, usually the most frequent, keep their name longest. */
export interface PriorityRule {
  readonly kind: 'priority';
  /** Values from the most to the least important; values not named here are less important than all of them. */
  readonly priority: readonly string[];
  /** How many of them keep their name on level 1, 2, …: descending. The others become `other`. */
  readonly kept: readonly number[];
}

/** Categories in groups that somebody named, and groups in groups of these. */
export interface GroupRule {
  readonly kind: 'groups';
  /** Level 1, 2, …: a new label and which labels of the level below it stands for. */
  readonly levels: readonly Readonly<Record<string, readonly string[]>>[];
}

export const otherCategories = 'other';

export function orderHierarchy(
  column: string,
  values: readonly Cell[],
  { order, fanOuts }: OrderRule,
): Hierarchy {
  if (fanOuts.length === 0 || fanOuts.some((fanOut) => !Number.isInteger(fanOut) || fanOut < 2)) {
    throw wrongSetting(
      `The list of fan-outs of ${column}`,
      fanOuts.join(', '),
      'whole numbers of at least 2',
    );
  }
  const placeOf = new Map(order.map((value, place) => [value, place]));
  refuseUnknown(column, values, placeOf);
  let width = 1;
  const widths = fanOuts.map((fanOut) => {
    width *= fanOut;
    return width;
  });
  return hierarchyFrom(
    values,
    widths.map((size) => (_label: string, value: Cell) => {
      const first = Math.floor(placeOf.get(String(value))! / size) * size;
      const last = Math.min(first + size, order.length) - 1;
      return first === last ? order[first]! : `${order[first]} – ${order[last]}`;
    }),
  );
}

export function priorityHierarchy(values: readonly Cell[], { priority, kept }: PriorityRule): Hierarchy {
  if (kept.some((count, level) => count < 0 || count >= (kept[level - 1] ?? Number.POSITIVE_INFINITY))) {
    throw wrongSetting('The number of categories that keep their name', kept.join(', '), 'descending');
  }
  const placeOf = new Map(priority.map((value, place) => [value, place]));
  const other = freeLabel(otherCategories, values);
  return hierarchyFrom(
    values,
    kept.map((count) => (label: string, value: Cell) => {
      const place = placeOf.get(String(value)) ?? Number.POSITIVE_INFINITY;
      return place < count ? label : other;
    }),
  );
}

export function groupHierarchy(column: string, values: readonly Cell[], { levels }: GroupRule): Hierarchy {
  const parents = levels.map((groups) => {
    const parentOf = new Map<string, string>();
    for (const [label, members] of Object.entries(groups)) {
      for (const member of members) {
        if (parentOf.has(member)) {
          throw wrongSetting(
            `The group of "${member}" in the hierarchy of ${column}`,
            `${parentOf.get(member)} and ${label}`,
            'one',
          );
        }
        parentOf.set(member, label);
      }
    }
    return parentOf;
  });
  if (parents[0] !== undefined) {
    refuseUnknown(column, values, parents[0]);
  }
  return hierarchyFrom(
    values,
    parents.map((parentOf) => (label: string) => {
      const parent = parentOf.get(label);
      if (parent === undefined) {
        throw valuesNotInHierarchy(column, [label]);
      }
      return parent;
    }),
  );
}

function refuseUnknown(column: string, values: readonly Cell[], known: ReadonlyMap<string, unknown>): void {
  const unknown = values.filter((value) => value !== null && !known.has(String(value))).map(labelOf);
  if (unknown.length > 0) {
    throw valuesNotInHierarchy(column, unknown);
  }
}

/** `other`, unless a category has that name already. */
export function freeLabel(wanted: string, values: readonly Cell[]): string {
  const taken = new Set([...values.map(labelOf), suppressed]);
  let label = wanted;
  while (taken.has(label)) {
    label += '…';
  }
  return label;
}
