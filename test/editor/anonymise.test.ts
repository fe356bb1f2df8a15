import fs from 'node:fs';
import path from 'node:path';
import type { FrameLocator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Editor } from './editor.ts';
import { until } from './harness/waiting.ts';
import type { Workbench } from './harness/workbench.ts';
import { explorerRow } from './journey.ts';
import { repository, type SampleProject } from './sampleProject.ts';

let editor: Editor;
beforeAll(async () => {
  editor = await Editor.start();
});
afterAll(() => editor?.dispose());

const title = 'Anonymise adult.csv';
const long = { timeout: 120_000 };

const column = (page: FrameLocator, name: string) =>
  page.getByRole('button', { name: new RegExp(`^${name}, `) });
const preview = (page: FrameLocator) => page.getByRole('region', { name: 'Preview' });
const dial = async (page: FrameLocator, name: 'Risk' | 'Use') =>
  Number(await page.getByRole('meter', { name }).getAttribute('aria-valuenow'));
const anonymise = (page: FrameLocator) => page.getByRole('button', { name: 'Anonymise', exact: true });

function writeAdult(project: SampleProject): string[] {
  const source = path.join(repository, '..', 'shared', 'data', 'adult', 'adult_15_columns.csv');
  const text = fs.readFileSync(source, 'utf8');
  project.write('data/adult.csv', text);
  return text.trimEnd().split('\n');
}

/** The preview is of all choices so far. */
async function settled(page: FrameLocator): Promise<void> {
  await preview(page).waitFor(long);
  await until(
    'the preview to follow',
    async () => (await preview(page).getAttribute('aria-busy')) === 'false',
  );
}

/** In the theme that the window has, and then in the other one, in which it goes on: a change of themes is slow. */
function bothThemes(workbench: Workbench): (name: string) => Promise<void> {
  let theme: 'dark' | 'light' = 'dark';
  return async (name) => {
    await workbench.screenshot(`${name}-${theme}`);
    theme = theme === 'dark' ? 'light' : 'dark';
    await workbench.setTheme(theme);
    await workbench.screenshot(`${name}-${theme}`);
  };
}

/** Trees are drawn anew when files come and go: a person opens the menu again. */
async function openByMenu(workbench: Workbench, command: string, tab: string): Promise<FrameLocator> {
  await workbench.openView('Explorer');
  const opened = workbench.page.locator(`.tab[aria-label^="${tab}"]`);
  await until(`the panel ${tab}`, async () => {
    const row = await explorerRow(workbench, ['data', 'adult.csv']);
    await workbench.contextMenu(row, command).catch(() => undefined);
    return opened.waitFor({ timeout: 10_000 }).then(
      () => true,
      () => false,
    );
  });
  return workbench.webview(tab);
}

