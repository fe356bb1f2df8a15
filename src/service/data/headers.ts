import type { DataNotice } from '../../protocol/data.ts';
import { duplicateHeader, emptyHeader } from './errors.ts';

export interface ColumnName {
  /** Different from all others. */
  readonly name: string;
  readonly header: string;
}

/** A name of its own for each column. Strict: empty and repeated headers are refused, with their columns. */
export function nameColumns(
  header: readonly (string | null)[] | undefined,
  width: number,
  { table, isStrict }: { readonly table: string; readonly isStrict: boolean },
): { readonly names: readonly ColumnName[]; readonly notices: readonly DataNotice[] } {
  if (!header) {
    const names = Array.from({ length: width }, (_, at) => ({ name: `column ${at + 1}`, header: '' }));
    const message = `${table} has no header: its columns are numbered.`;
    return { names, notices: [{ code: 'noHeader', message }] };
  }
  const taken = new Map<string, number>();
  const notices: DataNotice[] = [];
  const reserved = new Set(header.map((value) => value ?? ''));
  const names = header.map((value, at) => {
    const text = value ?? '';
    const first = taken.get(text);
    if (text.trim() === '') {
      if (isStrict) {
        throw emptyHeader(table, at + 1);
      }
      const name = free(`column ${at + 1}`, reserved);
      notices.push({
        code: 'emptyHeader',
        message: `Column ${at + 1} has no name in row 1; it is called “${name}” here.`,
      });
      return { name, header: text };
    }
    if (first === undefined) {
      taken.set(text, at + 1);
      return { name: text, header: text };
    }
    if (isStrict) {
      throw duplicateHeader(table, text, first, at + 1);
    }
    const name = free(`${text} (column ${at + 1})`, reserved);
    notices.push({
      code: 'duplicateHeader',
      message: `Columns ${first} and ${at + 1} are both named “${text}” in row 1; the second is called “${name}” here.`,
    });
    return { name, header: text };
  });
  return { names, notices };
}

function free(wanted: string, reserved: Set<string>): string {
  let name = wanted;
  while (reserved.has(name)) {
    name += ' ';
  }
  reserved.add(name);
  return name;
}
