import { afterAll, beforeAll, expect, test } from 'vitest';
import { Editor } from './editor.ts';
import { until } from './harness/waiting.ts';

let editor: Editor;
beforeAll(async () => {
  editor = await Editor.start();
});
afterAll(() => editor?.dispose());

const recipe = `version: 1
dataset: people
release: first
input: { path: people.csv }
output: { path: people.anonymised.csv }
columns:
  age:
    role: quasiIdentifier
    method: 
`;

test('a recipe is completed and explained while it is written, without another extension', async () => {
  const files = { 'people.anonymise.yaml': recipe, 'people.csv': 'age\n36\n' };
  await editor.inProject({ files }, async (workbench, project) => {
    await workbench.openFile('people.anonymise.yaml');
    const { page } = workbench;
    await page.locator('.monaco-editor .view-lines').first().click();
    await page.keyboard.press('Control+End');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('End');
    const widget = page.locator('.suggest-widget.visible');
    // The extension may only just be starting.
    await until('the methods to be proposed', async () => {
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+Space');
      await widget.waitFor();
      return (await widget.getByText('pseudonym', { exact: true }).count()) > 0;
    });
    await workbench.screenshot('84-recipe-completion');
    await page.keyboard.type('noise');
    await widget.locator('.focused').getByText('noise', { exact: true }).waitFor();
    await page.keyboard.press('Enter');
    await widget.waitFor({ state: 'hidden' });
    // A proposal that opens meanwhile would take the next key.
    await page.keyboard.press('Escape');
    await page.keyboard.press('Enter');
    await page.keyboard.type('scale: 5');
    await page.keyboard.press('Escape');
    await page.keyboard.press('ControlOrMeta+S');
    await until('the file to be saved', async () =>
      project.read('people.anonymise.yaml').includes('scale: 5'),
    );
    expect(project.read('people.anonymise.yaml')).toContain('    method: noise\n    scale: 5\n');
    await page.locator('.view-line').getByText('quasiIdentifier').hover();
    await page.locator('.monaco-hover').getByText('What the column can tell').waitFor();
    await workbench.screenshot('85-recipe-hover');
  });
});
