import { setImmediate as nextTurn } from 'node:timers/promises';
import { cancelled } from '../../base/errors.ts';
import type { Association, Associations, DataProfile, LeakageHint } from '../../protocol/data.ts';
import { associate, type ComparedColumn } from './associations.ts';
import type { ColumnSample, SampledColumn } from './columnSample.ts';
import { binCodes, determination } from './determination.ts';

const mostCompared = 60;
const leastStrength = 0.1;

/** From here on a hint is given: hardly any doubt about the other column is left. */
const leastDetermination = 0.95;
const leastCorrelation = 0.99;

type Relations = Pick<DataProfile, 'associations' | 'hints'>;

/** Associations of all pairs of columns that can be compared, and those that say the same. */
export async function relateColumns(
  { rows, columns, candidates }: ColumnSample,
  signal: AbortSignal | undefined,
): Promise<Relations> {
  const comparable = columns.flatMap((column) => column.compared ?? []);
  const compared = comparable.slice(0, mostCompared);
  const leftOut = comparable.length - compared.length + candidates - columns.length;
  const pairs = await associatePairs(
    compared.flatMap((a, at) => compared.slice(at + 1).map((b): Pair => [a, b])),
    signal,
  );
  const associations: Associations = {
    rows,
    columns: compared.map(({ name }) => name),
    pairs,
    ...(leftOut > 0 && { leftOut }),
  };
  return { associations, hints: redundancies(columns, pairs) };
}

/**
 * What gives the target away. It is compared with the others also where the table has so many columns that it was left
 * out before.
 */
export async function relateToTarget(
  { columns }: ColumnSample,
  { associations }: Relations,
  target: string,
  signal: AbortSignal | undefined,
): Promise<Relations> {
  const found = columns.find(({ name }) => name === target);
  const hints = found ? await giveaways(columns, found, signal) : [];
  if (!found?.compared || associations.columns.includes(target)) {
    return { associations, hints };
  }
  const own = found.compared;
  const others = columns.flatMap(({ name, compared }) =>
    compared && associations.columns.includes(name) ? [compared] : [],
  );
  const pairs = await associatePairs(
    others.map((other): Pair => [own, other]),
    signal,
  );
  return {
    hints,
    associations: {
      ...associations,
      columns: [...associations.columns, target],
      pairs: byStrength([...associations.pairs, ...pairs]),
      ...(associations.leftOut !== undefined && { leftOut: associations.leftOut - 1 }),
    },
  };
}

type Pair = readonly [ComparedColumn, ComparedColumn];

/** Only those that are worth telling, the strongest first. */
async function associatePairs(
  pairs: readonly Pair[],
  signal: AbortSignal | undefined,
): Promise<readonly Association[]> {
  const found: Association[] = [];
  const others = takeTurns(signal);
  for (const [a, b] of pairs) {
    const { measure, strength } = associate(a, b);
    if (strength !== undefined && Math.abs(strength) >= leastStrength) {
      found.push({ a: a.name, b: b.name, measure, strength });
    }
    await others();
  }
  return byStrength(found);
}

function byStrength(pairs: readonly Association[]): readonly Association[] {
  return [...pairs].sort((a, b) => Math.abs(b.strength) - Math.abs(a.strength));
}

async function giveaways(
  columns: readonly SampledColumn[],
  target: SampledColumn,
  signal: AbortSignal | undefined,
): Promise<readonly LeakageHint[]> {
  const hints: LeakageHint[] = [];
  const others = takeTurns(signal);
  for (const column of columns) {
    const hint = column === target ? undefined : giveaway(column, target);
    if (hint) {
      hints.push({ ...hint, column: column.name, other: target.name });
    }
    await others();
  }
  return hints.sort((a, b) => b.strength - a.strength);
}

function giveaway(
  column: SampledColumn,
  target: SampledColumn,
): Pick<LeakageHint, 'kind' | 'strength'> | undefined {
  if (column.numbers && target.numbers) {
    const { strength = 0 } = associate(column.compared!, target.compared!);
    if (Math.abs(strength) >= leastCorrelation) {
      return { kind: 'nearlyTarget', strength: Math.abs(strength) };
    }
  }
  const wanted = target.numbers && target.codes.levels > 20 ? binCodes(target.numbers, 10) : target.codes;
  const direct = determination(column.codes, wanted);
  const binned =
    column.numbers && column.codes.levels > 50
      ? determination(binCodes(column.numbers, 50), wanted)
      : undefined;
  const strength = Math.max(direct ?? 0, binned ?? 0);
  if (strength < leastDetermination) {
    return undefined;
  }
  const back = (direct ?? 0) >= leastDetermination ? (determination(wanted, column.codes) ?? 0) : 0;
  return { kind: back >= leastDetermination ? 'nearlyTarget' : 'determinesTarget', strength };
}

/** Two columns that say the same. */
function redundancies(
  columns: readonly SampledColumn[],
  pairs: readonly Association[],
): readonly LeakageHint[] {
  const byName = new Map(columns.map((column) => [column.name, column]));
  return pairs
    .filter(({ strength }) => Math.abs(strength) >= 0.999)
    .flatMap(({ a, b, measure, strength }): LeakageHint[] => {
      const [one, other] = [byName.get(a)!.codes, byName.get(b)!.codes];
      const isSame =
        measure === 'pearson' || (determination(one, other) === 1 && determination(other, one) === 1);
      return isSame ? [{ kind: 'redundant', column: b, other: a, strength: Math.abs(strength) }] : [];
    });
}

/** Others wait for the same process: called after each piece of work, it lets them in now and then. */
function takeTurns(signal: AbortSignal | undefined): () => Promise<void> {
  let turn = performance.now();
  return async () => {
    if (performance.now() - turn > 20) {
      await nextTurn();
      turn = performance.now();
      if (signal?.aborted) {
        throw cancelled();
      }
    }
  };
}
