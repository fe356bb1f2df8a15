import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, resolve } from 'node:path';
import { build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import '../../webview-ui/dev/fakeWindow.ts';
import type { PanelId } from '../../src/protocol/panels.ts';
import { devBuild } from '../../webview-ui/dev/build.ts';
import { findChromium } from '../editor/setup/chromium.ts';

const root = resolve(import.meta.dirname, '../..');
const built = join(root, devBuild.outdir);
/** Where the pictures of this level go. */
const pictures = join(root, 'out/screenshots/pages');

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.ttf': 'font/ttf',
};

export interface OpenOptions {
  readonly scenario: string;
  readonly theme?: 'dark' | 'light' | 'high-contrast';
  readonly width?: number;
  readonly height?: number;
}

export interface OpenedPage {
  readonly page: Page;
  /** What went wrong in the page: errors, and what its content security policy refused. */
  readonly problems: string[];
}

/** The dev pages in a real browser, with a fake host; `close` when done. */
export class Pages {
  readonly #server: Server;
  readonly #browser: Browser;
  readonly #address: string;

  private constructor(server: Server, browser: Browser) {
    this.#server = server;
    this.#browser = browser;
    this.#address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(): Promise<Pages> {
    await build({ ...devBuild, absWorkingDir: root });
    const server = createServer(async (request, response) => {
      const name = new URL(request.url ?? '/', 'http://localhost').pathname.slice(1);
      const content = /^[\w-]+\.\w+$/.test(name)
        ? await readFile(join(built, name)).catch(() => undefined)
        : undefined;
      response.writeHead(content ? 200 : 404, { 'content-type': types[extname(name)] ?? 'text/plain' });
      response.end(content);
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const browser = await chromium.launch({
      executablePath: await findChromium(),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--force-color-profile=srgb',
      ],
    });
    return new Pages(server, browser);
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await new Promise((closed) => this.#server.close(closed));
  }

  async open(panel: PanelId, options: OpenOptions): Promise<OpenedPage> {
    const { scenario, theme = 'dark', width = 1100, height = 760 } = options;
    const page = await this.#browser.newPage({
      viewport: { width, height },
      locale: 'en-GB',
      timezoneId: 'UTC',
    });
    page.setDefaultTimeout(15_000);
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') {
        problems.push(`${message.type()}: ${message.text()}`);
      }
    });
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        console.error(`policy refused ${event.violatedDirective} ${event.blockedURI}`);
      });
    });
    await page.goto(`${this.#address}/dev-${panel}.html?still&scenario=${scenario}&theme=${theme}`);
    return { page, problems };
  }
}

/** Waits until charts in view have their values, then takes the picture. */
export async function picture(page: Page, name: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(pictures, `${name}.png`), animations: 'disabled' });
}

/** The targets that the page asked the client to open, in order. */
export function opened(page: Page): Promise<unknown[]> {
  return page.evaluate(() =>
    window.fake.sent.flatMap((message) =>
      message.kind === 'request' && message.method === 'panel/open' ? [message.parameters] : [],
    ),
  );
}

/** Walks the page with the Tab key; the names of what has focus on the way, and what gives no sign of it. */
export async function walk(page: Page): Promise<{ names: string[]; unmarked: string[] }> {
  const names: string[] = [];
  const unmarked: string[] = [];
  for (let press = 0; press < 100; press += 1) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(describeFocus);
    if (!stop || names.includes(stop.name)) {
      break;
    }
    names.push(stop.name);
    if (!stop.marked) {
      unmarked.push(stop.name);
    }
  }
  return { names, unmarked };
}

/** Runs in the page. Elements of the library mark their focus inside, in their shadow. */
function describeFocus(): { name: string; marked: boolean } | undefined {
  const element = document.activeElement;
  if (!element || element === document.body) {
    return undefined;
  }
  const panel = element.getAttribute('role') === 'tabpanel' ? 'tab panel' : undefined;
  const text = element.textContent?.trim().replace(/\s+/g, ' ');
  const labelled = (element as HTMLInputElement).labels?.[0]?.textContent?.trim();
  const label = element.getAttribute('aria-label') ?? element.getAttribute('label') ?? labelled;
  const outlined = getComputedStyle(element).outlineStyle !== 'none';
  return { name: panel ?? label ?? text ?? element.tagName, marked: outlined || element.shadowRoot !== null };
}
