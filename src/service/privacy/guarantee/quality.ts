import type { LevelTable } from './hierarchy/levelTable.ts';

/** What a search makes as small as it can. */
export type QualityModel =
  /**
   * Σ over columns and rows of −log₂(rows with the value / rows with its generalisation), in bits
   * (de Waal and Willenborg 1999). With suppression counted, the step of suppressed rows from their generalised values
   * to `*` is added: Σ over columns and these rows of −log₂(suppressed rows with the value / suppressed rows).
   */
  | { readonly model: 'nonUniformEntropy'; readonly suppression?: 'ignored' | 'counted' }
  /**
   * Share of a hierarchy's values that cannot be told apart any more: (leaves under the label − 1)/(leaves − 1), mean over rows.
   * As the mean over columns, or as the columns' losses in descending order, compared one after the other.
   */
  | { readonly model: 'loss'; readonly aggregate: 'mean' | 'rank' }
  /** 1 − Prec (Sweeney 2002): level / highest level, mean over columns. */
  | { readonly model: 'precision' }
  /** DM (Bayardo and Agrawal 2005): Σ f² over accepted classes + N·f over suppressed ones. */
  | { readonly model: 'discernibility' }
  /** AECS (LeFevre et al. 2006): N / (classes · k), suppressed rows as one class. */
  | { readonly model: 'averageClassSize' };

/** A score: smaller is better, compared one figure after the other. */
export type Score = readonly number[];

export function compareScores(a: Score, b: Score): number {
  for (let index = 0; index < a.length; index += 1) {
    if (a[index] !== b[index]) {
      return a[index]! - b[index]!;
    }
  }
  return 0;
}

/** What a column costs on each of its levels, or undefined where the cost is not the sum of columns' costs. */
export function columnCosts(
  { model }: QualityModel,
  { levels, leafCount }: LevelTable,
  rowsOfCode: ArrayLike<number>,
  rowCount: number,
): Float64Array | undefined {
  switch (model) {
    case 'nonUniformEntropy':
      return Float64Array.from(levels, (level) =>
        nonUniformEntropy(level.labelOfCode, level.labels.length, rowsOfCode),
      );
    case 'loss':
      return Float64Array.from(levels, ({ labelOfCode, leaves }) => {
        let sum = 0;
        labelOfCode.forEach((label, code) => {
          sum += rowsOfCode[code]! * (leaves[label]! - 1);
        });
        return leafCount > 1 ? sum / rowCount / (leafCount - 1) : 0;
      });
    case 'precision':
      return Float64Array.from(levels, (_, level) => (levels.length > 1 ? level / (levels.length - 1) : 0));
    default:
      return undefined;
  }
}

function nonUniformEntropy(
  labelOfCode: Int32Array,
  labelCount: number,
  rowsOfCode: ArrayLike<number>,
): number {
  const rowsOfLabel = new Float64Array(labelCount);
  labelOfCode.forEach((label, code) => {
    rowsOfLabel[label]! += rowsOfCode[code]!;
  });
  let sum = 0;
  labelOfCode.forEach((label, code) => {
    const rows = rowsOfCode[code]!;
    if (rows > 0 && rows !== rowsOfLabel[label]) {
      sum += rows * Math.log2(rowsOfLabel[label]! / rows);
    }
  });
  return sum;
}

/** The score of what the columns cost. */
export function aggregateCosts(quality: QualityModel, costs: readonly number[]): Score {
  if (quality.model === 'loss' && quality.aggregate === 'rank') {
    return [...costs].sort((a, b) => b - a);
  }
  const sum = costs.reduce((total, cost) => total + cost, 0);
  return [quality.model === 'nonUniformEntropy' ? sum : sum / costs.length];
}

/** The classes of a generalised table, as far as quality depends on them. */
export interface ClassSizes {
  readonly sizes: Int32Array;
  readonly count: number;
  /** For each class 1 where it is suppressed. */
  readonly suppressed: Uint8Array;
  readonly rowCount: number;
  /** The class size that the criteria ask for. */
  readonly k: number;
}

/** The score of a node by its classes, and what no node above it can score below. */
export function classScore({ model }: QualityModel, classes: ClassSizes): { score: Score; bound: Score } {
  const { sizes, count, suppressed, rowCount, k } = classes;
  let squares = 0;
  let cost = 0;
  let accepted = 0;
  let lost = 0;
  for (let index = 0; index < count; index += 1) {
    const size = sizes[index]!;
    squares += size * size;
    if (suppressed[index] === 1) {
      cost += rowCount * size;
      lost += size;
    } else {
      cost += size * size;
      accepted += 1;
    }
  }
  if (model === 'discernibility') {
    // A row costs at least the size of its class, and classes only grow upwards.
    return { score: [cost], bound: [squares] };
  }
  return {
    score: [rowCount / ((accepted + (lost > 0 ? 1 : 0)) * k)],
    bound: [rowCount / ((count + 1) * k)],
  };
}
