import fs from 'node:fs';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { tableFromArrays, tableToIPC } from 'apache-arrow';
import type { FrameLocator } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { Editor } from './editor.ts';
import { until } from './harness/waiting.ts';
import type { Workbench } from './harness/workbench.ts';
import { explorerRow, versionDataset } from './journey.ts';
import { makeProject } from './project.ts';
import type { SampleProject } from './sampleProject.ts';

let editor: Editor;
beforeAll(async () => {
  editor = await Editor.start();
});
afterAll(() => editor?.dispose());

const exact = 'Exact: every row was read.';
const birds = [
  { species: 'Adelie', mass: 3750, island: 'Torgersen' },
  { species: 'Gentoo', mass: 5000, island: 'Biscoe' },
  { species: 'Chinstrap', mass: 3500, island: 'Dream' },
  { species: 'Gentoo', mass: 5700, island: 'Biscoe' },
] as const;

/** The same table in every format that is read, and the words that the page has for it. */
async function writeKinds(project: SampleProject): Promise<ReadonlyMap<string, string>> {
  const delimited = (delimiter: string) =>
    [Object.keys(birds[0]), ...birds.map(Object.values)].map((row) => row.join(delimiter)).join('\n');
  const lines = birds.map((bird) => JSON.stringify(bird));
  project.write('kinds/birds.csv', `${delimited(',')}\n`);
  project.write('kinds/birds.tsv', `${delimited('\t')}\n`);
  project.write('kinds/birds.jsonl', `${lines.join('\n')}\n`);
  project.write('kinds/birds.json', `[\n${lines.join(',\n')}\n]\n`);
  const folder = path.join(project.folder, 'kinds');
  const columns = {
    species: birds.map(({ species }) => species),
    mass: Float64Array.from(birds, ({ mass }) => mass),
    island: birds.map(({ island }) => island),
  };
  fs.writeFileSync(path.join(folder, 'birds.arrow'), tableToIPC(tableFromArrays(columns), 'file'));
  const duckdb = await DuckDBInstance.create(':memory:');
  const connection = await duckdb.connect();
  const quoted = (file: string) => `'${path.join(folder, file).replaceAll("'", "''")}'`;
  await connection.run(`COPY (FROM ${quoted('birds.csv')}) TO ${quoted('birds.parquet')} (FORMAT parquet)`);
  connection.closeSync();
  duckdb.closeSync();
  return new Map([
    ['birds.csv', 'CSV'],
    ['birds.tsv', 'TSV'],
    ['birds.jsonl', 'JSON lines'],
    ['birds.json', 'JSON'],
    ['birds.parquet', 'Parquet'],
    ['birds.arrow', 'Arrow'],
  ]);
}

async function profiled(workbench: Workbench, title: string): Promise<FrameLocator> {
  const page = await workbench.webview(title);
  await page.getByText(exact).waitFor({ timeout: 120_000 });
  return page;
}

test('a table of every kind is profiled by right click, and its rows are shown', async () => {
  const project = makeProject({ files: { 'README.md': '# Birds\n' } });
  onTestFinished(() => project.dispose());
  const kinds = await writeKinds(project);
  fs.writeFileSync(path.join(project.folder, 'kinds', 'packed.csv'), Buffer.from([0x1f, 0x8b, 8, 0, 0, 0]));
  await editor.inWindow(project.folder, async (workbench) => {
    await workbench.openView('Explorer');
    for (const [name, words] of kinds) {
      await workbench.contextMenu(await explorerRow(workbench, ['kinds', name]), 'Profile Dataset');
      const page = await profiled(workbench, `Profile of ${name}`);
      await page.getByText('4 rows', { exact: true }).waitFor();
      await page.locator('.fact').getByText(words, { exact: true }).waitFor();
      await page.locator('[data-column="mass"]').getByText('3,500 … 5,700, median 4,375').waitFor();
      await page.getByRole('tab', { name: 'Rows' }).click();
      await page.locator('#cell-3-2').getByText('Biscoe').waitFor();
      await workbench.runCommand('View: Close Editor');
    }
    await workbench.contextMenu(await explorerRow(workbench, ['kinds', 'packed.csv']), 'Profile Dataset');
    const refused = await workbench.webview('Profile of packed.csv');
    await refused.getByText(/packed\.csv .*compressed with gzip/).waitFor();
    await workbench.screenshot('75-profile-gzip');
  });
});

