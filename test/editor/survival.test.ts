import path from 'node:path';
import type { FrameLocator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readAddress } from '../../src/attach/address.ts';
import { processesWith } from '../service/experiments/workspace.ts';
import { isAlive } from '../support/service.ts';
import { Editor } from './editor.ts';
import { until } from './harness/waiting.ts';
import type { Workbench } from './harness/workbench.ts';
import {
  chartSummary,
  openExperiments,
  runExperiment,
  runRow,
  valuesDrawn,
  waitForState,
  watchChartGrow,
} from './journey.ts';
import type { SampleProject } from './sampleProject.ts';

/** Whatever dies or closes in mid-run, the run goes on and is shown as what it is. */

let editor: Editor;
beforeAll(async () => {
  editor = await Editor.start();
});
afterAll(() => editor?.dispose());

/** Logs a value every 50 ms until a file named `go` appears, then writes down how many there were. */
const files = {
  'train.py': [
    'import os, sys, time',
    'import mlops_workbench as mlflow',
    'step = 0',
    'while not os.path.exists("go"):',
    '    mlflow.log_metric("loss", 1 / (step + 1), step=step)',
    '    step += 1',
    '    time.sleep(0.05)',
    'print(step, "values", flush=True)',
    'sys.exit(int(open("go").read() or 0))',
    '',
  ].join('\n'),
};

async function start(workbench: Workbench) {
  await openExperiments(workbench);
  await workbench.openFile('train.py');
  const run = await runExperiment(workbench);
  await until('some values', async () => (await valuesDrawn(run.page, 'loss')) > 5);
  return run;
}

async function killService(project: SampleProject): Promise<number> {
  const { processId } = (await readAddress(project.folder))!;
  process.kill(processId, 'SIGKILL');
  await until('the service to be gone', async () => !isAlive(processId));
  return processId;
}

async function newService(project: SampleProject, before: number): Promise<void> {
  await until('a new service', async () => {
    const address = await readAddress(project.folder);
    return address !== undefined && address.processId !== before && isAlive(address.processId);
  });
}

async function valuesLogged(page: FrameLocator): Promise<number> {
  await page.getByRole('tab', { name: 'Log' }).click();
  const line = page.getByRole('log').getByText(/^\d+ values\s*$/);
  await line.waitFor();
  const logged = Number.parseInt((await line.textContent()) ?? '', 10);
  await page.getByRole('tab', { name: 'Charts' }).click();
  return logged;
}

/** Every text that our item in the status bar had since; empty where it was hidden. */
async function watchStatusBar(workbench: Workbench): Promise<() => Promise<string[]>> {
  await workbench.statusBarItem('1 run under way').waitFor();
  await workbench.page.evaluate(() => {
    const seen: string[] = [];
    const look = () => {
      const item = [...document.querySelectorAll('.statusbar-item')].find((each) =>
        /under way|MLOps/.test(each.textContent ?? ''),
      );
      const text = item?.textContent?.trim() ?? '';
      if (seen.at(-1) !== text) {
        seen.push(text);
      }
    };
    look();
    new MutationObserver(look).observe(document.querySelector('.part.statusbar')!, {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
    });
    Object.assign(window, { statusBarTexts: seen });
  });
  return () =>
    workbench.page.evaluate(() => (window as unknown as { statusBarTexts: string[] }).statusBarTexts);
}

test('the service killed in mid-run: panel, tree and status bar come back, nothing logged is lost', async () => {
  await editor.inProject({ files }, async (workbench, project) => {
    const { name, page } = await start(workbench);
    const statusBar = await watchStatusBar(workbench);
    const before = await valuesDrawn(page, 'loss');
    const killed = await killService(project);
    await newService(project, killed);
    await until(`more than ${before} values`, async () => (await valuesDrawn(page, 'loss')) > before + 10);
    expect(await chartSummary(page, 'loss')).toMatch(/^loss: [\d,]+ values, step 0 to/);
    expect(await page.locator('.notice').count(), 'nothing is said to be wrong any more').toBe(0);
    await runRow(workbench, name, 'running').waitFor();
    expect(await statusBar(), 'the run is under way all the time').toEqual(['1 run under way']);
    await workbench.screenshot('40-service-back');
    project.write('go', '3');
    await waitForState(workbench, name, 'failed, failed: Exit code 3');
    await page.getByText('failed', { exact: true }).waitFor();
    const logged = await valuesLogged(page);
    await until(`all ${logged} values`, async () => (await valuesDrawn(page, 'loss')) === logged);
    await until('the status bar to be quiet', async () => (await statusBar()).at(-1) === '');
  });
});

