import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { opened, picture, walk } from './pages.ts';
import { chart, pagesOf, summaryOf } from './panel.ts';

const open = pagesOf('compare');

const row = (page: Page, label: string) =>
  page.locator('.comparison tbody tr').filter({ has: page.getByRole('rowheader', { name: label }) });
const cells = async (page: Page, label: string) =>
  (await row(page, label).getByRole('cell').allInnerTexts()).map((text) =>
    text.replaceAll(/\s+/g, ' ').trim(),
  );

describe('the table', () => {
  it('reads well to somebody who does not see it', async () => {
    const page = await open('two');
    await expect.poll(() => summaryOf(page, 'accuracy')).toContain('2 runs');
    await expect(await page.locator('body').ariaSnapshot()).toMatchFileSnapshot(
      'golden/compare-two.aria.txt',
    );
  });

  it('compares with another run when another is the baseline, and keeps it after a reload', async () => {
    const page = await open('two');
    expect((await cells(page, 'accuracy'))[0]).not.toContain('▲');
    await page.getByRole('button', { name: 'Make brisk-otter the baseline' }).click();
    await expect.poll(async () => (await cells(page, 'accuracy'))[0]).toMatch(/^best 0\.96\d+ ▲ 0\.03\d+ up/);
    await page.reload();
    await expect.poll(async () => (await cells(page, 'accuracy'))[0]).toContain('▲');
  });

  it('shows what is the same in all runs only when asked', async () => {
    const page = await open('two');
    await row(page, 'epochs').waitFor();
    expect(await row(page, 'hidden_units').count()).toBe(0);
    await page.getByText('Differences only').click();
    await row(page, 'hidden_units').waitFor();
    await picture(page, 'compare-everything-dark');
    await page.reload();
    await row(page, 'hidden_units').waitFor();
  });

  it('opens a run by its heading, and a choice of more runs', async () => {
    const page = await open('two');
    await page.getByRole('columnheader').getByRole('button', { name: 'brisk-otter', exact: true }).click();
    await page.getByRole('button', { name: 'Add Runs…' }).click();
    expect(await opened(page)).toEqual([
      { kind: 'run', run: 'r1' },
      { kind: 'chooseRuns', runs: ['r0', 'r1'] },
    ]);
  });

  it('has both of two runs in view beside an editor, long commands and all', async () => {
    const page = await open('two', { width: 520 });
    await page.getByText('Differences only').click();
    const table = await page.locator('.table-scroll').evaluate((element) => ({
      content: element.scrollWidth,
      seen: element.clientWidth,
    }));
    expect(table.content).toBeLessThanOrEqual(table.seen);
    await picture(page, 'compare-narrow-dark');
  });

  it('keeps its heading and first column in view while it is scrolled', async () => {
    const page = await open('twelve', { width: 900, height: 600 });
    const corner = page.locator('.comparison .corner');
    const before = await corner.boundingBox();
    await page.locator('.table-scroll').evaluate((element) => element.scrollTo(700, 150));
    expect(await corner.boundingBox()).toEqual(before);
    expect((await row(page, 'loss').getByRole('rowheader').boundingBox())!.x).toBe(before!.x);
    await picture(page, 'compare-scrolled-dark');
  });

  it('can be used without a mouse, and shows where the focus is', async () => {
    const page = await open('two', { height: 1100 });
    await expect.poll(() => summaryOf(page, 'loss')).toContain('2 runs');
    const { names, unmarked } = await walk(page);
    expect(names.slice(0, 7)).toEqual([
      'Baseline',
      'Differences only',
      'Add Runs…',
      'Comparison',
      'calm-heron',
      'brisk-otter',
      'Make brisk-otter the baseline',
    ]);
    expect(unmarked).toEqual([]);
  });

  it('follows runs that are still under way', async () => {
    const page = await open('live-comparison');
    await expect.poll(() => summaryOf(page, 'accuracy')).toContain('2 runs');
    await page.evaluate(() => window.fake.log('r1', { accuracy: [0.999] }));
    await expect.poll(async () => (await cells(page, 'accuracy'))[1]).toContain('0.999');
    await expect.poll(() => summaryOf(page, 'accuracy')).toContain('brisk-otter 0.999');
    await page.evaluate(() => window.fake.change('r1', { state: 'finished', endTime: Date.now() }));
    await expect.poll(() => page.getByRole('status').textContent()).toBe('Run brisk-otter finished.');
  });

  it('explains itself when the runs are gone', async () => {
    const page = await open('none');
    await page.getByText('None of these runs exists any more.').waitFor();
    await page.getByRole('button', { name: 'Add Runs…' }).waitFor();
  });
});

