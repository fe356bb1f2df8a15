/** A piece of a log line with one look; `classes` are css classes of page.css, empty for plain text. */
export interface Segment {
  readonly text: string;
  readonly classes: string;
}

/** What colour codes have switched on so far; it carries over from line to line. */
export interface AnsiStyle {
  readonly colour?: string;
  readonly bold?: boolean;
  readonly dim?: boolean;
}

const escapeCode = String.fromCharCode(27);
const bell = String.fromCharCode(7);
/** Colour codes, other control sequences, titles and links, and short escapes. */
const sequence = new RegExp(
  `${escapeCode}\\[([0-9;:?]*)([A-Za-z])|${escapeCode}\\][^${bell}${escapeCode}]*(?:${bell}|${escapeCode}\\\\)?|${escapeCode}[()#]?.?`,
  'g',
);
const colours = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;

/** Colour codes become classes, everything else a terminal would obey is left out. */
export function parseAnsi(line: string, style: AnsiStyle): { segments: Segment[]; style: AnsiStyle } {
  if (!line.includes(escapeCode)) {
    return { segments: line === '' ? [] : [{ text: line, classes: classesOf(style) }], style };
  }
  const segments: Segment[] = [];
  let current = style;
  let end = 0;
  for (const match of line.matchAll(sequence)) {
    push(segments, line.slice(end, match.index), current);
    end = match.index + match[0].length;
    if (match[2] === 'm') {
      current = applyCodes(current, match[1] ?? '');
    }
  }
  push(segments, line.slice(end), current);
  return { segments, style: current };
}

function push(segments: Segment[], text: string, style: AnsiStyle): void {
  if (text !== '') {
    segments.push({ text, classes: classesOf(style) });
  }
}

function applyCodes(style: AnsiStyle, codes: string): AnsiStyle {
  const numbers = codes.split(/[;:]/).map(Number);
  let current = style;
  for (let index = 0; index < numbers.length; index += 1) {
    const code = numbers[index]!;
    if (code === 38 || code === 48) {
      // Colours outside the theme's sixteen stay plain; their own numbers must not be read as codes.
      index += numbers[index + 1] === 5 ? 2 : 4;
    } else {
      current = applyCode(current, code);
    }
  }
  return current;
}

function applyCode(style: AnsiStyle, code: number): AnsiStyle {
  if (code === 0) {
    return {};
  }
  if (code === 1 || code === 2) {
    return { ...style, [code === 1 ? 'bold' : 'dim']: true };
  }
  if (code === 22) {
    return { ...style, bold: false, dim: false };
  }
  if (code === 39) {
    return { ...style, colour: undefined };
  }
  const normal = colours[code - 30];
  const bright = colours[code - 90];
  return normal || bright ? { ...style, colour: normal ?? `bright-${bright}` } : style;
}

function classesOf(style: AnsiStyle): string {
  const classes: string[] = [];
  if (style.colour) {
    classes.push(`ansi-${style.colour}`);
  }
  if (style.bold) {
    classes.push('ansi-bold');
  }
  if (style.dim) {
    classes.push('ansi-dim');
  }
  return classes.join(' ');
}