test('an older version is profiled from the tree, and comes back after a reload', async () => {
  const rows = birds.map((bird) => Object.values(bird).join(','));
  const table = (count: number) => ['species,mass,island', ...rows.slice(0, count), ''].join('\n');
  await editor.inProject({ files: { 'data/birds.csv': table(2) } }, async (workbench, project) => {
    await versionDataset(workbench, ['data', 'birds.csv'], 'Two birds');
    project.write('data/birds.csv', table(4));
    await versionDataset(workbench, ['data', 'birds.csv'], 'Four birds');
    await workbench.clearNotifications();
    await workbench.openView('MLOps', 'Datasets');
    await workbench.expand(workbench.treeItem('Datasets', /data\/birds\.csv/).first());
    const oldest = workbench.treeItem('Datasets', /^v1.*Two birds/);
    const tab = workbench.page.locator('.tab[aria-label^="Profile of birds.csv v1"]');
    // The tree may draw itself anew under the menu: a person opens it again.
    await until('the profile of the older version', async () => {
      await workbench.contextMenu(oldest, 'Profile Dataset').catch(() => undefined);
      return tab.waitFor({ timeout: 10_000 }).then(
        () => true,
        () => false,
      );
    });
    const page = await profiled(workbench, 'Profile of birds.csv v1');
    await page.getByText('2 rows', { exact: true }).waitFor();
    await page.getByText('version 1', { exact: true }).waitFor();
    await workbench.screenshot('76-profile-version');
    await workbench.reloadWindow();
    const again = await profiled(workbench, 'Profile of birds.csv v1');
    await again.getByText('2 rows', { exact: true }).waitFor();
    await again.getByRole('tab', { name: 'Rows' }).click();
    await again.locator('#cell-1-0').getByText('Gentoo').waitFor();
    expect(await again.getByRole('grid', { name: 'Rows' }).getAttribute('aria-rowcount')).toBe('3');
  });
});

test('a table of 10,000 columns opens, is searched, and says what it leaves out', async () => {
  const width = 10_000;
  const names = Array.from({ length: width }, (_, at) => `gene ${at}`);
  const row = (at: number) => names.map((_, place) => (at * 7919 + place * 104_729) % 1009).join(',');
  const lines = [names.join(','), ...Array.from({ length: 40 }, (_, at) => row(at)), ''];
  await editor.inProject({ files: { 'genes.csv': lines.join('\n') } }, async (workbench) => {
    await workbench.openView('Explorer');
    await workbench.contextMenu(await explorerRow(workbench, ['genes.csv']), 'Profile Dataset');
    const page = await profiled(workbench, 'Profile of genes.csv');
    await page.getByText('10,000 columns', { exact: true }).first().waitFor();
    // Only what is in view is in the page.
    expect(await page.locator('[data-column]').count()).toBeLessThan(200);
    await workbench.screenshot('77-profile-wide');
    await page.getByRole('searchbox', { name: 'Filter columns' }).fill('gene 9999');
    await page.getByRole('button', { name: 'gene 9999', exact: true }).click();
    await page
      .getByRole('table', { name: 'Figures' })
      .getByRole('row', { name: /^median/ })
      .waitFor();
    await page.getByRole('tab', { name: 'Associations' }).click();
    await page.getByText(/the first 60 of 10,000 columns compared over 40 rows/).waitFor();
    await page.getByRole('tab', { name: 'Rows' }).click();
    await page.getByRole('grid', { name: 'Rows' }).focus();
    await workbench.page.keyboard.press('End');
    await page
      .locator(`#cell-0-${width - 1}`)
      .getByText(row(0).split(',').at(-1)!, { exact: true })
      .waitFor();
    expect(await page.getByRole('grid', { name: 'Rows' }).getAttribute('aria-colcount')).toBe('10001');
  });
});

test('the panel is readable in every theme, wide and narrow', async () => {
  const people = Array.from({ length: 300 }, (_, at) => {
    const grade = at % 5;
    return [grade, 'ABCDE'[grade], at % 7 === 0 ? '' : 20 + (at % 50), `200${at % 9}-03-1${at % 8}`].join(
      ',',
    );
  });
  const files = { 'people.csv': ['grade,letter,age,since', ...people, ''].join('\n') };
  await editor.inProject({ files }, async (workbench) => {
    await workbench.openFile('people.csv');
    await workbench.runCommand('MLOps: Profile Dataset');
    const page = await profiled(workbench, 'Profile of people.csv');
    await page.getByRole('tab', { name: 'Associations' }).click();
    await page.getByText('says the same as').waitFor();
    const size = workbench.page.viewportSize()!;
    for (const theme of ['light', 'high-contrast', 'high-contrast-light'] as const) {
      await workbench.setTheme(theme);
      const shown = {
        Associations: page.getByText('says the same as'),
        Columns: page.locator('[data-column="grade"]'),
        Rows: page.locator('#cell-0-1').getByText('A', { exact: true }),
      };
      for (const [tab, content] of Object.entries(shown)) {
        await page.getByRole('tab', { name: tab }).click();
        await content.waitFor();
        await workbench.screenshot(`78-profile-${tab.toLowerCase()}-${theme}`);
      }
      await workbench.page.setViewportSize({ width: 760, height: size.height });
      await page.getByRole('tab', { name: 'Columns' }).click();
      await workbench.screenshot(`78-profile-narrow-${theme}`);
      await workbench.page.setViewportSize(size);
    }
  });
});
