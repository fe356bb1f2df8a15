import { unclosedQuote } from '../errors.ts';
import { checkHierarchy, type Hierarchy, type Label } from './hierarchy.ts';

/**
 * Hierarchies in the CSV form that ARX and Amnesia exchange: no header, one line per value,
 * `value;level 1;level 2;…`. An empty first field is the missing value.
 */
export function readHierarchyCsv(column: string, text: string, separator = ';'): Hierarchy {
  const rows = splitRows(column, text.replace(/^\uFEFF/, ''), separator).map((row): Label[] =>
    row[0] === '' ? [null, ...row.slice(1)] : row,
  );
  const hierarchy = { rows };
  checkHierarchy(column, hierarchy);
  return hierarchy;
}

export function writeHierarchyCsv({ rows }: Hierarchy, separator = ';'): string {
  const special = new RegExp(`["\r\n${separator.replace(/[\\\]^-]/, '\\$&')}]`);
  const field = (label: Label) =>
    label !== null && special.test(label) ? `"${label.replaceAll('"', '""')}"` : (label ?? '');
  return rows.map((row) => `${row.map(field).join(separator)}\n`).join('');
}

function splitRows(column: string, text: string, separator: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    const { field, end } =
      text[at] === '"' ? quotedField(column, text, at, rows.length + 1) : plainField(text, at, separator);
    row.push(field);
    at = end;
    if (text[at] === separator) {
      at += 1;
      if (at === text.length) {
        row.push('');
      }
      continue;
    }
    at += text.startsWith('\r\n', at) ? 2 : 1;
    rows.push(row);
    row = [];
  }
  if (row.length > 0) {
    rows.push(row);
  }
  return rows.filter((fields) => fields.length > 1 || fields[0] !== '');
}

function plainField(text: string, start: number, separator: string): { field: string; end: number } {
  let end = start;
  while (end < text.length && text[end] !== separator && text[end] !== '\n' && text[end] !== '\r') {
    end += 1;
  }
  return { field: text.slice(start, end), end };
}

function quotedField(
  column: string,
  text: string,
  start: number,
  row: number,
): { field: string; end: number } {
  let end = start + 1;
  while (end < text.length) {
    if (text[end] === '"') {
      if (text[end + 1] !== '"') {
        return { field: text.slice(start + 1, end).replaceAll('""', '"'), end: end + 1 };
      }
      end += 1;
    }
    end += 1;
  }
  throw unclosedQuote(column, row);
}
