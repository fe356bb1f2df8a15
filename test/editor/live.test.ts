import type { FrameLocator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Editor } from './editor.ts';
import { until } from './harness/waiting.ts';
import type { Workbench } from './harness/workbench.ts';
import { chartSummary, openExperiments, runExperiment, runRow, valuesDrawn } from './journey.ts';
import { makeProject } from './project.ts';
import { recordRuns } from './recordedRuns.ts';
import { copySample } from './sampleProject.ts';

let editor: Editor;
beforeAll(async () => {
  editor = await Editor.start();
});
afterAll(() => editor?.dispose());

/** Twenty times ten thousand, each as fast as it goes, so that values come for as long as the editor is used. */
const stream = [
  'import time',
  'import mlops_workbench as mlflow',
  'for batch in range(20):',
  '    for step in range(batch * 10_000, (batch + 1) * 10_000):',
  '        mlflow.log_metric("loss", 1 / (step + 1), step=step)',
  '    mlflow.flush()',
  '    time.sleep(1)',
  'print("all logged", flush=True)',
  '',
].join('\n');

// A task's length is wall time: on a busy machine a page looks busy too. What is really slow is slow each time.
const retry = 2;

test('200,000 points stay live in the panel, and the editor answers meanwhile', { retry }, async () => {
  const project = makeProject({ files: { 'train.py': stream, 'notes.md': '' } });
  // Enough rows that the tree has to scroll.
  recordRuns(project.folder, new Array<undefined>(60).fill(undefined));
  try {
    await editor.inWindow(project.folder, async (workbench) => {
      await openExperiments(workbench);
      await workbench.openFile('train.py');
      const { name, page } = await runExperiment(workbench);
      await until('the first values', async () => (await valuesDrawn(page, 'loss')) > 0);
      const longTasks = await watchLongTasks(page);
      const drawn = [await valuesDrawn(page, 'loss')];

      for (const use of [paletteAnswers, treeScrolls, typingAppears]) {
        await use(workbench);
        // On a quick machine the editor has answered before the next values come.
        await until('more values to be drawn', async () => {
          const count = await valuesDrawn(page, 'loss');
          return count > drawn.at(-1)! || count === 200_000;
        });
        drawn.push(await valuesDrawn(page, 'loss'));
      }
      await workbench.screenshot('70-streaming');

      await page.getByText('finished', { exact: true }).waitFor({ timeout: 90_000 });
      await until('all values', async () => (await valuesDrawn(page, 'loss')) === 200_000);
      expect(await chartSummary(page, 'loss')).toMatch(
        /^loss: 200,000 values, step 0 to 199,999; first 1, lowest 5e-6, highest 1, latest 5e-6\.$/,
      );
      const grown = drawn.filter((count, index) => index > 0 && count > drawn[index - 1]!);
      expect(grown.length, `values drawn while the editor was used: ${drawn}`).toBeGreaterThanOrEqual(2);
      console.log(
        `values drawn meanwhile: ${drawn.join(', ')}; long tasks: ${(await longTasks()).join(', ')} ms`,
      );
      expect((await longTasks()).filter((milliseconds) => milliseconds > 200)).toEqual([]);
      await workbench.page.getByRole('tree', { name: 'Experiments', exact: true }).hover();
      await workbench.page.mouse.wheel(0, -5_000);
      await runRow(workbench, name, 'finished').waitFor();
      await workbench.screenshot('71-streamed');
    });
  } finally {
    project.dispose();
  }
});

/**
 * How long each task of the page took that was longer than 50 ms, from now on. Here a webview shares its thread
 * with VS Code's own window, whose tasks are told as well, under another name.
 */
async function watchLongTasks(page: FrameLocator): Promise<() => Promise<number[]>> {
  const body = page.locator('body');
  await body.evaluate(() => {
    const tasks: number[] = [];
    new PerformanceObserver((list) => {
      tasks.push(...list.getEntries().flatMap(({ name, duration }) => (name === 'self' ? [duration] : [])));
    }).observe({ type: 'longtask' });
    Object.assign(window, { longTasks: tasks });
  });
  return () => body.evaluate(() => (window as unknown as { longTasks: number[] }).longTasks);
}

async function paletteAnswers(workbench: Workbench): Promise<void> {
  await workbench.page.keyboard.press('F1');
  await workbench.quickInput().type('>MLOps: Compare');
  await workbench.quickInput().row('MLOps: Compare Runs').waitFor();
  await workbench.quickInput().cancel();
}

async function treeScrolls(workbench: Workbench): Promise<void> {
  const tree = workbench.page.getByRole('tree', { name: 'Experiments', exact: true });
  const rows = tree.locator('[role="treeitem"][aria-level="2"]');
  const before = await rows.first().getAttribute('data-index');
  await tree.hover();
  await workbench.page.mouse.wheel(0, 600);
  await until('the tree to scroll', async () => (await rows.first().getAttribute('data-index')) !== before);
}

async function typingAppears(workbench: Workbench): Promise<void> {
  await workbench.openFile('notes.md');
  await workbench.page.locator('.editor-group-container.active .monaco-editor.focused').waitFor();
  await workbench.page.keyboard.type('typed while it streams');
  await workbench.page.locator('.view-line', { hasText: 'typed while it streams' }).first().waitFor();
}

test('a JavaScript script runs from its CodeLens', async () => {
  const sample = copySample();
  try {
    await editor.inWindow(sample.folder, async (workbench) => {
      await openExperiments(workbench);
      await workbench.openFile('train.mjs');
      await workbench.codeLens('Run Experiment').first().click();
      const page = await workbench.webview();
      await page.getByText('finished', { exact: true }).waitFor({ timeout: 90_000 });
      await until('all epochs', async () => (await valuesDrawn(page, 'loss')) === 1000);
      expect(await chartSummary(page, 'validation_accuracy')).toMatch(/latest 0\.9\d/);
      await page.getByRole('tab', { name: 'Environment' }).click();
      await page.getByText(/node/).first().waitFor();
      // VS Code's own, about the TypeScript that the server of the tests goes without.
      await workbench.clearNotifications();
      await workbench.screenshot('72-javascript');
    });
  } finally {
    sample.dispose();
  }
});
