import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { PanelId } from '../../src/protocol/panels.ts';
import { type OpenedPage, type OpenOptions, Pages } from './pages.ts';

/**
 * The pages of one panel for the tests of a file, a new one for each test.
 * Whatever a test does: no error in the page and nothing refused by its policy.
 */
export function pagesOf(
  panel: PanelId,
): (scenario: string, options?: Omit<OpenOptions, 'scenario'>) => Promise<Page> {
  let pages: Pages;
  let current: OpenedPage | undefined;
  beforeAll(async () => {
    pages = await Pages.start();
  });
  afterAll(() => pages.close());
  beforeEach(() => {
    current = undefined;
  });
  afterEach(async () => {
    expect(current?.problems ?? []).toEqual([]);
    await current?.page.close();
  });
  return async (scenario, options = {}) => {
    current = await pages.open(panel, { scenario, ...options });
    return current.page;
  };
}

export const chart = (page: Page, metric: string) => page.getByRole('group', { name: `${metric} chart` });

/** The sentence that stands for the picture. */
export const summaryOf = (page: Page, metric: string) =>
  chart(page, metric).getByRole('img').getAttribute('aria-label');
