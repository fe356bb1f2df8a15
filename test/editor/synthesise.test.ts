import fs from 'node:fs';
import path from 'node:path';
import type { FrameLocator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Editor, picturesInBothThemes } from './editor.ts';
import { until } from './harness/waiting.ts';
import { explorerRow } from './journey.ts';
import { repository } from './sampleProject.ts';

let editor: Editor;
beforeAll(async () => {
  editor = await Editor.start();
});
afterAll(() => editor?.dispose());

const title = 'Synthesise students.csv';
const long = { timeout: 120_000 };

/** Some hundred real pupils, with commas. */
function students(): string {
  const file = path.join(repository, '..', 'shared', 'data', 'students', 'StudentsMath_Score.csv');
  const lines = fs.readFileSync(file, 'utf8').trimEnd().split(/\r?\n/);
  return `${lines.slice(0, 400).join('\n')}\n`;
}

/** The preview is of all choices so far. */
async function settled(page: FrameLocator): Promise<void> {
  const preview = page.getByRole('region', { name: 'Preview' });
  await preview.getByRole('table').waitFor(long);
  await until('the preview to follow', async () => (await preview.getAttribute('aria-busy')) === 'false');
}

test('right click on a table: settings, an estimate, rows like these, the run, its figures, the report and the version', async () => {
  const files = { 'README.md': '# School\n', 'data/students.csv': students() };
  await editor.inProject({ files }, async (workbench, project) => {
    await workbench.openView('Explorer');
    await workbench.contextMenu(await explorerRow(workbench, ['data', 'students.csv']), 'Synthesise Data…');
    const page = await workbench.webview(title);
    await settled(page);
    await page.getByText(/^About .* of memory, for \d+ columns/).waitFor(long);

    await page.getByLabel('Seed', { exact: true }).fill('school');
    await page.getByLabel('Seed', { exact: true }).press('Tab');
    await page.getByLabel('Rows', { exact: true }).fill('250');
    await page.getByLabel('Rows', { exact: true }).press('Enter');
    await page.getByText('Add Condition…').click();
    const condition = page.locator('workbench-rule-form[rule="condition"]');
    await condition.getByLabel('Column').selectOption('Gender');
    await condition.getByLabel('Value').selectOption('Female');
    await condition.getByRole('button', { name: 'Add' }).click();
    await page.getByRole('list', { name: 'Conditions' }).getByText('Gender = Female').waitFor();
    await page.getByText(/250 rows to draw/).waitFor(long);
    await settled(page);
    await picturesInBothThemes(workbench, '90-synthesise');
    const recipe = fs.readFileSync(path.join(project.folder, 'data', 'students.anonymise.yaml'), 'utf8');
    expect(recipe).toMatch(/^synthesise:\n {2}method: copula$/m);
    expect(recipe).toMatch(/^ {2}rows: 250$/m);
    expect(recipe).toMatch(/^ {2}seed: school$/m);

    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByText(/is written: 250 synthetic rows/).waitFor(long);
    await page.getByText(/Synthetic is not anonymous by itself/).waitFor();
    await workbench.screenshot('91-synthesised');
    const output = fs.readFileSync(path.join(project.folder, 'data', 'students.synthetic.csv'), 'utf8');
    const [header, ...rows] = output.trimEnd().split('\n');
    const gender = header!.split(',').indexOf('Gender');
    expect(rows).toHaveLength(250);
    expect(new Set(rows.map((row) => row.split(',')[gender]))).toEqual(new Set(['Female']));

    const done = workbench.notification(/students\.synthetic\.csv is written: 250 synthetic rows/);
    expect(await done.buttons()).toEqual(['Open Report', 'Version This Dataset', 'Show in Explorer']);
    await done.click('Open Report');
    const report = await workbench.webview('Privacy of students.synthetic.csv');
    await report.getByRole('heading', { name: 'What it remembers of real rows' }).waitFor();
    await report.getByText(/^Synthetic is not anonymous by itself/).waitFor();
    await picturesInBothThemes(workbench, '93-synthetic-report');
    await report.getByRole('button', { name: 'Version This Output' }).click();
    await workbench.quickInput().type('Made-up girls');
    await workbench.quickInput().accept();
    await workbench.notification(/students\.synthetic\.csv is now v1/).waitFor();

    const pointer = fs.readFileSync(path.join(project.folder, 'data', 'students.synthetic.csv.dvc'), 'utf8');
    expect(pointer).toMatch(/madeFrom:\n +path: students\.csv/);

    await workbench.page.locator(`.tab[aria-label^="${title}"]`).click();
    const back = await workbench.webview(title);
    await back.getByText(/is written: 250 synthetic rows/).waitFor(long);
    await back.getByRole('button', { name: 'Open Run' }).click();
    const shown = workbench.page.locator('.tab.active');
    let name = title;
    await until('the run to be shown, by its name', async () => {
      name = (await shown.getAttribute('aria-label'))?.split(',')[0] ?? title;
      return name !== 'Run' && !name.startsWith(title);
    });
    const run = await workbench.webview(name);
    await run.getByText('recipe_hash').waitFor(long);
    await workbench.screenshot('92-synthesis-run');

    await workbench.reloadWindow();
    await workbench.page.locator(`.tab[aria-label^="${title}"]`).click();
    const again = await workbench.webview(title);
    await again.getByRole('list', { name: 'Conditions' }).getByText('Gender = Female').waitFor(long);
    expect(await again.getByLabel('Rows', { exact: true }).inputValue()).toBe('250');
  });
});
