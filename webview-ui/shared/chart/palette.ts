/** The theme's own chart colours, but for its yellow, which light themes make almost the same as their orange. */
const colours = [
  { name: 'blue', otherwise: '--vscode-terminal-ansiBlue' },
  { name: 'orange', otherwise: '--vscode-terminal-ansiYellow' },
  { name: 'green', otherwise: '--vscode-terminal-ansiGreen' },
  { name: 'purple', otherwise: '--vscode-terminal-ansiMagenta' },
  { name: 'red', otherwise: '--vscode-terminal-ansiRed' },
  { name: 'foreground', otherwise: '--vscode-foreground' },
] as const;
const dashes: readonly (readonly number[])[] = [[], [6, 3], [2, 2], [8, 3, 2, 3]];

export interface LineStyle {
  /** Theme variables, the first that the theme has: high contrast has no orange for charts. */
  readonly variables: readonly [string, string];
  /** Lengths of line and gap in pixels; empty for a solid line. */
  readonly dash: readonly number[];
}

/** One colour per run; when the colours are used up they come again dashed. */
export function lineStyle(index: number): LineStyle {
  const round = Math.floor(index / colours.length);
  const { name, otherwise } = colours[index % colours.length]!;
  return {
    variables: [`--vscode-charts-${name}`, otherwise],
    dash: dashes[round % dashes.length]!,
  };
}

/** A class for the same style in html: page.css has one for each colour and each dash. */
export function swatchClass(index: number): string {
  const round = Math.floor(index / colours.length) % dashes.length;
  return `swatch ${colours[index % colours.length]!.name} dash-${round}`;
}
