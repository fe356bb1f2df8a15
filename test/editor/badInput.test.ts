import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { FrameLocator, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Editor, picturesInBothThemes } from './editor.ts';
import { until } from './harness/waiting.ts';
import type { Workbench } from './harness/workbench.ts';
import {
  chartSummary,
  openExperiments,
  runExperiment,
  runName,
  runRow,
  versionDataset,
  waitForState,
} from './journey.ts';
import { makeProject } from './project.ts';

/** What a person sees when something is missing, broken or hostile. Each test has a window and a folder of its own. */

let editor: Editor;
/** What git reads instead of the user's own configuration; tests write it. */
const gitConfig = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-git-')), 'config');

beforeAll(async () => {
  fs.writeFileSync(gitConfig, '[init]\n\tdefaultBranch = main\n');
  editor = await Editor.start({ env: { GIT_CONFIG_GLOBAL: gitConfig, GIT_CONFIG_SYSTEM: '/dev/null' } });
});

afterAll(async () => {
  await editor?.dispose();
  fs.rmSync(path.dirname(gitConfig), { recursive: true, force: true });
});

async function runScript(workbench: Workbench, script: string) {
  await openExperiments(workbench);
  await workbench.openFile(script);
  return runExperiment(workbench);
}

/** The sentence over a tree that cannot be filled, whole and not cut off. */
async function treeSays(workbench: Workbench, view: string, sentence: RegExp): Promise<void> {
  const pane = workbench.page
    .locator('.pane')
    .filter({ has: workbench.page.getByRole('button', { name: `${view} Section`, exact: true }) });
  const message = pane.locator('.message').filter({ hasText: sentence });
  await message.waitFor();
  expect(await message.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
  expect(await pane.locator('.welcome-view-content:visible').count(), 'no invitation beside it').toBe(0);
}

describe('without git', () => {
  const files = { 'train.py': 'print("trained")\n', 'data/points.csv': 'x,y\n1,2\n' };

  test('runs work, and one click on Create Git Repository goes on to a version', async () => {
    fs.writeFileSync(
      gitConfig,
      '[init]\n\tdefaultBranch = main\n[user]\n\tname = Ada\n\temail = ada@example.org\n',
    );
    await editor.inProject({ files, git: false }, async (workbench, project) => {
      const { name, page } = await runScript(workbench, 'train.py');
      await waitForState(workbench, name, 'finished');
      await page.getByText('finished', { exact: true }).waitFor();
      await askToVersion(workbench);
      const offer = workbench.notification(
        /is not in a git repository, and versions are kept in git history/,
      );
      expect(await offer.message()).toContain('Nothing was changed.');
      expect(fs.existsSync(path.join(project.folder, '.git'))).toBe(false);
      await workbench.screenshot('20-no-repository');
      await offer.click('Create Git Repository');
      await workbench.notification(/data\/points\.csv is now v1/).waitFor();
      expect(project.git('log', '--format=%an: %s').trim()).toBe('Ada: Two points');
      expect(project.git('ls-files').split('\n')).not.toContain('train.py');
      await workbench.openView('MLOps', 'Datasets');
      await workbench.treeItem('Datasets', /data\/points\.csv.*v1/).waitFor();
    });
  });

  test('git that does not know the user says how to introduce oneself, and nothing is changed', async () => {
    fs.writeFileSync(gitConfig, '[init]\n\tdefaultBranch = main\n[user]\n\tuseConfigOnly = true\n');
    await editor.inProject({ files, git: false }, async (workbench, project) => {
      await askToVersion(workbench);
      await workbench.notification(/is not in a git repository/).click('Create Git Repository');
      const refusal = workbench.notification(/git does not know who you are/);
      await refusal.waitFor();
      expect(await refusal.message()).toMatch(/Nothing was changed\. Run: git config --global user\.name/);
      expect(fs.existsSync(path.join(project.folder, 'data', 'points.csv.dvc'))).toBe(false);
      await workbench.screenshot('21-no-identity');
    });
  });

  async function askToVersion(workbench: Workbench): Promise<void> {
    await workbench.openView('Explorer');
    const tree = workbench.page.getByRole('tree', { name: 'Files Explorer' });
    await workbench.expand(tree.getByRole('treeitem', { name: 'data', exact: true }));
    await workbench.contextMenu(
      tree.getByRole('treeitem', { name: 'points.csv', exact: true }),
      'Version This Dataset',
    );
    await workbench.quickInput().type('Two points');
    await workbench.quickInput().accept();
  }
});

test('without Python the message says what to do, and no run appears', async () => {
  const programs = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-path-'));
  const git = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  fs.symlinkSync(git, path.join(programs, 'git'));
  // Else VS Code asks the user's login shell for its PATH.
  const without = await Editor.start({ env: { PATH: programs, VSCODE_CLI: '1' } });
  try {
    await without.inProject({ files: { 'train.py': 'print(1)\n' } }, async (workbench, project) => {
      await openExperiments(workbench);
      await workbench.openFile('train.py');
      await workbench.editorTitleAction('Run Experiment');
      const refusal = workbench.notification('No Python was found');
      await refusal.waitFor();
      expect(await refusal.message()).toMatch(/Nothing was started\. .*install Python 3/i);
      // There is no list of interpreters without the Python extension, so no button that leads nowhere.
      expect(await refusal.buttons()).toEqual(['Show Log']);
      await workbench.screenshot('22-no-python');
      expect(fs.existsSync(path.join(project.folder, '.mlops', 'runs'))).toBe(false);
      await workbench.page.locator('.pane', { hasText: 'Runs appear here' }).first().waitFor();
    });
  } finally {
    await without.dispose();
    fs.rmSync(programs, { recursive: true, force: true });
  }
});

test('a script that crashes: the sentence of its traceback, its log one click away, failed in the tree', async () => {
  const script = 'def train(row):\n    return row["sex"]\n\nprint("start", flush=True)\ntrain({})\n';
  await editor.inProject({ files: { 'train.py': script } }, async (workbench) => {
    const { name, page } = await runScript(workbench, 'train.py');
    await waitForState(workbench, name, "failed, failed: KeyError: 'sex'");
    const notice = page.locator('.notice.error');
    await notice.getByText("KeyError: 'sex'", { exact: true }).waitFor();
    await notice.getByText('Show Log').click();
    const log = page.getByRole('log');
    await log.getByText('Traceback (most recent call last)').waitFor();
    expect(await log.textContent()).toMatch(/^start\n[\s\S]*in train\n[\s\S]*KeyError: 'sex'\s*$/);
    await picturesInBothThemes(workbench, '24-crash');
  });
});

test('NaN and infinite metrics: the chart says so and draws the rest', async () => {
  const script = [
    'import mlops_workbench as mlflow',
    'values = [1.0, 0.8, float("nan"), 0.6, float("inf"), 0.5, float("-inf"), 0.4]',
    'for step, value in enumerate(values):',
    '    mlflow.log_metric("loss", value, step=step)',
    '    mlflow.log_metric("worse", float("nan"), step=step)',
    '',
  ].join('\n');
  await editor.inProject({ files: { 'train.py': script } }, async (workbench) => {
    const { name, page } = await runScript(workbench, 'train.py');
    await waitForState(workbench, name, 'finished');
    await page.getByText('finished', { exact: true }).waitFor();
    const card = page.locator('section[data-metric="loss"]');
    await card.getByText('1 value is NaN. 2 values are infinite.', { exact: true }).waitFor();
    expect(await chartSummary(page, 'loss')).toBe(
      'loss: 8 values, step 0 to 7; first 1, lowest 0.4, highest 1, latest 0.4.',
    );
    // A line from 1.0 to 0.8, and a mark for each value that stands alone between gaps.
    expect(await strokesOf(card)).toBeGreaterThanOrEqual(4);
    const worse = page.locator('section[data-metric="worse"]');
    await worse.getByText('8 values are NaN.', { exact: true }).waitFor();
    await card.getByRole('button', { name: 'Show as Table: loss' }).click();
    const table = page.getByRole('region', { name: 'loss as a table' });
    expect(await table.locator('tbody td').allInnerTexts()).toEqual([
      '1',
      '0.8',
      'NaN',
      '0.6',
      '∞',
      '0.5',
      '−∞',
      '0.4',
    ]);
    await card.getByRole('button', { name: 'Show as Chart: loss' }).click();
    await picturesInBothThemes(workbench, '25-not-numbers');
  });
});

/** How many separate horizontal stretches of a canvas have something drawn in a saturated colour. */
async function strokesOf(card: Locator): Promise<number> {
  return card.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
    const { data, width, height } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    const isCurve = (at: number) =>
      data[at + 3]! > 150 && Math.max(...data.slice(at, at + 3)) - Math.min(...data.slice(at, at + 3)) > 60;
    const columns = Array.from({ length: width }, (_, x) =>
      Array.from({ length: height }, (_, y) => (y * width + x) * 4).some(isCurve),
    );
    return columns.filter((drawn, x) => drawn && !columns[x - 1]).length;
  });
}

