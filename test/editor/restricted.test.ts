import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Editor } from './editor.ts';
import { until } from './harness/waiting.ts';
import type { Workbench } from './harness/workbench.ts';
import {
  chartSummary,
  compareRuns,
  openExperiments,
  runExperiment,
  runRow,
  waitForState,
} from './journey.ts';
import { makeProject } from './project.ts';
import { repository, type SampleProject } from './sampleProject.ts';

/** A folder that somebody sent: its runs can be looked at, and nothing in it is run or written. */

const script = [
  'import os',
  'import mlops_workbench as mlflow',
  'mlflow.log_param("rate", os.environ.get("RATE", "0.1"))',
  'for step in range(20): mlflow.log_metric("loss", 1 / (step + 1), step=step)',
  '',
].join('\n');

let project: SampleProject;
let editor: Editor;

beforeAll(async () => {
  project = makeProject({ files: { 'train.py': script, 'points.csv': 'x,y\n1,2\n' } });
  mlops('run', 'train.py');
  mlops('run', 'train.py');
  mlops('version', 'points.csv', '-m', 'Two points');
  editor = await Editor.start({ workspaceTrust: 'restricted' });
});

afterAll(async () => {
  await editor?.dispose();
  project?.dispose();
});

function mlops(...args: string[]): void {
  const program = path.join(repository, 'dist', 'cli', 'mlops.mjs');
  execFileSync(process.execPath, [program, ...args], { cwd: project.folder, stdio: 'pipe' });
}

/** The names of the runs that the tree shows. */
async function runNames(workbench: Workbench): Promise<string[]> {
  const rows = workbench.page
    .getByRole('tree', { name: 'Experiments', exact: true })
    .locator('[role="treeitem"][aria-level="2"]');
  await rows.first().waitFor();
  const labels = await rows.evaluateAll((all) => all.map((row) => row.getAttribute('aria-label') ?? ''));
  return labels.map((label) => label.split(',')[0]!);
}

test('an unknown folder without runs stays as it was', async () => {
  const other = makeProject({ files: { 'train.py': script, 'points.csv': 'x,y\n1,2\n' } });
  try {
    await editor.inWindow(other.folder, async (workbench) => {
      await openExperiments(workbench);
      await workbench.page.getByText('runs can be looked at, and nothing is run').waitFor();
      await workbench.page.getByText('they appear once you trust it').waitFor();
      expect(fs.readdirSync(other.folder).sort()).toEqual(['.git', 'points.csv', 'train.py']);
    });
  } finally {
    other.dispose();
  }
});

test('runs can be looked at; nothing is run or written until the folder is trusted', async () => {
  const spy = path.join(project.folder, '..', 'was run');
  const program = path.join(project.folder, '..', 'spy.sh');
  fs.writeFileSync(program, `#!/bin/sh\ntouch '${spy}'\n`, { mode: 0o755 });
  // Git runs what this names whenever it looks at the working tree.
  project.git('config', 'core.fsmonitor', program);
  await editor.inWindow(project.folder, async (workbench) => {
    await workbench.statusBarItem('Restricted Mode').waitFor();
    await openExperiments(workbench);
    const [newest, oldest] = await runNames(workbench);
    await runRow(workbench, newest!, 'finished').click();
    const page = await workbench.webview(newest!);
    await until('its values', async () => (await chartSummary(page, 'loss')).includes('20 values'));
    await page.getByRole('button', { name: 'Add Note' }).click();
    await page.getByRole('textbox', { name: 'Note' }).fill('Written before the folder was trusted');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').getByText('This folder is in Restricted Mode, so nothing is').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await compareRuns(workbench, [newest!, oldest!]);
    await workbench.page.getByText('they appear once you trust it').waitFor();
    await workbench.screenshot('50-restricted');
    expect(fs.existsSync(spy), 'a program that the folder brought along was run').toBe(false);

    await workbench.openFile('train.py');
    const run = workbench.page.locator('.editor-actions [aria-label^="Run Experiment"]').first();
    await run.waitFor();
    expect(await run.getAttribute('aria-disabled')).toBe('true');
    await workbench.page.keyboard.press('F1');
    await workbench.quickInput().type('>MLOps:');
    await workbench.quickInput().row('MLOps: Compare Runs').waitFor();
    expect(await workbench.quickInput().labels()).not.toContain('MLOps: Run Experiment');
    expect(await workbench.quickInput().labels()).not.toContain('MLOps: Version This Dataset');
    await workbench.quickInput().cancel();

    await workbench.codeLens('Run Experiment').first().click();
    const refusal = workbench.notification(
      'This folder is in Restricted Mode, so nothing is run or written.',
    );
    expect(await refusal.buttons()).toEqual(['Manage Workspace Trust']);
    await workbench.screenshot('51-restricted-refusal');
    await refusal.click('Manage Workspace Trust');
    await workbench.page
      .locator('.workspace-trust-editor')
      .getByRole('button', { name: 'Trust', exact: true })
      .click();
    await workbench.page.locator('[id="status.workspaceTrust"]').waitFor({ state: 'hidden' });

    project.git('config', '--unset', 'core.fsmonitor');
    await openExperiments(workbench);
    await workbench.treeItem('Datasets', /points\.csv.*v1/).waitFor();
    await workbench.openFile('train.py');
    const fresh = await runExperiment(workbench, [newest!, oldest!]);
    await waitForState(workbench, fresh.name, 'finished');
    await until('its values', async () => (await chartSummary(fresh.page, 'loss')).includes('20 values'));
  });
});
