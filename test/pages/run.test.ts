import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { opened, picture, walk } from './pages.ts';
import { chart, pagesOf, summaryOf } from './panel.ts';

const open = pagesOf('run');

const card = (page: Page, metric: string) => page.getByRole('region', { name: metric, exact: true });

describe('a finished run', () => {
  it('reads well to somebody who does not see it', async () => {
    const page = await open('finished');
    await expect.poll(() => summaryOf(page, 'loss')).toContain('200 values');
    await expect(await page.locator('body').ariaSnapshot()).toMatchFileSnapshot(
      'golden/run-finished.aria.txt',
    );
  });

  it('opens its changes, script, previous run and a choice of runs to compare with', async () => {
    const page = await open('finished');
    await page.getByRole('button', { name: '+ 2 changes' }).click();
    await page.getByRole('button', { name: 'Open Script' }).click();
    await page.getByRole('button', { name: 'odd-finch' }).click();
    await page.getByRole('button', { name: 'Compare with…' }).click();
    expect(await opened(page)).toEqual([
      { kind: 'artifact', run: 'a', path: 'code/uncommitted.patch' },
      { kind: 'script', path: 'train.py' },
      { kind: 'compare', runs: ['z', 'a'] },
      { kind: 'chooseRuns', runs: ['a'] },
    ]);
  });

  it('names the editor tab after the run', async () => {
    const page = await open('finished');
    await expect.poll(() => page.title()).toBe('calm-heron');
  });

  it.each(['Log', 'Metrics', 'Artifacts', 'Code', 'Environment'])(
    'shows %s, and again after a reload',
    async (tab) => {
      const page = await open('finished');
      await page.getByRole('tab', { name: tab }).click();
      const panel = page.getByRole('tabpanel').filter({ visible: true });
      await panel.locator('table, .log, .files').first().waitFor();
      await expect(await panel.ariaSnapshot()).toMatchFileSnapshot(
        `golden/run-${tab.toLowerCase()}.aria.txt`,
      );
      await picture(page, `run-${tab.toLowerCase()}-dark`);
      await page.reload();
      await expect.poll(() => page.getByRole('tab', { selected: true }).textContent()).toBe(tab);
      await panel.locator('table, .log, .files').first().waitFor();
    },
  );

  it('opens folders and files of its artifacts', async () => {
    const page = await open('finished');
    await page.getByRole('tab', { name: 'Artifacts' }).click();
    await page.getByRole('button', { name: 'figures' }).click();
    await page.getByRole('button', { name: 'confusion.svg' }).click();
    expect(await opened(page)).toEqual([{ kind: 'artifact', run: 'a', path: 'figures/confusion.svg' }]);
  });

  it('can be used without a mouse, and shows where the focus is', async () => {
    const page = await open('finished');
    await expect.poll(() => summaryOf(page, 'loss')).toContain('200 values');
    const { names, unmarked } = await walk(page);
    expect(names).toEqual([
      '+ 2 changes',
      'Compare with…',
      'Open Script',
      'Add Note',
      'Charts',
      'tab panel',
      'Axis',
      'Logarithmic',
      'Show as Table: accuracy',
      'accuracy chart',
      'Show as Table: learning_rate',
      'learning_rate chart',
      'Show as Table: loss',
      'loss chart',
      'odd-finch',
      'Add Tag',
      'Edit Tag: stage',
      'Remove Tag: stage',
    ]);
    expect(unmarked).toEqual([]);
    await page.getByRole('tab', { name: 'Charts' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.getByRole('log').waitFor();
  });

  it('fits a narrow editor column', async () => {
    const page = await open('finished', { width: 420, height: 900 });
    await expect.poll(() => summaryOf(page, 'accuracy')).toContain('200 values');
    await picture(page, 'run-narrow-dark');
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
  });
});

describe('charts', () => {
  it('show their numbers as a table one key away, and come back with the same key', async () => {
    const page = await open('finished');
    await chart(page, 'accuracy').focus();
    await page.keyboard.press('t');
    const table = page.getByRole('region', { name: 'accuracy as a table' });
    expect(await table.getByRole('row').count()).toBe(201);
    expect(await table.locator('caption').textContent()).toBe('all 200 values');
    await picture(page, 'run-chart-table-dark');
    await page.keyboard.press('t');
    await chart(page, 'accuracy').waitFor();
    expect(await chart(page, 'accuracy').evaluate((element) => element === document.activeElement)).toBe(
      true,
    );
  });

  it('are read with the arrow keys, all at the same step', async () => {
    const page = await open('finished');
    await expect.poll(() => summaryOf(page, 'accuracy')).toContain('200 values');
    await chart(page, 'accuracy').focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => card(page, 'accuracy').locator('.readout').textContent()).toContain('step 199');
    await expect.poll(() => card(page, 'loss').locator('.readout').textContent()).toContain('step 199');
    await expect.poll(() => page.getByRole('status').textContent()).toMatch(/^calm-heron 0\.9\d+$/);
    await picture(page, 'run-crosshair-dark');
  });

  it('fetch the detail of a stretch that is dragged over, and everything again on a double click', async () => {
    const page = await open('stream');
    await page.evaluate(() => {
      for (let tick = 0; tick < 100; tick += 1) {
        window.fake.tick?.();
      }
    });
    await expect.poll(() => summaryOf(page, 'loss')).toContain('200,000 values');
    const box = (await chart(page, 'loss').boundingBox())!;
    await page.mouse.move(box.x + 150, box.y + 80);
    await page.mouse.down();
    await page.mouse.move(box.x + 153, box.y + 80, { steps: 3 });
    await page.mouse.move(box.x + 160, box.y + 80, { steps: 3 });
    await page.mouse.up();
    const zoomed = /^loss: ([\d,]+) values, step ([\d,]+) to ([\d,]+);/;
    await expect
      .poll(async () => {
        const count = zoomed.exec((await summaryOf(page, 'loss')) ?? '')?.[1];
        return Number(count?.replaceAll(',', ''));
      })
      .toBeLessThan(10_000);
    await page.getByRole('button', { name: 'Reset Zoom: loss' }).waitFor();
    await page.mouse.dblclick(box.x + 150, box.y + 80);
    await expect.poll(() => summaryOf(page, 'loss')).toContain('200,000 values');
  });

  it('can be dragged over while values pour in, and give up the answer that nobody wants any more', async () => {
    const page = await open('live');
    await expect.poll(() => summaryOf(page, 'loss')).toContain('80 values');
    await page.evaluate(() => {
      window.fake.hold('experiments/getSeries');
      window.fake.tick?.();
    });
    const box = (await chart(page, 'loss').boundingBox())!;
    await page.mouse.move(box.x + 100, box.y + 80);
    await page.mouse.down();
    await page.mouse.move(box.x + 150, box.y + 80, { steps: 4 });
    await page.evaluate(() => window.fake.release('experiments/getSeries'));
    await expect.poll(() => summaryOf(page, 'loss')).toContain('81 values');
    await page.evaluate(() => {
      window.fake.hold('experiments/getSeries');
      window.fake.tick?.();
    });
    await expect
      .poll(() => page.evaluate(() => window.fake.heldCount('experiments/getSeries')))
      .toBeGreaterThan(0);
    await page.mouse.move(box.x + 200, box.y + 80, { steps: 4 });
    await page.mouse.up();
    await expect
      .poll(() => page.evaluate(() => window.fake.sent.filter(({ kind }) => kind === 'cancel').length))
      .toBe(1);
    await page.evaluate(() => window.fake.release('experiments/getSeries'));
    await expect
      .poll(async () => {
        const [, first, last] = /step (\d+) to (\d+)/.exec((await summaryOf(page, 'loss')) ?? '') ?? [];
        return Number(last) - Number(first);
      })
      .toBeLessThan(50);
  });

  it('take the colours of the theme that the user changes to', async () => {
    const page = await open('finished');
    await expect.poll(() => summaryOf(page, 'accuracy')).toContain('200 values');
    const redPixels = () =>
      card(page, 'accuracy')
        .locator('canvas')
        .evaluate((canvas: HTMLCanvasElement) => {
          const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', {
            willReadFrequently: true,
          })!;
          copy.drawImage(canvas, 0, 0);
          const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
          let count = 0;
          for (let at = 0; at < data.length; at += 4) {
            count +=
              data[at]! > 200 && data[at + 1]! < 50 && data[at + 2]! < 50 && data[at + 3]! > 200 ? 1 : 0;
          }
          return count;
        });
    expect(await redPixels()).toBe(0);
    await page.evaluate(() => document.documentElement.style.setProperty('--vscode-charts-blue', '#ff0000'));
    await expect.poll(redPixels).toBeGreaterThan(50);
  });

  it('zoom with the keyboard', async () => {
    const page = await open('finished');
    await expect.poll(() => summaryOf(page, 'accuracy')).toContain('200 values');
    await chart(page, 'accuracy').focus();
    await page.keyboard.press('+');
    await expect.poll(() => summaryOf(page, 'accuracy')).toContain('step 50 to 151');
    await page.keyboard.press('0');
    await expect.poll(() => summaryOf(page, 'accuracy')).toContain('step 1 to 200');
  });

  it('say what they cannot draw', async () => {
    const page = await open('failed');
    await card(page, 'loss').getByText('20 values are NaN. 1 value is infinite.').waitFor();
    expect(await card(page, 'loss').locator('.chart-latest').textContent()).toBe('NaN');
  });

  it('keep the chosen axis after a reload', async () => {
    const page = await open('finished');
    await page.getByText('Logarithmic').click();
    await page.reload();
    await chart(page, 'loss').waitFor();
    expect(await page.getByRole('checkbox', { name: 'Logarithmic' }).isChecked()).toBe(true);
    await picture(page, 'run-logarithmic-dark');
  });

  it('of 200 metrics are mounted only where they are seen', async () => {
    const page = await open('many');
    await expect.poll(() => page.locator('canvas').count()).toBeGreaterThan(0);
    expect(await page.locator('.card').count()).toBe(200);
    expect(await page.locator('canvas').count()).toBeLessThan(20);
    const asked = () =>
      page.evaluate(() =>
        window.fake.sent.flatMap((message) =>
          message.kind === 'request' && message.method === 'experiments/getSeries'
            ? (message.parameters as { metrics: string[] }).metrics
            : [],
        ),
      );
    expect((await asked()).length).toBeLessThan(40);
    await page.getByRole('searchbox', { name: 'Filter metrics' }).fill('layer_199/');
    await expect.poll(() => summaryOf(page, 'layer_199/gradient_norm')).toContain('300 values');
    expect(await page.locator('.card').count()).toBe(1);
  });
});

