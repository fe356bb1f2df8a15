import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { opened, picture, walk } from './pages.ts';
import { chart, pagesOf, summaryOf } from './panel.ts';

const open = pagesOf('run');

/** What the page asked the service to write, in order. */
function written(page: Page): Promise<unknown[]> {
  return page.evaluate(() =>
    window.fake.sent.flatMap((message) =>
      message.kind === 'request' && message.method === 'experiments/setRunTags' ? [message.parameters] : [],
    ),
  );
}

const noteArea = (page: Page) => page.getByRole('textbox', { name: 'Note' });
const note = (page: Page) => page.locator('section.note');
const focused = (page: Page) =>
  page.evaluate(
    () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent?.trim(),
  );

describe('the note of a run', () => {
  it('is written, saved and read without the mouse', async () => {
    const page = await open('finished');
    await page.getByRole('button', { name: 'Add Note' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => focused(page)).toBe('Note');
    await page.keyboard.type('First line');
    await page.keyboard.press('Enter');
    await page.keyboard.type('Second line');
    await page.keyboard.press('Control+Enter');
    await expect.poll(() => note(page).textContent()).toBe('First line\nSecond line');
    await expect.poll(() => focused(page)).toBe('Edit Note');
    expect(await page.getByRole('status').textContent()).toBe('The note is saved.');
    expect(await written(page)).toEqual([
      { runs: ['a'], tags: { 'mlflow.note.content': 'First line\nSecond line' } },
    ]);
  });

  it('stays as it was after Cancel and Escape, and goes when nothing is left of it', async () => {
    const page = await open('kept');
    const before = await note(page).textContent();
    for (const leave of [
      () => page.getByRole('button', { name: 'Cancel' }).click(),
      () => page.keyboard.press('Escape'),
    ]) {
      await page.getByRole('button', { name: 'Edit Note' }).click();
      expect(await noteArea(page).inputValue()).toBe(before);
      await page.keyboard.type(' and more');
      await leave();
      expect(await note(page).textContent()).toBe(before);
    }
    await page.getByRole('button', { name: 'Edit Note' }).click();
    await noteArea(page).fill('  \n');
    await page.getByRole('button', { name: 'Save' }).click();
    await note(page).waitFor({ state: 'detached' });
    expect(await written(page)).toEqual([{ runs: ['a'], tags: { 'mlflow.note.content': null } }]);
  });

  it('is not lost while it is written: not by a reload, not by news, not by a service that is away', async () => {
    const page = await open('kept');
    await page.getByRole('button', { name: 'Edit Note' }).click();
    await noteArea(page).fill('Half a thought');
    await page.evaluate(() => window.fake.change('a', { exitCode: 3 }));
    await page.reload();
    await expect.poll(() => noteArea(page).inputValue()).toBe('Half a thought');
    await page.evaluate(() =>
      window.fake.failures.set('experiments/setRunTags', { code: 'x', message: 'The service is away.' }),
    );
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').getByText('The service is away.').waitFor();
    expect(await noteArea(page).inputValue()).toBe('Half a thought');
    await page.evaluate(() => window.fake.failures.clear());
    await page.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => note(page).textContent()).toBe('Half a thought');
  });

  it('is ready to be written when the client asks for that', async () => {
    const page = await open('kept');
    await note(page).waitFor();
    await page.evaluate(() => window.fake.say({ kind: 'show', tab: 'note' }));
    await expect.poll(() => focused(page)).toBe('Note');
    await picture(page, 'run-note-dark');
  });
});

