import { afterEach, beforeEach, expect, test } from 'vitest';
import { runTags } from '../../../src/protocol/runTags.ts';
import { errorOf, TestWorkspace } from './workspace.ts';

let workspace: TestWorkspace;
beforeEach(() => {
  workspace = new TestWorkspace();
  workspace.write('wait.py', 'import time\nprint("up")\ntime.sleep(600)\n');
});
afterEach(() => workspace.dispose());

const life = () => workspace.experiments.life;

function make(
  name: string,
  tags: Readonly<Record<string, string>> = {},
  status: 'RUNNING' | 'FINISHED' = 'FINISHED',
) {
  return workspace.store.createRun({
    experiment: '0',
    name,
    status,
    startTime: Date.now(),
    userId: 'ada',
    tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
  }).runId;
}

const refusal = (act: () => void) => errorOf(Promise.resolve().then(act));

test('a run whose script is alive is not deleted, nor what that script started, nor others named with it', async () => {
  const { id, name } = await workspace.experiments.startRun({ script: 'wait.py' });
  await workspace.logSays(id, 'up');
  const beside = make('beside', { [runTags.startedBy]: id }, 'RUNNING');
  const finished = make('finished');
  for (const runs of [
    [finished, id],
    [finished, beside],
  ]) {
    const { code } = await refusal(() => life().delete({ runs, evenUnderWay: true }));
    expect(code).toBe('experiments.runUnderWay');
    expect(workspace.details(finished).deletedTime).toBeUndefined();
  }
  expect((await refusal(() => life().delete({ runs: [id] }))).message).toBe(
    `The run ${name} is still under way. Nothing was deleted. Stop it first.`,
  );
  await workspace.experiments.stopRun(id);
  life().delete({ runs: [finished, id] });
  expect(workspace.experiments.searchRuns({}).items.map((run) => run.name)).toEqual(['beside']);
  expect(workspace.experiments.searchRuns({ deleted: true }).total).toBe(2);
  life().restore([finished, id]);
  life().restore([finished]);
  expect(workspace.experiments.searchRuns({}).total).toBe(3);
});

test('a run started outside, whose script may be gone, is deleted only when that is said', async () => {
  const run = make('by-hand', {}, 'RUNNING');
  expect(await refusal(() => life().delete({ runs: [run] }))).toMatchObject({
    code: 'experiments.runPerhapsUnderWay',
    actions: [{ kind: 'deleteAnyway', title: 'Delete Anyway' }],
  });
  life().delete({ runs: [run], evenUnderWay: true });
  expect(workspace.details(run).deletedTime).toBeGreaterThan(0);
});

test('a run of a deleted experiment is neither listed as deleted nor restored alone', async () => {
  const experiment = workspace.store.createExperiment({ name: 'old' }).id;
  const run = make('old-run');
  workspace.store.updateRun(run, { experiment });
  life().delete({ runs: [run] });
  workspace.store.deleteExperiment(experiment);
  expect(workspace.experiments.searchRuns({ deleted: true }).total).toBe(0);
  expect((await refusal(() => life().restore([run]))).code).toBe('experiments.experimentDeleted');
});

test('names of tags are those that MLflow’s clients take', async () => {
  const run = make('tagged');
  for (const name of ['', ' ', 'a$b', '../up', 'a//b', '/a', 'a/', '.', 'x'.repeat(251)]) {
    const { code } = await refusal(() => life().setTags({ runs: [run], tags: { good: '1', [name]: '1' } }));
    expect(code, name).toBe('experiments.badTagName');
  }
  life().setTags({ runs: [run], tags: { 'größe/der: schrift-1.0_a': 'ja', never: null } });
  expect(workspace.details(run).tags).toEqual({
    'größe/der: schrift-1.0_a': 'ja',
    'mlflow.runName': 'tagged',
  });
});

test('the page of a run names what is around it, and what it said that it reads', async () => {
  const parent = make('sweep');
  const child = make('trial', { [runTags.parent]: parent });
  workspace.store.logInputs(child, {
    models: [],
    datasets: [
      {
        name: 'penguins',
        digest: 'e3b0c442',
        sourceType: 'local',
        source: '{}',
        tags: [{ key: 'mlflow.data.context', value: 'training' }],
      },
    ],
  });
  expect(workspace.details(parent)).toMatchObject({
    childCount: 1,
    children: [{ id: child, name: 'trial', state: 'finished' }],
  });
  expect(workspace.details(child)).toMatchObject({
    parent: { id: parent, name: 'sweep', state: 'finished' },
    inputs: [{ name: 'penguins', digest: 'e3b0c442', context: 'training' }],
    children: [],
  });
});
