import { nearestCorrelation } from '../../statistics/symmetricMatrix.ts';
import type { Work } from '../../statistics/work.ts';
import type { FittedMargin } from './margin.ts';
import { codeScores, hermiteCoefficients, latentCorrelation } from './scores.ts';

/** A pair is not known better from more products than these, and a wide table would take for ever. */
const maximumProducts = 5e9;
const blockRows = 1024;

/**
 * The correlations of the latent normal values, size × size: for each pair that under which the mean product of the
 * columns' scores is what the rows show. Unlike the correlation of values drawn inside the intervals it is not
 * weakened by columns of few values.
 */
export function latentCorrelations(
  columns: readonly FittedMargin[],
  rowCount: number,
  work: Work,
): Float64Array {
  const size = columns.length;
  const means = meanProducts(columns, rowCount, work);
  const coefficients = columns.map(({ margin }) => hermiteCoefficients(margin));
  const matrix = new Float64Array(size * size);
  for (let row = 0; row < size; row += 1) {
    matrix[row * (size + 1)] = 1;
    work.checkCancelled?.();
    for (let column = 0; column < row; column += 1) {
      const varies = coefficients[row]![0] !== 0 && coefficients[column]![0] !== 0;
      const product = means[row * size + column]!;
      const correlation = varies ? latentCorrelation(product, coefficients[row]!, coefficients[column]!) : 0;
      matrix[row * size + column] = correlation;
      matrix[column * size + row] = correlation;
    }
  }
  bridgeUnknown(matrix, size);
  return nearestCorrelation(matrix, size);
}

/**
 * Pairs of which no row tells anything, such as numbers and whether they are missing, get the correlation that
 * follows from the third column through which they are associated most.
 */
function bridgeUnknown(matrix: Float64Array, size: number): void {
  const known = matrix.slice();
  for (let index = 0; index < known.length; index += 1) {
    if (!Number.isNaN(known[index]!)) {
      continue;
    }
    const [row, column] = [Math.floor(index / size), index % size];
    let strongest = 0;
    for (let third = 0; third < size; third += 1) {
      const through = known[row * size + third]! * known[third * size + column]!;
      const other = third !== row && third !== column;
      strongest = other && Math.abs(through) > Math.abs(strongest) ? through : strongest;
    }
    matrix[index] = strongest;
  }
}

/**
 * For each pair the mean product of the scores, as far as the rows in which both columns have one tell, and NaN where
 * they tell nothing; the lower triangle.
 */
export function meanProducts(columns: readonly FittedMargin[], rowCount: number, work: Work): Float64Array {
  const size = columns.length;
  const scores = columns.map((column) => codeScores(column));
  const incomplete = scores.some((values) => values.some(Number.isNaN));
  const sums = new PairSums(size);
  const stride = Math.max(1, Math.ceil((rowCount * size * size) / 2 / maximumProducts));
  const rows = Math.floor((rowCount - 1) / stride) + 1;
  const values = scores.map(() => new Float64Array(blockRows));
  const there = scores.map(() => new Float64Array(blockRows));
  for (let from = 0; from < rows; from += blockRows) {
    work.checkCancelled?.();
    work.progress?.(from / rows);
    const length = Math.min(blockRows, rows - from);
    columns.forEach(({ codes }, index) => {
      const [own, present, scoreOf] = [values[index]!, there[index]!, scores[index]!];
      for (let row = 0; row < length; row += 1) {
        const score = scoreOf[codes[(from + row) * stride]!]!;
        const missing = Number.isNaN(score);
        own[row] = missing ? 0 : score;
        present[row] = missing ? 0 : 1;
      }
    });
    sums.add(values, there, length, incomplete);
  }
  return incomplete ? sums.fromPresent() : sums.products.map((sum) => sum / rows);
}

/** Sums over the rows in which both columns of a pair have a score; entry row × size + column, row above column too. */
class PairSums {
  readonly products: Float64Array;
  readonly #size: number;
  readonly #counts: Float64Array;
  /** Of the row's scores where the column has one, and of their squares. */
  readonly #sums: Float64Array;
  readonly #squares: Float64Array;

  constructor(size: number) {
    this.#size = size;
    this.products = new Float64Array(size * size);
    this.#counts = new Float64Array(size * size);
    this.#sums = new Float64Array(size * size);
    this.#squares = new Float64Array(size * size);
  }

  add(
    values: readonly Float64Array[],
    there: readonly Float64Array[],
    length: number,
    incomplete: boolean,
  ): void {
    const size = this.#size;
    for (let first = 0; first < size; first += 1) {
      for (let second = 0; second <= first; second += 1) {
        this.products[first * size + second]! += dot(values[first]!, values[second]!, length);
      }
    }
    if (!incomplete) {
      return;
    }
    const squares = values.map((block) => block.map((score) => score * score));
    for (let first = 0; first < size; first += 1) {
      for (let second = 0; second < size; second += 1) {
        const index = first * size + second;
        this.#counts[index]! += dot(there[first]!, there[second]!, length);
        this.#sums[index]! += dot(values[first]!, there[second]!, length);
        this.#squares[index]! += dot(squares[first]!, there[second]!, length);
      }
    }
  }

  /**
   * The correlation among the rows that have both, at the spread that each column has over all its rows: values that
   * are missing where another column is large would otherwise pass for a weaker association.
   */
  fromPresent(): Float64Array {
    const size = this.#size;
    const variance = (index: number) => {
      const count = Math.max(1, this.#counts[index]!);
      return this.#squares[index]! / count - (this.#sums[index]! / count) ** 2;
    };
    return this.products.map((product, index) => {
      const [first, second] = [Math.floor(index / size), index % size];
      const mirrored = second * size + first;
      const count = this.#counts[index]!;
      const spread = variance(index) * variance(mirrored);
      if (count < 2 || spread <= 1e-9) {
        return Number.NaN;
      }
      const covariance = product / count - (this.#sums[index]! * this.#sums[mirrored]!) / count ** 2;
      const whole = variance(first * (size + 1)) * variance(second * (size + 1));
      return covariance * Math.sqrt(whole / spread);
    });
  }
}

function dot(a: Float64Array, b: Float64Array, length: number): number {
  let sum = 0;
  for (let row = 0; row < length; row += 1) {
    sum += a[row]! * b[row]!;
  }
  return sum;
}
