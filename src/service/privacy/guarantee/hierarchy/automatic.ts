import type { Cell, EncodedColumn } from '../../../data/encodedTable.ts';
import { type DateUnit, dateUnits, isDate } from './dates.ts';
import { freeLabel, otherCategories } from './groups.ts';
import { labelOf } from './hierarchy.ts';
import { quantileCuts } from './intervals.ts';
import type { HierarchyRule } from './rule.ts';

export interface Proposal {
  /** What somebody or a detector knows of the column; without it the values decide. */
  readonly content?: 'number' | 'date' | 'postalCode' | 'category';
  /** Categories with fewer rows than this are merged first; 1 % of the rows without it. */
  readonly rareBelow?: number;
  /** A column of the same rows: categories over which it is distributed alike are merged first. */
  readonly target?: EncodedColumn;
}

/** A hierarchy for a column of which nobody has said one, to be shown and edited. */
export function proposeHierarchy(column: EncodedColumn, proposal: Proposal = {}): HierarchyRule {
  const counts = countsOf(column);
  const present = column.values.map((value, code) => ({ value, count: counts[code]!, code }));
  const known = present.filter(({ value, count }) => value !== null && count > 0);
  switch (proposal.content ?? contentOf(known.map(({ value }) => value))) {
    case 'number':
      return proposeIntervals(known);
    case 'date':
      return { kind: 'dates', units: unitsOf(known.map(({ value }) => String(value))) };
    case 'postalCode':
      return {
        kind: 'redaction',
        from: 'right',
        masked: maskedCounts(known.map(({ value }) => String(value))),
      };
    case 'category':
      return proposal.target === undefined
        ? proposePriorities(known, proposal.rareBelow ?? column.codes.length / 100)
        : proposeGroups(column, known, proposal.target, proposal.rareBelow ?? column.codes.length / 100);
  }
}

interface Counted {
  readonly value: Cell;
  readonly count: number;
  readonly code: number;
}

export function countsOf({ values, codes }: EncodedColumn): Int32Array {
  const counts = new Int32Array(values.length);
  for (const code of codes) {
    counts[code]! += 1;
  }
  return counts;
}

function contentOf(values: readonly Cell[]): NonNullable<Proposal['content']> {
  if (values.length > 0 && values.every((value) => typeof value === 'number')) {
    return 'number';
  }
  if (values.length > 0 && values.every(isDate)) {
    return 'date';
  }
  const codes = values.filter((value) => /^(?=.*\d)[A-Z\d][A-Z\d -]{2,8}[A-Z\d]$/.test(String(value))).length;
  return values.length > 20 && codes >= values.length * 0.95 ? 'postalCode' : 'category';
}

function proposeIntervals(known: readonly Counted[]): HierarchyRule {
  const numbers = known.map(({ value }) => Number(value));
  const cuts = quantileCuts(
    numbers,
    known.map(({ count }) => count),
    32,
  );
  const fanOuts: number[] = [];
  for (let bins = cuts.length + 1; bins > 2; bins = Math.ceil(bins / 2)) {
    fanOuts.push(2);
  }
  return { kind: 'intervals', cuts, fanOuts };
}

/** Days only where there are times of day; years and decades always, so that something is left to tell apart. */
function unitsOf(values: readonly string[]): readonly DateUnit[] {
  return values.some((value) => value.length > 10) ? dateUnits : dateUnits.slice(1);
}

function maskedCounts(values: readonly string[]): number[] {
  const longest = values.reduce((length, value) => Math.max(length, [...value].length), 1);
  return Array.from({ length: longest - 1 }, (_, index) => index + 1);
}

function byFrequency(known: readonly Counted[]): Counted[] {
  return [...known].sort((a, b) => b.count - a.count || (String(a.value) < String(b.value) ? -1 : 1));
}

