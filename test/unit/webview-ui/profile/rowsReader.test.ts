import { expect, it } from 'vitest';
import { cancelled } from '../../../../src/base/errors.ts';
import type { TableRows } from '../../../../src/protocol/data.ts';
import { RowsReader, rowsPerBlock } from '../../../../webview-ui/profile/rowsReader.ts';

interface Asked {
  readonly offset: number;
  readonly limit: number;
  readonly signal: AbortSignal;
  answer(): Promise<void>;
  fail(): Promise<void>;
}

/** A table of so many rows, each with its own number. */
function scene(rows: number) {
  const asked: Asked[] = [];
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
  const reader = new RowsReader(
    (offset, limit, signal) =>
      new Promise<TableRows>((resolve, reject) => {
        signal.addEventListener('abort', () => reject(cancelled()));
        asked.push({
          offset,
          limit,
          signal,
          answer: () => {
            const count = Math.max(0, Math.min(limit, rows - offset));
            const found = Array.from({ length: count }, (_, at) => [offset + at]);
            resolve({ columns: [{ name: 'row', type: 'integer' }], offset, rows: found });
            return turn();
          },
          fail: () => {
            reject(new Error('The disk is gone.'));
            return turn();
          },
        });
      }),
    100,
    () => undefined,
  );
  return { asked, reader, turn };
}

it('asks for few rows of a wide table and for many of a narrow one', () => {
  expect([1, 80, 400, 10_000].map(rowsPerBlock)).toEqual([500, 500, 100, 20]);
});

it('reads what is in view, block by block, and nothing twice', async () => {
  const { asked, reader } = scene(10_000);
  reader.show(390, 420);
  expect(asked).toHaveLength(1);
  await asked[0]!.answer();
  await asked[1]!.answer();
  expect(asked.map(({ offset }) => offset)).toEqual([0, 400]);
  expect([reader.row(399), reader.row(400), reader.row(800)]).toEqual([[399], [400], undefined]);
  reader.show(0, 30);
  expect(asked).toHaveLength(2);
});

it('leaves what was scrolled past, and asks for what is in view then', async () => {
  const { asked, reader, turn } = scene(1_000_000);
  reader.show(0, 30);
  for (let top = 1000; top <= 900_000; top += 1000) {
    reader.show(top, top + 30);
  }
  expect(asked[0]!.signal.aborted).toBe(true);
  await turn();
  expect(asked.map(({ offset }) => offset)).toEqual([0, 900_000]);
  await asked[1]!.answer();
  expect(reader.row(900_001)).toEqual([900_001]);
  expect(reader.error).toBeUndefined();
});

it('knows the end once it has read it', async () => {
  const { asked, reader } = scene(450);
  reader.show(0, 30);
  await asked[0]!.answer();
  expect([reader.seenRows, reader.end]).toEqual([400, undefined]);
  reader.show(390, 420);
  await asked[1]!.answer();
  expect([reader.seenRows, reader.end]).toEqual([450, 450]);
  reader.show(900, 930);
  expect(asked, 'there is nothing beyond the end').toHaveLength(2);
});

it('keeps a bounded number of blocks', async () => {
  const { asked, reader } = scene(1_000_000);
  for (let block = 0; block < 60; block += 1) {
    reader.show(block * 400, block * 400 + 30);
    await asked.at(-1)!.answer();
  }
  expect(reader.row(0)).toBeUndefined();
  expect(reader.row(59 * 400)).toEqual([59 * 400]);
  reader.show(0, 30);
  expect(asked.at(-1)!.offset).toBe(0);
});

it('waits for the user after a failure', async () => {
  const { asked, reader } = scene(1000);
  reader.show(0, 30);
  await asked[0]!.fail();
  expect(reader.error?.message).toBe('The disk is gone.');
  reader.show(0, 31);
  expect(asked).toHaveLength(1);
  reader.retry();
  await asked[1]!.answer();
  expect(reader.row(0)).toEqual([0]);
});
