import { type Classifier, mostLikely } from './adaBoost.ts';
import type { Features } from './features.ts';
import { minimise } from './minimise.ts';

export interface LogisticOptions {
  readonly classCount: number;
  /** How much each row counts. */
  readonly weights: Float64Array;
  readonly checkCancelled?: () => void;
}

const iterations = 60;

/**
 * Multinomial logistic regression with the squared norm of the weights (without intercepts) as its penalty, halved:
 * numbers standardised, an unknown one taken as the mean; categories one-hot.
 */
export function fitLogistic(
  train: Features,
  classes: Int32Array,
  options: LogisticOptions,
): Classifier<Features> {
  const { classCount, weights, checkCancelled } = options;
  const encode = sparseRows(train);
  const rows = encode(train);
  const start = new Float64Array((rows.width + 1) * classCount);
  const solution = minimise(
    (parameters, gradient) => {
      checkCancelled?.();
      return lossAndGradient(rows, classes, { classCount, weights }, parameters, gradient);
    },
    start,
    iterations,
  );
  return (asked) => mostLikely(scores(encode(asked), classCount, solution), classCount);
}

/** Each row has as many entries as there are columns: where in the parameters, and times what. */
interface SparseRows {
  readonly rowCount: number;
  readonly entries: number;
  readonly width: number;
  readonly positions: Int32Array;
  readonly factors: Float64Array;
}

function sparseRows(train: Features): (features: Features) => SparseRows {
  const scales = train.numbers.map(meanAndDeviation);
  return ({ rowCount, numbers, categories }) => {
    const entries = numbers.length + categories.length;
    const positions = new Int32Array(rowCount * entries);
    const factors = new Float64Array(rowCount * entries).fill(1);
    numbers.forEach((values, index) => {
      const { mean, deviation } = scales[index]!;
      for (let row = 0; row < rowCount; row += 1) {
        const value = values[row]!;
        positions[row * entries + index] = index;
        factors[row * entries + index] = Number.isNaN(value) ? 0 : (value - mean) / deviation;
      }
    });
    let width = numbers.length;
    categories.forEach(({ levels, levelCount }, index) => {
      for (let row = 0; row < rowCount; row += 1) {
        positions[row * entries + numbers.length + index] = width + levels[row]!;
      }
      width += levelCount;
    });
    return { rowCount, entries, width, positions, factors };
  };
}

/** For each row and class its linear score; the last parameters of a class are at `width`, its intercept. */
function scores(rows: SparseRows, classCount: number, parameters: Float64Array): Float64Array {
  const { rowCount, entries, width, positions, factors } = rows;
  const result = new Float64Array(rowCount * classCount);
  for (let row = 0; row < rowCount; row += 1) {
    for (let each = 0; each < classCount; each += 1) {
      const offset = each * (width + 1);
      let sum = parameters[offset + width]!;
      for (let entry = row * entries; entry < (row + 1) * entries; entry += 1) {
        sum += parameters[offset + positions[entry]!]! * factors[entry]!;
      }
      result[row * classCount + each] = sum;
    }
  }
  return result;
}

function lossAndGradient(
  rows: SparseRows,
  classes: Int32Array,
  { classCount, weights }: LogisticOptions,
  parameters: Float64Array,
  gradient: Float64Array,
): number {
  const { rowCount, entries, width, positions, factors } = rows;
  const linear = scores(rows, classCount, parameters);
  gradient.fill(0);
  let loss = 0;
  for (let row = 0; row < rowCount; row += 1) {
    const own = linear.subarray(row * classCount, (row + 1) * classCount);
    const total = softmax(own);
    loss -= weights[row]! * total(classes[row]!);
    for (let each = 0; each < classCount; each += 1) {
      const offset = each * (width + 1);
      const error = weights[row]! * (Math.exp(total(each)) - Number(classes[row] === each));
      gradient[offset + width]! += error;
      for (let entry = row * entries; entry < (row + 1) * entries; entry += 1) {
        gradient[offset + positions[entry]!]! += error * factors[entry]!;
      }
    }
  }
  for (let index = 0; index < parameters.length; index += 1) {
    if (index % (width + 1) !== width) {
      loss += (parameters[index]! * parameters[index]!) / 2;
      gradient[index]! += parameters[index]!;
    }
  }
  return loss;
}

/** The logarithm of the softmax, by class. */
function softmax(linear: Float64Array): (each: number) => number {
  let greatest = linear[0]!;
  for (const value of linear) {
    greatest = Math.max(greatest, value);
  }
  let sum = 0;
  for (const value of linear) {
    sum += Math.exp(value - greatest);
  }
  const normaliser = greatest + Math.log(sum);
  return (each) => linear[each]! - normaliser;
}

function meanAndDeviation(values: Float64Array): { mean: number; deviation: number } {
  const present = values.filter((value) => !Number.isNaN(value));
  const mean = present.reduce((sum, value) => sum + value / present.length, 0);
  const variance = present.reduce((sum, value) => sum + (value - mean) ** 2 / present.length, 0);
  return { mean, deviation: variance > 0 ? Math.sqrt(variance) : 1 };
}
