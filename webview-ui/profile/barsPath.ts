const gap = 1;

/**
 * One path for all bars of a drawing, so that hundreds of drawings are hundreds of elements and not thousands.
 * A bin with few values is told from one with none: it is at least one pixel high.
 */
export function barsPath(counts: readonly number[], size: { width: number; height: number }): string {
  const most = Math.max(...counts, 1);
  const step = size.width / counts.length;
  const bar = Math.max(0.5, step - gap);
  return counts
    .map((count, at) => {
      const tall = count === 0 ? 0 : Math.max(1, (count / most) * size.height);
      return tall === 0
        ? ''
        : `M${round(at * step)} ${size.height}v${round(-tall)}h${round(bar)}v${round(tall)}z`;
    })
    .join('');
}

/** To hundredths of a pixel: paths are short then. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
