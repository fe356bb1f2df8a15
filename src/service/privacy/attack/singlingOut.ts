import type { EncodedTable } from '../../data/encodedTable.ts';
import type { Random } from '../statistics/random.ts';
import { type AttackInput, type AttackResult, attackResult, usualAttempts } from './attack.ts';
import {
  guessedTerms,
  kindsOf,
  type Predicate,
  predicateCounter,
  rowPredicates,
  uniquePredicates,
} from './predicates.ts';

/**
 * Singling out, after A. Cohen and K. Nissim, "Towards formalizing the GDPR's notion of singling out" (2020): whoever
 * has the release writes a predicate, and succeeds when it is true of exactly one of the real rows.
 *
 * Both attacks use predicates that are true of exactly one released row. Undefined where the release allows none.
 */
export function singleOutByOneColumn(input: AttackInput): AttackResult | undefined {
  const random = input.random.fork('one column');
  const kinds = kindsOf(input.released, input.kinds);
  const all = uniquePredicates(input.released, kinds);
  const order = random.permutation(all.length).slice(0, input.attempts ?? usualAttempts);
  const predicates = Array.from(order, (index) => all[index]!);
  return attack('singling out by one column', input, predicates, 1, random);
}

export function singleOutBySeveralColumns(input: AttackInput, columnCount = 4): AttackResult | undefined {
  const random = input.random.fork('several columns');
  const kinds = kindsOf(input.released, input.kinds);
  const names = input.released.columns.map(({ name }) => name);
  const count = predicateCounter(input.released, kinds);
  const ofRow = rowPredicates(input.released, kinds);
  const attempts = input.attempts ?? usualAttempts;
  const used = Math.min(columnCount, names.length);
  const predicates = new Map<string, Predicate>();
  for (let tried = 0; tried < attempts * triesPerPredicate && predicates.size < attempts; tried += 1) {
    input.checkCancelled?.();
    const row = random.below(input.released.rowCount);
    const predicate = ofRow(row, chooseColumns(names, used, random));
    if (count(predicate, 2) === 1) {
      predicates.set(JSON.stringify(predicate), predicate);
    }
  }
  return attack('singling out by several columns', input, [...predicates.values()], used, random);
}

const triesPerPredicate = 20;

function attack(
  name: AttackResult['attack'],
  input: AttackInput,
  predicates: readonly Predicate[],
  columnCount: number,
  random: Random,
): AttackResult | undefined {
  if (predicates.length === 0) {
    return undefined;
  }
  const kinds = kindsOf(input.released, input.kinds);
  const names = input.released.columns.map((column) => column.name);
  const guess = guessedTerms(input.released, kinds, random.fork('guess'));
  const guesses = predicates.map(() => chooseColumns(names, columnCount, random).map(guess));
  const counts = (table: EncodedTable, asked: readonly Predicate[]) => {
    const count = predicateCounter(table, kinds);
    return asked.map((predicate) => {
      input.checkCancelled?.();
      return count(predicate, greatestCount);
    });
  };
  const isolated = (found: readonly number[]) => found.filter((each) => each === 1).length;
  const inControl = counts(input.control, predicates);
  const scale = isolationScale(inControl, input.train.rowCount / input.control.rowCount);
  return attackResult(name, {
    train: isolated(counts(input.train, predicates)),
    trainAttempts: predicates.length,
    control: Math.min(predicates.length, isolated(inControl) * scale),
    controlAttempts: predicates.length,
    baseline: isolated(counts(input.train, guesses)),
    baselineAttempts: guesses.length,
  });
}

/** Predicates of more rows than this single nobody out, however large the table. */
const greatestCount = 11;

/**
 * How many times as many predicates would be true of exactly one row if the control table were `growth` times as
 * large: a small table has more predicates without any row. The counts are taken to be negative binomial, as in
 * R. Fisher, A. Corbet, C. Williams (1943).
 */
export function isolationScale(counts: readonly number[], growth: number): number {
  const rare = counts.filter((count) => count < greatestCount);
  const mean = rare.reduce((sum, count) => sum + count, 0) / Math.max(1, rare.length);
  if (mean === 0) {
    return 1;
  }
  const variance = rare.reduce((sum, count) => sum + (count - mean) ** 2, 0) / rare.length;
  const shape = variance > mean ? mean ** 2 / (variance - mean) : Number.POSITIVE_INFINITY;
  const isolating = (average: number) =>
    Number.isFinite(shape)
      ? shape * (average / (shape + average)) * (shape / (shape + average)) ** shape
      : average * Math.exp(-average);
  return isolating(mean * growth) / isolating(mean);
}

function chooseColumns(names: readonly string[], count: number, random: Random): string[] {
  return Array.from(random.permutation(names.length).slice(0, count), (index) => names[index]!);
}
