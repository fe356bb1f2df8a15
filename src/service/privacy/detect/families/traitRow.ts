import type { ColumnContext } from '../columnContext.ts';
import type { Detector } from '../detector.ts';
import type { EntityId } from '../entities.ts';
import { withoutAccents } from '../header.ts';

export interface Trait {
  readonly id: string;
  readonly entity: EntityId;
  readonly title: string;
  readonly headers: readonly string[];
  readonly otherHeaders?: readonly string[];
  /** Values of such columns; of other columns hardly ever. */
  readonly words: ReadonlySet<string>;
  /** What the words give without the header: 0 where they are ordinary words. */
  readonly alone: number;
  /** What the header gives when the values are unknown words or codes. */
  readonly byHeader: number;
  /** Traits that some write as a number. */
  readonly numeric?: boolean;
}

/** By the words of the values, and by the header where the words are unknown. */
export function traitDetectors(trait: Trait): Detector[] {
  const { id, entity, title, headers, otherHeaders, words, alone, byHeader, numeric } = trait;
  const few = ({ distinctCount, distinctRatio }: ColumnContext) =>
    distinctCount <= 300 && distinctRatio < 0.9;
  return [
    {
      id,
      entity,
      title,
      kinds: ['text'],
      valid: (value) => words.has(withoutAccents(value)),
      column: (column) => few(column) && column.distinctCount >= 2,
      chance: 0,
      // The rare values of a column are often others: half of the distinct ones are convincing.
      coverage: 0.5,
      alone,
      withHeader: 0.97,
      headers,
      otherHeaders,
    },
    {
      id: `${id}.header`,
      entity,
      title,
      kinds: numeric ? ['text', 'integer', 'boolean'] : ['text'],
      pattern: /^.{1,60}$/,
      column: few,
      chance: 0,
      coverage: 0.6,
      alone: 0,
      withHeader: byHeader,
      headers,
      otherHeaders,
    },
  ];
}
