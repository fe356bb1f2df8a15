import { formatShare, plural } from '../../../base/format.ts';
import type { Dial } from '../../../protocol/privacy.ts';
import type { EncodedColumn } from '../../data/encodedTable.ts';
import type { RecipeColumn } from '../recipe/columnSchema.ts';
import { sampleRiskOf } from '../risk/reidentification.ts';
import type { AppliedGuarantee } from './generalise.ts';
import type { Pairs } from './pairs.ts';

/** Sizes of the classes before and after, from the distinct combinations: rows are not read again. */
export function classSizesOf({ tuples, labelsOfTuple }: AppliedGuarantee): {
  readonly before: Int32Array;
  readonly after: Int32Array;
} {
  // Combinations were counted together with sensitive values: equal ones are one class.
  const before = new Map<string, number>();
  const after = new Map<string, number>();
  const { columns, rowCount } = tuples.table;
  for (let tuple = 0; tuple < rowCount; tuple += 1) {
    const count = tuples.counts[tuple]!;
    add(before, columns.map(({ codes }) => codes[tuple]).join(','), count);
    const labels = labelsOfTuple(tuple);
    if (labels) {
      add(after, JSON.stringify(labels), count);
    }
  }
  return { before: Int32Array.from(before.values()), after: Int32Array.from(after.values()) };
}

function add(counts: Map<string, number>, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

/** The average prosecutor's risk: the chance to point at the right row for somebody who is known to be in the table. */
export function riskDial(
  guarantee: AppliedGuarantee | undefined,
  columns: Readonly<Record<string, RecipeColumn>>,
): Dial {
  const named = Object.entries(columns).filter(
    ([, { role, method }]) => role === 'directIdentifier' && method === 'keep',
  );
  if (named.length > 0) {
    const names = named.map(([name]) => name).join(', ');
    return { before: 1, after: 1, sentence: `${names} names people as it is: everybody can be found.` };
  }
  const hasDirect = Object.values(columns).some(({ role }) => role === 'directIdentifier');
  if (!guarantee || guarantee.rowCount === 0) {
    return {
      before: hasDirect ? 1 : 0,
      after: 0,
      sentence: 'No column is marked as telling together with others who somebody is.',
    };
  }
  const sizes = classSizesOf(guarantee);
  const before = sampleRiskOf({ rowCount: guarantee.rowCount, sizes: sizes.before, classOfRow: none });
  const released = guarantee.rowCount - guarantee.suppressedRows;
  if (released === 0) {
    return { before: before.prosecutor.average, after: 0, sentence: 'No row is left.' };
  }
  const after = sampleRiskOf({ rowCount: released, sizes: sizes.after, classOfRow: none });
  const smallest = Math.round(1 / after.prosecutor.highest);
  return {
    before: hasDirect ? 1 : before.prosecutor.average,
    after: after.prosecutor.average,
    sentence:
      smallest === 1
        ? `${after.uniqueRows} of ${released} rows are still unlike all others.`
        : `Each row is like at least ${plural(smallest - 1, 'other')}${before.uniqueRows === 0 ? '' : `; of those that were unlike all others (${formatShare(before.sampleUniqueness, 1)}) none is left`}.`,
  };
}

const none = new Int32Array(0);

/**
 * How much of what the columns tell is left: the mean of I(before; after) / H(before) over the columns that are no
 * direct identifiers, numbers by 32 quantiles. 1 where a column is as it was or can be worked out, 0 where it is gone.
 */
export function useDial(pairs: Pairs, columns: Readonly<Record<string, RecipeColumn>>): Dial {
  const scores: { name: string; score: number }[] = [];
  for (const column of pairs.before.columns) {
    if (columns[column.name]?.role === 'directIdentifier') {
      continue;
    }
    const after = pairs.after.columns.find(({ name }) => name === column.name);
    const score = after ? keptInformation(column, after) : 0;
    if (score !== undefined) {
      scores.push({ name: column.name, score });
    }
  }
  const after = scores.length === 0 ? 1 : scores.reduce((sum, { score }) => sum + score, 0) / scores.length;
  const least = [...scores].sort((a, b) => a.score - b.score)[0];
  return {
    before: 1,
    after,
    sentence:
      least === undefined || least.score > 0.995
        ? 'Nearly everything that the columns tell is left.'
        : `${formatShare(after, 1)} of what the columns tell is left; least of ${least.name} (${formatShare(least.score, 1)}).`,
  };
}

/** Undefined for a column that tells nothing. */
function keptInformation(before: EncodedColumn, after: EncodedColumn): number | undefined {
  const rows = before.codes.length;
  const [a, b] = [binned(before), binned(after)];
  const counts = new Map<string, number>();
  const countsA = new Map<number, number>();
  const countsB = new Map<number, number>();
  for (let row = 0; row < rows; row += 1) {
    const [codeA, codeB] = [a[row]!, b[row]!];
    counts.set(`${codeA} ${codeB}`, (counts.get(`${codeA} ${codeB}`) ?? 0) + 1);
    countsA.set(codeA, (countsA.get(codeA) ?? 0) + 1);
    countsB.set(codeB, (countsB.get(codeB) ?? 0) + 1);
  }
  const entropy = entropyOf(countsA, rows);
  if (entropy === 0) {
    return undefined;
  }
  const mutual = entropy + entropyOf(countsB, rows) - entropyOf(counts, rows);
  return Math.min(1, Math.max(0, mutual / entropy));
}

function entropyOf(counts: ReadonlyMap<unknown, number>, rows: number): number {
  let sum = 0;
  for (const count of counts.values()) {
    sum -= (count / rows) * Math.log(count / rows);
  }
  return sum;
}

const bins = 32;

/** Codes, or those of 32 quantiles for numbers of many values. */
function binned({ values, codes }: EncodedColumn): Int32Array {
  const numbers = values.map((value) => (value === null ? Number.NaN : Number(value)));
  const isNumeric = values.every(
    (value, code) => value === null || (typeof value !== 'boolean' && Number.isFinite(numbers[code]!)),
  );
  if (!isNumeric || values.length <= bins) {
    return codes;
  }
  const sorted = Float64Array.from(codes, (code) => numbers[code]!)
    .filter((value) => !Number.isNaN(value))
    .sort();
  const edges = Array.from(
    { length: bins - 1 },
    (_, at) => sorted[Math.floor(((at + 1) * sorted.length) / bins)]!,
  );
  const binOf = numbers.map((value) =>
    Number.isNaN(value) ? bins : edges.reduce((bin, edge) => bin + (value >= edge ? 1 : 0), 0),
  );
  return codes.map((code) => binOf[code]!);
}
