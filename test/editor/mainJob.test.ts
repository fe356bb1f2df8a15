import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { waitFor } from '../support/waitFor.ts';
import { startVsCodeServer, type VsCodeServer } from './harness/vscodeServer.ts';
import { until } from './harness/waiting.ts';
import { Workbench } from './harness/workbench.ts';
import {
  chartSummary,
  compareRuns,
  openExperiments,
  runExperiment,
  runRow,
  runWithParameters,
  valuesDrawn,
  versionDataset,
  waitForState,
  watchChartGrow,
} from './journey.ts';
import { copySample, repository, type SampleProject } from './sampleProject.ts';

/** One story in one window: each test goes on where the one before it ended. */

let sample: SampleProject;
let server: VsCodeServer;
let workbench: Workbench;
let firstRun: string;
let secondRun: string;
/** The sample's table, as it came. */
let published: string;

beforeAll(async () => {
  sample = copySample({ epochs: 3000 });
  published = sample.read('data/penguins.csv');
  const serverDataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-server-'));
  server = await startVsCodeServer({ serverDataDir, extensionPath: repository });
  workbench = await Workbench.open({ server, folder: sample.folder });
});

afterAll(async () => {
  try {
    await workbench?.close();
  } finally {
    await server?.dispose();
    sample?.dispose();
  }
});

test('an empty view says what will appear there and offers the step that makes it appear', async () => {
  await openExperiments(workbench);
  const pane = workbench.page.locator('.pane', { hasText: 'Runs appear here with their metrics' });
  await pane.getByRole('button', { name: 'Run Experiment' }).last().waitFor();
  await workbench.screenshot('01-empty');
});

test('a click on Run Experiment opens the run, and its metrics draw live', async () => {
  await workbench.openFile('train.py');
  await workbench.codeLens('Run Experiment').first().waitFor();
  const { name, page } = await runExperiment(workbench);
  firstRun = name;
  await page.getByText('running', { exact: true }).waitFor();
  await runRow(workbench, firstRun, 'running').waitFor();
  await workbench.statusBarItem('1 run under way').waitFor();
  const [first, later] = await watchChartGrow(page, 'loss');
  expect(later).toBeGreaterThan(first);
  await workbench.screenshot('02-live');
  await waitForState(workbench, firstRun, 'finished');
  await page.getByText('finished', { exact: true }).waitFor();
  await until('all 3,000 epochs to be drawn', async () => (await valuesDrawn(page, 'loss')) === 3000);
  expect(await chartSummary(page, 'accuracy')).toMatch(
    /^accuracy: 3,000 values, step \d+ to [\d,]+; .*latest 0\.9\d/,
  );
});

test('the page shows what the run was made of', async () => {
  const page = await workbench.webview(firstRun);
  const parameters = page.getByRole('complementary', { name: 'Parameters' });
  await parameters.getByText('learning_rate').waitFor();
  const commit = sample.git('rev-parse', '--short=7', 'HEAD').trim();
  await page.getByText(`main@${commit}`).waitFor();
  await page.getByRole('tab', { name: 'Log' }).click();
  await page
    .getByRole('log')
    .getByText(/epoch|accuracy/i)
    .first()
    .waitFor();
  await workbench.screenshot('03-log');
  await page.getByRole('tab', { name: 'Artifacts' }).click();
  await page.getByText('model.json').waitFor();
  await page.getByRole('tab', { name: 'Environment' }).click();
  await page
    .getByText(/Python 3|3\.\d+\.\d+/)
    .first()
    .waitFor();
  await workbench.screenshot('04-environment');
  await page.getByRole('tab', { name: 'Charts' }).click();
});

test('Run with Parameters… reaches the script and leaves params.yaml alone', async () => {
  const before = sample.read('params.yaml');
  await workbench.openFile('train.py');
  const { name, page } = await runWithParameters(workbench, { learning_rate: '0.001', epochs: '300' }, [
    firstRun,
  ]);
  secondRun = name;
  await waitForState(workbench, secondRun, 'finished');
  await until('its 300 epochs to be drawn', async () => (await valuesDrawn(page, 'loss')) === 300);
  await page.getByText('(was 0.1)').waitFor();
  expect(sample.read('params.yaml')).toBe(before);
  await workbench.screenshot('05-second-run');
});

test('two runs side by side: which is better, by how much, and what was changed', async () => {
  const page = await compareRuns(workbench, [firstRun, secondRun]);
  const table = page.getByRole('region', { name: 'Comparison' });
  await expect
    .poll(() => table.getByRole('row', { name: /^learning_rate/ }).textContent())
    .toMatch(/0\.1[\s\S]*0\.001/);
  await table.getByRole('row', { name: /^loss/ }).waitFor();
  expect(
    await table.getByRole('row', { name: /^batch_size/ }).count(),
    'an equal parameter is left out',
  ).toBe(0);
  await page.getByText('Differences only').click();
  await table.getByRole('row', { name: /^batch_size/ }).waitFor();
  expect(await chartSummary(page, 'loss')).toContain('loss of 2 runs');
  await workbench.screenshot('06-compare-dark');
  await workbench.setTheme('light');
  await workbench.screenshot('07-compare-light');
  await workbench.setTheme('high-contrast');
  await workbench.screenshot('08-compare-high-contrast');
  await workbench.setTheme('dark');
});

