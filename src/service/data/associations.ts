/** How columns of mixed kinds go together. Pure; rows in which either value is missing are left out pair by pair. */

/** `NaN` is missing. */
export interface NumericColumn {
  readonly name: string;
  readonly kind: 'numeric';
  readonly values: Float64Array;
}

/** −1 is missing; other codes are below `levels`. */
export interface CategoricalColumn {
  readonly name: string;
  readonly kind: 'categorical';
  readonly codes: Int32Array;
  readonly levels: number;
}

export type ComparedColumn = NumericColumn | CategoricalColumn;

export interface Strength {
  readonly measure: 'pearson' | 'cramersV' | 'correlationRatio';
  /** Undefined where a column is constant over the rows that both have. */
  readonly strength: number | undefined;
}

export function associate(a: ComparedColumn, b: ComparedColumn): Strength {
  if (a.kind === 'numeric' && b.kind === 'numeric') {
    return { measure: 'pearson', strength: pearson(a.values, b.values) };
  }
  if (a.kind === 'categorical' && b.kind === 'categorical') {
    return { measure: 'cramersV', strength: cramersV(a, b) };
  }
  const [categories, numbers] =
    a.kind === 'categorical' ? [a, b as NumericColumn] : [b as CategoricalColumn, a];
  return { measure: 'correlationRatio', strength: correlationRatio(categories, numbers.values) };
}

/** Pearson's product-moment correlation, from deviations so that large values with small differences lose nothing. */
export function pearson(x: Float64Array, y: Float64Array): number | undefined {
  let count = 0;
  let meanX = 0;
  let meanY = 0;
  let squareX = 0;
  let squareY = 0;
  let product = 0;
  // Welford's update (Technometrics 1962) for two variables.
  for (let row = 0; row < x.length; row += 1) {
    const valueX = x[row]!;
    const valueY = y[row]!;
    if (Number.isNaN(valueX) || Number.isNaN(valueY)) {
      continue;
    }
    count += 1;
    const fromX = valueX - meanX;
    const fromY = valueY - meanY;
    meanX += fromX / count;
    meanY += fromY / count;
    squareX += fromX * (valueX - meanX);
    squareY += fromY * (valueY - meanY);
    product += fromX * (valueY - meanY);
  }
  const scale = Math.sqrt(squareX) * Math.sqrt(squareY);
  return scale > 0 && Number.isFinite(scale) ? clamp(product / scale, -1, 1) : undefined;
}

/**
 * Cramér's V with the bias correction of Bergsma (J. Korean Statistical Society 42, 2013): without it two unrelated
 * columns of many levels would look strongly associated.
 */
export function cramersV(a: CategoricalColumn, b: CategoricalColumn): number | undefined {
  const cells = new Float64Array(a.levels * b.levels);
  const inA = new Float64Array(a.levels);
  const inB = new Float64Array(b.levels);
  let total = 0;
  for (let row = 0; row < a.codes.length; row += 1) {
    const codeA = a.codes[row]!;
    const codeB = b.codes[row]!;
    if (codeA >= 0 && codeB >= 0) {
      cells[codeA * b.levels + codeB]! += 1;
      inA[codeA]! += 1;
      inB[codeB]! += 1;
      total += 1;
    }
  }
  const rows = inA.filter((count) => count > 0).length;
  const columns = inB.filter((count) => count > 0).length;
  if (rows < 2 || columns < 2) {
    return undefined;
  }
  let phiSquared = -1;
  for (let at = 0; at < cells.length; at += 1) {
    const count = cells[at]!;
    if (count > 0) {
      phiSquared += (count * count) / (inA[Math.floor(at / b.levels)]! * inB[at % b.levels]!);
    }
  }
  const corrected = Math.max(0, phiSquared - ((rows - 1) * (columns - 1)) / (total - 1));
  const rowsCorrected = rows - (rows - 1) ** 2 / (total - 1);
  const columnsCorrected = columns - (columns - 1) ** 2 / (total - 1);
  const most = Math.min(rowsCorrected, columnsCorrected) - 1;
  return most > 0 ? clamp(Math.sqrt(corrected / most), 0, 1) : undefined;
}

/** Fisher's correlation ratio η: the root of the share of a number's variance that lies between the categories. */
export function correlationRatio(categories: CategoricalColumn, values: Float64Array): number | undefined {
  const counts = new Float64Array(categories.levels);
  const means = new Float64Array(categories.levels);
  let count = 0;
  let mean = 0;
  let total = 0;
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row]!;
    const code = categories.codes[row]!;
    if (code < 0 || Number.isNaN(value)) {
      continue;
    }
    count += 1;
    const from = value - mean;
    mean += from / count;
    total += from * (value - mean);
    counts[code]! += 1;
    means[code]! += (value - means[code]!) / counts[code]!;
  }
  if (!(total > 0) || !Number.isFinite(total) || counts.filter((inCategory) => inCategory > 0).length < 2) {
    return undefined;
  }
  let between = 0;
  for (let code = 0; code < counts.length; code += 1) {
    between += counts[code]! * (means[code]! - mean) ** 2;
  }
  return clamp(Math.sqrt(between / total), 0, 1);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
