/** Plain tables for a terminal: columns aligned by what is seen, two spaces between them. */

export type StyleName = 'bold' | 'dim' | 'green' | 'red' | 'yellow' | 'cyan';
export type Style = (name: StyleName, text: string) => string;

export const plainStyle: Style = (_, text) => text;

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** A cell's text, and how it looks where there are colours. */
export type Cell = string | { readonly text: string; readonly style: StyleName };

export interface TableOptions {
  readonly style: Style;
  /** Lines are cut to so many columns; as long as they are when absent. */
  readonly width?: number;
  readonly indent?: number;
}

const gap = '  ';

/** Lines joined by newlines; the titles are left out when all of them are empty. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  options: TableOptions,
): string {
  const hasTitles = columns.some(({ title }) => title !== '');
  const header = columns.map(({ title }): Cell => ({ text: title, style: 'dim' }));
  const lines = (hasTitles ? [header, ...rows] : rows).map((row) => row.map(cleanCell));
  const widths = columns.map((_, at) => Math.max(...lines.map((row) => displayWidth(row[at]?.text ?? ''))));
  const room = (options.width ?? Number.POSITIVE_INFINITY) - (options.indent ?? 0);
  return lines.map((row) => renderRow(row, columns, widths, room, options)).join('\n');
}

/** How many columns of a terminal a text takes. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    width += characterWidth(character);
  }
  return width;
}

/** With an ellipsis where something was left out. */
export function cutToWidth(text: string, width: number): string {
  if (displayWidth(text) <= width) {
    return text;
  }
  let kept = '';
  let used = 0;
  for (const character of text) {
    used += characterWidth(character);
    if (used > width - 1) {
      break;
    }
    kept += character;
  }
  return width > 0 ? `${kept}…` : '';
}

/** On one line and without escape sequences: a script may name its metrics as it likes, a terminal obeys them. */
export function cleanText(text: string): string {
  return text
    .replace(escapeSequences, '')
    .replace(/\s+/gu, ' ')
    .replace(/\p{Cc}/gu, '');
}

interface CleanCell {
  readonly text: string;
  readonly style?: StyleName;
}

function cleanCell(cell: Cell): CleanCell {
  return typeof cell === 'string' ? { text: cleanText(cell) } : { ...cell, text: cleanText(cell.text) };
}

function renderRow(
  row: readonly CleanCell[],
  columns: readonly Column[],
  widths: readonly number[],
  room: number,
  { style, indent = 0 }: TableOptions,
): string {
  let line = ' '.repeat(indent);
  let left = room;
  for (const [at, { align }] of columns.entries()) {
    const cell = row[at] ?? { text: '' };
    const lead = at === 0 ? '' : gap;
    const text = cutToWidth(cell.text, Math.max(0, left - lead.length));
    const padding = ' '.repeat(Math.max(0, Math.min(widths[at]!, left - lead.length) - displayWidth(text)));
    const styled = cell.style && text !== '' ? style(cell.style, text) : text;
    line += lead + (align === 'right' ? padding + styled : styled + padding);
    left -= lead.length + widths[at]!;
  }
  return line.trimEnd();
}

function characterWidth(character: string): number {
  if (/^[\p{Mn}\p{Me}\p{Cf}]$/u.test(character)) {
    return 0;
  }
  return wide.test(character) ? 2 : 1;
}

const wide =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]$/u;

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences of terminals start with one.
const escapeSequences = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|.)/g;