describe('a live run', () => {
  it('appends what is logged, and tells when it has ended', async () => {
    const page = await open('live');
    await expect.poll(() => summaryOf(page, 'loss')).toContain('80 values');
    await page.evaluate(() => window.fake.tick?.());
    await expect.poll(() => summaryOf(page, 'loss')).toContain('81 values');
    await page.evaluate(() => window.fake.change('a', { state: 'finished', endTime: Date.now() }));
    await expect.poll(() => page.getByRole('status').textContent()).toBe('Run brisk-otter finished.');
    expect(await page.getByRole('button', { name: 'Stop' }).count()).toBe(0);
  });

  it('is stopped with its button', async () => {
    const page = await open('live');
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.locator('.facts').getByText('killed').waitFor();
    expect(await page.getByRole('status').textContent()).toBe('Run brisk-otter was stopped.');
  });

  it('says why it could not be stopped', async () => {
    const page = await open('live');
    await page.evaluate(() =>
      window.fake.failures.set('experiments/stopRun', {
        code: 'x',
        message: 'The run belongs to another computer.',
      }),
    );
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('alert').getByText('The run belongs to another computer.').waitFor();
  });

  it('never has two requests for its curves under way, however fast the news', async () => {
    const page = await open('live');
    await expect.poll(() => summaryOf(page, 'loss')).toContain('80 values');
    const asked = () =>
      page.evaluate(
        () =>
          window.fake.sent.filter(
            (message) => message.kind === 'request' && message.method === 'experiments/getSeries',
          ).length,
      );
    await page.evaluate(() => window.fake.hold('experiments/getSeries'));
    const before = await asked();
    await page.evaluate(() => {
      for (let tick = 0; tick < 50; tick += 1) {
        window.fake.tick?.();
      }
    });
    await expect.poll(asked).toBe(before + 1);
    await page.evaluate(() => window.fake.release('experiments/getSeries'));
    await expect.poll(() => summaryOf(page, 'loss')).toContain('130 values');
    expect(await asked()).toBeLessThanOrEqual(before + 2);
  });
});