test('everything comes back after a reload', async () => {
  await workbench.reloadWindow();
  const page = await workbench.webview(`${firstRun} ↔ ${secondRun}`);
  await page.getByRole('row', { name: /^batch_size/ }).waitFor();
  await openExperiments(workbench);
  await runRow(workbench, firstRun, 'finished').waitFor();
  await runRow(workbench, secondRun, 'finished').waitFor();
});

test('Version This Dataset commits the pointer and nothing else that was staged', async () => {
  sample.write('notes.md', 'not finished\n');
  sample.git('add', 'notes.md');
  const sentence = await versionDataset(workbench, ['data', 'penguins.csv'], 'The penguins as published');
  expect(sentence).toMatch(/data\/penguins\.csv is now v1 \(13\.5 KB\), commit [0-9a-f]{7}\./);
  const committed = sample
    .git('show', '--name-only', '--format=%s', 'HEAD')
    .trim()
    .split('\n')
    .filter(Boolean);
  expect(committed[0]).toBe('The penguins as published');
  expect(committed.slice(1).sort()).toEqual(
    ['.dvc/.gitignore', '.dvc/config', '.dvcignore', 'data/.gitignore', 'data/penguins.csv.dvc'].sort(),
  );
  expect(sample.git('diff', '--cached', '--name-only').trim()).toBe('notes.md');
  await workbench.screenshot('09-versioned');
});

test('changed data is said to be so, and versioned again', async () => {
  sample.write('data/penguins.csv', published.split('\n').slice(0, 200).join('\n'));
  await workbench.openView('MLOps', 'Datasets');
  await workbench.treeItem('Datasets', /penguins\.csv.*modified/).waitFor();
  const sentence = await versionDataset(workbench, ['data', 'penguins.csv'], 'The first 199 penguins');
  expect(sentence).toContain('data/penguins.csv is now v2');
});

test('the tree shows the versions from git history, and one can be brought back', async () => {
  await workbench.openView('MLOps', 'Datasets');
  const dataset = workbench.treeItem('Datasets', /data\/penguins\.csv/).first();
  await workbench.expand(dataset);
  await workbench.treeItem('Datasets', /^v2.*The first 199 penguins/).waitFor();
  const oldest = workbench.treeItem('Datasets', /^v1.*The penguins as published/);
  await workbench.screenshot('10-versions');
  const restored = workbench.notification(/penguins\.csv is v1 again/);
  // The tree may draw itself anew under the menu: a person opens it again.
  await until('the first version to be back', async () => {
    await workbench.contextMenu(oldest, 'Check Out This Version');
    return restored.locator.waitFor({ timeout: 15_000 }).then(
      () => true,
      () => false,
    );
  });
  expect(sample.read('data/penguins.csv')).toBe(published);
});

test('Check Out This Version refuses to overwrite changes that are in no version', async () => {
  const edited = `${sample.read('data/penguins.csv')}Adelie,Torgersen,40,18,190,3800,MALE\n`;
  sample.write('data/penguins.csv', edited);
  await workbench.treeItem('Datasets', /penguins\.csv.*modified/).waitFor();
  const refusal = workbench.notification(/changes that are in no version/);
  // The tree may draw itself anew under the pointer, as it does when data changes: a person clicks again.
  await until('the refusal', async () => {
    await workbench.inlineAction(
      workbench.treeItem('Datasets', /^v2.*199 penguins/),
      'Check Out This Version',
    );
    return refusal.locator.waitFor({ timeout: 8_000 }).then(
      () => true,
      () => false,
    );
  });
  await workbench.screenshot('11-refused');
  expect(sample.read('data/penguins.csv')).toBe(edited);
  await refusal.dismiss();
});

test('a run records the version of its data', async () => {
  sample.git('checkout', '--', 'data/penguins.csv.dvc');
  await workbench.openFile('train.py');
  const { name, page } = await runExperiment(workbench, [firstRun, secondRun]);
  await page.getByText(/data\/penguins\.csv v\d/).waitFor();
  await page.getByRole('button', { name: 'Stop' }).click();
  await waitForState(workbench, name, 'killed');
  await page.getByText('killed', { exact: true }).waitFor();
  await workbench.screenshot('12-stopped');
});

test('mlops in the integrated terminal speaks to the same service', async () => {
  await workbench.runCommand('Terminal: Create New Terminal');
  const terminal = workbench.page.locator('.terminal-wrapper.active .xterm');
  const shown = path.join(sample.folder, 'shown.json');
  // Keys typed before the shell is there are lost, so the line is typed until it has run.
  await until('the answer of mlops', async () => {
    await terminal.click();
    await workbench.page.keyboard.type(`mlops runs show ${firstRun} --json > shown.json\n`);
    return waitFor('shown.json', () => fs.existsSync(shown) && fs.statSync(shown).size > 0, 8_000).then(
      () => true,
      () => false,
    );
  });
  expect(JSON.parse(sample.read('shown.json'))).toMatchObject({ name: firstRun, state: 'finished' });
  await workbench.screenshot('13-terminal');
});
