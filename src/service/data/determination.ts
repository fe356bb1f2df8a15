/**
 * How well one column tells another. Pure; codes are from 0, a missing value has a code of its own: that something is
 * missing may be what gives a target away.
 */
export interface Codes {
  readonly codes: Int32Array;
  readonly levels: number;
}

/** At least this share of rows must have a value that comes twice: of a key nothing can be learnt. */
const leastSupport = 0.5;

/**
 * Goodman and Kruskal's λ (JASA 49, 1954): the share of wrong guesses about `target` that knowing `column` saves,
 * over the rows whose value of `column` occurs more than once. Undefined where too few rows have such a value, or
 * where there is nothing to guess.
 */
export function determination(column: Codes, target: Codes): number | undefined {
  const sizes = new Int32Array(column.levels);
  for (const code of column.codes) {
    sizes[code]! += 1;
  }
  const pairs = new Map<number, number>();
  const targets = new Int32Array(target.levels);
  let supported = 0;
  for (let row = 0; row < column.codes.length; row += 1) {
    const code = column.codes[row]!;
    if (sizes[code]! > 1) {
      const other = target.codes[row]!;
      const pair = code * target.levels + other;
      pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
      targets[other]! += 1;
      supported += 1;
    }
  }
  if (supported === 0 || supported < column.codes.length * leastSupport) {
    return undefined;
  }
  const most = new Int32Array(column.levels);
  for (const [pair, count] of pairs) {
    const code = Math.floor(pair / target.levels);
    most[code] = Math.max(most[code]!, count);
  }
  const guessed = targets.reduce((best, count) => Math.max(best, count), 0);
  const known = most.reduce((sum, count) => sum + count, 0);
  return supported === guessed ? undefined : (known - guessed) / (supported - guessed);
}

/** Numbers in bins of about equally many rows; `NaN` in a bin of its own. */
export function binCodes(values: Float64Array, bins: number): Codes {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const edges = Array.from(
    { length: bins - 1 },
    (_, at) => sorted[Math.floor(((at + 1) * sorted.length) / bins)]!,
  );
  const distinct = [...new Set(edges)];
  const codes = Int32Array.from(values, (value) =>
    Number.isNaN(value) ? distinct.length + 1 : distinct.filter((edge) => value >= edge).length,
  );
  return { codes, levels: distinct.length + 2 };
}
