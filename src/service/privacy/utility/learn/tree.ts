import type { Features } from './features.ts';

/** Features cut into at most 256 bins, in which a tree looks for its splits. */
export interface BinnedFeatures {
  readonly rowCount: number;
  readonly columns: readonly BinnedColumn[];
}

interface BinnedColumn {
  readonly bins: Uint8Array;
  readonly binCount: number;
  /** Numbers are split into below and above; categories into one level and the rest, as one-hot columns would be. */
  readonly ordered: boolean;
}

export type Binning = (features: Features) => BinnedFeatures;

/** A tree for classes; leaves hold the share of each class. */
export interface Tree {
  /** For each row and class its share, row by row. */
  predict(features: BinnedFeatures): Float64Array;
}

export interface TreeOptions {
  readonly classCount: number;
  readonly maximumDepth: number;
  /** How much each row counts. */
  readonly weights: Float64Array;
  readonly checkCancelled?: () => void;
}

const maximumBins = 255;

/** Edges between bins are quantiles of the training rows; bin 0 of a number is "no value". */
export function fitBinning(train: Features): Binning {
  const edges = train.numbers.map(quantileEdges);
  return ({ rowCount, numbers, categories }) => ({
    rowCount,
    columns: [
      ...numbers.map((rows, index) => ({
        bins: Uint8Array.from(rows, (value) => (Number.isNaN(value) ? 0 : 1 + below(edges[index]!, value))),
        binCount: edges[index]!.length + 2,
        ordered: true,
      })),
      ...categories.map(({ levels, levelCount }) => ({
        bins: Uint8Array.from(levels),
        binCount: levelCount,
        ordered: false,
      })),
    ],
  });
}

/**
 * Grows a classification tree by the Gini index (Breiman et al., 1984), each node by its best split; of equally good
 * splits the first wins, so the same rows give the same tree.
 */
export function growTree(features: BinnedFeatures, classes: Int32Array, options: TreeOptions): Tree {
  const rows = Int32Array.from({ length: features.rowCount }, (_, row) => row);
  const root = grow({ features, classes, options, rows }, 0, rows.length, 0);
  return {
    predict(asked) {
      const shares = new Float64Array(asked.rowCount * options.classCount);
      for (let row = 0; row < asked.rowCount; row += 1) {
        let node = root;
        while ('left' in node) {
          node = goesLeft(asked.columns[node.column]!, node.bin, row) ? node.left : node.right;
        }
        shares.set(node.shares, row * options.classCount);
      }
      return shares;
    },
  };
}

type Node = Leaf | Branch;

interface Leaf {
  readonly shares: Float64Array;
}

interface Branch {
  readonly column: number;
  readonly bin: number;
  readonly left: Node;
  readonly right: Node;
}

interface Growth {
  readonly features: BinnedFeatures;
  readonly classes: Int32Array;
  readonly options: TreeOptions;
  /** Row numbers, permuted so that the rows of a node lie side by side. */
  readonly rows: Int32Array;
}

function grow(growth: Growth, from: number, to: number, depth: number): Node {
  const { options, features } = growth;
  options.checkCancelled?.();
  const totals = classTotals(growth, from, to);
  const total = totals.reduce((sum, weight) => sum + weight, 0);
  const leaf: Leaf = { shares: totals.map((weight) => (total === 0 ? 1 / totals.length : weight / total)) };
  if (depth === options.maximumDepth || to - from < 2 || totals.some((weight) => weight === total)) {
    return leaf;
  }
  const split = bestSplit(growth, from, to, totals);
  if (!split) {
    return leaf;
  }
  const middle = partition(growth.rows, from, to, (row) =>
    goesLeft(features.columns[split.column]!, split.bin, row),
  );
  return {
    ...split,
    left: grow(growth, from, middle, depth + 1),
    right: grow(growth, middle, to, depth + 1),
  };
}

interface Split {
  readonly column: number;
  readonly bin: number;
}

