import type { EncodedTable } from '../../data/encodedTable.ts';
import { Random } from '../statistics/random.ts';
import { partOf, type Work } from '../statistics/work.ts';
import { concatenate } from '../tables/encode.ts';
import { selectRows } from '../tables/rows.ts';
import { hasChecks, RowCheck } from './checks.ts';
import { type Reshaping, restore } from './constraints.ts';
import { unreachable } from './errors.ts';
import type { SampleOptions } from './synthesiser.ts';

/** Draws rows of the reshaped table. */
export type Draw = (count: number, random: Random, work: Work) => EncodedTable;

/** For one row that is wanted so many are drawn at the most, on average. */
const mostPerRow = 100;

/**
 * `count` rows that obey every constraint: what a model draws, without the rows that break one, until there are
 * enough. Throws `privacy.unreachable` when they would have to be looked for too long.
 */
export function drawObeying(
  reshaping: Reshaping,
  count: number,
  options: SampleOptions,
  draw: Draw,
): EncodedTable {
  const random = new Random(options.seed);
  if (!hasChecks(reshaping.checks)) {
    return restore(reshaping, draw(count, random, options));
  }
  const check = new RowCheck(reshaping.checks);
  const parts: EncodedTable[] = [];
  let found = 0;
  let drawn = 0;
  while (found < count || parts.length === 0) {
    if (drawn > mostPerRow * count) {
      throw unreachable(found, count);
    }
    // As many as the share that obeyed so far lets expect, and a few more.
    const share = drawn === 0 ? 1 : Math.max(found / drawn, 1 / mostPerRow);
    const asked = Math.min(Math.ceil((count - found) / share) + (drawn === 0 ? 0 : 64), 10 * count + 64);
    const part = partOf(options, found / count, 1);
    const table = restore(reshaping, draw(asked, random.fork(`after ${drawn}`), part));
    const rows = check.obeying(table, count - found);
    parts.push(selectRows(table, rows));
    found += rows.length;
    drawn += asked;
  }
  return concatenate(parts);
}
