import type { FrameLocator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Editor } from './editor.ts';
import { until } from './harness/waiting.ts';
import type { Workbench } from './harness/workbench.ts';
import { openExperiments, runExperiment, waitForState } from './journey.ts';

let editor: Editor;
beforeAll(async () => {
  editor = await Editor.start();
});
afterAll(() => editor?.dispose());

const script = [
  'import os',
  'import mlops_workbench as mlflow',
  'rate = float(mlflow.load_parameters()["rate"])',
  'for step in range(20): mlflow.log_metric("loss", rate / (step + 1), step=step)',
  '',
].join('\n');

test('run, open, read a chart and its numbers, and compare, without the mouse', async () => {
  const files = { 'train.py': script, 'params.yaml': 'rate: 0.1\n' };
  await editor.inProject({ files }, async (workbench) => {
    const { keyboard } = workbench.page;
    // With the mouse, so that there are two runs to compare.
    await openExperiments(workbench);
    await workbench.openFile('train.py');
    const first = await runExperiment(workbench);
    await waitForState(workbench, first.name, 'finished');

    await command(workbench, 'MLOps: Run Experiment');
    let second = '';
    await until('the page of a second run', async () => {
      second = (await workbench.page.locator('.tab.active').last().getAttribute('aria-label')) ?? '';
      second = /^[a-z]+-[a-z]+/.exec(second)?.[0] ?? '';
      return second !== '' && second !== first.name;
    });
    await waitForState(workbench, second, 'finished');

    // The tree, then the row of the run, then its page.
    await command(workbench, 'MLOps: Open Run');
    await workbench.quickInput().row(second).waitFor();
    await keyboard.type(second);
    await keyboard.press('Enter');
    const page = await workbench.webview(second);
    await page.getByText('finished', { exact: true }).waitFor();
    await tabTo(workbench, page, 'loss chart');
    await keyboard.press('ArrowLeft');
    await keyboard.press('ArrowLeft');
    await page.locator('.readout').getByText('step 18').waitFor();
    await keyboard.press('t');
    const table = page.getByRole('region', { name: 'loss as a table' });
    await table.getByText('all 20 values').waitFor();
    await workbench.screenshot('60-keyboard-table');
    await keyboard.press('t');
    await until('the chart to have the focus', async () => (await focused(page)) === 'loss chart');

    await command(workbench, 'MLOps: Compare Runs');
    await workbench.quickInput().row(first.name).waitFor();
    await keyboard.press('ArrowDown');
    await keyboard.press('Space');
    await keyboard.press('ArrowDown');
    await keyboard.press('Space');
    await keyboard.press('Enter');
    const comparison = await workbench.webview(`${second} ↔ ${first.name}`);
    await comparison.getByRole('region', { name: 'Comparison' }).waitFor();
    await tabTo(workbench, comparison, 'loss chart');
    await workbench.screenshot('61-keyboard-compare');
  });
});

async function command(workbench: Workbench, title: string): Promise<void> {
  await workbench.page.keyboard.press('F1');
  await workbench.quickInput().widget.waitFor();
  await workbench.page.keyboard.type(title);
  await workbench.quickInput().row(title).first().waitFor();
  await workbench.page.keyboard.press('Enter');
}

/** What a screen reader would call the element that has the focus in a page. */
async function focused(page: FrameLocator): Promise<string> {
  return page.locator('body').evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
}

async function tabTo(workbench: Workbench, page: FrameLocator, name: string): Promise<void> {
  const seen: string[] = [];
  for (let presses = 0; presses < 40; presses += 1) {
    if ((await focused(page)) === name) {
      return;
    }
    await workbench.page.keyboard.press('Tab');
    seen.push(await focused(page));
  }
  expect.fail(`Tab never came to ${name}; it came to ${seen.join(', ')}`);
}
