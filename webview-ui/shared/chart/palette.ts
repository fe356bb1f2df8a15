/** The theme's own chart colours, but for its yellow, which light themes make almost the same as their orange. */
const colourNames = ['blue', 'orange', 'green', 'purple', 'red', 'foreground'] as const;
const dashes: readonly (readonly number[])[] = [[], [6, 3], [2, 2], [8, 3, 2, 3]];

export interface LineStyle {
  /** The name of a theme variable. */
  readonly variable: string;
  /** Lengths of line and gap in pixels; empty for a solid line. */
  readonly dash: readonly number[];
}

/** One colour per run; when the colours are used up they come again dashed. */
export function lineStyle(index: number): LineStyle {
  const round = Math.floor(index / colourNames.length);
  return {
    variable: `--vscode-charts-${colourNames[index % colourNames.length]}`,
    dash: dashes[round % dashes.length]!,
  };
}

/** A class for the same style in html: page.css has one for each colour and each dash. */
export function swatchClass(index: number): string {
  const round = Math.floor(index / colourNames.length) % dashes.length;
  return `swatch ${colourNames[index % colourNames.length]} dash-${round}`;
}
