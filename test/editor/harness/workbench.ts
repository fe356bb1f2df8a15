import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type FrameLocator, type Locator, type Page } from 'playwright-core';
import { findChromium } from '../setup/chromium.ts';
import { Notification } from './notification.ts';
import { QuickInput } from './quickInput.ts';
import { type ThemeName, themes } from './settings.ts';
import { exactly, withKeyBinding } from './text.ts';
import type { VsCodeServer } from './vscodeServer.ts';
import { until } from './waiting.ts';
import { findWebview, WebviewProblems, webviewFrames } from './webviews.ts';

const STARTUP_TIMEOUT = 90_000;
const ACTION_TIMEOUT = 60_000;
const PALETTE_TIMEOUT = 60_000;
const PALETTE_ATTEMPT = 6_000;
const MENU_ATTEMPT = 5_000;
const CLICK_ATTEMPT = 5_000;

const CHROMIUM_ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Status bar items that VS Code shows only in a browser, kept out of pictures. */
const BROWSER_ONLY_HIDDEN =
  '[id="status.forwardedPorts"], [id="status.workbench.keyboardLayout"], [id="status.host"] { display: none !important; }';

export interface WorkbenchOptions {
  readonly server: VsCodeServer;
  /** The folder to open, an absolute path. */
  readonly folder: string;
  /** An extension to run in development mode, an absolute path; the server must have `developmentMode`. */
  readonly extensionPath?: string;
  /** More pairs for VS Code's own switches in the address, such as `['extensionTestsPath', …]`. */
  readonly extraPayload?: readonly (readonly [string, string])[];
  /** Where `screenshot` writes; else `MLOPS_SCREENSHOTS`, else `out/screenshots` of the repository. */
  readonly screenshots?: string;
}

/** A VS Code window in a real browser, and what a person does in it. */
export class Workbench {
  readonly page: Page;
  readonly problems: WebviewProblems;
  private readonly browser: Browser;
  private readonly options: WorkbenchOptions;