function proposePriorities(known: readonly Counted[], rareBelow: number): HierarchyRule {
  const ordered = byFrequency(known);
  const frequent = ordered.filter(({ count }) => count >= rareBelow).length;
  const kept: number[] = [];
  let count = frequent < ordered.length ? frequent : Math.ceil(frequent / 2);
  while (count >= 2) {
    kept.push(count);
    count = Math.floor(count / 2);
  }
  return { kind: 'priority', priority: ordered.map(({ value }) => String(value)), kept };
}

interface Cluster {
  readonly members: readonly string[];
  readonly weight: number;
  /** Shares of the target's values. */
  readonly distribution: Float64Array;
}

/**
 * Rare categories become `other`; then those two clusters are merged again and again whose merger loses the least:
 * the distance of their distributions over the target, weighted as in Ward's method (weight a·b/(a+b)).
 * A level is written each time the number of clusters has halved.
 */
function proposeGroups(
  column: EncodedColumn,
  known: readonly Counted[],
  target: EncodedColumn,
  rareBelow: number,
): HierarchyRule {
  const frequent = known.filter(({ count }) => count >= rareBelow);
  const rare = known.filter(({ count }) => count < rareBelow);
  let clusters = byFrequency(frequent).map((category) => clusterOf([category], column, target));
  if (rare.length > 0) {
    clusters.push(clusterOf(rare, column, target));
  }
  const rows = new Map(known.map(({ value }) => [String(value), [String(value)]]));
  const other = freeLabel(otherCategories, column.values);
  const writeLevel = () => {
    for (const { members } of clusters) {
      const label =
        members.length > 1 && members.length === rare.length && members[0] === labelOf(rare[0]!.value)
          ? other
          : members.join(' | ');
      for (const member of members) {
        rows.get(member)!.push(label);
      }
    }
  };
  if (rare.length > 1) {
    writeLevel();
  }
  for (let wanted = Math.floor(clusters.length / 2); wanted >= 2; wanted = Math.floor(wanted / 2)) {
    while (clusters.length > wanted) {
      clusters = mergeClosest(clusters);
    }
    writeLevel();
  }
  return { kind: 'table', rows: [...rows.values()].map((row) => [...row, '*']) };
}

function clusterOf(categories: readonly Counted[], column: EncodedColumn, target: EncodedColumn): Cluster {
  const codes = new Set(categories.map(({ code }) => code));
  const distribution = new Float64Array(target.values.length);
  let weight = 0;
  for (let row = 0; row < column.codes.length; row += 1) {
    if (codes.has(column.codes[row]!)) {
      distribution[target.codes[row]!]! += 1;
      weight += 1;
    }
  }
  return {
    members: categories.map(({ value }) => String(value)),
    weight,
    distribution: distribution.map((count) => count / weight),
  };
}

function mergeClosest(clusters: readonly Cluster[]): Cluster[] {
  let best = Number.POSITIVE_INFINITY;
  let pair: readonly [number, number] = [0, 1];
  for (let first = 0; first < clusters.length; first += 1) {
    for (let second = first + 1; second < clusters.length; second += 1) {
      const loss = lossOfMerging(clusters[first]!, clusters[second]!);
      if (loss < best) {
        best = loss;
        pair = [first, second];
      }
    }
  }
  const [a, b] = [clusters[pair[0]]!, clusters[pair[1]]!];
  const weight = a.weight + b.weight;
  const distribution = a.distribution.map(
    (share, index) => (share * a.weight + b.distribution[index]! * b.weight) / weight,
  );
  const merged = { members: [...a.members, ...b.members], weight, distribution };
  return clusters.flatMap((cluster, index) =>
    index === pair[0] ? [merged] : index === pair[1] ? [] : [cluster],
  );
}

function lossOfMerging(a: Cluster, b: Cluster): number {
  const distance = a.distribution.reduce(
    (sum, share, index) => sum + (share - b.distribution[index]!) ** 2,
    0,
  );
  return (distance * a.weight * b.weight) / (a.weight + b.weight);
}
