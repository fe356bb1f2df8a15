import type { ConsoleMessage, Frame, FrameLocator, Page } from 'playwright-core';
import { until } from './waiting.ts';

/** Where VS Code 1.139 loads a webview from, and where the scripts inside it come from. */
const webviewAddress = /\/contrib\/webview\/browser\/pre\/|vscode-resource/;

/** The page of a webview: by the title of its panel or view, or the n-th visible one. */
export async function findWebview(page: Page, titleOrIndex: string | number): Promise<FrameLocator> {
  const all = page.locator('iframe.webview');
  let found = -1;
  await until(`a visible webview ${JSON.stringify(titleOrIndex)}`, async () => {
    found = await visibleWebview(page, titleOrIndex);
    return found >= 0;
  });
  // Its position among all changes when others open or close, its name does not.
  const name = await all.nth(found).getAttribute('name');
  return page.frameLocator(`iframe.webview[name="${name}"]`).frameLocator('iframe#active-frame');
}

async function visibleWebview(page: Page, titleOrIndex: string | number): Promise<number> {
  const webviews = await page.locator('iframe.webview').all();
  let visible = 0;
  for (const [position, webview] of webviews.entries()) {
    const isVisible = await webview.isVisible();
    if (!isVisible) {
      continue;
    }
    const isWanted =
      typeof titleOrIndex === 'number'
        ? visible === titleOrIndex
        : (await titleOf(page, position)) === titleOrIndex;
    if (isWanted) {
      return position;
    }
    visible += 1;
  }
  return -1;
}

async function titleOf(page: Page, position: number): Promise<string | undefined> {
  const active = page.locator('iframe.webview').nth(position).contentFrame().locator('iframe#active-frame');
  return (await active.count()) === 1 ? ((await active.getAttribute('title')) ?? undefined) : undefined;
}

/** The frames in which the pages of webviews run, hidden ones included. */
export function webviewFrames(page: Page): Frame[] {
  return page.frames().filter((frame) => /\/webview\/browser\/pre\/fake\.html/.test(frame.url()));
}

/** Collects what went wrong inside webviews; what VS Code's own shell says is left out. */
export class WebviewProblems {
  readonly violations: string[] = [];
  readonly consoleErrors: string[] = [];
  readonly uncaughtErrors: string[] = [];

  constructor(page: Page) {
    page.on('console', (message) => this.onConsole(message));
    page.on('pageerror', (error) => {
      if (webviewAddress.test(error.stack ?? '')) {
        this.uncaughtErrors.push(error.stack ?? error.message);
      }
    });
  }

  private onConsole(message: ConsoleMessage): void {
    const address = message.location().url;
    const isViolation = /Content Security Policy/.test(message.text());
    // Chromium gives no address for some violations, such as those of connect-src.
    if (isViolation && (address === '' || webviewAddress.test(address))) {
      this.violations.push(message.text());
    } else if (message.type() === 'error' && webviewAddress.test(address)) {
      this.consoleErrors.push(message.text());
    }
  }
}
