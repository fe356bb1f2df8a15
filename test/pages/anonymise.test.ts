import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { opened, picture, walk } from './pages.ts';
import { pagesOf } from './panel.ts';

const open = pagesOf('anonymise');

const preview = (page: Page) => page.getByRole('region', { name: 'Preview' });
const dial = (page: Page, name: 'Risk' | 'Use') => page.getByRole('meter', { name });
const column = (page: Page, name: string) => page.getByRole('button', { name: new RegExp(`^${name}, `) });
const method = (page: Page) => page.getByRole('combobox', { name: 'Method' });
const anonymiseButton = (page: Page) => page.getByRole('button', { name: 'Anonymise', exact: true });
const alerts = (page: Page) => page.getByRole('alert');
const focused = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));

/** The preview is of all choices so far. */
const isSettled = (page: Page) =>
  expect.poll(() => preview(page).getAttribute('aria-busy'), { timeout: 5000 }).toBe('false');

/** What the page sent by a method, in order. */
function sent(page: Page, name: string): Promise<unknown[]> {
  return page.evaluate(
    (wanted) =>
      window.fake.sent.flatMap((message) =>
        message.kind === 'request' && message.method === wanted ? [message.parameters] : [],
      ),
    name,
  );
}

const changes = async (page: Page) =>
  (await sent(page, 'privacy/changeRecipe')).map((parameters) => (parameters as { change: unknown }).change);

describe.each(['dark', 'light', 'high-contrast'] as const)('in the %s theme', (theme) => {
  it.each(['people', 'guaranteed', 'bad-recipe', 'no-key'])('a recipe (%s) is drawn', async (scenario) => {
    const page = await open(scenario, { theme, width: 1280, height: 860 });
    await column(page, 'patient').waitFor();
    if (scenario === 'people' || scenario === 'guaranteed') {
      await isSettled(page);
    }
    await picture(page, `anonymise-${scenario}-${theme}`);
  });
});

