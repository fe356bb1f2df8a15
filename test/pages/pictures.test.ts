import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Pages, picture } from './pages.ts';

let pages: Pages;

beforeAll(async () => {
  pages = await Pages.start();
});

afterAll(() => pages.close());

const themes = ['dark', 'light', 'high-contrast'] as const;

describe.each(themes)('in the %s theme', (theme) => {
  it.each([
    ['run', 'finished', 'accuracy'],
    ['run', 'live', 'accuracy'],
    ['run', 'failed', 'loss'],
    ['compare', 'six', 'accuracy'],
  ] as const)('the %s page (%s) is drawn without a problem', async (panel, scenario, metric) => {
    const { page, problems } = await pages.open(panel, { scenario, theme });
    await page.getByRole('group', { name: `${metric} chart` }).waitFor();
    await page.waitForFunction(
      (name) => document.querySelector(`[data-metric="${name}"] canvas`)?.ariaLabel?.includes('latest'),
      metric,
    );
    await picture(page, `${panel}-${scenario}-${theme}`);
    expect(problems).toEqual([]);
    await page.close();
  });
});