describe('the log', () => {
  const log = (page: Page) => page.getByRole('log');
  const distanceToEnd = (page: Page) =>
    log(page).evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight);

  async function openLog(scenario: string): Promise<Page> {
    const page = await open(scenario);
    await page.getByRole('tab', { name: 'Log' }).click();
    await log(page).waitFor();
    return page;
  }

  it('shows progress bars by their last state, and colours by the theme', async () => {
    const page = await openLog('finished');
    const text = (await log(page).textContent())!;
    expect(text).toMatch(/^loading 100 %\nread 344 rows\n/);
    expect(text).not.toContain('\u001b');
    expect(await log(page).locator('.ansi-green').textContent()).toBe('accuracy 0.977');
  });

  it('follows its end until the user scrolls up, and again after Scroll to End', async () => {
    const page = await openLog('finished');
    expect(await distanceToEnd(page)).toBeLessThan(2);
    const print = (text: string) => page.evaluate((more) => window.fake.print('a', more), text);
    await print('one more line\n');
    await expect.poll(() => log(page).textContent()).toContain('one more line');
    expect(await distanceToEnd(page)).toBeLessThan(2);

    await log(page).hover();
    await page.mouse.wheel(0, -600);
    await page.getByRole('button', { name: 'Scroll to End' }).waitFor();
    const place = await log(page).evaluate((element) => element.scrollTop);
    await print('a line that nobody follows\n');
    await expect.poll(() => log(page).textContent()).toContain('a line that nobody follows');
    expect(await log(page).evaluate((element) => element.scrollTop)).toBe(place);

    await page.getByRole('button', { name: 'Scroll to End' }).click();
    await expect.poll(() => distanceToEnd(page)).toBeLessThan(2);
    await print('the last line\n');
    await expect.poll(() => log(page).textContent()).toContain('the last line');
    expect(await distanceToEnd(page)).toBeLessThan(2);
  });

  it('of a talkative script is shown from its end, with earlier parts on request', async () => {
    const page = await openLog('long-log');
    await expect.poll(() => log(page).textContent()).toContain('line 60000 of');
    expect((await log(page).textContent())!.length).toBeLessThan(1_400_000);
    await picture(page, 'run-log-long-dark');
    const firstLine = async () => Number(/line (\d+) of/.exec((await log(page).textContent())!)?.[1]);
    const before = await firstLine();
    await page.getByRole('button', { name: 'Show Earlier' }).click();
    await expect.poll(firstLine).toBeLessThan(before);
    expect(await distanceToEnd(page)).toBeGreaterThan(1_000);
  });

  it('is where a failure leads', async () => {
    const page = await open('failed');
    await page.getByText("KeyError: 'sex'").waitFor();
    await page.getByRole('button', { name: 'Show Log' }).click();
    await expect.poll(() => log(page).textContent()).toContain('Traceback (most recent call last)');
  });

  it('is shown when the client asks for it', async () => {
    const page = await open('finished');
    await chart(page, 'loss').waitFor();
    await page.evaluate(() => window.fake.say({ kind: 'show', tab: 'log' }));
    await log(page).waitFor();
  });
});

