/** Equal bins on a line; the last one has its upper end. */
export interface Bins {
  readonly low: number;
  readonly width: number;
  readonly count: number;
}

const mostBins = 20;

/** Undefined where there is no line: one value alone, or ends that are too far apart for a double. */
export function binsFor(low: number, high: number, isWhole: boolean): Bins | undefined {
  const span = high - low;
  if (!(span > 0) || !Number.isFinite(span)) {
    return undefined;
  }
  if (isWhole && span < 2 ** 53) {
    const width = Math.ceil((span + 1) / mostBins);
    return { low, width, count: Math.ceil((span + 1) / width) };
  }
  const width = span / mostBins;
  return width > 0 ? { low, width, count: mostBins } : undefined;
}

export function edgesOf({ low, width, count }: Bins): readonly number[] {
  return Array.from({ length: count + 1 }, (_, at) => low + at * width);
}
