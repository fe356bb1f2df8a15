import type { Cell, EncodedTable } from '../../data/encodedTable.ts';
import { columnKind, numericColumn, rowPlaces } from '../tables/columnKind.ts';
import { columnNamed, countCodes, sampleRows } from '../tables/rows.ts';
import { type AttackInput, type AttackResult, attackResult, usualAttempts } from './attack.ts';
import { gowerRows, nearest } from './gower.ts';

export interface InferenceInput extends AttackInput {
  /** The column that is guessed. */
  readonly secret: string;
  /** What is known of a person; every other column unless told. */
  readonly known?: readonly string[];
}

/** A guessed number is right within this share of the true one. */
const tolerance = 0.05;

/**
 * Inference: somebody knows some columns of a person and guesses another from the released row that is nearest in the
 * known ones. The naive guess is the commonest released value, or the median of numbers.
 */
export function infer(input: InferenceInput): AttackResult | undefined {
  const { released, train, control, kinds, secret, attempts = usualAttempts } = input;
  const random = input.random.fork(`inference of ${secret}`);
  const known = (input.known ?? released.columns.map(({ name }) => name)).filter((name) => name !== secret);
  const column = columnNamed(released, secret);
  if (!column || known.length === 0 || released.rowCount === 0) {
    return undefined;
  }
  const naive = naiveGuess(released, secret, input);
  const guess = (table: EncodedTable, purpose: string) => {
    const targets = sampleRows(table, attempts, random.fork(purpose));
    const rows = gowerRows(targets, released, known, kinds);
    const truth = columnNamed(targets, secret)!;
    const isRight = rightness(columnKind(truth, kinds) !== 'category');
    let right = 0;
    let naivelyRight = 0;
    for (let row = 0; row < targets.rowCount; row += 1) {
      input.checkCancelled?.();
      const actual = truth.values[truth.codes[row]!]!;
      const near = nearest(rows.left, row, rows.right, 1).rows[0]!;
      right += Number(isRight(actual, column.values[column.codes[near]!]!));
      naivelyRight += Number(isRight(actual, naive));
    }
    return { right, naivelyRight, attempts: targets.rowCount };
  };
  const ofTrain = guess(train, 'train');
  const ofControl = guess(control, 'control');
  const successes = {
    train: ofTrain.right,
    trainAttempts: ofTrain.attempts,
    control: ofControl.right,
    controlAttempts: ofControl.attempts,
    baseline: ofTrain.naivelyRight,
    baselineAttempts: ofTrain.attempts,
  };
  return attackResult('inference', successes, secret);
}

function rightness(numeric: boolean): (actual: Cell, guessed: Cell) => boolean {
  return (actual, guessed) => {
    if (!numeric || actual === null || guessed === null || Number.isNaN(Number(actual))) {
      return actual === guessed;
    }
    return Math.abs(Number(guessed) - Number(actual)) <= tolerance * Math.abs(Number(actual));
  };
}

function naiveGuess(released: EncodedTable, secret: string, { kinds }: AttackInput): Cell {
  const column = columnNamed(released, secret)!;
  const counts = countCodes(column.codes, column.values.length);
  const kind = columnKind(column, kinds);
  if (kind === 'category') {
    return column.values[counts.indexOf(counts.reduce((most, count) => Math.max(most, count), 0))]!;
  }
  const places = rowPlaces(numericColumn(column, kind));
  const order = [...places.keys()]
    .filter((row) => !Number.isNaN(places[row]!))
    .sort((a, b) => places[a]! - places[b]!);
  const middle = order[order.length >> 1];
  return middle === undefined ? null : column.values[column.codes[middle]!]!;
}