  static async open(options: WorkbenchOptions): Promise<Workbench> {
    const browser = await chromium.launch({
      executablePath: await findChromium(),
      args: CHROMIUM_ARGUMENTS,
    });
    try {
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, deviceScaleFactor: 1 });
      const workbench = new Workbench(browser, page, options);
      await page.goto(workbenchAddress(options), { timeout: STARTUP_TIMEOUT });
      await workbench.untilReady();
      return workbench;
    } catch (error) {
      await browser.close();
      throw error;
    }
  }

  private constructor(browser: Browser, page: Page, options: WorkbenchOptions) {
    this.browser = browser;
    this.page = page;
    this.options = options;
    this.problems = new WebviewProblems(page);
    page.setDefaultTimeout(ACTION_TIMEOUT);
  }

  /** Content Security Policy violations inside webviews so far; `close` throws while there are any. */
  get violations(): string[] {
    return this.problems.violations;
  }

  /** Runs a command by the exact title that the palette shows: `MLOps: Run Experiment`. */
  async runCommand(title: string, options: { readonly timeout?: number } = {}): Promise<void> {
    await this.pickInPalette('F1', `>${title}`, title, options.timeout);
  }

  /** Opens a file of the folder through quick open. */
  async openFile(relativePath: string): Promise<void> {
    const name = relativePath.split('/').at(-1) ?? relativePath;
    // A whole path needs no search index and is never ambiguous.
    await this.pickInPalette('ControlOrMeta+P', serverPath(join(this.options.folder, relativePath)), name);
    await this.page.locator('.tab.active').filter({ hasText: name }).first().waitFor();
  }

  /** Shows a view container of the activity bar and, when named, unfolds one of its views. */
  async openView(containerTitle: string, viewTitle?: string): Promise<void> {
    const tab = this.page
      .locator('.activitybar .action-item[role="tab"]')
      .filter({ has: this.page.getByLabel(withKeyBinding(containerTitle)) })
      .first();
    await tab.waitFor();
    // A click on the container that is open would close it.
    if ((await tab.getAttribute('aria-expanded')) !== 'true') {
      await tab.click();
    }
    await until(
      `${containerTitle} to open`,
      async () => (await tab.getAttribute('aria-expanded')) === 'true',
    );
    if (viewTitle !== undefined) {
      await this.unfold(this.page.getByRole('button', { name: `${viewTitle} Section`, exact: true }));
    }
  }

  /** A row of a tree: by its exact label, or by a pattern for its whole text. Rows out of sight do not exist. */
  treeItem(viewTitle: string, text: string | RegExp): Locator {
    const rows = this.page.getByRole('tree', { name: viewTitle, exact: true }).getByRole('treeitem');
    return typeof text === 'string'
      ? rows.filter({ has: this.page.locator('.label-name', { hasText: exactly(text) }) })
      : rows.filter({ hasText: text });
  }

  /** A click is lost while the tree draws itself anew: then it is made again. */
  async expand(treeItem: Locator): Promise<void> {
    const unfolded = treeItem.and(this.page.locator('[aria-expanded="true"]'));
    await until('a tree item to unfold', async () => {
      await treeItem.waitFor();
      if ((await unfolded.count()) === 0) {
        await treeItem.locator('.monaco-tl-twistie').click();
      }
      return unfolded.waitFor({ timeout: CLICK_ATTEMPT }).then(
        () => true,
        () => false,
      );
    });
  }

  /** Right-clicks and picks; several labels lead through submenus. */
  async contextMenu(target: Locator, ...labels: readonly string[]): Promise<void> {
    await until(`${labels[0]} to be enabled`, () => this.openEnabledMenu(target, labels[0]!));
    for (const [position, label] of labels.entries()) {
      await this.menuItem(label).hover();
      // VS Code's menus ignore clicks while they are younger than 100 ms, but not keys.
      await this.menuItem(label, '.focused').waitFor();
      await this.page.keyboard.press(position < labels.length - 1 ? 'ArrowRight' : 'Enter');
    }
    await this.page.locator('.monaco-menu').first().waitFor({ state: 'hidden' });
  }

  /**
   * A window that has just opened learns only after a moment that its folder is trusted, and a tree that draws itself
   * anew between aiming and clicking gives the menu of another row: then it is asked again.
   */
  private async openEnabledMenu(target: Locator, label: string): Promise<boolean> {
    await target.click({ button: 'right' });
    const opened = await this.menuItem(label)
      .waitFor({ timeout: MENU_ATTEMPT })
      .then(
        () => true,
        () => false,
      );
    if (opened && (await this.menuItem(label, '.disabled').count()) === 0) {
      return true;
    }
    await this.page.keyboard.press('Escape');
    await this.page.locator('.monaco-menu').first().waitFor({ state: 'hidden' });
    return false;
  }

  /** Right-clicks and reads the entries of the menu, then closes it. */
  async contextMenuLabels(target: Locator): Promise<string[]> {
    await target.click({ button: 'right' });
    await this.page.locator('.monaco-menu').waitFor();
    const labels = await this.page.locator('.monaco-menu .action-menu-item > .action-label').allInnerTexts();
    await this.page.keyboard.press('Escape');
    await this.page.locator('.monaco-menu').waitFor({ state: 'hidden' });
    return labels;
  }

  /** Clicks an icon that a tree row shows under the pointer. */
  async inlineAction(treeItem: Locator, title: string): Promise<void> {
    await treeItem.hover();
    await treeItem.getByRole('button', { name: withKeyBinding(title) }).click();
  }

  /** Clicks an icon in the title of a view: `viewTitleAction('Experiments', 'Refresh')`. */
  async viewTitleAction(viewTitle: string, title: string): Promise<void> {
    const pane = this.page
      .locator('.pane')
      .filter({ has: this.page.getByRole('button', { name: `${viewTitle} Section`, exact: true }) });
    await pane.hover();
    await pane
      .locator('.pane-header')
      .getByRole('button', { name: withKeyBinding(title) })
      .click();
  }

  /** Clicks an icon at the upper right of the active editor, the run menu included. */
  async editorTitleAction(title: string): Promise<void> {
    await this.page
      .locator('.editor-group-container.active .title .editor-actions')
      .getByRole('button', { name: withKeyBinding(title) })
      .first()
      .click();
  }

  /** A link above a line of code. */
  codeLens(text: string): Locator {
    return this.page.locator('.codelens-decoration a').filter({ hasText: exactly(text) });
  }

  quickInput(): QuickInput {
    return new QuickInput(this.page);
  }

  notification(text: string | RegExp): Notification {
    return new Notification(this.page, text);
  }

  async clearNotifications(): Promise<void> {
    await this.runCommand('Notifications: Clear All Notifications');
    await this.page.locator('.notification-toast').first().waitFor({ state: 'hidden' });
  }

  statusBarItem(text: string | RegExp): Locator {
    return this.page.locator('.statusbar-item').filter({ hasText: text });
  }

  /** The inside of a visible webview, by the title of its panel or view, or by number from 0. */
  async webview(titleOrIndex: string | number = 0): Promise<FrameLocator> {
    return findWebview(this.page, titleOrIndex);
  }

  /** Switches the colour theme, and waits until the window and its webviews wear it. */
  async setTheme(name: ThemeName): Promise<void> {
    const theme = themes[name];
    await this.runCommand('Preferences: Color Theme');
    const quickInput = this.quickInput();
    await this.page.getByPlaceholder(/Color Theme/).waitFor();
    await quickInput.type(theme.label);
    await quickInput.pick(theme.label);
    await quickInput.widget.waitFor({ state: 'hidden' });
    await this.page.locator(`.monaco-workbench.${theme.className}`).waitFor();
    // Asked anew each time: some pages of VS Code are made again for another theme.
    await until(`webviews to wear ${theme.label}`, async () => {
      const worn = webviewFrames(this.page).map((frame) =>
        frame.evaluate(() => document.body.dataset.vscodeThemeId).catch(() => undefined),
      );
      return (await Promise.all(worn)).every((id) => id === theme.id);
    });
  }

  /** Writes a picture of the window and returns its path. */
  async screenshot(name: string): Promise<string> {
    const folder =
      this.options.screenshots ??
      process.env.MLOPS_SCREENSHOTS ??
      resolve(import.meta.dirname, '../../../out/screenshots');
    mkdirSync(folder, { recursive: true });
    const { width, height } = this.page.viewportSize() ?? { width: 1, height: 1 };
    await this.page.mouse.move(width - 1, height - 1);
    await this.page.locator('.monaco-hover:visible').first().waitFor({ state: 'hidden' });
    for (const frame of [this.page.mainFrame(), ...webviewFrames(this.page)]) {
      await frame.evaluate(() => document.fonts.ready.then(() => undefined));
    }
    const path = join(folder, `${name}.png`);
    // Anything but these makes Playwright add styles to every frame, which a strict Content Security Policy refuses.
    await this.page.screenshot({ path, animations: 'allow', caret: 'initial' });
    return path;
  }

  /** Reloads as a person does, so that VS Code saves and restores its editors. */
  async reloadWindow(): Promise<void> {
    const reloaded = this.page.waitForEvent('load', { timeout: STARTUP_TIMEOUT });
    await this.runCommand('Developer: Reload Window');
    await reloaded;
    await this.untilReady();
  }

  /** Leaves Restricted Mode as a person does; needs a server with `workspaceTrust: 'restricted'`. */
  async trustFolder(): Promise<void> {
    await this.runCommand('Workspaces: Manage Workspace Trust');
    await this.page
      .locator('.workspace-trust-editor')
      .getByRole('button', { name: 'Trust', exact: true })
      .click();
    await this.page.locator('[id="status.workspaceTrust"]').waitFor({ state: 'hidden' });
  }

  /** Closes the browser; throws when a page in a webview broke its Content Security Policy or threw. */
  async close(): Promise<void> {
    await this.browser.close();
    const { violations, uncaughtErrors } = this.problems;
    if (violations.length + uncaughtErrors.length > 0) {
      throw new Error(`Pages in webviews went wrong:\n${[...violations, ...uncaughtErrors].join('\n')}`);
    }
  }

  private async untilReady(): Promise<void> {
    const timeout = STARTUP_TIMEOUT;
    await this.page.locator('.monaco-workbench .statusbar-item').first().waitFor({ timeout });
    await this.page.addStyleTag({ content: BROWSER_ONLY_HIDDEN });
    // Only from this mark on are the commands and views of extensions known.
    await this.page.waitForFunction(
      () => performance.getEntriesByName('code/didLoadExtensions').length > 0,
      undefined,
      { timeout },
    );
  }

  private menuItem(label: string, state = ''): Locator {
    return this.page
      .locator(`.monaco-menu .action-item${state} > .action-menu-item`)
      .filter({ has: this.page.locator('> .action-label', { hasText: exactly(label) }) });
  }

  private async unfold(header: Locator): Promise<void> {
    await header.waitFor();
    if ((await header.getAttribute('aria-expanded')) === 'false') {
      await header.click();
    }
  }

  private async pickInPalette(
    key: string,
    text: string,
    label: string,
    timeout = PALETTE_TIMEOUT,
  ): Promise<void> {
    const quickInput = this.quickInput();
    const row = quickInput.row(label).first();
    const deadline = Date.now() + timeout;
    for (;;) {
      await this.page.keyboard.press(key);
      await quickInput.type(text);
      try {
        await row.click({ timeout: PALETTE_ATTEMPT });
        return;
      } catch (error) {
        if (Date.now() > deadline) {
          const shown = (await quickInput.labels()).join(', ') || 'nothing';
          throw new Error(`The palette has no "${label}"; it shows ${shown}.`, { cause: error });
        }
        // The list does not take in commands that an extension adds while it is open, so it is opened again.
        await quickInput.cancel();
      }
    }
  }
}

function workbenchAddress(options: WorkbenchOptions): string {
  const { server, folder, extensionPath, extraPayload = [] } = options;
  if (extensionPath !== undefined && !server.developmentMode) {
    throw new Error(
      'Workbench.open was given extensionPath, and the server was started without developmentMode.',
    );
  }
  const authority = new URL(server.url).host;
  const development =
    extensionPath === undefined
      ? []
      : [
          [
            'extensionDevelopmentPath',
            `vscode-remote://${authority}${pathToFileURL(extensionPath).pathname}`,
          ],
        ];
  const payload = [...development, ['skipWelcome', 'true'], ...extraPayload];
  const address = new URL(server.url);
  address.searchParams.set('folder', serverPath(folder));
  address.searchParams.set('payload', JSON.stringify(payload));
  return address.href.replaceAll('+', '%20');
}

/** The path as VS Code writes it: with slashes and, on Windows, one before the drive. */
function serverPath(path: string): string {
  return decodeURIComponent(pathToFileURL(path).pathname);
}
