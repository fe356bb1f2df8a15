import type { EncodedColumn } from '../../data/encodedTable.ts';
import { bySensitiveColumn, type Criterion, holds, requiredSize } from './criteria.ts';
import { type SensitiveValues, sensitiveValues } from './distribution.ts';
import type { LevelTable } from './hierarchy/levelTable.ts';

interface Watched {
  readonly criteria: readonly Criterion[];
  readonly codes: Int32Array;
  readonly values: SensitiveValues;
  /** Scratch. */
  readonly counts: Int32Array;
  readonly present: Int32Array;
}

/** Whether rows together fulfil criteria; distributions are compared with that of the whole table. */
export class PartitionCheck {
  readonly k: number;
  readonly #watched: readonly Watched[];

  constructor(
    criteria: readonly Criterion[],
    sensitive: readonly { readonly column: EncodedColumn; readonly tree?: LevelTable }[],
    rowCount: number,
  ) {
    this.k = Math.min(requiredSize(criteria), rowCount + 1);
    this.#watched = bySensitiveColumn(criteria, sensitive).map(
      ({ sensitive: { column, tree }, criteria: own }) => {
        return {
          criteria: own,
          codes: column.codes,
          values: sensitiveValues(column, undefined, tree),
          counts: new Int32Array(column.values.length),
          present: new Int32Array(column.values.length),
        };
      },
    );
  }

  /** For the rows at the places from `start` to before `end`. */
  isFulfilled(rows: Int32Array, start: number, end: number): boolean {
    if (end - start < this.k) {
      return false;
    }
    return this.#watched.every(({ criteria, codes, values, counts, present }) => {
      let distinct = 0;
      for (let place = start; place < end; place += 1) {
        const code = codes[rows[place]!]!;
        if (counts[code] === 0) {
          present[distinct] = code;
          distinct += 1;
        }
        counts[code]! += 1;
      }
      const found = { size: end - start, counts, codes: present, present: distinct };
      const fulfilled = criteria.every((criterion) => holds(criterion, found, values));
      for (let index = 0; index < distinct; index += 1) {
        counts[present[index]!] = 0;
      }
      return fulfilled;
    });
  }
}
