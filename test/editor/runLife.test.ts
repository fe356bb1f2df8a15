import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Editor, picturesInBothThemes } from './editor.ts';
import { until } from './harness/waiting.ts';
import type { Workbench } from './harness/workbench.ts';
import { compareRuns, openExperiments, runExperiment, runRow, waitForState } from './journey.ts';
import { makeProject } from './project.ts';
import { recordRuns } from './recordedRuns.ts';

let editor: Editor;
beforeAll(async () => {
  editor = await Editor.start();
});
afterAll(() => editor?.dispose());

const sweep = [
  'import mlops_workbench as mlflow',
  'with mlflow.start_run(run_name="sweep"):',
  '    for rate in (0.1, 0.2):',
  '        with mlflow.start_run(run_name=f"rate-{rate}", nested=True):',
  '            mlflow.log_metric("accuracy", 1 - rate)',
  '    mlflow.log_metric("accuracy", 0.9)',
  '',
].join('\n');

test('runs that a run started lie under it in the tree, name each other on their pages, and are compared', async () => {
  await editor.inProject({ files: { 'sweep.py': sweep } }, async (workbench) => {
    await openExperiments(workbench);
    await workbench.openFile('sweep.py');
    await runExperiment(workbench);
    await waitForState(workbench, 'sweep', 'finished');
    await until('the children to lie under it', async () => (await depths(workbench)).length === 2);
    await workbench.expand(runRow(workbench, 'sweep'));
    await runRow(workbench, 'rate-0.1', 'finished').waitFor();
    await runRow(workbench, 'rate-0.2', 'finished').waitFor();
    expect(await depths(workbench)).toEqual([1, 2, 3, 3]);

    await runRow(workbench, 'sweep').click();
    const page = await workbench.webview('sweep');
    await page.getByText('Runs under this one').waitFor();
    await page.locator('details.system summary').click();
    await page.locator('.system').getByText('system/system_memory_usage_percentage').first().waitFor();
    await picturesInBothThemes(workbench, '80-nested-runs');
    await page.getByRole('button', { name: 'rate-0.1' }).click();
    const child = await workbench.webview('rate-0.1');
    await child.getByRole('button', { name: 'sweep' }).click();
    await workbench.webview('sweep');

    await compareRuns(workbench, ['rate-0.1', 'sweep']);

    for (const name of ['rate-0.1', 'rate-0.2']) {
      // The two compared are still chosen, and a menu is about all that are.
      await runRow(workbench, name).click();
      await workbench.contextMenu(runRow(workbench, name), 'Archive Run');
      await runRow(workbench, name).waitFor({ state: 'detached' });
    }
    await until(
      'the run to open to nothing no more',
      async () => (await runRow(workbench, 'sweep').getAttribute('aria-expanded')) === null,
    );
  });
});

/** How deep each row of the tree lies, from the top. */
async function depths(workbench: Workbench): Promise<number[]> {
  const rows = await workbench.page
    .getByRole('tree', { name: 'Experiments', exact: true })
    .getByRole('treeitem')
    .all();
  return Promise.all(rows.map(async (row) => Number(await row.getAttribute('aria-level'))));
}

test('star, archive, rename, note, delete and restore, where the hand already is', async () => {
  const project = makeProject({ files: { 'notes.md': '' } });
  recordRuns(project.folder, ['alpha', 'beta', 'gamma']);
  try {
    await editor.inWindow(project.folder, async (workbench) => {
      await openExperiments(workbench);
      await runRow(workbench, 'alpha', 'finished').waitFor();
      expect(await names(workbench)).toEqual(['gamma', 'beta', 'alpha']);

      await clickInline(workbench, 'alpha', 'Star Run');
      await runRow(workbench, 'alpha', 'finished, starred').waitFor();
      expect(await names(workbench)).toEqual(['alpha', 'gamma', 'beta']);

      await workbench.contextMenu(runRow(workbench, 'gamma'), 'Archive Run');
      await runRow(workbench, 'gamma').waitFor({ state: 'detached' });
      await experimentSays(workbench, '2 runs · 1 archived');
      await workbench.runCommand('MLOps: Show Archived Runs');
      await runRow(workbench, 'gamma').waitFor();
      await picturesInBothThemes(workbench, '81-starred-and-archived');
      await workbench.contextMenu(runRow(workbench, 'gamma'), 'Take Run out of Archive');
      await workbench.runCommand('MLOps: Hide Archived Runs');
      await experimentSays(workbench, '3 runs');

      await askForName(workbench, 'beta');
      await workbench.quickInput().type('beta two');
      await workbench.quickInput().accept();
      await runRow(workbench, 'beta two').waitFor();

      await writeNote(workbench);
      await deleteAndRestore(workbench);

      await clickInline(workbench, 'alpha', 'Unstar Run');
      await until('the star to go', async () => (await names(workbench))[0] !== 'alpha');
      await workbench.screenshot('84-restored');
    });
  } finally {
    project.dispose();
  }
});

