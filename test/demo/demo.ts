import fs from 'node:fs';
import path from 'node:path';
import { until } from '../editor/harness/waiting.ts';
import { Workbench } from '../editor/harness/workbench.ts';
import {
  chartSummary,
  compareRuns,
  openExperiments,
  runExperiment,
  runWithParameters,
  versionDataset,
  waitForState,
  watchChartGrow,
} from '../editor/journey.ts';
import { repository } from '../editor/sampleProject.ts';
import { demoFolder, type Editor, hasDisplay, leaveOpen, startEditor } from './setUp.ts';

/*
 * `npm run demo`: what a data scientist does on the first day, clicked in a real VS Code.
 * Leaves a picture of each step and a summary in out/demo/.
 */

interface Step {
  readonly sentence: string;
  readonly picture: string;
}

const editor = await startEditor();
try {
  const steps = await walk(editor);
  const summary = writeSummary(steps);
  console.log('\nThe demo is done. It left:');
  for (const file of [...steps.map(({ picture }) => picture), summary]) {
    console.log(`  ${path.relative(repository, file)}`);
  }
  if (hasDisplay()) {
    await leaveOpen(editor);
  }
} finally {
  await editor.server.dispose();
}

async function walk({ server, sample }: Editor): Promise<Step[]> {
  const steps: Step[] = [];
  const workbench = await Workbench.open({ server, folder: sample.folder, screenshots: demoFolder });
  const step = async (name: string, sentence: string) => {
    const number = String(steps.length + 1).padStart(2, '0');
    steps.push({ sentence, picture: await workbench.screenshot(`${number}-${name}`) });
    console.log(`${number} ${sentence}`);
  };
  try {
    await openExperiments(workbench);
    await workbench.openFile('train.py');
    await workbench.codeLens('Run Experiment').first().waitFor();
    await step('open', 'The sample is open: a script, its parameters and a table of 344 penguins.');

    const { name: first, page: firstPage } = await runExperiment(workbench);
    const [before, after] = await watchChartGrow(firstPage, 'loss');
    await step(
      'live',
      `Run Experiment: ${first} draws its metrics as they come (${before} values, then ${after}).`,
    );
    await waitForState(workbench, first, 'finished');
    await firstPage.getByText('finished', { exact: true }).waitFor();
    await step('finished', `${first} has finished. ${await chartSummary(firstPage, 'validation_accuracy')}`);

    await workbench.openFile('train.py');
    const { name: second, page: secondPage } = await runWithParameters(
      workbench,
      { learning_rate: '0.001' },
      [first],
    );
    await waitForState(workbench, second, 'finished');
    await secondPage.getByText('(was 0.1)').waitFor();
    await step('parameters', `Run with Parameters…: ${second} with learning_rate 0.001 instead of 0.1.`);

    const comparison = await compareRuns(workbench, [first, second]);
    await comparison.getByRole('row', { name: /^learning_rate/ }).waitFor();
    await until('both curves', async () =>
      (await chartSummary(comparison, 'accuracy')).includes('of 2 runs'),
    );
    await step('compare', `Compare Runs. ${await chartSummary(comparison, 'accuracy')}`);
    await workbench.setTheme('light');
    await step('compare-light', 'The same in a light theme.');
    await workbench.setTheme('dark');

    await step(
      'version',
      await versionDataset(workbench, ['data', 'penguins.csv'], 'The penguins as published'),
    );
    await workbench.openView('MLOps', 'Datasets');
    await workbench.expand(workbench.treeItem('Datasets', /data\/penguins\.csv/).first());
    await workbench.treeItem('Datasets', /^v1.*as published/).waitFor();
    const commit = sample.git('log', '-1', '--format=%h %s').trim();
    await step('versions', `The Datasets tree shows its versions from git history (${commit}).`);
  } catch (error) {
    console.error(`The demo stopped; the window then: ${await workbench.screenshot('stopped')}`);
    throw error;
  } finally {
    await workbench.close();
  }
  return steps;
}

function writeSummary(steps: readonly Step[]): string {
  const file = path.join(demoFolder, 'summary.md');
  const lines = steps.map(({ sentence, picture }, index) => {
    const name = path.basename(picture);
    return `${index + 1}. ${sentence}\n\n   ![${name}](${name})\n`;
  });
  fs.writeFileSync(file, `# What the demo did\n\n${lines.join('\n')}`);
  return file;
}
