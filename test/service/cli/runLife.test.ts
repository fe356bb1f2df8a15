import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunDetails, RunSummary } from '../../../src/protocol/experiments.ts';
import { TypedFolder } from './commandLine.ts';

let folder: TypedFolder;
let runs: readonly RunSummary[];

beforeAll(async () => {
  folder = new TypedFolder();
  folder.write('train.py', 'import mlops_workbench as mlflow\nmlflow.log_metric("loss", 1)\n');
  await folder.mlops('run', 'train.py');
  await folder.mlops('run', 'train.py');
  runs = (await folder.json<{ runs: RunSummary[] }>('runs', 'list')).runs;
});

afterAll(() => folder.dispose());

const listed = async (...words: string[]) =>
  (await folder.json<{ runs: RunSummary[] }>('runs', ...words)).runs.map(({ name }) => name);
const shown = (run: string) => folder.json<RunDetails>('runs', 'show', run);

it('renames a run, and its tag of MLflow with it', async () => {
  const [, older] = runs;
  expect(await folder.mlops('runs', 'rename', older!.name, '  best so far ')).toMatchObject({
    exitCode: 0,
    stdout: `${older!.name} is now best so far.\n`,
  });
  const run = await shown('best so far');
  expect(run).toMatchObject({ id: older!.id, tags: { 'mlflow.runName': 'best so far' } });
  expect(await folder.mlops('runs', 'rename', older!.id, ' ')).toMatchObject({
    exitCode: 1,
    stderr: 'A run needs a name, so best so far keeps its own. Give it a name with at least one letter.\n',
  });
});

it('writes, prints and removes a note', async () => {
  const { id, name } = runs[0]!;
  expect((await folder.mlops('runs', 'note', name)).stderr).toBe(`${name} has no note.\n`);
  expect((await folder.mlops('runs', 'note', name, 'First line\nsecond line\n')).stdout).toBe(
    'First line\nsecond line\n',
  );
  expect(await folder.json('runs', 'note', name)).toEqual({ run: id, note: 'First line\nsecond line' });
  expect((await folder.mlops('runs', 'show', name)).stdout).toMatch(/^note +First line second line$/m);
  expect(await folder.json('runs', 'note', name, '')).toEqual({ run: id, note: '' });
});

it('sets and removes tags, all or none', async () => {
  const { name } = runs[0]!;
  const { exitCode, stdout } = await folder.mlops('runs', 'tag', name, 'stage=base=line', 'owner=ada');
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `${name} has stage=base=line, owner=ada.\n` });
  expect((await shown(name)).tags).toMatchObject({ stage: 'base=line', owner: 'ada' });
  await folder.mlops('runs', 'tag', name, '--remove', 'owner', '--remove', 'never there');
  expect((await shown(name)).tags).not.toHaveProperty('owner');
  const refused = await folder.mlops('runs', 'tag', name, 'good=1', 'a$b=2');
  expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('“a$b” cannot be the name') });
  expect((await shown(name)).tags).not.toHaveProperty('good');
  expect(await folder.mlops('runs', 'tag', name)).toMatchObject({ exitCode: 2 });
  expect((await folder.mlops('runs', 'tag', name, 'novalue')).stderr).toBe(
    'Write a tag as key=value, not as ‘novalue’.\n',
  );
});

it('stars and archives', async () => {
  const [newer, older] = runs as [RunSummary, RunSummary];
  expect((await folder.mlops('runs', 'star', newer.id, older.id)).stdout).toContain('are starred.');
  expect((await folder.mlops('runs', 'list')).stdout).toContain(`${newer.name} ★`);
  const off = await folder.json<{ runs: RunDetails[] }>('runs', 'star', '--off', older.id);
  expect(off.runs[0]).not.toHaveProperty('starred');
  await folder.mlops('runs', 'archive', older.id);
  expect(await listed('list')).toEqual([newer.name]);
  expect(await listed('list', '--archived')).toHaveLength(2);
  await folder.mlops('runs', 'archive', '--off', older.id);
  expect(await listed('list')).toHaveLength(2);
});

it('deletes and restores', async () => {
  const { id, name } = runs[0]!;
  expect((await folder.mlops('runs', 'restore')).stderr).toBe('No run is deleted.\n');
  expect((await folder.mlops('runs', 'delete', name)).stdout).toBe(`${name} is deleted.\n`);
  expect(await listed('list')).not.toContain(name);
  expect(await listed('restore')).toEqual([name]);
  expect((await shown(id)).deletedTime).toBeGreaterThan(runs[0]!.startTime);
  expect((await folder.mlops('runs', 'tag', id, 'a=b')).stderr).toContain('Restore the run to change it.');
  expect((await folder.mlops('runs', 'restore', 'another')).stderr).toContain(
    'There is no deleted run “another”',
  );
  expect((await folder.mlops('runs', 'restore', name)).stdout).toBe(`${name} is restored.\n`);
  expect(await listed('list')).toContain(name);
});

it('refuses to delete a run that is under way, and leaves the others that were named with it', async () => {
  folder.write('long.py', 'import time\nprint("up", flush=True)\ntime.sleep(600)\n');
  // What stands after the script is the script's.
  const started = await folder.mlops('run', '--detach', '--json', 'long.py');
  const { name, id } = JSON.parse(started.stdout) as RunSummary;
  const refused = await folder.mlops('runs', 'delete', runs[1]!.id, name);
  expect(refused).toMatchObject({
    exitCode: 1,
    stderr: `The run ${name} is still under way. Nothing was deleted. Stop it first.\n`,
  });
  expect((await shown(runs[1]!.id)).deletedTime).toBeUndefined();
  await folder.mlops('runs', 'stop', id);
  expect((await folder.mlops('runs', 'delete', runs[1]!.id, name)).exitCode).toBe(0);
});

it('shows and compares how the machine was used only apart', async () => {
  const [id, other] = runs.map((run) => run.id) as [string, string];
  const { stdout } = await folder.mlops('runs', 'show', id);
  expect(stdout.indexOf('System metric')).toBeGreaterThan(stdout.indexOf('Metric '));
  expect(stdout).toContain('system/system_memory_usage_percentage');
  expect((await folder.mlops('runs', 'compare', '--all', id, other)).stdout).not.toContain('system/');
  expect((await folder.mlops('runs', 'compare', '--all', '--system', id, other)).stdout).toContain('system/');
});