test('right click on a table: its profile, suggestions, another method, a guarantee, the output, its report, its version', async () => {
  await editor.inProject({ files: { 'README.md': '# Census\n' } }, async (workbench, project) => {
    const [header, ...rows] = writeAdult(project);
    const pictures = bothThemes(workbench);
    const profile = await openByMenu(workbench, 'Profile Dataset', 'Profile of adult.csv');
    await profile.getByText('Exact: every row was read.').waitFor(long);
    await pictures('79-anonymise-profile');

    const page = await openByMenu(workbench, 'Anonymise Data…', title);
    await column(page, 'age').waitFor(long);
    expect(await column(page, 'age').getAttribute('aria-label')).toContain('Quasi-identifier');
    await settled(page);
    await pictures('80-anonymise-suggested');

    await column(page, 'education-num').click();
    await page.getByRole('button', { name: 'Not Personal' }).click();
    await page.getByText('Chosen by you.').waitFor();
    await column(page, 'occupation').click();
    await page.getByRole('combobox', { name: 'Method' }).selectOption('drop');
    await settled(page);
    await page.getByText(/^Not in the output: .*occupation/).waitFor();
    const before = await dial(page, 'Risk');
    const guarantee = page.getByRole('checkbox', { name: 'Nobody stands alone' });
    if (!(await guarantee.isChecked())) {
      await guarantee.check();
      await settled(page);
      expect(await dial(page, 'Risk')).toBeLessThan(before);
    }
    await pictures('81-anonymise-preview');

    await anonymise(page).click();
    await page.getByText(/is written: [\d,]+ rows/).waitFor(long);
    await settled(page);
    await pictures('82-anonymised');
    const recipe = fs.readFileSync(path.join(project.folder, 'data', 'adult.anonymise.yaml'), 'utf8');
    expect(recipe).toMatch(/method: drop/);
    expect(recipe).toMatch(/correctedFrom: quasiIdentifier/);
    const output = fs.readFileSync(path.join(project.folder, 'data', 'adult.anonymised.csv'), 'utf8');
    const names = header!.split(',');
    expect(output.split('\n')[0]!.split(',')).toEqual(names.filter((name) => name !== 'occupation'));
    expect(output.trimEnd().split('\n').length - 1).toBeLessThanOrEqual(rows.length);

    const done = workbench.notification(/adult\.anonymised\.csv is anonymised: [\d,]+ rows/);
    expect(await done.buttons()).toEqual(['Open Report', 'Version This Dataset', 'Show in Explorer']);
    await done.click('Open Report');
    const report = await workbench.webview('Privacy of adult.anonymised.csv');
    await report.getByRole('heading', { name: 'What is not guaranteed' }).waitFor();
    await report.getByRole('heading', { name: 'How easily people can be found' }).waitFor();
    await pictures('83-privacy-report');

    await report.getByRole('button', { name: 'Version This Output' }).click();
    await workbench.quickInput().type('Census without occupations');
    await workbench.quickInput().accept();
    await workbench.notification(/adult\.anonymised\.csv is now v1/).waitFor();
    await workbench.openView('MLOps', 'Datasets');
    await workbench
      .treeItem('Datasets', /data\/adult\.anonymised\.csv.*v1/)
      .first()
      .waitFor();
    await pictures('85-anonymised-version');

    await workbench.reloadWindow();
    const restored = await workbench.webview('Privacy of adult.anonymised.csv');
    await restored.getByRole('heading', { name: 'What is not guaranteed' }).waitFor();
    await workbench.page.locator(`.tab[aria-label^="${title}"]`).click();
    const again = await workbench.webview(title);
    await column(again, 'occupation').waitFor(long);
    expect(await column(again, 'occupation').getAttribute('aria-current')).toBe('true');
    expect(await again.getByRole('combobox', { name: 'Method' }).inputValue()).toBe('drop');
    await column(again, 'education-num').click();
    await again.getByText('Chosen by you.').waitFor();
    expect(await column(again, 'education-num').getAttribute('aria-label')).toContain(', Other');
  });
});

test('a key is made by one click, stands in no file, and brings the numbers back', async () => {
  const weights = Array.from({ length: 40 }, (_, row) => (50 + row * 1.37).toFixed(2));
  const people = weights.map((weight, row) => `A-${row + 1},person${row}@example.org,${weight}`);
  const files = { 'people.csv': `id,mail,weight\n${people.join('\n')}\n` };
  await editor.inProject({ files }, async (workbench, project) => {
    await workbench.openFile('people.csv');
    await workbench.runCommand('MLOps: Anonymise Data…');
    const page = await workbench.webview('Anonymise people.csv');
    await column(page, 'weight').waitFor(long);
    await column(page, 'weight').click();
    await page.getByRole('combobox', { name: 'Method' }).selectOption('noise');
    await page.getByRole('button', { name: 'Make Key…' }).click(long);
    await workbench.quickInput().accept();
    await page.getByText(/^The key .* is ready\.$/).waitFor();
    await settled(page);
    await workbench.screenshot('84-anonymise-key');
    await anonymise(page).click();
    await page.getByText(/is written: 40 rows/).waitFor(long);
    const output = fs.readFileSync(path.join(project.folder, 'people.anonymised.csv'), 'utf8');
    const valuesOf = (text: string, at: number) =>
      text
        .trimEnd()
        .split('\n')
        .slice(1)
        .map((row) => row.split(',')[at]);
    expect(output).not.toContain('@example.org');
    expect(
      valuesOf(output, 2).filter((weight, row) => Number(weight) === Number(weights[row])).length,
    ).toBeLessThan(5);

    const files = fs.readdirSync(project.folder).filter((name) => /anonymise|privacy/.test(name));
    expect(files.length).toBeGreaterThan(1);
    for (const name of files) {
      // 32 bytes in base64: no file beside the data has them.
      expect(fs.readFileSync(path.join(project.folder, name), 'utf8')).not.toMatch(/[A-Za-z0-9+/]{43}=/);
    }

    await workbench.clearNotifications();
    await workbench.runCommand('MLOps: Restore Anonymised Data…');
    const dialog = workbench.quickInput();
    await until('the output to be proposed', async () =>
      (await dialog.input.inputValue()).endsWith('people.anonymised.csv'),
    );
    await dialog.accept();
    await until('a new file to be proposed', async () =>
      (await dialog.input.inputValue()).endsWith('people.restored.csv'),
    );
    await dialog.accept();
    await workbench.notification(/^Restored weight/).waitFor();
    const restored = fs.readFileSync(path.join(project.folder, 'people.restored.csv'), 'utf8');
    expect(valuesOf(restored, 2).map(Number)).toEqual(weights.map(Number));
  });
});
