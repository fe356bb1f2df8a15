import type { EncodedTable } from '../../data/encodedTable.ts';
import { countCodes, sampleRows } from '../tables/rows.ts';
import { type AttackInput, type AttackResult, attackResult, usualAttempts } from './attack.ts';
import { type GowerIndex, type GowerRows, gowerRows, nearest } from './gower.ts';

export interface LinkabilityInput extends AttackInput {
  /** Two disjoint sets of columns, each of which somebody holds about the same persons; halves unless told. */
  readonly attributes?: readonly [readonly string[], readonly string[]];
  /** How many released rows count as near; 10 unless told. */
  readonly neighbours?: number;
}

/**
 * Linkability: two parties know different columns of a person. They succeed in finding out that it is the same person
 * when one released row is among the nearest to what each of them knows.
 */
export function link(input: LinkabilityInput): AttackResult | undefined {
  const { released, train, control, kinds, neighbours = 10, attempts = usualAttempts } = input;
  const random = input.random.fork('linkability');
  const sets = input.attributes ?? halves(released);
  if (sets.some((set) => set.length === 0) || released.rowCount === 0) {
    return undefined;
  }
  const linked = (table: EncodedTable, purpose: string) => {
    const targets = sampleRows(table, attempts, random.fork(purpose));
    const [first, second] = sets.map((set) => gowerRows(targets, released, set, kinds)) as [Pair, Pair];
    let count = 0;
    for (let row = 0; row < targets.rowCount; row += 1) {
      input.checkCancelled?.();
      const near = new Set(nearest(first.left, row, first.right, neighbours).rows);
      count += Number(
        nearest(second.left, row, second.right, neighbours).rows.some((other) => near.has(other)),
      );
    }
    return { count, attempts: targets.rowCount };
  };
  const ofTrain = linked(train, 'train');
  const ofControl = linked(control, 'control');
  const anyRows = () => Array.from({ length: neighbours }, () => random.below(released.rowCount));
  const guessed = Array.from({ length: ofTrain.attempts }, () => {
    const near = new Set(anyRows());
    return anyRows().some((row) => near.has(row));
  });
  return attackResult('linkability', {
    train: ofTrain.count,
    trainAttempts: ofTrain.attempts,
    control: ofControl.count,
    controlAttempts: ofControl.attempts,
    baseline: guessed.filter(Boolean).length,
    baselineAttempts: guessed.length,
  });
}

interface Pair {
  readonly left: GowerRows;
  readonly right: GowerIndex;
}

/** Two sets that tell rows apart as equally well as can be: each column goes to the set with less entropy so far. */
function halves(released: EncodedTable): [string[], string[]] {
  const sets: [string[], string[]] = [[], []];
  const sums = [0, 0];
  const entropies = released.columns.map(({ name, values, codes }) => ({
    name,
    entropy: countCodes(codes, values.length).reduce(
      (sum, count) => sum - (count === 0 ? 0 : (count / codes.length) * Math.log2(count / codes.length)),
      0,
    ),
  }));
  for (const { name, entropy } of entropies.sort((a, b) => b.entropy - a.entropy)) {
    const fewer = sets[0].length <= sets[1].length ? 0 : 1;
    const set = sums[0] === sums[1] ? fewer : Number(sums[0]! > sums[1]!);
    sets[set]!.push(name);
    sums[set]! += entropy;
  }
  return sets;
}
