import type { Cell } from '../../../data/encodedTable.ts';
import { wrongSetting } from '../errors.ts';
import { type Hierarchy, hierarchyFrom } from './hierarchy.ts';

/** Codes, such as postal codes, that lose character after character. */
export interface RedactionRule {
  readonly kind: 'redaction';
  readonly from: 'right' | 'left';
  /** How many characters are masked on level 1, 2, …: ascending. */
  readonly masked: readonly number[];
}

export function redactionHierarchy(values: readonly Cell[], { from, masked }: RedactionRule): Hierarchy {
  if (masked.some((count, index) => count < 1 || count <= (masked[index - 1] ?? 0))) {
    throw wrongSetting('The number of masked characters', masked.join(', '), 'ascending from at least 1');
  }
  return hierarchyFrom(
    values,
    masked.map((count) => (_label: string, value: Cell) => mask(String(value), count, from)),
  );
}

/** By characters as people count them, so that no half of one is left. */
function mask(text: string, count: number, from: RedactionRule['from']): string {
  const characters = [...text];
  const hidden = Math.min(count, characters.length);
  const stars = '*'.repeat(hidden);
  return from === 'right'
    ? characters.slice(0, characters.length - hidden).join('') + stars
    : stars + characters.slice(hidden).join('');
}