describe('tags', () => {
  const tag = (page: Page, key: string) =>
    page.locator('workbench-run-tags').getByRole('row').filter({ hasText: key });

  it('are added, changed and removed without the mouse', async () => {
    const page = await open('kept');
    await page.getByRole('button', { name: 'Add Tag' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => focused(page)).toBe('Name of the tag');
    await page.keyboard.type('reviewed');
    await page.keyboard.press('Tab');
    await page.keyboard.type('yes');
    await page.keyboard.press('Enter');
    await tag(page, 'reviewed').getByText('yes').waitFor();
    await expect.poll(() => focused(page)).toBe('Add Tag');

    await page.getByRole('button', { name: 'Edit Tag: stage' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => focused(page)).toBe('Value');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('candidate');
    await picture(page, 'run-tag-editor-dark');
    await page.keyboard.press('Enter');
    await tag(page, 'stage').getByText('candidate').waitFor();

    await page.getByRole('button', { name: 'Remove Tag: team/owner' }).focus();
    await page.keyboard.press('Enter');
    await tag(page, 'team/owner').waitFor({ state: 'detached' });
    expect(await written(page)).toEqual([
      { runs: ['a'], tags: { reviewed: 'yes' } },
      { runs: ['a'], tags: { stage: 'candidate' } },
      { runs: ['a'], tags: { 'team/owner': null } },
    ]);
  });

  it('that cannot be are refused with a sentence, and what was typed stays', async () => {
    const page = await open('kept');
    const message = '“a$b” cannot be the name of a tag. Nothing was changed.';
    await page.evaluate(
      (sentence) => window.fake.failures.set('experiments/setRunTags', { code: 'x', message: sentence }),
      message,
    );
    await page.getByRole('button', { name: 'Add Tag' }).click();
    await page.getByRole('textbox', { name: 'Name of the tag' }).fill('a$b');
    await page.getByRole('textbox', { name: 'Value' }).press('Enter');
    await page.getByRole('alert').getByText(message).waitFor();
    expect(await page.getByRole('textbox', { name: 'Name of the tag' }).inputValue()).toBe('a$b');
    await page.keyboard.press('Escape');
    await page.getByRole('alert').waitFor({ state: 'detached' });
  });

  it('of the Workbench and of MLflow are not shown as tags', async () => {
    const page = await open('kept');
    await tag(page, 'stage').waitFor();
    expect(await page.locator('workbench-run-tags tr').count()).toBe(2);
  });
});

describe('runs around a run', () => {
  it('are one click away: the one above and those below', async () => {
    const page = await open('kept');
    await page.getByRole('button', { name: 'learning-rate-sweep' }).click();
    await page.getByRole('button', { name: 'fold-2' }).click();
    expect(await opened(page)).toEqual([
      { kind: 'run', run: 'p' },
      { kind: 'run', run: 'c2' },
    ]);
  });

  it('a run that was deleted says so, and comes back with a button', async () => {
    const page = await open('deleted');
    await page.getByText('This run was deleted 4 min ago. What it logged is kept.').waitFor();
    await picture(page, 'run-deleted-dark');
    await page.getByRole('button', { name: 'Restore' }).click();
    await page.getByText('This run was deleted').waitFor({ state: 'detached' });
  });
});

describe('what the machine did', () => {
  const cpu = 'system/cpu_utilization_percentage';
  const section = (page: Page) => page.locator('details.system');

  it('is a closed section below the charts, drawn when it is opened, and open again after a reload', async () => {
    const page = await open('kept');
    await expect.poll(() => summaryOf(page, 'loss')).toContain('200 values');
    expect(await chart(page, cpu).count()).toBe(0);
    const asked = () =>
      page.evaluate(
        () =>
          window.fake.sent.filter(
            (message) => message.kind === 'request' && JSON.stringify(message.parameters).includes('system/'),
          ).length,
      );
    expect(await asked()).toBe(0);
    await section(page).locator('summary').focus();
    await page.keyboard.press('Enter');
    await chart(page, cpu).scrollIntoViewIfNeeded();
    await expect.poll(() => summaryOf(page, cpu)).toContain('30 values');
    expect(await asked()).toBeGreaterThan(0);
    await picture(page, 'run-system-dark');
    await page.reload();
    await chart(page, cpu).waitFor();
    await section(page).locator('summary').click();
    await chart(page, cpu).waitFor({ state: 'detached' });
  });

  it('is a table of its own among the metrics', async () => {
    const page = await open('kept');
    await page.getByRole('tab', { name: 'Metrics' }).click();
    const tables = page.getByRole('tabpanel').filter({ visible: true }).getByRole('table');
    await expect.poll(() => tables.count()).toBe(2);
    expect(await tables.first().textContent()).not.toContain('system/');
    expect(await tables.last().textContent()).toContain(cpu);
  });
});

it('what a script said that it reads stands with the data', async () => {
  const page = await open('kept');
  await page.getByRole('tab', { name: 'Code' }).click();
  const inputs = page.getByRole('table', { name: 'Logged inputs' });
  expect(await inputs.getByRole('row').allTextContents()).toHaveLength(3);
  expect((await inputs.getByRole('row').nth(1).innerText()).split(/\s+/)).toEqual([
    'penguins-train',
    'e3b0c442',
    'training',
  ]);
});

it('everything on the page is reached with Tab and shows where the focus is', async () => {
  const page = await open('kept');
  await expect.poll(() => summaryOf(page, 'loss')).toContain('200 values');
  const { names, unmarked } = await walk(page);
  expect(names).toEqual(
    expect.arrayContaining([
      'learning-rate-sweep',
      'Edit Note',
      'Note',
      'System 6 metrics',
      'fold-3',
      'Add Tag',
      'Edit Tag: stage',
      'Remove Tag: stage',
    ]),
  );
  expect(unmarked).toEqual([]);
});

it.each(['dark', 'light', 'high-contrast'] as const)('looks as it should in the %s theme', async (theme) => {
  const page = await open('kept', { theme, height: 1000 });
  await expect.poll(() => summaryOf(page, 'loss')).toContain('200 values');
  await picture(page, `run-kept-${theme}`);
  await page.locator('details.system summary').click();
  const cpu = 'system/cpu_utilization_percentage';
  await chart(page, cpu).scrollIntoViewIfNeeded();
  await expect.poll(() => summaryOf(page, cpu)).toContain('30 values');
  await picture(page, `run-kept-system-${theme}`);
});

it('fits a narrow editor column', async () => {
  const page = await open('kept', { width: 420, height: 900 });
  await page.getByRole('button', { name: 'Edit Note' }).click();
  await picture(page, 'run-kept-narrow-dark');
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBe(0);
});
