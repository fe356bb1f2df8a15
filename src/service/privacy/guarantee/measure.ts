import type { EncodedColumn } from '../../data/encodedTable.ts';
import {
  basicLikeness,
  type ClassCounts,
  closeness,
  deltaDisclosure,
  distinctValues,
  enhancedLikeness,
  entropyOf,
  largestShare,
  type SensitiveDistance,
  sensitiveValues,
} from './distribution.ts';
import { noRows } from './errors.ts';
import { distinctTuples } from './tuples.ts';

/** What a table as it stands fulfils, for one sensitive column: the worst of its classes decides. */
export interface AttainedGuarantees {
  /** Rows of the smallest class. */
  readonly k: number;
  /** Fewest distinct values of a class. */
  readonly l: number;
  /** The exponential of the smallest entropy of a class: entropy l-diverse for each l up to here. */
  readonly entropyL: number;
  /** The largest share of a value within a class. */
  readonly alpha: number;
  readonly t: number;
  readonly beta: number;
  readonly enhancedBeta: number;
  /** With the natural logarithm. */
  readonly delta: number;
}

export function attainedGuarantees(
  quasiIdentifiers: readonly EncodedColumn[],
  sensitive: EncodedColumn,
  distance: SensitiveDistance = { kind: 'equal' },
): AttainedGuarantees {
  const rowCount = sensitive.codes.length;
  if (rowCount === 0) {
    throw noRows('Measuring guarantees');
  }
  const { count, sizes, tupleOfRow } = distinctTuples(quasiIdentifiers, rowCount);
  const values = sensitiveValues(
    sensitive,
    undefined,
    distance.kind === 'hierarchical' ? distance.levels : undefined,
  );
  const worst = { k: rowCount, l: rowCount, entropy: Number.POSITIVE_INFINITY, alpha: 0, t: 0 };
  const likeness = { beta: 0, enhancedBeta: 0, delta: 0 };
  forEachClass({ classOf: tupleOfRow, count, sizes }, sensitive.codes, sensitive.values.length, (found) => {
    worst.k = Math.min(worst.k, found.size);
    worst.l = Math.min(worst.l, distinctValues(found));
    worst.entropy = Math.min(worst.entropy, entropyOf(found));
    worst.alpha = Math.max(worst.alpha, largestShare(found));
    worst.t = Math.max(worst.t, closeness(found, values, distance.kind));
    likeness.beta = Math.max(likeness.beta, basicLikeness(found, values));
    likeness.enhancedBeta = Math.max(likeness.enhancedBeta, enhancedLikeness(found, values));
    likeness.delta = Math.max(likeness.delta, deltaDisclosure(found, values));
  });
  const { entropy, ...rest } = worst;
  return { ...rest, entropyL: Math.exp(entropy), ...likeness };
}

interface Classes {
  /** For each item its class. */
  readonly classOf: Int32Array;
  readonly count: number;
  /** Rows of each class. */
  readonly sizes: Int32Array;
}

/**
 * Visits the classes one by one with their sensitive values counted; what it hands out is good during the visit alone.
 * `weights` says how many rows an item stands for.
 */
export function forEachClass(
  { classOf, count, sizes }: Classes,
  sensitiveCodes: Int32Array,
  sensitiveCount: number,
  visit: (found: ClassCounts, index: number) => void,
  weights?: Int32Array,
): void {
  const items = sensitiveCodes.length;
  const starts = new Int32Array(count + 1);
  for (let item = 0; item < items; item += 1) {
    starts[classOf[item]! + 1]! += 1;
  }
  for (let index = 0; index < count; index += 1) {
    starts[index + 1]! += starts[index]!;
  }
  const next = starts.slice(0, count);
  const ordered = new Int32Array(items);
  for (let item = 0; item < items; item += 1) {
    ordered[next[classOf[item]!]!++] = item;
  }
  const counts = new Int32Array(sensitiveCount);
  const codes = new Int32Array(sensitiveCount);
  for (let index = 0; index < count; index += 1) {
    let present = 0;
    for (let place = starts[index]!; place < starts[index + 1]!; place += 1) {
      const item = ordered[place]!;
      const code = sensitiveCodes[item]!;
      if (counts[code] === 0) {
        codes[present] = code;
        present += 1;
      }
      counts[code]! += weights === undefined ? 1 : weights[item]!;
    }
    visit({ size: sizes[index]!, counts, codes, present }, index);
    for (let place = 0; place < present; place += 1) {
      counts[codes[place]!] = 0;
    }
  }
}