it('stacks where there is little room, and nothing but tables is wider than the page', async () => {
  for (const width of [900, 420]) {
    const page = await open('guaranteed', { width, height: 1400 });
    await isSettled(page);
    await picture(page, `anonymise-${width}-dark`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  }
});

describe('what was found', () => {
  it('is said with its confidence, its evidence and masked samples', async () => {
    const page = await open('people');
    expect(await column(page, 'mail').getAttribute('aria-label')).toBe(
      'mail, text, Direct identifier: e-mail addresses, certain',
    );
    expect(await column(page, 'diagnosis').getAttribute('aria-label')).toContain('special category');
    await column(page, 'mail').click();
    const item = page.getByRole('listitem').filter({ has: column(page, 'mail') });
    await item.getByText('99.8 % valid').waitFor();
    await item.getByText('m•••@•••.org').waitFor();
  });

  it('can be corrected: another role is a change of the recipe', async () => {
    const page = await open('people');
    await page.getByRole('combobox', { name: 'Role of visits' }).selectOption({ label: 'Sensitive' });
    await expect.poll(() => changes(page)).toEqual([{ kind: 'role', column: 'visits', role: 'sensitive' }]);
    expect(await column(page, 'visits').getAttribute('aria-current')).toBe('true');
    await page.getByText('Chosen by you.').waitFor();
  });

  it('is found by its name among ten thousand columns', async () => {
    const page = await open('many-columns');
    await page.getByText('The first 200 of 10,000 columns.').waitFor();
    await page.getByRole('searchbox', { name: 'Find columns' }).fill('gene_09999');
    await column(page, 'gene_09999').click();
    expect(await page.locator('.column-item').count()).toBe(1);
    await page.getByRole('heading', { name: 'gene_09999' }).waitFor();
  });
});

describe('a choice', () => {
  it('moves preview and dials', async () => {
    const page = await open('people');
    await isSettled(page);
    const risk = Number(await dial(page, 'Risk').getAttribute('aria-valuenow'));
    await preview(page).getByText('Marie Kempen').waitFor();
    await column(page, 'patient').click();
    await method(page).selectOption({ label: 'Keep' });
    await isSettled(page);
    expect(Number(await dial(page, 'Risk').getAttribute('aria-valuenow'))).toBeGreaterThan(risk);
    await page.getByText('Everybody who sees this table knows who is in it.').waitFor();
    await page.getByRole('status').getByText('Risk 100 %, use ').waitFor({ state: 'attached' });
    await method(page).selectOption({ label: 'Drop the column' });
    await isSettled(page);
    await page.getByText('Not in the output: patient, mail, phone.').waitFor();
    expect(await preview(page).getByText('Marie Kempen').count()).toBe(0);
    expect(await changes(page)).toMatchObject([{ method: { id: 'keep' } }, { method: { id: 'drop' } }]);
  });

  it('stays while answers to earlier ones come', async () => {
    const page = await open('people');
    await isSettled(page);
    await column(page, 'patient').click();
    await page.evaluate(() => window.fake.hold('privacy/changeRecipe'));
    await method(page).selectOption({ label: 'Keep' });
    await method(page).selectOption({ label: 'Mask' });
    await page.evaluate(() => window.fake.release('privacy/changeRecipe'));
    await isSettled(page);
    expect(await method(page).inputValue()).toBe('mask');
    await preview(page).getByText('Ma*********').waitFor();
  });

  it('of an option is checked before it is sent', async () => {
    const page = await open('people');
    await column(page, 'patient').click();
    const length = page.getByRole('textbox', { name: 'Characters of the code' });
    await length.fill('99');
    await length.press('Enter');
    await alerts(page).getByText('Characters of the code must be 8 to 48.').waitFor();
    expect(await length.getAttribute('aria-invalid')).toBe('true');
    await picture(page, 'anonymise-option-problem-dark');
    expect(await changes(page)).toEqual([]);
    await length.fill('12');
    await length.press('Enter');
    await alerts(page).waitFor({ state: 'detached' });
    expect(await changes(page)).toEqual([
      { kind: 'method', column: 'patient', method: { id: 'pseudonym', options: { length: 12 } } },
    ]);
  });

  it('of an option can be taken back, and what nobody chose is not shown as chosen', async () => {
    const page = await open('people');
    await column(page, 'birth_date').click();
    const unit = page.getByRole('combobox', { name: 'To' });
    expect(await unit.inputValue()).toBe('');
    await unit.selectOption({ label: 'Decade' });
    await page.getByRole('textbox', { name: 'Level' }).fill('2');
    await page.getByRole('textbox', { name: 'Level' }).press('Enter');
    await unit.selectOption('');
    await page.getByRole('textbox', { name: 'Level' }).fill('');
    await page.getByRole('textbox', { name: 'Level' }).press('Enter');
    await expect
      .poll(async () => (await changes(page)).map((change) => (change as { method: object }).method))
      .toMatchObject([
        { options: { to: 'decade' } },
        { options: { to: 'decade', level: 2 } },
        { options: { level: 2 } },
        { options: {} },
      ]);
    expect(await alerts(page).count()).toBe(0);
  });

  it('of the guarantee leaves rows out, which are struck through', async () => {
    const page = await open('people');
    await isSettled(page);
    await page.getByRole('checkbox', { name: 'Nobody stands alone' }).check();
    await isSettled(page);
    const struck = preview(page).locator('tr.suppressed');
    expect(await struck.textContent()).toContain('left out:');
    await preview(page).getByText('84 rows of the whole table will be left out').waitFor();
    await page.getByRole('textbox', { name: 'Rows left out' }).fill('2.5');
    await page.getByRole('button', { name: 'Protect a Sensitive Column…' }).click();
    await page
      .getByRole('combobox', { name: 'Criterion for diagnosis' })
      .selectOption({ label: 't-closeness' });
    await expect
      .poll(async () => (await changes(page)).at(-1))
      .toEqual({
        kind: 'guarantee',
        guarantee: {
          k: 5,
          suppressionLimit: 0.025,
          recoding: 'global',
          sensitive: [{ column: 'diagnosis', criterion: 'tCloseness', t: 0.2, distance: 'equal' }],
        },
      });
  });

  it('of a distance is of its column alone', async () => {
    const page = await open('people');
    await isSettled(page);
    await page.getByRole('checkbox', { name: 'Nobody stands alone' }).check();
    const protect = page.getByRole('button', { name: 'Protect a Sensitive Column…' });
    await protect.click();
    await protect.click();
    const criterion = page.getByRole('group', { name: 'Protection of diagnosis' }).nth(1);
    await criterion
      .getByRole('combobox', { name: 'Criterion for diagnosis' })
      .selectOption({ label: 't-closeness' });
    await criterion.getByRole('combobox', { name: 'Distance between values' }).selectOption('ordered');
    await expect
      .poll(async () => (await changes(page)).at(-1))
      .toMatchObject({
        guarantee: {
          sensitive: [
            { column: 'diagnosis', criterion: 'distinctL', l: 2 },
            { column: 'diagnosis', criterion: 'tCloseness', t: 0.2, distance: 'ordered' },
          ],
        },
      });
  });

  it('of levels keeps them, once the page has said how well they are proven', async () => {
    const page = await open('guaranteed', { width: 1280, height: 1200 });
    await isSettled(page);
    await page.getByText('found in 2 s, not proven to be the best: 12,480 of 340,200 were tried.').waitFor();
    await picture(page, 'anonymise-not-proven-dark');
    await page.getByRole('button', { name: 'Keep These Levels' }).click();
    await page.getByText('The levels are kept as they are: birth_date 2, postcode 1.').waitFor();
    expect((await changes(page)).at(-1)).toEqual({
      kind: 'levels',
      levels: { birth_date: 2, postcode: 1 },
    });
    await page.getByRole('button', { name: 'Search the Levels Again' }).click();
    await page.getByRole('button', { name: 'Keep These Levels' }).waitFor();
    expect((await changes(page)).at(-1)).toEqual({ kind: 'levels', levels: null });
  });

  it('of a hierarchy writes it down first, and opens it where it stands', async () => {
    const page = await open('people');
    await isSettled(page);
    await column(page, 'postcode').click();
    await page.getByRole('button', { name: 'Edit in Recipe' }).click();
    await expect
      .poll(async () => (await changes(page)).at(-1))
      .toEqual({ kind: 'hierarchy', column: 'postcode', as: 'rule' });
    const opening = { kind: 'recipe', path: 'data/patients.anonymise.yaml', line: 12 };
    await expect.poll(async () => (await sent(page, 'panel/open')).at(-1)).toEqual(opening);
    await page.getByRole('button', { name: 'Edit in Recipe' }).click();
    await expect.poll(async () => (await sent(page, 'panel/open')).length).toBe(2);
    expect(
      (await changes(page)).filter((change) => (change as { kind: string }).kind === 'hierarchy'),
    ).toHaveLength(1);
  });

  it('of noisy counts are made when all columns have categories, and can be changed and taken out', async () => {
    const page = await open('people', { width: 1280, height: 1500 });
    await isSettled(page);
    await page.getByRole('button', { name: 'Add Noisy Counts…' }).click();
    const form = page.getByRole('region', { name: 'Noisy counts' });
    await form.getByRole('combobox', { name: 'Column to count by' }).selectOption('sex');
    expect(await changes(page)).toEqual([]);
    await form.getByRole('textbox', { name: 'Its categories' }).fill('F, M');
    await form.getByRole('textbox', { name: 'Its categories' }).press('Enter');
    const made = { name: 'counts-1', epsilon: 1, delta: 0, rowsPerPerson: 1, subject: null };
    const by = [{ column: 'sex', categories: ['F', 'M'] }];
    await expect
      .poll(async () => (await changes(page)).at(-1))
      .toEqual({ kind: 'counts', name: 'counts-1', counts: { ...made, by } });
    await form.getByRole('textbox', { name: 'ε' }).fill('30');
    await form.getByRole('textbox', { name: 'ε' }).press('Enter');
    await form.getByRole('alert').waitFor();
    await form.getByRole('textbox', { name: 'ε' }).fill('0.5');
    await form.getByRole('textbox', { name: 'ε' }).press('Enter');
    await expect
      .poll(async () => (await changes(page)).at(-1))
      .toMatchObject({ counts: { ...made, by, epsilon: 0.5 } });
    await picture(page, 'anonymise-counts-dark');
    await form.getByRole('button', { name: 'Remove counts-1' }).click();
    await expect
      .poll(async () => (await changes(page)).at(-1))
      .toEqual({ kind: 'counts', name: 'counts-1', counts: null });
    expect(await form.getByRole('group', { name: 'counts-1' }).count()).toBe(0);
  });

  it('of noisy counts say what the release has spent, with what was asked before', async () => {
    const page = await open('people', { width: 1280, height: 1500 });
    await isSettled(page);
    await page.evaluate(() => {
      const { recipe } = window.fake;
      const by = [{ column: 'sex', categories: ['F', 'M'] }];
      const counts = { name: 'sexes', by, epsilon: 1, delta: 0, rowsPerPerson: 1, subject: null };
      const ofRelease = { epsilon: 1.5, delta: 0 };
      const budget = { epsilon: 1, delta: 0, parts: [{ kind: 'counts', ...counts } as const], ofRelease };
      recipe!.edit({ release: 'spring', counts: [counts], budget });
      const news = { recipe: recipe!.state.recipe, version: recipe!.state.version };
      window.fake.say({ kind: 'news', method: 'privacy/recipeChanged', parameters: news });
    });
    await page
      .getByText(
        'ε = 1 in all: noisy columns and counts add up. ' +
          'With what was asked under its name before, the release spring comes to ε = 1.5.',
      )
      .waitFor();
    await picture(page, 'anonymise-counts-spent-dark');
  });

  it('that another made in the file at the same time wins, and the page says so', async () => {
    const page = await open('people');
    await isSettled(page);
    await column(page, 'patient').click();
    await page.evaluate(() => {
      const { recipe } = window.fake;
      const [patient, ...others] = recipe!.state.columns;
      recipe!.edit({ columns: [{ ...patient!, method: { id: 'keep', options: {} } }, ...others] });
    });
    await method(page).selectOption({ label: 'Mask' });
    await page.getByText('was changed in its file at the same time').waitFor();
    expect(await method(page).inputValue()).toBe('keep');
    await page.getByRole('button', { name: 'Close' }).click();
    expect(await page.getByText('was changed in its file').count()).toBe(0);
  });
});

describe('Anonymise', () => {
  it('tells how far it is, and what was written', async () => {
    const page = await open('people');
    await isSettled(page);
    await page.evaluate(() => window.fake.hold('privacy/apply'));
    await anonymiseButton(page).click();
    await page.getByRole('button', { name: 'Cancel' }).waitFor();
    await page.evaluate(() =>
      window.fake.report('privacy/apply', { message: 'Writing 6,000 of 12,480 rows', fraction: 0.48 }),
    );
    await page.getByText('Writing 6,000 of 12,480 rows').waitFor();
    await page.getByText('48 %', { exact: true }).waitFor();
    await picture(page, 'anonymise-under-way-dark');
    await page.evaluate(() => window.fake.release('privacy/apply'));
    await page.getByText('data/patients.anonymised.csv is written: 12,396 rows, 84 rows left out').waitFor();
    await picture(page, 'anonymise-done-dark');
    await page.getByRole('button', { name: 'Open Report' }).click();
    await page.getByRole('button', { name: 'Version This Output' }).click();
    expect(await opened(page)).toEqual([
      { kind: 'report', recipe: 'data/patients.anonymise.yaml' },
      { kind: 'version', path: 'data/patients.anonymised.csv' },
    ]);
  });

  it('is cancelled with one click, and can be pressed again', async () => {
    const page = await open('people');
    await isSettled(page);
    await page.evaluate(() => window.fake.hold('privacy/apply'));
    await anonymiseButton(page).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await anonymiseButton(page).waitFor();
    expect(await page.evaluate(() => window.fake.sent.at(-1)!.kind)).toBe('cancel');
    await page.getByRole('status').getByText('Nothing was written.').waitFor({ state: 'attached' });
  });

  it('offers to replace an output that is there', async () => {
    const page = await open('people');
    await isSettled(page);
    await page.evaluate(() =>
      window.fake.failures.set('privacy/apply', {
        code: 'privacy.outputExists',
        message: 'patients.anonymised.csv is there already. Nothing was written.',
        actions: [{ kind: 'overwrite', title: 'Replace It' }],
      }),
    );
    await anonymiseButton(page).click();
    await alerts(page).getByText('is there already').waitFor();
    await page.evaluate(() => window.fake.failures.clear());
    await page.getByRole('button', { name: 'Replace It' }).click();
    await page.getByText('is written:').waitFor();
    expect((await sent(page, 'privacy/apply')).at(-1)).toEqual({
      recipe: 'data/patients.anonymise.yaml',
      replace: true,
    });
  });

  it('goes on while the page is hidden, and is joined when it is back', async () => {
    const page = await open('people');
    await isSettled(page);
    expect(await sent(page, 'privacy/apply')).toEqual([]);
    const resumed = await open('applying');
    await resumed.getByText('is written:').waitFor();
    expect(await sent(resumed, 'privacy/apply')).toEqual([{ recipe: 'data/patients.anonymise.yaml' }]);
  });

  it('waits until the recipe has no problems; each leads to its place', async () => {
    const page = await open('bad-recipe');
    expect(await anonymiseButton(page).isDisabled()).toBe(true);
    await page.getByText('“pseudonim” is no method.').waitFor();
    await page.getByRole('button', { name: 'Line 12' }).click();
    await expect
      .poll(() => opened(page))
      .toEqual([{ kind: 'recipe', path: 'data/patients.anonymise.yaml', line: 12, column: 13 }]);
    await column(page, 'sex').click();
    await page.getByRole('button', { name: 'Show patient' }).click();
    expect(await column(page, 'patient').getAttribute('aria-current')).toBe('true');
  });

  it('waits for the key; one button helps', async () => {
    const page = await open('no-key');
    expect(await anonymiseButton(page).isDisabled()).toBe(true);
    await page.evaluate(() =>
      window.fake.recipe!.edit({ key: { id: 'patients', state: 'ready', wasUsed: false } }),
    );
    await page.getByRole('button', { name: 'Make Key…' }).click();
    await page.getByText('The key patients is ready.').waitFor();
    await isSettled(page);
    expect(await anonymiseButton(page).isEnabled()).toBe(true);
    expect(await opened(page)).toEqual([
      { kind: 'key', action: 'make', recipe: 'data/patients.anonymise.yaml' },
    ]);
  });

  it('says that the key at hand is another one', async () => {
    const page = await open('other-key');
    await page.getByText('is not the one that this recipe was applied with').waitFor();
    await page.getByRole('button', { name: 'Choose Key…' }).click();
    await expect.poll(() => opened(page)).toMatchObject([{ kind: 'key', action: 'choose' }]);
  });
});

it('Open Recipe writes a proposal first', async () => {
  const page = await open('people');
  await page.getByText('proposed, not saved yet').waitFor();
  await page.getByRole('button', { name: 'Open Recipe' }).click();
  await expect.poll(() => opened(page)).toEqual([{ kind: 'recipe', path: 'data/patients.anonymise.yaml' }]);
  expect(await changes(page)).toEqual([{ kind: 'save' }]);
});

it('keeps the chosen column over a reload, and opens a changed file again', async () => {
  const page = await open('people');
  await column(page, 'postcode').click();
  await page.reload();
  await page.getByRole('heading', { name: 'postcode' }).waitFor();
  await page.evaluate(() => {
    const { recipe } = window.fake;
    recipe!.edit({ output: 'data/other.csv' });
    const news = { recipe: recipe!.state.recipe, version: recipe!.state.version };
    window.fake.say({ kind: 'news', method: 'privacy/recipeChanged', parameters: news });
  });
  await page.getByText('data/other.csv').waitFor();
});

it('can be used without a mouse, and every stop is seen', async () => {
  const page = await open('guaranteed');
  await isSettled(page);
  const { names, unmarked } = await walk(page);
  expect(unmarked).toEqual([]);
  expect(names).toEqual(
    expect.arrayContaining([
      'Open Recipe',
      'Anonymise',
      'Find columns',
      'Role of patient',
      'Rows before and after',
    ]),
  );
  // The list is one stop; arrows move in it.
  expect(names.filter((name) => /^(mail|phone), /.test(name))).toEqual([]);
  await column(page, 'patient').focus();
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => focused(page)).toContain('mail, text');
  await page.getByRole('heading', { name: 'mail' }).waitFor();
  await page.keyboard.press('End');
  await expect.poll(() => focused(page)).toContain('remarks, text');
});

it('keeps what it shows while the service is away', async () => {
  const page = await open('people');
  await isSettled(page);
  await page.evaluate(() => window.fake.say({ kind: 'offline', message: 'The service is away.' }));
  await page.getByText('The service is away.').waitFor();
  await preview(page).getByText('Marie Kempen').waitFor();
  await page.evaluate(() => window.fake.say({ kind: 'refresh' }));
  await page.getByText('The service is away.').waitFor({ state: 'detached' });
});
