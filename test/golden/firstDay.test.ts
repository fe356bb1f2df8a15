import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ServiceConnection } from '../../src/attach/connection.ts';
import {
  deleteRuns,
  describeScript,
  getRuns,
  getSeries,
  listArtifacts,
  listExperiments,
  type RunSummary,
  readLog,
  renameRun,
  restoreRuns,
  type StartRun,
  searchRuns,
  setRunTags,
  startRun,
  stopRun,
} from '../../src/protocol/experiments.ts';
import { protocolVersion } from '../../src/protocol/rpc.ts';
import { getStatus, hello } from '../../src/protocol/service.ts';
import {
  checkoutVersion,
  createRepository,
  listDatasets,
  listVersions,
  versionDataset,
} from '../../src/protocol/versions.ts';
import { ServedFolder, version } from '../support/service.ts';
import { waitFor } from '../support/waitFor.ts';
import { Transcript } from './transcript.ts';

/*
 * A person's first day, as every message between them and the real service. A change of any message becomes visible
 * in review as a change of firstDay.txt, which `vitest run --project golden -u` rewrites.
 */

let folder: ServedFolder;
let connection: ServiceConnection;
let day: Transcript;
const gitSettings = process.env.GIT_CONFIG_GLOBAL;

const train = `
import mlops_workbench as mlops

rate = float(open('params.yaml').read().split(':')[1])
rows = open('data/penguins.csv').read().splitlines()[1:]
print(len(rows), 'penguins', flush=True)
for step in range(3):
    mlops.log_metric('loss', 1 / (step + 1), step=step)
mlops.log_metric('accuracy', rate + len(rows) / 8, step=2)
`;

beforeEach(async () => {
  folder = new ServedFolder('penguins');
  const settings = path.join(path.dirname(folder.root), 'gitconfig');
  fs.writeFileSync(settings, '[user]\nname = Ada\nemail = ada@example.org\n[init]\ndefaultBranch = main\n');
  process.env.GIT_CONFIG_GLOBAL = settings;
  folder.write('train.py', train);
  folder.write('params.yaml', 'rate: 0.25\n');
  folder.write('data/penguins.csv', 'species,mass\nAdelie,3750\nGentoo,5000\n');
  connection = (await folder.attach({ idleSeconds: 30 })).connection;
  day = new Transcript(connection);
  day.mask(folder.root, 'folder');
});

afterEach(async () => {
  await folder.dispose();
  if (gitSettings === undefined) {
    delete process.env.GIT_CONFIG_GLOBAL;
  } else {
    process.env.GIT_CONFIG_GLOBAL = gitSettings;
  }
});

test('the first day', async () => {
  await arrive();
  const first = await runFirst();
  await versionFirst();
  await changeAndRunAgain(first);
  await keepOrder(first);
  await goBack(first);
  await makeMistakes();
  await expect(day.text).toMatchFileSnapshot('firstDay.txt');
});

async function arrive(): Promise<void> {
  day.tell('Somebody opens a folder');
  day.mask(version, 'version');
  await day.send(hello, { protocol: protocolVersion, version, client: 'test' });
  await day.send(listExperiments, null);
  await day.send(listDatasets, null);
}

async function runFirst(): Promise<RunSummary> {
  day.tell('They run their script');
  const description = await connection.send(describeScript, { script: 'train.py' });
  day.mask(description.interpreter, 'python3');
  day.show(describeScript, { script: 'train.py' }, description);
  const run = await runToItsEnd({ script: 'train.py' }, 'first');
  await day.send(getRuns, { runs: [run.id] });
  await day.send(getSeries, { runs: [run.id], points: 100 });
  await day.send(readLog, { run: run.id, from: 0, length: 1_000 });
  return run;
}

async function versionFirst(): Promise<void> {
  day.tell('They keep the data that it was trained on');
  const parameters = { path: 'data/penguins.csv', message: 'Two penguins' };
  await day.refused(versionDataset, parameters);
  await day.send(createRepository, null);
  await day.send(versionDataset, parameters);
  await day.send(listDatasets, null);
  git('add', 'train.py', 'params.yaml');
  git('commit', '-q', '-m', 'The script');
}