test('params.yaml that does not parse: line and column, and a button that goes there', async () => {
  const files = {
    'project/train.py': 'print(1)\n',
    'project/params.yaml': 'epochs: 3\nmodel:\n  depth: [1, 2\nrate: 1\n',
  };
  await editor.inProject({ files }, async (workbench) => {
    await workbench.openFile('project/train.py');
    await workbench.editorTitleAction('Run Experiment');
    const refusal = workbench.notification(/project\/params\.yaml cannot be read, line 4, column 1:/);
    expect(await refusal.message()).toContain('Nothing was started.');
    await workbench.screenshot('27-parameters-broken');
    await refusal.click('Open File');
    await workbench.page.locator('.tab.active', { hasText: 'params.yaml' }).waitFor();
    await workbench.statusBarItem('Ln 4, Col 1').waitFor();
  });
});

test('a read-only folder: the trees say so in a sentence, and the editor goes on', async () => {
  const files = { 'train.py': 'print(1)\n', 'points.csv': 'x,y\n1,2\n' };
  const project = makeProject({ files });
  const restore = mountReadOnly(project.folder);
  try {
    await editor.inWindow(project.folder, async (workbench) => {
      await openExperiments(workbench);
      const sentence = /Cannot write in .*project, so runs and versions cannot be recorded there/;
      await treeSays(workbench, 'Experiments', sentence);
      await workbench.openView('MLOps', 'Datasets');
      await treeSays(workbench, 'Datasets', sentence);
      await picturesInBothThemes(workbench, '28-read-only');
      await workbench.openFile('train.py');
      await workbench.editorTitleAction('Run Experiment');
      const refusal = workbench.notification(sentence);
      expect(await refusal.message()).toContain('Nothing was changed.');
      await refusal.dismiss();
    });
  } finally {
    restore();
    project.dispose();
  }
});