describe('the curves', () => {
  it('are hidden and shown run by run, also after a reload', async () => {
    const page = await open('six');
    await expect.poll(() => summaryOf(page, 'accuracy')).toContain('6 runs');
    const legend = page.getByRole('group', { name: 'Shown runs' });
    await legend.getByRole('button', { name: 'odd-finch' }).click();
    await expect.poll(() => summaryOf(page, 'accuracy')).toMatch(/^accuracy of 5 runs(?!.*odd-finch)/);
    await page.reload();
    await expect.poll(() => summaryOf(page, 'accuracy')).toContain('5 runs');
    expect(await legend.getByRole('button', { name: 'odd-finch' }).getAttribute('aria-pressed')).toBe(
      'false',
    );
    await legend.getByRole('button', { name: 'odd-finch' }).click();
    await expect.poll(() => summaryOf(page, 'accuracy')).toContain('6 runs');
  });

  it('share one crosshair, and the pointed chart lists its runs from the highest value down', async () => {
    const page = await open('six', { height: 1100 });
    await expect.poll(() => summaryOf(page, 'loss')).toContain('6 runs');
    const box = (await chart(page, 'accuracy').boundingBox())!;
    await page.mouse.move(box.x + 200, box.y + 80);
    const readout = chart(page, 'accuracy').locator('.readout');
    const values = (await readout.locator('.readout-row .number').allInnerTexts()).map(Number);
    expect(values).toHaveLength(6);
    expect(values).toEqual([...values].sort((a, b) => b - a));
    const lines = page.locator('.crosshair:not([hidden])');
    expect(await lines.count()).toBe(3);
    await picture(page, 'compare-crosshair-dark');
    await page.mouse.move(5, 5);
    expect(await lines.count()).toBe(0);
  });

  it('of more runs than colours are told apart by dashes', async () => {
    const page = await open('twelve', { height: 1300 });
    await expect.poll(() => summaryOf(page, 'accuracy')).toContain('12 runs');
    const swatches = await page
      .locator('.legend .swatch')
      .evaluateAll((all) =>
        all.map(
          (swatch) => `${getComputedStyle(swatch).borderTopColor} ${getComputedStyle(swatch).borderTopStyle}`,
        ),
      );
    expect(new Set(swatches).size).toBe(12);
    await picture(page, 'compare-twelve-dark');
  });

  it('have a colour that can be seen where the theme has none for charts', async () => {
    const page = await open('two', { theme: 'high-contrast', height: 1100 });
    await expect.poll(() => summaryOf(page, 'loss')).toContain('2 runs');
    const swatch = page.locator('.legend .swatch').nth(1);
    const colour = await swatch.evaluate((element) => getComputedStyle(element).borderTopColor);
    expect(colour).not.toBe('rgb(0, 0, 0)');
    await expect
      .poll(() => chart(page, 'loss').locator('canvas').evaluate(pixelsOf, colour))
      .toBeGreaterThan(50);
  });

  it('are drawn over time since each run began', async () => {
    const page = await open('two', { height: 1100 });
    await expect.poll(() => summaryOf(page, 'accuracy')).toContain('2 runs');
    await page.getByRole('combobox', { name: 'Axis' }).click();
    await page.getByRole('option', { name: 'Relative time' }).click();
    await chart(page, 'accuracy').focus();
    await page.keyboard.press('End');
    await expect.poll(() => chart(page, 'accuracy').locator('.readout-position').textContent()).toBe('00:19');
  });
});

it('leaves out how the machines were used unless that is asked for, also after a reload', async () => {
  const page = await open('two-machines');
  const cpu = 'system/cpu_utilization_percentage';
  const rows = () => page.getByRole('table').first().textContent();
  await expect.poll(rows).toContain('accuracy');
  expect(await rows()).not.toContain(cpu);
  await page.getByText('System metrics').click();
  await expect.poll(rows).toContain(cpu);
  await page.locator(`[data-metric="${cpu}"]`).waitFor();
  await page.reload();
  await expect.poll(rows).toContain(cpu);
  await picture(page, 'compare-system-dark');
});

/** Runs in the page: how many pixels of a canvas have exactly this colour. */
function pixelsOf(canvas: SVGElement | HTMLElement, colour: string): number {
  const { width, height } = canvas as HTMLCanvasElement;
  const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
  const [red, green, blue] = colour.match(/\d+/g)!.map(Number);
  let count = 0;
  for (let at = 0; at < data.length; at += 4) {
    count += data[at] === red && data[at + 1] === green && data[at + 2] === blue ? 1 : 0;
  }
  return count;
}
