import { afterAll, beforeAll, expect, test } from 'vitest';
import { Editor, picturesInBothThemes } from './editor.ts';
import { until } from './harness/waiting.ts';

/** What a new user is shown first. */

let editor: Editor;

beforeAll(async () => {
  editor = await Editor.start();
});

afterAll(async () => {
  await editor?.dispose();
});

test('the walkthrough leads from the first run to a versioned dataset', async () => {
  await editor.inProject({ files: { 'train.py': 'print(1)\n' } }, async (workbench) => {
    const { page } = workbench;
    await workbench.runCommand('Welcome: Open Walkthrough...');
    await workbench.quickInput().pick('Get Started with MLOps Workbench');
    const steps = page.locator('.gettingStarted .getting-started-step');
    await steps.first().waitFor();
    expect(await steps.count()).toBe(5);

    await page.getByText('Watch the run', { exact: true }).click();
    const image = page.getByAltText(/^The page of a run/);
    await image.waitFor();
    await until('the picture to be drawn', () =>
      image.evaluate((element) => (element as HTMLImageElement).naturalWidth > 0),
    );
    await picturesInBothThemes(workbench, '60-walkthrough-watch');

    await page.getByText('Version a dataset', { exact: true }).click();
    const text = (await workbench.webview()).getByRole('heading', { name: 'Version This Dataset' });
    await text.waitFor();
    await picturesInBothThemes(workbench, '61-walkthrough-version');

    await page.getByText('Run a script as an experiment', { exact: true }).click();
    await page.locator('.gettingStarted').getByRole('button', { name: 'Run Experiment' }).click();
    await workbench.notification(/^No script is open/).waitFor();
  });
});