async function changeAndRunAgain(first: RunSummary): Promise<void> {
  day.tell('More data comes, and another rate is tried');
  folder.write('data/penguins.csv', 'species,mass\nAdelie,3750\nGentoo,5000\nChinstrap,3500\n');
  await day.send(listDatasets, null);
  await day.send(versionDataset, { path: 'data/penguins.csv', message: 'A third penguin' });
  await day.send(versionDataset, { path: 'data/penguins.csv' });
  await day.send(listVersions, { path: 'data/penguins.csv' });
  const changed = { script: 'train.py', parameters: { rate: '0.5' } };
  await day.refused(startRun, changed);
  const second = await runToItsEnd({ ...changed, writeParametersFile: true }, 'second');
  await day.send(getRuns, { runs: [second.id] });
  await day.send(listArtifacts, { run: second.id, path: 'code' });
  await day.send(searchRuns, { experiment: first.experiment, limit: 10 });
  await day.send(listExperiments, null);
}

async function keepOrder(first: RunSummary): Promise<void> {
  day.tell('They keep order among their runs');
  const runs = [first.id];
  await day.send(renameRun, { run: first.id, name: 'two penguins' });
  await day.refused(renameRun, { run: first.id, name: ' ' });
  await day.send(setRunTags, { runs, tags: { 'mlflow.note.content': 'Too few.', 'mlops.archived': 'true' } });
  await day.refused(setRunTags, { runs, tags: { a$b: '1' } });
  await day.send(deleteRuns, { runs });
  await day.send(searchRuns, { deleted: true });
  await day.send(restoreRuns, { runs });
  await day.send(searchRuns, { experiment: first.experiment, parent: null, hideArchived: true });
  await day.send(setRunTags, { runs, tags: { 'mlops.archived': null } });
}

async function goBack(first: RunSummary): Promise<void> {
  day.tell('They go back to the data of the first run');
  folder.write('data/penguins.csv', 'species,mass\n');
  await day.refused(checkoutVersion, { path: 'data/penguins.csv', version: 1 });
  await day.send(checkoutVersion, { path: 'data/penguins.csv', version: 1, overwrite: true });
  await day.refused(checkoutVersion, { path: 'data/penguins.csv', version: 7 });
  expect(fs.readFileSync(path.join(folder.root, 'data/penguins.csv'), 'utf8')).toContain('Gentoo');
  await day.send(stopRun, { run: first.id });
}

async function makeMistakes(): Promise<void> {
  day.tell('What goes wrong');
  folder.write('broken.py', "print({}['species'])\n");
  await runToItsEnd({ script: 'broken.py' }, 'broken');
  await day.send(searchRuns, { states: ['failed'] });
  await day.refused(startRun, { script: 'trian.py' });
  await day.refused(startRun, { command: ['no-such-program'] });
  await day.refused(startRun, {});
  folder.write('params.yaml', 'rate: [\n');
  await day.refused(startRun, { script: 'train.py' });
  await day.refused(readLog, { run: '0123456789abcdef0123456789abcdef', from: 0, length: 10 });
  await day.refused(versionDataset, { path: 'nowhere.csv' });
  await day.send(getStatus, null);
}

/** Until its end and everything about it is on record. */
async function runToItsEnd(asked: StartRun, which: string): Promise<RunSummary> {
  // What a machine measures is different each day.
  const request = { ...asked, systemMetricsSeconds: 0 };
  // Its id and its name are known only with the reply, which is to be masked already.
  const run = await connection.send(startRun, request);
  day.mask(run.id, `${which} run`);
  day.mask(run.name, `${which} run’s name`);
  day.show(startRun, request, run);
  await waitFor(
    `the end of the ${which} run`,
    async () => (await connection.send(getStatus, null)).runningRuns === 0,
    30_000,
  );
  return run;
}

function git(...words: string[]): void {
  execFileSync('git', words, { cwd: folder.root });
}
