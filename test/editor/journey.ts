import type { FrameLocator, Locator } from 'playwright-core';
import { until } from './harness/waiting.ts';
import type { Workbench } from './harness/workbench.ts';

/** What a data scientist does in the window, in clicks and keys; the demo and the tests share it. */

const runEnds = { timeout: 90_000 };

export async function openExperiments(workbench: Workbench): Promise<void> {
  await workbench.openView('MLOps', 'Experiments');
}

export interface OpenedRun {
  readonly name: string;
  readonly page: FrameLocator;
}

/** Clicks the button at the upper right of the script, and returns the run that opens; `known` are those before it. */
export async function runExperiment(workbench: Workbench, known: readonly string[] = []): Promise<OpenedRun> {
  await workbench.editorTitleAction('Run Experiment');
  return openedRun(workbench, known);
}

/** Chooses each parameter from the list, types its value, and runs. */
export async function runWithParameters(
  workbench: Workbench,
  changes: Readonly<Record<string, string>>,
  known: readonly string[] = [],
): Promise<OpenedRun> {
  await workbench.runCommand('MLOps: Run with Parameters…');
  const input = workbench.quickInput();
  for (const [key, value] of Object.entries(changes)) {
    await input.pick(key);
    await workbench.page.getByText('Now ', { exact: false }).last().waitFor();
    await input.type(value);
    await input.accept();
    await input.row(new RegExp(`${key}.*${value} \\(was`)).waitFor();
  }
  await input.pick(/Run .*\.(py|js|mjs|ts)/);
  return openedRun(workbench, known);
}

/** The page of a run takes the place of the one before it, so it is looked for anew until its name is a new one. */
async function openedRun(workbench: Workbench, known: readonly string[]): Promise<OpenedRun> {
  let found: OpenedRun | undefined;
  await until('the page of a new run', async () => {
    const page = await workbench.webview();
    const name = await runName(page).catch(() => '');
    found = name && !known.includes(name) ? { name, page } : undefined;
    return found !== undefined;
  });
  return found!;
}

export async function runName(page: FrameLocator): Promise<string> {
  return (await page.locator('workbench-run-header h1').textContent({ timeout: 2_000 })) ?? '';
}

/** The row of a run in the tree, in a given state. */
export function runRow(workbench: Workbench, name: string, state = ''): Locator {
  return workbench.page
    .getByRole('tree', { name: 'Experiments', exact: true })
    .locator(`[role="treeitem"][aria-label^="${name}, ${state}"]`);
}

export async function waitForState(workbench: Workbench, name: string, state: string): Promise<void> {
  await runRow(workbench, name, state).waitFor({ timeout: runEnds.timeout });
}

/** The sentence that says what a chart shows, for those who cannot see it. */
export async function chartSummary(page: FrameLocator, metric: string): Promise<string> {
  const card = page.locator(`section[data-metric="${metric}"]`);
  // Charts out of sight are not drawn.
  await card.scrollIntoViewIfNeeded();
  const canvas = card.locator('canvas');
  return (await canvas.getAttribute('aria-label', { timeout: 30_000 })) ?? '';
}

/** How many values a run's chart has drawn so far. */
export async function valuesDrawn(page: FrameLocator, metric: string): Promise<number> {
  const [, count = '0'] = /: ([\d,]+) values?/.exec(await chartSummary(page, metric)) ?? [];
  return Number(count.replaceAll(',', ''));
}

/** True once the chart has grown by itself since it was looked at first. */
export async function watchChartGrow(page: FrameLocator, metric: string): Promise<[number, number]> {
  await until(`${metric} to have values`, async () => (await valuesDrawn(page, metric)) > 1);
  const first = await valuesDrawn(page, metric);
  await until(
    `${metric} to grow beyond ${first} values`,
    async () => (await valuesDrawn(page, metric)) > first,
  );
  return [first, await valuesDrawn(page, metric)];
}

/** Selects both rows in the tree, as with Ctrl held, and picks Compare Runs from the menu. */
export async function compareRuns(workbench: Workbench, names: readonly string[]): Promise<FrameLocator> {
  const rows = names.map((name) => runRow(workbench, name));
  // A tree that draws itself anew under the pointer can lose a click: a person looks at the selection, and goes on.
  await until('the runs to be selected', async () => {
    for (const [position, row] of rows.entries()) {
      await row.click(position === 0 ? {} : { modifiers: ['ControlOrMeta'] });
    }
    const selected = await Promise.all(rows.map((row) => row.getAttribute('aria-selected')));
    return selected.every((value) => value === 'true');
  });
  await workbench.contextMenu(rows.at(-1)!, 'Compare Runs');
  const page = await workbench.webview(names.join(' ↔ '));
  await page.getByRole('region', { name: 'Comparison' }).waitFor();
  return page;
}

/** Right-clicks the file in the explorer, types what changed, and waits for the answer. */
export async function versionDataset(
  workbench: Workbench,
  names: readonly string[],
  message: string,
): Promise<string> {
  const answer = workbench.notification(/is now v\d+|is unchanged since/);
  if (await answer.locator.isVisible()) {
    // The answer to another question, still to be read.
    await workbench.clearNotifications();
  }
  await workbench.openView('Explorer');
  const row = await explorerRow(workbench, names);
  await workbench.contextMenu(row, 'Version This Dataset');
  await workbench.quickInput().type(message);
  await workbench.quickInput().accept();
  await answer.waitFor();
  return answer.message();
}

export async function explorerRow(workbench: Workbench, names: readonly string[]): Promise<Locator> {
  const tree = workbench.page.getByRole('tree', { name: 'Files Explorer' });
  const rows = names.map((name) => tree.getByRole('treeitem', { name, exact: true }));
  for (const [position, row] of rows.entries()) {
    await untilListed(workbench, row);
    if (position < rows.length - 1) {
      await workbench.expand(row);
    }
  }
  return rows.at(-1)!;
}

/** VS Code may miss a file that is written while its window starts: a person has the list made anew. */
async function untilListed(workbench: Workbench, row: Locator): Promise<void> {
  await until('the file to be listed', async () => {
    const listed = await row.waitFor({ timeout: 10_000 }).then(
      () => true,
      () => false,
    );
    if (!listed) {
      await workbench.runCommand('Refresh Explorer');
    }
    return listed;
  });
}
