import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { opened, picture, walk } from './pages.ts';
import { pagesOf } from './panel.ts';

const open = pagesOf('profile');

// Wall time: a page that waits for a processor looks busy. What is really slow is slow each time.
const retry = 2;

const exact = 'Exact: every row was read.';
const row = (page: Page, name: string) => page.locator(`[data-column="${name}"]`);
const names = (page: Page) => page.locator('.column-name .name').allInnerTexts();
const asked = (page: Page, method: string) =>
  page.evaluate(
    (wanted) =>
      window.fake.sent.flatMap((message) =>
        message.kind === 'request' && message.method === wanted ? [message.parameters] : [],
      ),
    method,
  );

async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: label }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

describe.each(['dark', 'light', 'high-contrast'] as const)('in the %s theme', (theme) => {
  it('the page is drawn without a problem', async () => {
    const page = await open('adult', { theme });
    await page.getByText(exact).waitFor();
    await picture(page, `profile-columns-${theme}`);
    await page.getByRole('button', { name: 'age', exact: true }).click();
    await page.getByRole('table', { name: 'Histogram of age' }).waitFor();
    await page.getByRole('button', { name: '2 notes on how it was read' }).click();
    await choose(page, 'Target', 'education-num');
    await page.getByText('leave it out of training').waitFor();
    await picture(page, `profile-details-${theme}`);
    await page.getByRole('tab', { name: 'Associations' }).click();
    await choose(page, 'Column', 'All columns');
    await picture(page, `profile-associations-${theme}`);
    await page.getByText('As a matrix').click();
    await page.getByRole('region', { name: 'Associations as a matrix' }).waitFor();
    await picture(page, `profile-matrix-${theme}`);
    await page.getByRole('tab', { name: 'Rows' }).click();
    await page.getByRole('gridcell').first().waitFor();
    await page.getByRole('grid').focus();
    await picture(page, `profile-rows-${theme}`);
  });
});

describe('the first picture', () => {
  it('is there while the exact figures come, which then take its place without moving anything', async () => {
    const page = await open('first-picture');
    await page.getByText('First picture from the first 10,000 rows; exact figures follow').waitFor();
    const boxes = () =>
      page
        .locator('.columns-table td')
        .evaluateAll((all) => all.map((cell) => cell.getBoundingClientRect().toJSON()));
    const before = await boxes();
    await page.evaluate(() =>
      window.fake.report('data/profile', { message: '7 of 15 columns', fraction: 0.62 }),
    );
    await page.getByText('7 of 15 columns, 62 %').waitFor();
    await picture(page, 'profile-first-picture-dark');
    await page.setViewportSize({ width: 420, height: 760 });
    await page.getByRole('button', { name: 'Cancel' }).click({ trial: true });
    await picture(page, 'profile-narrow-first-picture-dark');
    await page.setViewportSize({ width: 1100, height: 760 });
    await page.evaluate(() => window.fake.release('data/profile'));
    await page.getByText(exact).waitFor();
    await page.getByText('20,000,000 rows', { exact: true }).waitFor();
    expect(await boxes()).toEqual(before);
    await expect
      .poll(() => page.getByRole('status').allTextContents())
      .toContain('Exact figures of adult.csv: 20,000,000 rows, 15 columns.');
  });

  it('stays when the user cancels, and the exact figures come when asked for', async () => {
    const page = await open('first-picture');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('First picture from the first 10,000 rows.').waitFor();
    expect(await page.evaluate(() => window.fake.sent.some(({ kind }) => kind === 'cancel'))).toBe(true);
    await picture(page, 'profile-cancelled-dark');
    await page.evaluate(() => window.fake.release('data/profile'));
    await page.getByRole('button', { name: 'Read All Rows' }).click();
    await page.getByText(exact).waitFor();
  });

  it('stays when the rest cannot be read, with the reason and the way to the row', async () => {
    const page = await open('ragged');
    await page.getByText('Row 18,201 of data/adult.csv ends before column 15').waitFor();
    await row(page, 'income').waitFor();
    await picture(page, 'profile-ragged-dark');
    await page.getByRole('button', { name: 'Open Row' }).click();
    expect(await opened(page)).toEqual([{ kind: 'place', place: '/project/data/adult.csv:18201' }]);
    await page.evaluate(() => window.fake.failures.clear());
    await page.getByRole('button', { name: 'Try Again' }).click();
    await page.getByText(exact).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });
});