interface ScoredSplit extends Split {
  readonly purity: number;
}

function bestSplit(growth: Growth, from: number, to: number, totals: Float64Array): Split | undefined {
  // Rounding alone must not look like a gain.
  let best: ScoredSplit = { column: -1, bin: -1, purity: purity(totals) * (1 + 1e-12) };
  growth.features.columns.forEach((_, column) => {
    best = bestSplitOf(growth, column, { from, to, totals }, best);
  });
  return best.column === -1 ? undefined : { column: best.column, bin: best.bin };
}

/** The greatest Σ over both sides of (Σ weights of a class)² / Σ weights, which is the least Gini impurity. */
function bestSplitOf(
  growth: Growth,
  index: number,
  { from, to, totals }: { from: number; to: number; totals: Float64Array },
  soFar: ScoredSplit,
): ScoredSplit {
  const column = growth.features.columns[index]!;
  const { classCount } = growth.options;
  const { weights, counts } = histogram(growth, column, from, to);
  const left = new Float64Array(classCount);
  const right = new Float64Array(classCount);
  let best = soFar;
  let countLeft = 0;
  for (let bin = 0; bin < column.binCount; bin += 1) {
    if (counts[bin] === 0) {
      continue;
    }
    if (!column.ordered) {
      left.fill(0);
      countLeft = 0;
    }
    countLeft += counts[bin]!;
    for (let each = 0; each < classCount; each += 1) {
      left[each]! += weights[bin * classCount + each]!;
      right[each] = totals[each]! - left[each]!;
    }
    const reached = purity(left) + purity(right);
    if (countLeft < to - from && reached > best.purity) {
      best = { column: index, bin, purity: reached };
    }
  }
  return best;
}

function histogram({ classes, options, rows }: Growth, column: BinnedColumn, from: number, to: number) {
  const { classCount } = options;
  const weights = new Float64Array(column.binCount * classCount);
  const counts = new Int32Array(column.binCount);
  for (let index = from; index < to; index += 1) {
    const row = rows[index]!;
    const bin = column.bins[row]!;
    weights[bin * classCount + classes[row]!]! += options.weights[row]!;
    counts[bin]! += 1;
  }
  return { weights, counts };
}

function classTotals({ classes, options, rows }: Growth, from: number, to: number): Float64Array {
  const totals = new Float64Array(options.classCount);
  for (let index = from; index < to; index += 1) {
    totals[classes[rows[index]!]!]! += options.weights[rows[index]!]!;
  }
  return totals;
}

function purity(weights: Float64Array): number {
  let total = 0;
  let squares = 0;
  for (let each = 0; each < weights.length; each += 1) {
    total += weights[each]!;
    squares += weights[each]! * weights[each]!;
  }
  return total <= 0 ? 0 : squares / total;
}

function goesLeft({ bins, ordered }: BinnedColumn, bin: number, row: number): boolean {
  return ordered ? bins[row]! <= bin : bins[row]! === bin;
}

function partition(rows: Int32Array, from: number, to: number, first: (row: number) => boolean): number {
  const part = rows.slice(from, to);
  const left = part.filter(first);
  rows.set(left, from);
  rows.set(
    part.filter((row) => !first(row)),
    from + left.length,
  );
  return from + left.length;
}

function quantileEdges(rows: Float64Array): Float64Array {
  const sorted = rows.filter((value) => !Number.isNaN(value)).sort();
  const distinct = sorted.filter((value, index) => index === 0 || value !== sorted[index - 1]);
  if (distinct.length <= maximumBins - 1) {
    return distinct.slice(1).map((value, index) => (value + distinct[index]!) / 2);
  }
  const edges = new Set<number>();
  for (let index = 1; index < maximumBins - 1; index += 1) {
    edges.add(sorted[Math.floor((index * sorted.length) / (maximumBins - 1))]!);
  }
  return Float64Array.from(edges);
}

/** How many of the rising `edges` lie at or below the value. */
function below(edges: Float64Array, value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle]! <= value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