/** A tree that draws itself anew under the menu loses its row, and the command asks which run: a person asks again. */
async function askForName(workbench: Workbench, name: string): Promise<void> {
  const { widget } = workbench.quickInput();
  const asked = widget.getByText(`Rename ${name}`);
  await until(`the new name of ${name} to be asked for`, async () => {
    await workbench.contextMenu(runRow(workbench, name), 'Rename Run…');
    await widget.waitFor();
    const found = await asked.or(widget.getByText('Rename which run?')).first().textContent();
    if (found?.includes(name)) {
      return true;
    }
    await workbench.page.keyboard.press('Escape');
    return false;
  });
}

async function writeNote(workbench: Workbench): Promise<void> {
  await workbench.contextMenu(runRow(workbench, 'beta two'), 'Edit Note…');
  const page = await workbench.webview('beta two');
  const area = page.getByRole('textbox', { name: 'Note' });
  await until('the note to have the focus', () =>
    area.evaluate((element) => element === document.activeElement),
  );
  await workbench.page.keyboard.type('Better than alpha.');
  await workbench.page.keyboard.press('Enter');
  await workbench.page.keyboard.type('Try more epochs.');
  await workbench.page.keyboard.press('Control+Enter');
  await page.locator('section.note').waitFor();
  expect(await page.locator('section.note').textContent()).toBe('Better than alpha.\nTry more epochs.');
  await workbench.screenshot('82-note');
  await workbench.reloadWindow();
  const again = await workbench.webview('beta two');
  expect(await again.locator('section.note').textContent()).toBe('Better than alpha.\nTry more epochs.');
}

async function deleteAndRestore(workbench: Workbench): Promise<void> {
  const beta = runRow(workbench, 'beta two');
  await beta.waitFor();
  await until('both runs to be selected', async () => {
    await beta.click();
    await runRow(workbench, 'gamma').click({ modifiers: ['ControlOrMeta'] });
    return (await beta.getAttribute('aria-selected')) === 'true';
  });
  await workbench.contextMenu(runRow(workbench, 'gamma'), 'Delete Run');
  const dialog = workbench.page.locator('.monaco-dialog-box');
  await dialog.getByText('Delete 2 runs?').waitFor();
  await dialog.getByText('Restore Deleted Runs… brings back what was deleted.').waitFor();
  await workbench.screenshot('83-delete');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(await names(workbench)).toHaveLength(3);

  // With the key this time.
  await beta.click();
  await workbench.page.keyboard.press('Delete');
  await dialog.getByText('Delete the run beta two?').waitFor();
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await beta.waitFor({ state: 'detached' });
  await experimentSays(workbench, '2 runs');

  await workbench.runCommand('MLOps: Restore Deleted Runs…');
  await workbench.quickInput().row('beta two').waitFor();
  await workbench.quickInput().pick('beta two');
  await workbench.quickInput().accept();
  await beta.waitFor();
}

/** Clicks the icon of a row until it has become the one that takes the click back. */
async function clickInline(workbench: Workbench, run: string, title: string): Promise<void> {
  const opposite = title === 'Star Run' ? 'Unstar Run' : 'Star Run';
  const row = runRow(workbench, run);
  // The icon may have changed, or be drawn anew, between a look and a click: then it is looked at again.
  await until(`${title} to be done`, async () => {
    await row.hover();
    if ((await iconOf(row, opposite).count()) > 0) {
      return true;
    }
    await iconOf(row, title)
      .click({ timeout: 2_000 })
      .catch(() => undefined);
    return false;
  });
}

function iconOf(row: Locator, title: string): Locator {
  return row.getByRole('button', { name: title, exact: true });
}

async function names(workbench: Workbench): Promise<string[]> {
  const labels = await workbench.page
    .getByRole('tree', { name: 'Experiments', exact: true })
    .locator('[role="treeitem"][aria-level="2"] .label-name')
    .allInnerTexts();
  return labels;
}

async function experimentSays(workbench: Workbench, description: string): Promise<void> {
  await workbench.page
    .getByRole('tree', { name: 'Experiments', exact: true })
    .locator('[role="treeitem"][aria-level="1"]')
    .getByText(description, { exact: true })
    .waitFor();
}
