import { groupDigits, plural } from '../../../base/format.ts';
import type { ColumnContext } from './columnContext.ts';
import { type EntityId, entityOf } from './entities.ts';
import { findInText } from './findInText.ts';
import { findPhrase } from './header.ts';

/** What the cells of a column of sentences hold. */
export interface TextFinding {
  readonly confidence: number;
  readonly evidence: readonly string[];
  /** Somebody is named in at least one of a hundred cells. */
  readonly namesPeople: boolean;
}

const headers = [
  'note',
  'notes',
  'comment',
  'comments',
  'description',
  'text',
  'message',
  'body',
  'remark',
  'remarks',
  'review',
  'feedback',
  'complaint',
  'transcript',
  'narrative',
  'summary',
  'report',
  'bemerkung',
  'kommentar',
  'beschreibung',
  'notiz',
  'commentaire',
  'remarque',
  'comentario',
  'observaciones',
  'opmerking',
  'chat',
  'tweet',
  'history',
  'question',
  'answer',
];
const shortestMean = 40;
const mostCells = 200;

/** Undefined when the values are no sentences. */
export function inspectFreeText(column: ColumnContext): TextFinding | undefined {
  const { texts, meanLength, kind, regions, header } = column;
  if (kind !== 'text' || texts.length === 0 || !looksLikeText(texts, meanLength)) {
    return undefined;
  }
  const cells = texts.slice(0, mostCells);
  const counts = new Map<EntityId, { readonly title: string; cells: number }>();
  for (const cell of cells) {
    const inCell = new Map(findInText(cell, regions).map((match) => [match.entity, match.title]));
    for (const [entity, title] of inCell) {
      const count = counts.get(entity) ?? { title, cells: 0 };
      count.cells += 1;
      counts.set(entity, count);
    }
  }
  const named = findPhrase(header, headers);
  const found = [...counts].sort(([, a], [, b]) => b.cells - a.cells);
  const identifying = found.filter(([entity]) => entityOf(entity).role === 'direct');
  return {
    confidence: found.length > 0 ? 0.95 : named === undefined ? 0.6 : 0.75,
    namesPeople: identifying.some(([, { cells: count }]) => count * 100 >= cells.length),
    evidence: [
      `Free text: ${Math.round(meanLength)} characters on average.`,
      ...found.map(
        ([, { title, cells: count }]) =>
          `${plural(count, 'cell')} of ${groupDigits(cells.length)} have ${title} in them.`,
      ),
      ...(named === undefined ? [] : [`The header says “${named}”.`]),
    ],
  };
}

function looksLikeText(texts: readonly string[], meanLength: number): boolean {
  const sentences = texts.filter((text) => text.split(/\s+/, 6).length > 5).length;
  return meanLength > shortestMean && sentences * 2 > texts.length;
}