/** As root, permissions bind nobody; a read-only mount does. */
function mountReadOnly(folder: string): () => void {
  try {
    execFileSync('mount', ['--bind', folder, folder], { stdio: 'pipe' });
  } catch (error) {
    throw new Error(
      'This test needs a read-only folder, which takes the right to mount: run it as root, in a container with CAP_SYS_ADMIN.',
      { cause: error },
    );
  }
  execFileSync('mount', ['-o', 'remount,ro,bind', folder], { stdio: 'pipe' });
  return () => execFileSync('umount', ['--lazy', folder]);
}

test('a path with spaces, quotes, unicode and per cent, a script and data with a leading dash', async () => {
  const options = {
    name: `-it's a "fine" prøject – 数据 100% #1`,
    files: {
      '-train & go.py': 'import mlops_workbench as mlflow\nfor n in range(3): mlflow.log_metric("loss", n)\n',
      "-a 'b' ünï #2.csv": 'x,y\n1,2\n',
    },
  };
  await editor.inProject(options, async (workbench, project) => {
    const { name, page } = await runScript(workbench, '-train & go.py');
    await waitForState(workbench, name, 'finished');
    await page.getByRole('tab', { name: 'Code' }).click();
    await page.getByRole('button', { name: '-train & go.py' }).waitFor();
    await until('the chart', async () => {
      await page.getByRole('tab', { name: 'Charts' }).click();
      return (await chartSummary(page, 'loss')).includes('3 values');
    });
    const sentence = await versionDataset(workbench, ["-a 'b' ünï #2.csv"], 'Odd “names” – 100%');
    expect(sentence).toContain("-a 'b' ünï #2.csv is now v1");
    expect(project.git('log', '-1', '--format=%s').trim()).toBe('Odd “names” – 100%');
    await workbench.openView('MLOps', 'Datasets');
    await workbench.treeItem('Datasets', /-a 'b' ünï #2\.csv.*v1/).waitFor();
    await workbench.screenshot('29-odd-names');
  });
});

test('100 MB of output that is not all UTF-8: the end is shown, and the editor answers', async () => {
  const script = [
    'import sys',
    'line = b"x" * 99 + b"\\n"',
    'for _ in range(1000): sys.stdout.buffer.write(line * 1000)',
    'sys.stdout.buffer.write(b"not \\xff\\xfe text, gr\\xc3\\xbc\\xc3\\x9fe\\n")',
    'print("the end")',
    '',
  ].join('\n');
  await editor.inProject({ files: { 'loud.py': script } }, async (workbench) => {
    const { name, page } = await runScript(workbench, 'loud.py');
    await page.getByRole('tab', { name: 'Log' }).click();
    await paletteAnswers(workbench);
    await waitForState(workbench, name, 'finished');
    const log = page.getByRole('log');
    await log.getByText(/not \ufffd\ufffd text, grüße\nthe end/).waitFor();
    await page.getByText(/99\.\d MB before this/).waitFor();
    expect(await isAtEnd(page)).toBe(true);
    await paletteAnswers(workbench);
    await workbench.screenshot('30-loud');
  });
});

async function isAtEnd(page: FrameLocator): Promise<boolean> {
  return page.locator('.log').evaluate((log) => log.scrollHeight - log.scrollTop - log.clientHeight < 24);
}

async function paletteAnswers(workbench: Workbench): Promise<void> {
  await workbench.page.keyboard.press('F1');
  await workbench.quickInput().type('>MLOps: Compare');
  await workbench.quickInput().row('MLOps: Compare Runs').waitFor();
  await workbench.quickInput().cancel();
}

test('a script that reads only params.yaml: asked first, then the file is changed and its comments stay', async () => {
  const parameters = '# How long to train\nepochs: 3 # not many\nrate: 0.1\n';
  const script =
    'import re\ntext = open("params.yaml").read()\nprint("epochs are", re.search(r"epochs: (\\d+)", text)[1])\n';
  await editor.inProject(
    { files: { 'train.py': script, 'params.yaml': parameters } },
    async (workbench, project) => {
      await openExperiments(workbench);
      await workbench.openFile('train.py');
      await workbench.runCommand('MLOps: Run with Parameters…');
      const input = workbench.quickInput();
      await input.pick('epochs');
      await workbench.page.getByText('Now 3').waitFor();
      await input.type('12');
      await input.accept();
      await input.pick(/Run train\.py/);
      const question = workbench.notification(/train\.py reads its parameters from params\.yaml itself/);
      expect(await question.message()).toContain('Nothing was started, and params.yaml is as it was.');
      expect(project.read('params.yaml')).toBe(parameters);
      await workbench.screenshot('31-asked');
      await question.click('Write to params.yaml');
      const page = await workbench.webview();
      await page.getByText('finished', { exact: true }).waitFor();
      expect(project.read('params.yaml')).toBe(parameters.replace('epochs: 3', 'epochs: 12'));
      const row = page
        .getByRole('complementary', { name: 'Parameters' })
        .getByRole('row', { name: 'epochs' });
      expect(await row.textContent()).toContain('12');
      await page.getByRole('tab', { name: 'Log' }).click();
      await page.getByRole('log').getByText('epochs are 12').waitFor();
      await runRow(workbench, await runName(page), 'finished').waitFor();
    },
  );
});

test('a database of a newer version: a sentence in the tree, and the file as it was', async () => {
  const project = makeProject({ files: { 'train.py': 'print(1)\n' } });
  const file = path.join(project.folder, '.mlops', 'workbench.db');
  fs.mkdirSync(path.dirname(file));
  const database = new DatabaseSync(file);
  database.exec('CREATE TABLE future (a); PRAGMA user_version = 999');
  database.close();
  const before = hashOf(file);
  try {
    await editor.inWindow(project.folder, async (workbench) => {
      await openExperiments(workbench);
      const sentence = /was written by a newer MLOps Workbench/;
      await treeSays(workbench, 'Experiments', sentence);
      await workbench.screenshot('32-newer-database');
      await workbench.openFile('train.py');
      await workbench.editorTitleAction('Run Experiment');
      const refusal = workbench.notification(sentence);
      expect(await refusal.message()).toContain('It was not touched. Update the extension to open it.');
      await workbench.statusBarItem('MLOps').waitFor();
    });
    expect(hashOf(file)).toBe(before);
    expect(fs.readdirSync(path.dirname(file)).filter((name) => name.startsWith('workbench.db'))).toEqual([
      'workbench.db',
    ]);
  } finally {
    project.dispose();
  }
});

function hashOf(file: string): string {
  return createHash('sha256').update(fs.readFileSync(file)).digest('hex');
}