it('says that the file has changed, and reads it again when asked', async () => {
  const page = await open('adult');
  await page.getByText(exact).waitFor();
  await page.evaluate(() => window.fake.say({ kind: 'dataChanged' }));
  await page.getByText('The file has changed since it was read.').waitFor();
  expect((await asked(page, 'data/sketch')).length, 'nothing moves by itself').toBe(1);
  await page.locator('.profile-stage vscode-button').click();
  await page.getByText(exact).waitFor();
  expect((await asked(page, 'data/sketch')).length).toBe(2);
});

it('says why there is nothing to see', async () => {
  const page = await open('unreadable');
  await page.getByText('data/adult.csv is no table: it is compressed with gzip.').waitFor();
  await picture(page, 'profile-unreadable-dark');
});

it('shows a table without rows as what it is', async () => {
  const page = await open('no-rows');
  await page.getByText(exact).waitFor();
  await page.getByText('0 rows', { exact: true }).waitFor();
  await picture(page, 'profile-no-rows-dark');
  await page.getByRole('tab', { name: 'Rows' }).click();
  await page.getByText('This table has no rows.').waitFor();
});

describe('the columns', () => {
  it('read well to somebody who does not see them', async () => {
    const page = await open('adult');
    await page.getByText(exact).waitFor();
    await page.getByRole('button', { name: 'age', exact: true }).click();
    await expect(await page.locator('body').ariaSnapshot()).toMatchFileSnapshot(
      'golden/profile-columns.aria.txt',
    );
  });

  it('are sorted and filtered, and come back so after a reload', async () => {
    const page = await open('adult');
    await page.getByText(exact).waitFor();
    await page.getByRole('button', { name: 'Missing' }).click();
    expect((await names(page)).slice(0, 3)).toEqual(['notes', 'enrolled', 'workclass']);
    await page.getByRole('searchbox', { name: 'Filter columns' }).fill('text');
    await page.getByText('8 of 15 columns').waitFor();
    await page.reload();
    await page.getByText('8 of 15 columns').waitFor();
    expect((await names(page)).slice(0, 2)).toEqual(['notes', 'workclass']);
    expect(await page.getByRole('columnheader', { name: 'Missing' }).getAttribute('aria-sort')).toBe(
      'descending',
    );
    await page.getByRole('searchbox', { name: 'Filter columns' }).fill('nothing has this');
    await page.getByText('No column has these words in its name or type.').waitFor();
  });

  it('by the thousand keep their headings in view, and open without delay', { retry }, async () => {
    const page = await open('wide');
    await page.getByText(exact).waitFor();
    const heading = page.getByRole('columnheader', { name: 'Distinct' });
    const panel = page.locator('vscode-tab-panel').first();
    const height = await row(page, 'gene_1').evaluate((element) => (element as HTMLElement).offsetHeight);
    const scrollTo = (column: number) =>
      panel.evaluate((element, top) => element.scrollTo(0, top), (column - 1) * height);
    await scrollTo(200);
    await row(page, 'gene_200').waitFor();
    const before = await heading.boundingBox();
    await scrollTo(9000);
    // Of those that are not described the name and the type are known.
    await row(page, 'gene_9000').getByText('not described').waitFor();
    expect(await heading.boundingBox()).toEqual(before);
    expect(await page.locator('[data-column]').count()).toBeLessThan(250);
    await page.getByRole('searchbox', { name: 'Filter columns' }).fill('gene_10000');
    await page.getByText('1 of 10,000 columns').waitFor();
    await row(page, 'gene_10000').waitFor();
    await page.getByRole('searchbox', { name: 'Filter columns' }).fill('');
    await scrollTo(400);
    await row(page, 'gene_400').waitFor();
    const took = await page.evaluate(async () => {
      const begin = performance.now();
      document.querySelector<HTMLElement>('[data-column="gene_400"] .column-name')!.click();
      await new Promise(requestAnimationFrame);
      return performance.now() - begin;
    });
    await page.getByRole('table', { name: 'Histogram of gene_400' }).waitFor();
    expect(took, 'milliseconds').toBeLessThan(1000);
    await picture(page, 'profile-wide-dark');
  });

  it('can be used without a mouse, and show where the focus is', async () => {
    const page = await open('adult');
    await page.getByText(exact).waitFor();
    const { names: stops, unmarked } = await walk(page);
    expect(stops.slice(0, 8)).toEqual([
      '2 notes on how it was read',
      'Read Again',
      'Columns',
      'tab panel',
      'Filter columns',
      'Target',
      'Column',
      'Type',
    ]);
    expect(unmarked).toEqual([]);
  });

  it('are all in view beside an editor', async () => {
    const page = await open('adult', { width: 480 });
    await page.getByText(exact).waitFor();
    await picture(page, 'profile-narrow-dark');
    const sizes = await page
      .locator('vscode-tab-panel')
      .first()
      .evaluate(({ scrollWidth, clientWidth }) => ({ scrollWidth, clientWidth }));
    expect(sizes.scrollWidth).toBeLessThanOrEqual(sizes.clientWidth);
    for (const tab of ['Associations', 'Rows']) {
      await page.getByRole('tab', { name: tab }).click();
      await picture(page, `profile-narrow-${tab.toLowerCase()}-dark`);
    }
  });
});

