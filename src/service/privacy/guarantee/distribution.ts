import type { EncodedColumn } from '../../data/encodedTable.ts';
import type { LevelTable } from './hierarchy/levelTable.ts';

/** One class, as the values of a sensitive column in it. */
export interface ClassCounts {
  /** Rows of the class. */
  readonly size: number;
  /** For each code of the sensitive column its rows in the class. */
  readonly counts: Int32Array;
  /** The codes that occur in the class come first, `present` of them. */
  readonly codes: Int32Array;
  readonly present: number;
}

/** How far two values of a sensitive column are apart. */
export type SensitiveDistance =
  | { readonly kind: 'equal' }
  /** Values in their natural order: numbers by size, others by text; a missing value comes first. */
  | { readonly kind: 'ordered' }
  /** Values under a near common label are near. */
  | { readonly kind: 'hierarchical'; readonly levels: LevelTable };

/** A sensitive column over the whole table. */
export interface SensitiveValues {
  /** For each code its share of all rows, above 0 for each value that occurs. */
  readonly shares: Float64Array;
  /** Codes in the natural order of their values, those that occur alone. */
  readonly order: Int32Array;
  readonly tree?: LevelTable;
}

/** `weights` as in `distinctTuples`. */
export function sensitiveValues(
  column: EncodedColumn,
  weights?: Int32Array,
  tree?: LevelTable,
): SensitiveValues {
  const shares = new Float64Array(column.values.length);
  let rowCount = 0;
  column.codes.forEach((code, row) => {
    const weight = weights === undefined ? 1 : weights[row]!;
    shares[code]! += weight;
    rowCount += weight;
  });
  const order = column.values
    .map((value, code) => ({ value, code }))
    .filter(({ code }) => shares[code]! > 0)
    .sort((a, b) => compareCells(a.value, b.value))
    .map(({ code }) => code);
  return {
    shares: shares.map((count) => count / rowCount),
    order: Int32Array.from(order),
    ...(tree && { tree }),
  };
}

/** The natural order of values: missing ones, then numbers by size, then the others by text. */
export function compareCells(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') {
    return a - b;
  }
  const rank = (value: unknown) => (value === null ? 0 : typeof value === 'number' ? 1 : 2);
  return rank(a) - rank(b) || (String(a) < String(b) ? -1 : String(a) === String(b) ? 0 : 1);
}

export function distinctValues({ present }: ClassCounts): number {
  return present;
}

/** −Σ p ln p (Machanavajjhala et al. 2007), in nats; a class is entropy l-diverse when it is ln l or more. */
export function entropyOf({ size, counts, codes, present }: ClassCounts): number {
  let entropy = 0;
  for (let index = 0; index < present; index += 1) {
    const share = counts[codes[index]!]! / size;
    entropy -= share * Math.log(share);
  }
  return entropy;
}

/** r₁ / Σ_{i≥l} r_i over the counts in descending order (Machanavajjhala et al. 2007): the class is recursive (c, l)-diverse for each c above. */
export function recursiveFactor({ counts, codes, present }: ClassCounts, l: number): number {
  const sorted = codes
    .slice(0, present)
    .map((code) => counts[code]!)
    .sort()
    .reverse();
  const tail = sorted.slice(l - 1).reduce((sum, count) => sum + count, 0);
  return tail === 0 ? Number.POSITIVE_INFINITY : sorted[0]! / tail;
}

/** The distance of the class's distribution from the table's (Li et al. 2007): the earth mover's, between 0 and 1. */
export function closeness(
  found: ClassCounts,
  values: SensitiveValues,
  distance: SensitiveDistance['kind'],
): number {
  switch (distance) {
    case 'equal':
      return equalDistance(found, values);
    case 'ordered':
      return orderedDistance(found, values);
    case 'hierarchical':
      return hierarchicalDistance(found, values);
  }
}

/** ½ Σ |p − q| */
function equalDistance({ size, counts }: ClassCounts, { shares, order }: SensitiveValues): number {
  let sum = 0;
  for (const code of order) {
    sum += Math.abs(counts[code]! / size - shares[code]!);
  }
  return sum / 2;
}

/** Σ_i |Σ_{j≤i} (p_j − q_j)| / (m − 1) */
function orderedDistance({ size, counts }: ClassCounts, { shares, order }: SensitiveValues): number {
  let sum = 0;
  let running = 0;
  for (const code of order) {
    running += counts[code]! / size - shares[code]!;
    sum += Math.abs(running);
  }
  return order.length > 1 ? sum / (order.length - 1) : 0;
}

/** Σ over inner nodes of height/H · min(what its children have too much, what they lack). */
function hierarchicalDistance(
  { size, counts }: ClassCounts,
  { shares, order, tree }: SensitiveValues,
): number {
  if (tree === undefined) {
    throw new Error('The hierarchical distance needs the hierarchy of the sensitive column.');
  }
  const { levels } = tree;
  const height = levels.length - 1;
  let sum = 0;
  let extras = new Float64Array(levels[0]!.labels.length);
  for (const code of order) {
    extras[levels[0]!.labelOfCode[code]!]! += counts[code]! / size - shares[code]!;
  }
  for (let level = 1; level <= height; level += 1) {
    const parentOf = parentsOf(tree, level);
    const tooMuch = new Float64Array(levels[level]!.labels.length);
    const lacking = new Float64Array(levels[level]!.labels.length);
    extras.forEach((extra, label) => {
      const parent = parentOf[label]!;
      if (parent >= 0) {
        (extra > 0 ? tooMuch : lacking)[parent]! += Math.abs(extra);
      }
    });
    tooMuch.forEach((extra, label) => {
      sum += (level / height) * Math.min(extra, lacking[label]!);
    });
    extras = tooMuch.map((extra, label) => extra - lacking[label]!);
  }
  return sum;
}

/** For each label of the level below its label on this level; −1 where no value of the column has it. */
function parentsOf({ levels }: LevelTable, level: number): Int32Array {
  const below = levels[level - 1]!;
  const parents = new Int32Array(below.labels.length).fill(-1);
  below.labelOfCode.forEach((label, code) => {
    parents[label] = levels[level]!.labelOfCode[code]!;
  });
  return parents;
}

/** The largest relative gain of a value, (p − q)/q (Cao and Karras 2012). */
export function basicLikeness(found: ClassCounts, values: SensitiveValues): number {
  return largest(found, values, (p, q) => (p - q) / q);
}

/** The largest of min((p − q)/q, −ln q), as pyCANON reports it. */
export function enhancedLikeness(found: ClassCounts, values: SensitiveValues): number {
  return largest(found, values, (p, q) => Math.min((p - q) / q, -Math.log(q)));
}

/** The largest |ln(p/q)| over the values of the class (Brickell and Shmatikov 2008, with the natural logarithm). */
export function deltaDisclosure(found: ClassCounts, values: SensitiveValues): number {
  return largest(found, values, (p, q) => Math.abs(Math.log(p / q)));
}

export function largestShare(found: ClassCounts): number {
  let most = 0;
  for (let index = 0; index < found.present; index += 1) {
    most = Math.max(most, found.counts[found.codes[index]!]!);
  }
  return most / found.size;
}

function largest(
  { size, counts, codes, present }: ClassCounts,
  { shares }: SensitiveValues,
  measure: (p: number, q: number) => number,
): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < present; index += 1) {
    const code = codes[index]!;
    most = Math.max(most, measure(counts[code]! / size, shares[code]!));
  }
  return most;
}
