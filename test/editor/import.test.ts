import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contents, firstRun, secondRun, writeExperiment } from '../service/import/stores.ts';
import { Editor } from './editor.ts';
import { openExperiments, runRow } from './journey.ts';

let editor: Editor;

beforeAll(async () => {
  editor = await Editor.start();
});

afterAll(() => editor?.dispose());

test('an empty view offers the runs that MLflow kept here, and one click brings them', async () => {
  await editor.inProject({ files: {} }, async (workbench, project) => {
    const mlruns = path.join(project.folder, 'mlruns');
    writeExperiment(mlruns, '1', 'penguins', {
      [firstRun]: { name: 'calm-heron', files: { 'metrics/loss': '1700000000001 0.25 0\n' } },
      [secondRun]: { name: 'loud-owl', status: 4 },
    });
    const before = contents(mlruns);
    await openExperiments(workbench);
    await workbench.page.getByText('This folder holds runs that MLflow kept').waitFor();
    await workbench.screenshot('91-import-offer');
    await workbench.page.getByRole('button', { name: 'Import MLflow Runs…' }).click();
    await workbench.quickInput().pick('mlruns');
    const answer = workbench.notification('Imported 2 runs in 1 experiment.');
    await answer.waitFor();
    await runRow(workbench, 'calm-heron', 'finished').waitFor();
    await runRow(workbench, 'loud-owl', 'failed').waitFor();
    await workbench.screenshot('92-imported');
    await workbench.clearNotifications();

    await workbench.runCommand('MLOps: Import MLflow Runs…');
    await workbench.quickInput().pick('mlruns');
    await workbench.notification('Imported 0 runs (2 were here already).').waitFor();
    expect(contents(mlruns)).toEqual(before);
  });
});