describe('a target', () => {
  it('is asked about alone: exact figures stay while what gives it away is looked for', async () => {
    const page = await open('adult');
    await page.getByText(exact).waitFor();
    await page.evaluate(() => window.fake.hold('data/sketch'));
    await choose(page, 'Target', 'education-num');
    await page.getByText('What gives “education-num” away is looked for…').waitFor();
    await page.getByText('32,561 rows', { exact: true }).waitFor();
    await page.evaluate(() => window.fake.release('data/sketch'));
    await page.getByText('“education” is nearly the target “education-num” itself').waitFor();
    expect((await asked(page, 'data/profile')).at(-1)).toEqual({
      path: '/project/data/adult.csv',
      target: 'education-num',
    });
    await page.getByRole('listitem').filter({ hasText: 'record' }).getByRole('button').click();
    expect(await page.evaluate(() => document.activeElement?.textContent?.trim())).toBe('record');
    await page.reload();
    await page.getByText('“education” is nearly the target “education-num” itself').waitFor();
    await choose(page, 'Target', 'income');
    await page.getByText('No column gives “income” away.').waitFor();
  });

  it('can be given up; the figures stay exact, and it is said what the comparison is from', async () => {
    const page = await open('adult');
    await page.getByText(exact).waitFor();
    await page.evaluate(() => window.fake.hold('data/profile'));
    await choose(page, 'Target', 'education-num');
    await page.getByText('Exact; all rows are now compared with the target.').waitFor();
    await page.getByText('leave it out of training').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Exact, but compared with the target over the first 10,000 rows alone.').waitFor();
    await page.getByText('32,561 rows', { exact: true }).waitFor();
    await picture(page, 'profile-target-cancelled-dark');
  });

  it('that the file no longer has is forgotten', async () => {
    const page = await open('adult');
    await page.getByText(exact).waitFor();
    await choose(page, 'Target', 'income');
    await page.getByText('No column gives “income” away.').waitFor();
    await page.goto(page.url().replace('scenario=adult', 'scenario=wide'));
    await page.getByText('20,000,000 rows', { exact: true }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });
});

describe('associations', () => {
  it('lead to the columns they name', async () => {
    const page = await open('adult');
    await page.getByRole('tab', { name: 'Associations' }).click();
    await page.getByText('13 columns compared over 32,561 rows').waitFor();
    await page.getByText('“education” says the same as “education-num”.').waitFor();
    await choose(page, 'Column', 'age');
    const pairs = await page.locator('.associations tbody tr').allInnerTexts();
    expect(pairs.map((pair) => pair.split(/\s+/).slice(0, 3))).toEqual([
      ['age', 'marital-status', '0.58'],
      ['age', 'fnlwgt', '−0.13'],
      ['age', 'hours-per-week', '0.10'],
    ]);
    await page.getByRole('button', { name: 'marital-status' }).click();
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.textContent?.trim()))
      .toBe('marital-status');
  });
});

