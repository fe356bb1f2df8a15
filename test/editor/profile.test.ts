import fs from 'node:fs';
import path from 'node:path';
import type { FrameLocator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Editor, picturesInBothThemes } from './editor.ts';
import type { Workbench } from './harness/workbench.ts';
import { explorerRow } from './journey.ts';
import { repository, type SampleProject } from './sampleProject.ts';

let editor: Editor;
beforeAll(async () => {
  editor = await Editor.start();
});
afterAll(() => editor?.dispose());

const title = 'Profile of adult.csv';
const exact = 'Exact: every row was read.';

/** The census of the reference, so many times over that one sees the first picture before the exact one. */
function writeAdult(project: SampleProject, times: number): number {
  const source = path.join(repository, '..', 'shared', 'data', 'adult', 'adult_15_columns.csv');
  const [header, ...rows] = fs.readFileSync(source, 'utf8').trimEnd().split('\n');
  const block = `${rows.join('\n')}\n`;
  project.write('data/adult.csv', `${header}\n${block.repeat(times)}`);
  return rows.length * times;
}

async function choose(page: FrameLocator, label: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: label }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

async function lastRow(workbench: Workbench, page: FrameLocator, rows: number): Promise<void> {
  await page.getByRole('grid', { name: 'Rows' }).focus();
  await workbench.page.keyboard.press('Control+End');
  await page
    .locator(`#cell-${rows - 1}-14`)
    .getByText('>50K')
    .waitFor();
}

test('right click on a table: a first picture, exact figures, its rows, a target, and all of it after a reload', async () => {
  await editor.inProject({ files: { 'README.md': '# Census\n' } }, async (workbench, project) => {
    const rows = writeAdult(project, 10);
    const count = rows.toLocaleString('en-GB');
    await workbench.openView('Explorer');
    await workbench.contextMenu(await explorerRow(workbench, ['data', 'adult.csv']), 'Profile Dataset');
    const page = await workbench.webview(title);
    await page.getByText(/^First picture from the first [\d,]+ rows; exact figures follow/).waitFor();
    await page.locator('[data-column="income"]').waitFor();
    await workbench.screenshot('70-profile-first-picture');

    await page.getByText(exact).waitFor({ timeout: 120_000 });
    await page.getByText(`${count} rows`, { exact: true }).waitFor();
    await page.getByText('15 columns', { exact: true }).first().waitFor();
    await page.getByRole('button', { name: 'age', exact: true }).click();
    const median = page.getByRole('table', { name: 'Figures' }).getByRole('row', { name: /^median/ });
    expect(await median.innerText(), 'of Adult, which no repetition changes').toMatch(/\b37$/);
    await picturesInBothThemes(workbench, '71-profile-exact');

    await page.getByRole('tab', { name: 'Rows' }).click();
    await page.locator('#cell-0-1').getByText('State-gov').waitFor();
    await lastRow(workbench, page, rows);
    await workbench.screenshot('72-profile-rows');

    await page.getByRole('tab', { name: 'Columns' }).click();
    await choose(page, 'Target', 'education-num');
    const hint = page.getByText('“education” is nearly the target “education-num” itself');
    await hint.waitFor();
    await page.getByText(exact).waitFor({ timeout: 120_000 });
    await workbench.screenshot('73-profile-target');

    await workbench.reloadWindow();
    const restored = await workbench.webview(title);
    await restored.getByText('“education” is nearly the target “education-num” itself').waitFor();
    await restored.getByText(exact).waitFor();
    await restored.getByText(`${count} rows`, { exact: true }).waitFor();
    await restored.getByRole('table', { name: 'Figures' }).waitFor();
    await restored.getByRole('tab', { name: 'Rows' }).click();
    await lastRow(workbench, restored, rows);
  });
});

test('work that was begun goes on while its page is hidden, and can be given up', async () => {
  await editor.inProject({ files: { 'README.md': '# Census\n' } }, async (workbench, project) => {
    writeAdult(project, 20);
    await workbench.openView('MLOps', 'Datasets');
    const row = workbench.treeItem('Datasets', 'data/adult.csv');
    await row.waitFor();
    await workbench.contextMenu(row, 'Profile Dataset');
    const page = await workbench.webview(title);
    await page.getByText('exact figures follow').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText(/^First picture from the first [\d,]+ rows\.$/).waitFor();
    await page.getByRole('button', { name: 'Read All Rows' }).click();
    await page.getByText('exact figures follow').waitFor();
    await workbench.openFile('README.md');
    await workbench.page.locator(`.tab[aria-label^="${title}"]`).click();
    const again = await workbench.webview(title);
    await again.getByText(exact).waitFor({ timeout: 120_000 });
    expect(await again.getByRole('alert').count()).toBe(0);

    const rows = writeAdult(project, 1);
    await again.getByText('The file has changed since it was read.').waitFor();
    await again.getByRole('button', { name: 'Read Again' }).first().click();
    await again.getByText(`${rows.toLocaleString('en-GB')} rows`, { exact: true }).waitFor();
    await again.getByText(exact).waitFor();
  });
});

test('a table that cannot be read says where, and one click opens the row', async () => {
  const files = { 'ragged.csv': 'name,age\nAda,36\nGrace,85,navy\nAlan,41\n', 'notes.txt': 'no table\n' };
  await editor.inProject({ files }, async (workbench) => {
    await workbench.openFile('ragged.csv');
    await workbench.runCommand('MLOps: Profile Dataset');
    const page = await workbench.webview('Profile of ragged.csv');
    await page.getByText(/Row 3 of ragged\.csv has a value too many/).waitFor();
    await workbench.screenshot('74-profile-ragged');
    await page.getByRole('button', { name: 'Open Row' }).click();
    await workbench.page.locator('.tab.active').filter({ hasText: 'ragged.csv' }).last().waitFor();
    await workbench.statusBarItem('Ln 3, Col 1').waitFor();

    await workbench.openView('Explorer');
    const notes = await explorerRow(workbench, ['notes.txt']);
    expect(await workbench.contextMenuLabels(notes)).not.toContain('Profile Dataset');
  });
});