test('a service that keeps stopping: said in the panel and the status bar, back with one click', async () => {
  await editor.inProject({ files }, async (workbench, project) => {
    const { name, page } = await start(workbench);
    for (let time = 0; time < 3; time += 1) {
      await newService(project, await killService(project));
      const drawn = await valuesDrawn(page, 'loss');
      await until('the panel to go on', async () => (await valuesDrawn(page, 'loss')) > drawn);
    }
    await killService(project);
    const item = workbench.statusBarItem('MLOps').filter({ hasNotText: 'under way' });
    await item.waitFor();
    await page.getByText('The MLOps service keeps stopping. Runs go on').waitFor();
    await page.getByText('running', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Restart Service' }).waitFor();
    expect(await workbench.page.locator('.notification-toast').count(), 'said once, and not on top').toBe(0);
    await workbench.screenshot('41-offline');
    await item.click();
    await workbench.statusBarItem('1 run under way').waitFor();
    const drawn = await valuesDrawn(page, 'loss');
    await until('the panel to go on', async () => (await valuesDrawn(page, 'loss')) > drawn);
    expect(await page.getByText('keeps stopping').count()).toBe(0);
    project.write('go', '');
    await waitForState(workbench, name, 'finished');
    const logged = await valuesLogged(page);
    await until(`all ${logged} values`, async () => (await valuesDrawn(page, 'loss')) === logged);
  });
});

test('the window closed in mid-run and opened again: the run went on and is found', async () => {
  await editor.inProject({ files }, async (first, project) => {
    const { name, page } = await start(first);
    const before = await valuesDrawn(page, 'loss');
    await editor.close(first);
    const again = await editor.open(project.folder);
    await openExperiments(again);
    await runRow(again, name, 'running').click();
    await again.statusBarItem('1 run under way').waitFor();
    const reopened = await again.webview(name);
    const [drawn, later] = await watchChartGrow(reopened, 'loss');
    expect(drawn).toBeGreaterThan(before);
    expect(later).toBeGreaterThan(drawn);
    project.write('go', '');
    await waitForState(again, name, 'finished');
    await reopened.getByText('finished', { exact: true }).waitFor();
    await editor.close(again);
  });
});

test('a second window shows the same run live, and stopping it there stops it here', async () => {
  await editor.inProject({ files }, async (workbench, project) => {
    const { name, page } = await start(workbench);
    const { processId } = (await readAddress(project.folder))!;
    const second = await editor.open(project.folder);
    await openExperiments(second);
    await runRow(second, name, 'running').click();
    const other = await second.webview(name);
    await watchChartGrow(other, 'loss');
    await watchChartGrow(page, 'loss');
    expect((await readAddress(project.folder))!.processId, 'both have the same service').toBe(processId);
    await other.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('killed', { exact: true }).waitFor();
    await waitForState(workbench, name, 'killed');
    await waitForState(second, name, 'killed');
    await editor.close(second);
  });
});

test('a reload brings the panel of a run back, still live', async () => {
  await editor.inProject({ files }, async (workbench, project) => {
    const { name, page } = await start(workbench);
    await page.getByText('Logarithmic').click();
    const before = await valuesDrawn(page, 'loss');
    await workbench.reloadWindow();
    const restored = await workbench.webview(name);
    const [drawn] = await watchChartGrow(restored, 'loss');
    expect(drawn).toBeGreaterThan(before);
    expect(await restored.getByRole('checkbox', { name: 'Logarithmic' }).isChecked()).toBe(true);
    project.write('go', '');
    await restored.getByText('finished', { exact: true }).waitFor();
  });
});

test('Stop ends what the script has started as well', async () => {
  const mark = `child-${process.pid}-${Date.now()}`;
  const script = [
    'import subprocess, sys, time',
    'wait = "import time; time.sleep(600)"',
    `subprocess.Popen([sys.executable, "-c", wait, "${mark}"])`,
    `subprocess.Popen([sys.executable, "-c", wait, "${mark}"], start_new_session=True)`,
    'print("both up", flush=True)',
    'time.sleep(600)',
    '',
  ].join('\n');
  await editor.inProject({ files: { 'family.py': script } }, async (workbench, project) => {
    await openExperiments(workbench);
    await workbench.openFile('family.py');
    const { name, page } = await runExperiment(workbench);
    await page.getByRole('tab', { name: 'Log' }).click();
    await page.getByRole('log').getByText('both up').waitFor();
    expect(processesWith(mark)).toHaveLength(2);
    await workbench.inlineAction(runRow(workbench, name, 'running'), 'Stop Run');
    await waitForState(workbench, name, 'killed');
    await page.getByText('killed', { exact: true }).waitFor();
    expect(processesWith(mark)).toEqual([]);
    expect(processesWith(path.join(project.folder, 'family.py'))).toEqual([]);
  });
});