describe('the rows', () => {
  it('of a very long and very wide table are shown where one scrolls, and nothing freezes', {
    retry,
  }, async () => {
    const page = await open('wide');
    await page.getByText(exact).waitFor();
    await page.locator('.profile-tools').getByText('10,000 columns').waitFor();
    await page.getByRole('tab', { name: 'Rows' }).click();
    const grid = page.getByRole('grid', { name: 'Rows' });
    const cell = (at: number, column: number) => page.locator(`#cell-${at}-${column}`);
    await expect.poll(() => cell(0, 0).textContent()).toMatch(/^\d/);
    expect(await grid.getAttribute('aria-rowcount')).toBe('20000001');
    await page.evaluate(() => {
      const counts = { long: 0 };
      new PerformanceObserver((list) => {
        counts.long += list.getEntries().filter(({ duration }) => duration > 500).length;
      }).observe({ type: 'longtask', buffered: false });
      Object.assign(window, { counts });
    });
    await grid.focus();
    await page.keyboard.press('Control+End');
    await expect.poll(() => cell(19_999_999, 9_999).textContent()).toMatch(/^\d/);
    await page.getByText('to 20,000,000 of 20,000,000 rows').waitFor();
    await picture(page, 'profile-rows-end-dark');
    await grid.evaluate((element) => element.scrollTo(500_000, element.scrollHeight / 2));
    await page.getByText(/^Rows (9,99\d|10,00\d),\d{3} to/).waitFor();
    const before = await page.locator('.rows-status').textContent();
    await page.mouse.move(500, 400);
    await page.mouse.wheel(0, 220);
    // Ten rows further on, though a pixel of the scroll bar is many rows here.
    const first = (text: string | null) => Number(/[\d,]+/.exec(text ?? '')![0].replaceAll(',', ''));
    await expect
      .poll(async () => first(await page.locator('.rows-status').textContent()))
      .toBe(first(before) + 10);
    expect(await page.evaluate(() => (window as unknown as { counts: object }).counts)).toEqual({ long: 0 });
    expect((await asked(page, 'data/readRows')).length, 'what was passed by is not asked for').toBeLessThan(
      20,
    );
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    expect(await grid.getAttribute('aria-activedescendant')).toBe('cell-1-1');
    expect(await page.locator('.rows-cell').count()).toBeLessThan(1500);
  });

  it('say how many there are once they are counted, and stay where they are', async () => {
    const page = await open('first-picture');
    await page.getByRole('tab', { name: 'Rows' }).click();
    await page.getByText('how many there are is being counted').waitFor();
    const grid = page.getByRole('grid', { name: 'Rows' });
    await grid.evaluate((element) => element.scrollTo(0, 22_000));
    await page.getByText(/^Rows 1,001 to/).waitFor();
    await page.evaluate(() => window.fake.release('data/profile'));
    await page.getByText(/^Rows 1,001 to [\d,]+ of 20,000,000 rows/).waitFor();
  });

  it('that cannot be read say so, and come when tried again', async () => {
    const page = await open('adult');
    await page.getByText(exact).waitFor();
    await page.evaluate(() =>
      window.fake.failures.set('data/readRows', { code: 'x', message: 'The disk is gone.' }),
    );
    await page.getByRole('tab', { name: 'Rows' }).click();
    await page.getByText('The disk is gone.').waitFor();
    await page.evaluate(() => window.fake.failures.clear());
    await page.getByRole('button', { name: 'Try Again' }).click();
    await page.getByRole('gridcell').first().waitFor();
  });
});
