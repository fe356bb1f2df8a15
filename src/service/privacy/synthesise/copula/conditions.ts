import type { Cell } from '../../../data/encodedTable.ts';
import { placeOf } from '../checks.ts';
import type { Reshaping } from '../constraints.ts';
import { conditionDerived, conditionUnknown, noSuchColumn, notOrdered } from '../errors.ts';
import type { Condition } from '../synthesiser.ts';
import { type Groups, type Margin, missingName } from './margin.ts';

/** What a margin may draw: stretches of (0, 1) in rising order, and for numbers the least and greatest place. */
export interface Allowed {
  readonly stretches: readonly Stretch[];
  readonly low: number;
  readonly high: number;
}

export type Stretch = readonly [from: number, to: number];

/** For each margin that a condition concerns what it may draw, by its number. */
export function resolveConditions(
  margins: readonly Margin[],
  reshaping: Reshaping,
  conditions: readonly Condition[],
): Map<number, Allowed> {
  const allowed = new Map<number, Allowed>();
  const restrict = (name: string, condition: Condition, more: Allowed) => {
    const index = margins.findIndex((margin) => margin.name === name);
    const before = allowed.get(index);
    const both = before ? intersection(before, more) : more;
    if (index === -1 || both.stretches.length === 0 || both.low > both.high) {
      throw conditionUnknown(condition.column, describeCondition(condition));
    }
    allowed.set(index, both);
  };
  for (const condition of conditions) {
    resolve(margins, reshaping, condition, (name, more) => restrict(name, condition, more));
  }
  return allowed;
}

type Restrict = (name: string, allowed: Allowed) => void;

function resolve(
  margins: readonly Margin[],
  reshaping: Reshaping,
  condition: Condition,
  restrict: Restrict,
): void {
  const { column } = condition;
  if (!reshaping.names.includes(column)) {
    throw noSuchColumn(column, 'A condition');
  }
  if (reshaping.gaps.some(({ high }) => high === column)) {
    throw conditionDerived(column);
  }
  const joint = reshaping.joints.find(({ columns }) => columns.includes(column));
  const margin = margins.find(({ name }) => name === (joint?.name ?? column))!;
  const { groups } = margin;
  if (groups.kind === 'category') {
    const cellOf = (cell: Cell) => joint?.combinations[String(cell)]?.[joint.columns.indexOf(column)] ?? null;
    const cells = joint ? groups.cells.map(cellOf) : groups.cells;
    restrict(margin.name, allowedCategories(margin, cells, condition, reshaping.kinds[column]!));
    return;
  }
  if ('value' in condition && condition.value === null) {
    restrict(missingName(column), { ...unlimited, stretches: groupStretch(margins, column, 1) });
    return;
  }
  if (groups.nullable) {
    restrict(missingName(column), { ...unlimited, stretches: groupStretch(margins, column, 0) });
  }
  restrict(column, allowedNumbers(margin, groups, condition));
}

const unlimited = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };

function groupStretch(margins: readonly Margin[], column: string, group: number): Stretch[] {
  const margin = margins.find(({ name }) => name === missingName(column));
  return margin ? [[margin.edges[group]!, margin.edges[group + 1]!]] : [];
}

function allowedCategories(
  { edges, name }: Margin,
  cells: readonly Cell[],
  condition: Condition,
  kind: 'number' | 'datetime' | 'category',
): Allowed {
  const fits = cellTest(condition, kind, name);
  const stretches = cells.flatMap((cell, group): Stretch[] =>
    fits(cell) ? [[edges[group]!, edges[group + 1]!]] : [],
  );
  return { ...unlimited, stretches: stretches.filter(([from, to]) => to > from) };
}

function cellTest(
  condition: Condition,
  kind: 'number' | 'datetime' | 'category',
  name: string,
): (cell: Cell) => boolean {
  if ('value' in condition) {
    return (cell) => cell === condition.value;
  }
  if (kind === 'category') {
    throw notOrdered(condition.column, 'A condition');
  }
  const low = placeOf(condition.minimum, kind, name) ?? Number.NEGATIVE_INFINITY;
  const high = placeOf(condition.maximum, kind, name) ?? Number.POSITIVE_INFINITY;
  return (cell) => {
    const place = placeOf(cell, kind, name);
    return place !== undefined && place >= low && place <= high;
  };
}

function allowedNumbers(
  { edges, name }: Margin,
  { low, high, style }: Extract<Groups, { kind: 'number' }>,
  condition: Condition,
): Allowed {
  const kind = style.kind;
  const exact = 'value' in condition ? placeOf(condition.value, kind, name) : undefined;
  const range: { minimum?: Cell; maximum?: Cell } = 'value' in condition ? {} : condition;
  const least = exact ?? placeOf(range.minimum, kind, name) ?? Number.NEGATIVE_INFINITY;
  const most = exact ?? placeOf(range.maximum, kind, name) ?? Number.POSITIVE_INFINITY;
  if (most < low[0]! || least > high.at(-1)!) {
    return { stretches: [], low: least, high: most };
  }
  const first = high.findIndex((end) => end >= least);
  const last = low.findLastIndex((start) => start <= most);
  // Between two groups lies no real value; one that is asked for exactly is drawn with the group above it.
  if (first > last) {
    return {
      stretches: exact === undefined ? [] : [[edges[first]!, edges[first + 1]!]],
      low: least,
      high: most,
    };
  }
  const inGroup = (group: number, place: number) => {
    const width = high[group]! - low[group]!;
    const share = width === 0 ? 0 : Math.min(1, Math.max(0, (place - low[group]!) / width));
    return edges[group]! + share * (edges[group + 1]! - edges[group]!);
  };
  const wide = (group: number) => high[group]! > low[group]!;
  const from = wide(first) && exact === undefined ? inGroup(first, least) : edges[first]!;
  const to = wide(last) && exact === undefined ? inGroup(last, most) : edges[last + 1]!;
  // A range that ends where a group begins is one place, which still has a stretch of the group.
  const stretch: Stretch = to > from ? [from, to] : [edges[first]!, edges[first + 1]!];
  return { stretches: [stretch], low: least, high: most };
}

function intersection(a: Allowed, b: Allowed): Allowed {
  const stretches = a.stretches.flatMap(([from, to]) =>
    b.stretches
      .map(([otherFrom, otherTo]): Stretch => [Math.max(from, otherFrom), Math.min(to, otherTo)])
      .filter(([start, end]) => end > start),
  );
  return { stretches, low: Math.max(a.low, b.low), high: Math.min(a.high, b.high) };
}

export function describeCondition(condition: Condition): string {
  return 'value' in condition
    ? String(condition.value)
    : `${condition.minimum ?? '…'} to ${condition.maximum ?? '…'}`;
}
