import { afterAll, beforeAll, expect, it } from 'vitest';
import { Pages, picture } from './pages.ts';

let pages: Pages;

beforeAll(async () => {
  pages = await Pages.start();
});

afterAll(() => pages.close());

// A task's length is wall time: a page that waits for a processor looks busy. What is really slow is slow each time.
const retry = 2;

it('a run that logs 200,000 points while one looks never holds the page for longer than 200 ms', {
  retry,
}, async () => {
  const { page, problems } = await pages.open('run', { scenario: 'stream' });
  await page.getByRole('heading', { name: 'fast-swift' }).waitFor();
  await page.evaluate(() => {
    const counts = { long: 0, longest: 0 };
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) {
        counts.long += duration > 200 ? 1 : 0;
        counts.longest = Math.max(counts.longest, duration);
      }
    }).observe({ type: 'longtask', buffered: false });
    Object.assign(window, { counts });
    const stream = () => {
      window.fake.tick?.();
      if (window.fake.tick) {
        setTimeout(stream, 20);
      }
    };
    stream();
  });
  // Clicks are answered while the points pour in.
  for (const tab of ['Log', 'Metrics', 'Charts', 'Log', 'Charts']) {
    await page.getByRole('tab', { name: tab }).click();
    await expect.poll(() => page.getByRole('tab', { selected: true }).textContent()).toBe(tab);
  }
  await expect
    .poll(() => page.getByRole('group', { name: 'loss chart' }).getByRole('img').getAttribute('aria-label'), {
      timeout: 60_000,
    })
    .toContain('200,000 values');
  await page.getByRole('status').getByText('Run fast-swift finished.').waitFor();
  const counts = await page.evaluate(() => (window as unknown as { counts: object }).counts);
  await picture(page, 'run-stream-dark');
  expect(counts).toMatchObject({ long: 0 });
  expect(problems).toEqual([]);
  await page.close();
});
