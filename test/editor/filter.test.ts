import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createRunStore } from '../../src/service/experiments/sqliteStore.ts';
import { openDatabase } from '../../src/service/storage/database.ts';
import { migrations } from '../../src/service/storage/migrations/all.ts';
import { Editor } from './editor.ts';
import { openExperiments, runRow } from './journey.ts';
import { makeProject } from './project.ts';

let editor: Editor;
beforeAll(async () => {
  editor = await Editor.start();
});
afterAll(() => editor?.dispose());

test('runs are filtered by an expression that is checked while it is typed', async () => {
  const project = makeProject({ files: { 'train.py': '' } });
  onTestFinished(() => project.dispose());
  recordRuns(project.folder);
  await editor.inWindow(project.folder, async (workbench) => {
    const message = workbench.page.locator('.pane.expanded .message:visible');
    await openExperiments(workbench);
    await runRow(workbench, 'odd-finch').waitFor();

    await workbench.viewTitleAction('Experiments', 'Filter Runs…');
    const input = workbench.quickInput();
    const said = input.widget.locator('.quick-input-message');
    await input.type("metrics.accuracy > 0.9 nd params.model = 'svm'");
    await said.getByText("Invalid clause(s) in filter string: 'nd' (at character 24)").waitFor();
    await workbench.screenshot('70-filter-mistake');
    await input.accept();
    await said.getByText('Invalid clause(s)').waitFor();

    await input.type("metrics.accuracy > 0.9 or not params.model = 'svm'");
    await said.getByText('2 runs match').waitFor();
    await input.accept();
    await runRow(workbench, 'odd-finch').waitFor({ state: 'detached' });
    await runRow(workbench, 'calm-heron').waitFor();
    await runRow(workbench, 'brisk-otter').waitFor();
    await message.getByText("Filter: metrics.accuracy > 0.9 or not params.model = 'svm'").waitFor();
    await workbench.screenshot('71-filtered');

    await workbench.reloadWindow();
    await openExperiments(workbench);
    await runRow(workbench, 'calm-heron').waitFor();
    expect(await runRow(workbench, 'odd-finch').count()).toBe(0);

    await workbench.viewTitleAction('Experiments', 'Filter Runs…');
    await workbench.quickInput().type('metrics.accuracy > 0.99');
    await workbench.quickInput().accept();
    await workbench.treeItem('Experiments', 'No run matches the filter').waitFor();

    await workbench.viewTitleAction('Experiments', 'Clear Filter of Runs');
    await runRow(workbench, 'odd-finch').waitFor();
    await message.waitFor({ state: 'hidden' });
  });
});

function recordRuns(folder: string): void {
  fs.mkdirSync(path.join(folder, '.mlops'), { recursive: true });
  const { database, dispose } = openDatabase(path.join(folder, '.mlops', 'workbench.db'), migrations);
  const store = createRunStore({ database, log: { write: () => undefined } });
  const add = (name: string, accuracy: number, model: string) => {
    const { runId } = store.createRun({
      experiment: '0',
      status: 'RUNNING',
      startTime: Date.now(),
      userId: 'ada',
      name,
    });
    const metrics = [{ key: 'accuracy', value: accuracy, step: 0, timestamp: Date.now() }];
    store.logBatch(runId, { metrics, parameters: [{ key: 'model', value: model }] });
    store.updateRun(runId, { status: 'FINISHED', endTime: Date.now() });
  };
  add('calm-heron', 0.95, 'svm');
  add('brisk-otter', 0.5, 'tree');
  add('odd-finch', 0.6, 'svm');
  dispose();
}
