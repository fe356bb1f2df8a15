import { describe, expect, it } from 'vitest';
import { opened, picture } from './pages.ts';
import { pagesOf } from './panel.ts';

const open = pagesOf('report');

describe.each(['dark', 'light', 'high-contrast'] as const)('in the %s theme', (theme) => {
  it('a privacy report is drawn', async () => {
    const page = await open('applied', { theme, width: 1100, height: 1300 });
    await page.getByRole('heading', { name: 'Privacy of data/patients.anonymised.csv' }).waitFor();
    await picture(page, `report-${theme}`);
  });
});

it('says what is not guaranteed before any figure, and figures with their interval', async () => {
  const page = await open('applied');
  const headings = await page.getByRole('heading', { level: 2 }).allTextContents();
  expect(headings.map((heading) => heading.trim())).toEqual([
    'What is not guaranteed',
    'The three questions of data protection',
    'How easily people can be found',
    'What attacks on the output find',
    'What the output is still good for',
    'Column by column',
    'Where it comes from',
  ]);
  await page.getByText('Pseudonymised, not anonymous').first().waitFor();
  const singling = page.getByRole('article').filter({ hasText: 'Singling out' });
  expect((await singling.textContent())?.replace(/\s+/g, ' ')).toContain('Before 84 % After 6 %');
  await singling.getByText('95 % between 2 % and 11 %.', { exact: true }).waitFor();
  const inference = page.getByRole('article').filter({ hasText: 'Inference of diagnosis' });
  expect((await inference.textContent())?.replace(/\s+/g, ' ')).toContain('Before – After 12 %');
});

it('leads to the page for others and to a version of the output', async () => {
  const page = await open('applied');
  await page.getByRole('button', { name: 'Open HTML Report' }).click();
  await page.getByRole('button', { name: 'Version This Output' }).click();
  expect(await opened(page)).toEqual([
    { kind: 'html', path: 'data/patients.anonymised.report.html' },
    { kind: 'version', path: 'data/patients.anonymised.csv' },
  ]);
});

it('fits a narrow panel', async () => {
  const page = await open('applied', { width: 420, height: 1400 });
  await page.getByRole('heading', { name: 'How easily people can be found' }).waitFor();
  await picture(page, 'report-420-dark');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(420);
});

it('says so where nothing was applied yet', async () => {
  const page = await open('not-applied');
  await page.getByRole('alert').getByText('was not applied yet').waitFor();
});

it('of synthetic rows it tells what they remember and what they are good for, beside rows that were never seen', async () => {
  const page = await open('synthetic-report');
  const memory = page.getByRole('region', { name: 'What it remembers of real rows' });
  await memory.getByText('Never seen').first().waitFor();
  await memory.getByText('0.3 %').waitFor();
  await page
    .getByRole('region', { name: 'What the synthetic rows are good for' })
    .getByText('Synthetic')
    .first()
    .waitFor();
  expect(await page.getByRole('region', { name: 'Risk for people' }).count()).toBe(0);
  await picture(page, 'report-synthetic-dark');
});
