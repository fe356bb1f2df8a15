import { expect, test } from 'vitest';
import type { Series } from '../../../../../src/protocol/experiments.ts';
import { newRun, point, temporaryStore } from './temporaryStore.ts';

const length = 250_000;

test('a long series is read in pages, and what is logged meanwhile is drawn too', async () => {
  const temporary = temporaryStore();
  const run = newRun(temporary.store).runId;
  temporary.store.logBatch(run, { metrics: values(0, length) });
  const store = temporary.reopen();
  const query = { runs: [run], points: 100 };

  let turns = 0;
  let reading = true;
  const counted = (async () => {
    for (; reading; turns += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      if (turns === 2) {
        // Behind the page that was read last, in front of it, and not a number.
        store.logBatch(run, { metrics: [point('loss', length, Number.NaN), point('loss', 5, -7, 77)] });
      }
    }
  })();
  const both = await Promise.all([store.series(query), store.series(query)]);
  reading = false;
  await counted;

  expect(turns, 'others had their turn while it was read').toBeGreaterThan(3);
  for (const found of [...both, await temporary.reopen().series(query)]) {
    expect(summary(found)).toEqual({ count: length + 2, lowest: -7, last: 'NaN' });
  }
});

test('a long series is read once, and what comes later is added to it', async () => {
  const temporary = temporaryStore();
  const run = newRun(temporary.store).runId;
  temporary.store.logBatch(run, { metrics: values(0, length) });
  const store = temporary.reopen();
  const query = { runs: [run], points: 100 };
  await store.series(query);
  store.logBatch(run, { metrics: [point('loss', length, -9)] });
  let hadTurn = false;
  setImmediate(() => {
    hadTurn = true;
  });
  expect(summary(await store.series(query))).toEqual({ count: length + 1, lowest: -9, last: -9 });
  expect(hadTurn, 'nothing was read page by page again').toBe(false);
});

test('points that share a step and a time over the border of a page are all there once', async () => {
  const temporary = temporaryStore();
  const run = newRun(temporary.store).runId;
  const metrics = Array.from({ length: 120_000 }, (_, index) => point('loss', 1, index % 60_000, index % 2));
  temporary.store.logBatch(run, { metrics: [...metrics, point('loss', 1, Number.NaN, 0)] });
  const store = temporary.reopen();
  const [series] = await store.series({ runs: [run], points: 10 });
  expect(series?.count).toBe(store.metrics(run)[0]?.count);
});

function values(from: number, count: number) {
  return Array.from({ length: count }, (_, index) => point('loss', from + index, index % 1_000));
}

function summary([series]: readonly Series[]) {
  const numbers = series!.values.filter((value) => typeof value === 'number');
  return { count: series!.count, lowest: Math.min(...numbers), last: series!.values.at(-1) };
}
