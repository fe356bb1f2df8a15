import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processesOf } from './harness/processTree.ts';
import type { ThemeName } from './harness/settings.ts';
import { writeThrowAwayExtension } from './harness/throwAwayExtension.ts';
import { installExtension, startVsCodeServer, type VsCodeServer } from './harness/vscodeServer.ts';
import { until } from './harness/waiting.ts';
import { Workbench } from './harness/workbench.ts';
import { runToEnd } from './setup/processes.ts';

const vsce = resolve(import.meta.dirname, '../../node_modules/@vscode/vsce/vsce');
const timeout = 180_000;

const root = mkdtempSync(join(tmpdir(), 'harness ünï ✓ '));
const extension = join(root, 'extension');
const folder = join(root, 'a project · проект');

beforeAll(() => {
  writeThrowAwayExtension(extension);
  mkdirSync(join(folder, 'sub folder'), { recursive: true });
  writeFileSync(join(folder, 'sub folder', 'träin.py'), 'print("▁▂▅▇ ◐ ✓ ✗ ★ ▾ ≥ → µ")\n');
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('the window', { timeout }, () => {
  let server: VsCodeServer;
  let workbench: Workbench;

  beforeAll(async () => {
    server = await startVsCodeServer({ serverDataDir: join(root, 'data'), extensionPath: extension });
    workbench = await Workbench.open({ server, folder });
  }, timeout);

  afterAll(async () => {
    try {
      await workbench?.close();
    } finally {
      await server?.dispose();
    }
  });

  it('opens the folder without anything that was not asked for', async () => {
    await workbench.treeItem('Files Explorer', 'sub folder').waitFor();
    expect(await workbench.page.locator('.tab, .notification-toast, .monaco-dialog-box').count()).toBe(0);
    expect(await workbench.page.locator('.part.auxiliarybar').isVisible()).toBe(false);
    expect(await workbench.statusBarItem('Restricted Mode').count()).toBe(0);
  });

  it('runs commands and answers notifications', async () => {
    await workbench.runCommand('Throw-away: Show a Notification');
    const notification = workbench.notification('Something happened.');
    expect(await notification.buttons()).toEqual(['Do It', 'Leave It']);
    await notification.click('Do It');
    const answer = workbench.notification('You chose');
    expect(await answer.message()).toBe('You chose: Do It.');
    await answer.dismiss();
  });

  it('says which commands there are when one is missing', async () => {
    const missing = workbench.runCommand('Throw-away: Open Pag', { timeout: 1_000 });
    await expect(missing).rejects.toThrow(/shows Throw-away: Open Page/);
  });

  it('answers input boxes and quick picks', async () => {
    await workbench.runCommand('Throw-away: Ask');
    const quickInput = workbench.quickInput();
    await quickInput.widget.getByText('Your name').waitFor();
    await quickInput.type('Zoë');
    await quickInput.accept();
    await quickInput.row('red').waitFor();
    expect(await quickInput.labels()).toEqual(['dark green', 'green', 'red']);
    await quickInput.pick('green');
    await workbench.notification('Zoë likes green.').waitFor();
    await workbench.clearNotifications();
  });

  it('clicks the status bar', async () => {
    await workbench.statusBarItem('Throw-away').click();
    await workbench.notification('Something happened.').click('Leave It');
    await workbench.notification('You chose: Leave It.').dismiss();
  });

  it('opens views, unfolds, and uses context menus, submenus and inline icons', async () => {
    await workbench.openView('Throw-away', 'Others');
    await workbench.openView('Throw-away');
    await workbench.treeItem('Others', 'Other 2').waitFor();
    const item = workbench.treeItem('Items', 'Item 1');
    await workbench.expand(item);
    await workbench.treeItem('Items', 'Child of Item 1').waitFor();
    expect(await workbench.treeItem('Items', /Item 1.*no 1/).count()).toBe(1);
    expect(await workbench.contextMenuLabels(item)).toEqual(['More', 'Rename Item']);
    await workbench.contextMenu(item, 'Rename Item');
    await workbench.notification('Renaming Item 1.').dismiss();
    await workbench.contextMenu(workbench.treeItem('Items', 'Item 2'), 'More', 'Star Item');
    await workbench.notification('Starred Item 2.').dismiss();
    await workbench.inlineAction(item, 'Star Item');
    await workbench.notification('Starred Item 1.').dismiss();
    await workbench.viewTitleAction('Items', 'Refresh');
    await workbench.notification('Refreshed.').dismiss();
  });

  it('opens files, runs them from the title, and follows code lenses', async () => {
    await workbench.openFile('sub folder/träin.py');
    await workbench.editorTitleAction('Run This File');
    await workbench.notification('Running träin.py.').dismiss();
    await workbench.codeLens('Run This').click();
    await workbench.notification('Running träin.py.').waitFor();
    await workbench.screenshot('harness-editor');
    await workbench.clearNotifications();
  });

  it('reaches into webviews, which survive a reload', async () => {
    await workbench.runCommand('Throw-away: Open Page');
    const page = await workbench.webview('A Page');
    await page.getByRole('button', { name: 'Count' }).click();
    await page.getByRole('button', { name: 'Count' }).click();
    await page.getByText('2', { exact: true }).waitFor();
    await workbench.reloadWindow();
    const again = await workbench.webview(0);
    await again.getByText('2', { exact: true }).waitFor();
    const spacing = await again.locator('h1').evaluate((heading) => getComputedStyle(heading).letterSpacing);
    expect(spacing).toBe('3px');
    expect(workbench.violations).toEqual([]);
  });

  it('takes pictures in every theme', async () => {
    const colours = new Map<ThemeName, string>();
    for (const theme of ['light', 'high-contrast', 'high-contrast-light', 'dark'] as const) {
      await workbench.setTheme(theme);
      const page = await workbench.webview('A Page');
      colours.set(theme, await page.locator('body').evaluate((body) => getComputedStyle(body).color));
      await workbench.screenshot(`harness-${theme}`);
    }
    expect(colours.get('light')).not.toBe(colours.get('dark'));
    expect(new Set(colours.values()).size).toBeGreaterThan(2);
  });

  it('notices a page that breaks its Content Security Policy', async () => {
    expect(workbench.violations).toEqual([]);
    await workbench.runCommand('Throw-away: Open Violating Page');
    await (await workbench.webview('Violating Page')).getByText('red').waitFor();
    await until('the violation', async () => workbench.violations.length > 0);
    expect(workbench.violations[0]).toMatch(/inline style.*style-src/);
    workbench.violations.length = 0;
  });

  it('leaves no process behind, not even a detached one', async () => {
    await workbench.runCommand('Throw-away: Start Detached Process');
    const message = await workbench.notification('Started process').message();
    const detached = Number(/\d+/.exec(message)?.[0]);
    expect(processesOf(server.treeId)).toContain(detached);
    await workbench.close();
    await server.dispose();
    expect(processesOf(server.treeId)).toEqual([]);
  });
});

describe('a packed extension in Restricted Mode', { timeout }, () => {
  let server: VsCodeServer;
  let workbench: Workbench;

  beforeAll(async () => {
    const vsix = join(root, 'throw-away.vsix');
    const extensionsDir = join(root, 'installed');
    const options = ['--allow-missing-repository', '--skip-license', '--out', vsix];
    await runToEnd(process.execPath, [vsce, 'package', ...options], { cwd: extension });
    await installExtension(vsix, extensionsDir);
    const serverDataDir = join(root, 'restricted data');
    server = await startVsCodeServer({ serverDataDir, extensionsDir, workspaceTrust: 'restricted' });
    workbench = await Workbench.open({ server, folder });
  }, timeout);

  afterAll(async () => {
    try {
      await workbench?.close();
    } finally {
      await server?.dispose();
    }
  });

  it('is installed, and restricted until the folder is trusted', async () => {
    await workbench.statusBarItem('Restricted Mode').waitFor();
    await workbench.openFile('sub folder/träin.py');
    const run = workbench.page.locator('.editor-actions [aria-label^="Run This File"]');
    await run.waitFor();
    expect(await run.getAttribute('aria-disabled')).toBe('true');
    await workbench.trustFolder();
    await workbench.openFile('sub folder/träin.py');
    await workbench.editorTitleAction('Run This File');
    await workbench.notification('Running träin.py.').waitFor();
  });

  it('refuses a package that is not one', async () => {
    const broken = join(root, 'broken.vsix');
    writeFileSync(broken, 'not a zip');
    await expect(installExtension(broken, join(root, 'other'))).rejects.toThrow(/did not install|exit code/);
  });
});

describe('development mode', { timeout }, () => {
  it('runs an extension from its folder', async () => {
    const server = await startVsCodeServer({
      serverDataDir: join(root, 'development'),
      developmentMode: true,
    });
    try {
      const workbench = await Workbench.open({ server, folder, extensionPath: extension });
      await workbench.statusBarItem('Throw-away').waitFor();
      await workbench.close();
    } finally {
      await server.dispose();
    }
  });
});