describe('when something is missing', () => {
  it.each([
    ['scheduled', 'A chart will appear here for each metric that the script logs, and grow while it runs.'],
    ['no-metrics', 'This run logged no metrics.'],
    ['missing', 'This run no longer exists.'],
  ])('a run (%s) explains itself', async (scenario, sentence) => {
    const page = await open(scenario);
    await page.getByText(sentence).waitFor();
    await picture(page, `run-${scenario}-dark`);
  });

  it('the page says that the service is away, keeps what it shows, and is fresh again afterwards', async () => {
    const page = await open('live');
    await expect.poll(() => summaryOf(page, 'loss')).toContain('80 values');
    await page.evaluate(() =>
      window.fake.say({ kind: 'offline', message: 'The service is away. It is being started again.' }),
    );
    await page.getByText('The service is away. It is being started again.').waitFor();
    expect(await summaryOf(page, 'loss')).toContain('80 values');
    await picture(page, 'run-offline-dark');
    await page.evaluate(() => window.fake.say({ kind: 'refresh' }));
    await page.getByText('The service is away.').waitFor({ state: 'detached' });
  });

  it('an error offers to try again', async () => {
    const page = await open('finished');
    await chart(page, 'loss').waitFor();
    const failure = { code: 'x', message: 'The run could not be read. Nothing was changed.' };
    await page.evaluate((error) => {
      window.fake.failures.set('experiments/getRuns', error);
      window.fake.say({ kind: 'refresh' });
    }, failure);
    await page.getByRole('alert').getByText(failure.message).waitFor();
    await picture(page, 'run-error-dark');
    await page.evaluate(() => window.fake.failures.clear());
    await page.getByRole('button', { name: 'Try Again' }).click();
    await page.getByRole('alert').waitFor({ state: 'detached' });
  });
});
