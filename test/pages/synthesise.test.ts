import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { picture } from './pages.ts';
import { pagesOf } from './panel.ts';

const open = pagesOf('synthesise');

const preview = (page: Page) => page.getByRole('region', { name: 'Preview' });
const start = (page: Page) => page.getByRole('button', { name: 'Start' });

/** What the page sent last by a method. */
function lastSent(page: Page, name: string): Promise<Record<string, unknown> | undefined> {
  return page.evaluate(
    (wanted) =>
      window.fake.sent
        .flatMap((message) =>
          message.kind === 'request' && message.method === wanted
            ? [message.parameters as Record<string, unknown>]
            : [],
        )
        .at(-1),
    name,
  );
}

const choices = async (page: Page) =>
  (await lastSent(page, 'privacy/changeSynthesis'))?.choices as Record<string, unknown> | undefined;

describe.each(['dark', 'light', 'high-contrast'] as const)('in the %s theme', (theme) => {
  it.each(['synthetic', 'synthetic-no-key', 'synthetic-problem'])(
    'what is asked for (%s) is drawn',
    async (name) => {
      const page = await open(name, { theme, width: 1180, height: 900 });
      await page.getByRole('heading', { name: 'Settings' }).waitFor();
      if (name === 'synthetic') {
        await preview(page).getByRole('table').waitFor();
      }
      await picture(page, `${name}-${theme}`);
    },
  );
});

it('stacks where there is little room, and nothing but tables is wider than the page', async () => {
  const page = await open('synthetic', { width: 420, height: 1600 });
  await preview(page).getByRole('table').waitFor();
  await picture(page, 'synthetic-420-dark');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(420);
});

describe('by keyboard alone', () => {
  it('a method, rows, a constraint and a condition are chosen, and taken away again', async () => {
    const page = await open('synthetic');
    await preview(page).getByRole('table').waitFor();
    await page.getByLabel('Method').focus();
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => choices(page)).toMatchObject({ method: 'tvae' });
    await page.getByLabel('Rows', { exact: true }).focus();
    await page.keyboard.type('500');
    await page.keyboard.press('Enter');
    await expect.poll(() => choices(page)).toMatchObject({ rows: 500 });
    await page.getByText('500 rows to draw').waitFor();

    await page.getByText('Add Constraint…').focus();
    await page.keyboard.press('Enter');
    const constraint = page.locator('workbench-rule-form[rule="constraint"]');
    await constraint.getByLabel('Kind').selectOption('inequality');
    await constraint.getByLabel('Upper column').selectOption('age');
    await constraint.getByRole('button', { name: 'Add' }).press('Enter');
    await constraint.getByText('Choose two different columns.').waitFor();
    await constraint.getByLabel('Lower column').selectOption('stay');
    await constraint.getByRole('button', { name: 'Add' }).press('Enter');
    await page.getByRole('list', { name: 'Constraints' }).getByText('stay ≤ age').waitFor();
    expect((await choices(page))?.constraints).toContainEqual({
      kind: 'inequality',
      low: 'stay',
      high: 'age',
    });

    await page.getByText('Add Condition…').focus();
    await page.keyboard.press('Enter');
    const condition = page.locator('workbench-rule-form[rule="condition"]');
    await condition.getByLabel('Column').selectOption('city');
    await condition.getByLabel('Value').selectOption('Chur');
    await condition.getByRole('button', { name: 'Add' }).press('Enter');
    await expect.poll(() => choices(page)).toMatchObject({ conditions: [{ column: 'city', value: 'Chur' }] });
    expect(
      await page.getByText('Add Condition…').evaluate((element) => element === document.activeElement),
    ).toBe(true);
    await page.keyboard.press('Enter');
    expect(await condition.getByLabel('Column').inputValue()).toBe('city');
    expect(await condition.getByLabel('Value').locator('option').allTextContents()).toEqual([
      'Bern',
      'Basel',
      'Chur',
    ]);
    await page.getByRole('button', { name: 'Remove city = Chur' }).press('Enter');
    await expect.poll(() => choices(page)).toMatchObject({ conditions: [] });
  });
});

it('is started, says what was found, and leads to the report, the version and the run', async () => {
  const page = await open('synthetic-there');
  await start(page).click();
  await page.getByRole('alert').getByText('exists already').waitFor();
  await page.getByRole('button', { name: 'Overwrite' }).click();
  await page.getByText('is written: 12,000 synthetic rows').waitFor();
  await picture(page, 'synthetic-done-dark');
  await expect
    .poll(() => page.locator('#announcements').textContent())
    .toContain('is written. No synthetic row is equal');
  await page.getByRole('button', { name: 'Open Report' }).click();
  expect(await lastSent(page, 'panel/open')).toEqual({
    kind: 'report',
    recipe: 'data/patients.synthetic.privacy.json',
  });
  await page.getByRole('button', { name: 'Open Run' }).click();
  expect(await lastSent(page, 'panel/open')).toEqual({ kind: 'run', run: 'a' });
});

it('a key that is missing stands in the way, and a seed gets around it', async () => {
  const page = await open('synthetic-no-key');
  await page.getByRole('button', { name: 'Make Key…' }).waitFor();
  expect(await start(page).getAttribute('aria-disabled')).toBe('true');
});
