import { describe, expect, test } from 'vitest';
import type { StoreChange } from '../../../../../src/service/experiments/store.ts';
import { storeErrorCodes } from '../../../../../src/service/experiments/storeErrors.ts';
import { newRun, point, temporaryStore } from './temporaryStore.ts';

describe('experiments', () => {
  test('the experiment 0 named Default exists from the start, also after reopening', () => {
    const temporary = temporaryStore();
    expect(temporary.store.getExperiment('0')).toMatchObject({ name: 'Default', lifecycleStage: 'active' });
    const store = temporary.reopen();
    expect(store.listExperiments().map((experiment) => experiment.name)).toEqual(['Default']);
  });

  test('a name is unique, also among deleted experiments', () => {
    const { store } = temporaryStore();
    const { id } = store.createExperiment({ name: 'penguins' });
    store.deleteExperiment(id);
    expect(() => store.createExperiment({ name: 'penguins' })).toThrow(
      expect.objectContaining({ code: storeErrorCodes.experimentExists }),
    );
  });

  test('deleting takes the active runs along, restoring brings back those and only those', () => {
    const { store } = temporaryStore();
    const { id } = store.createExperiment({ name: 'penguins' });
    const kept = newRun(store, id);
    const gone = newRun(store, id);
    store.deleteRun(gone.runId);
    store.deleteExperiment(id);
    expect(store.getRun(kept.runId)?.lifecycleStage).toBe('deleted');
    store.restoreExperiment(id);
    expect(store.getRun(kept.runId)?.lifecycleStage).toBe('active');
    expect(store.getRun(gone.runId)?.lifecycleStage).toBe('deleted');
  });

  test('no run begins in a deleted experiment', () => {
    const { store } = temporaryStore();
    const { id } = store.createExperiment({ name: 'penguins' });
    store.deleteExperiment(id);
    expect(() => newRun(store, id)).toThrow(
      expect.objectContaining({ code: storeErrorCodes.experimentDeleted }),
    );
  });

  test('ids that are no numbers are not found rather than misread', () => {
    const { store } = temporaryStore();
    for (const id of ['', ' 0', '0x0', '1e0', '-1', '99999999999999999999']) {
      expect(store.getExperiment(id)).toBeUndefined();
    }
  });
});

describe('runs', () => {
  test('gets 32 hexadecimal digits, a friendly name of its own and an artifact address', () => {
    const { store } = temporaryStore();
    const runs = Array.from({ length: 50 }, () => newRun(store));
    expect(new Set(runs.map((run) => run.name)).size).toBe(50);
    for (const run of runs) {
      expect(run.runId).toMatch(/^[0-9a-f]{32}$/);
      expect(run.name).toMatch(/^[a-z]+-[a-z]+$/);
      expect(run.name.length).toBeLessThanOrEqual(20);
      expect(run.artifactUri).toBe(`mlflow-artifacts:/0/${run.runId}/artifacts`);
    }
  });

  test('name and the tag mlflow.runName always agree', () => {
    const { store } = temporaryStore();
    const run = newRun(store);
    const tag = () => store.tags(run.runId).find((entry) => entry.key === 'mlflow.runName')?.value;
    expect(tag()).toBe(run.name);
    store.updateRun(run.runId, { name: 'odd-finch' });
    expect(tag()).toBe('odd-finch');
    store.logBatch(run.runId, { tags: [{ key: 'mlflow.runName', value: 'calm-heron' }] });
    expect(store.getRun(run.runId)?.name).toBe('calm-heron');
  });

  test('update keeps what it does not name, and merges details', () => {
    const { store } = temporaryStore();
    const run = newRun(store);
    store.updateRun(run.runId, { details: { command: ['python3', 'train.py'] } });
    store.updateRun(run.runId, {
      status: 'FAILED',
      endTime: 5,
      details: { exitCode: 1, failure: 'KeyError' },
    });
    expect(store.getRun(run.runId)).toMatchObject({
      status: 'FAILED',
      endTime: 5,
      name: run.name,
      details: { command: ['python3', 'train.py'], exitCode: 1, failure: 'KeyError' },
    });
  });

  test('search: running first, then scheduled, then the newest; total counts all', () => {
    const { store } = temporaryStore();
    const make = (status: 'FINISHED' | 'RUNNING' | 'SCHEDULED', startTime: number) =>
      store.createRun({ experiment: '0', status, startTime, userId: '' }).runId;
    const old = make('FINISHED', 1);
    const recent = make('FINISHED', 9);
    const scheduled = make('SCHEDULED', 3);
    const running = make('RUNNING', 2);
    const ids = (query: object) =>
      store.searchRuns({ limit: 10, offset: 0, ...query }).runs.map((run) => run.runId);
    expect(ids({})).toEqual([running, scheduled, recent, old]);
    expect(ids({ order: 'newestFirst' })).toEqual([recent, scheduled, running, old]);
    expect(ids({ statuses: ['FINISHED'], limit: 1 })).toEqual([recent]);
    expect(ids({ experiments: ['7'] })).toEqual([]);
    expect(ids({ runIds: [old, running] })).toEqual([running, old]);
    expect(store.searchRuns({ limit: 1, offset: 0 }).total).toBe(4);
    store.deleteRun(old);
    expect(ids({ lifecycle: 'deleted' })).toEqual([old]);
    expect(ids({ lifecycle: 'all' })).toHaveLength(4);
    expect(store.runsUnderWay().map((run) => run.runId)).toEqual([running, scheduled]);
  });

  test('the previous run is the newest earlier one of the same script, also within one millisecond', () => {
    const { store } = temporaryStore();
    const first = newRun(store, '0', 'train.py');
    newRun(store, '0', 'other.py');
    const second = newRun(store, '0', 'train.py');
    expect(store.previousRun(second)?.runId).toBe(first.runId);
    expect(store.previousRun(first)).toBeUndefined();
  });

  test('a deleted run refuses every write and can be restored', () => {
    const { store } = temporaryStore();
    const { runId } = newRun(store);
    store.deleteRun(runId);
    for (const write of [
      () => store.logBatch(runId, { metrics: [point('loss', 0, 1)] }),
      () => store.updateRun(runId, { name: 'x' }),
      () => store.deleteTag(runId, 'mlflow.runName'),
    ]) {
      expect(write).toThrow(expect.objectContaining({ code: storeErrorCodes.runDeleted }));
    }
    store.restoreRun(runId);
    store.logBatch(runId, { metrics: [point('loss', 0, 1)] });
    expect(store.metrics(runId)).toHaveLength(1);
  });
});

describe('parameters and tags', () => {
  test('a parameter keeps its value; the same again is fine, another is refused in the words of MLflow', () => {
    const { store } = temporaryStore();
    const { runId } = newRun(store);
    store.logBatch(runId, { parameters: [{ key: 'lr', value: '0.1' }] });
    store.logBatch(runId, { parameters: [{ key: 'lr', value: '0.1' }] });
    expect(() => store.logBatch(runId, { parameters: [{ key: 'lr', value: '0.2' }] })).toThrow(
      `Changing param values is not allowed. Param with key='lr' was already logged with value='0.1' ` +
        `for run ID='${runId}'. Attempted logging new value '0.2'.`,
    );
    expect(store.parameters(runId)).toEqual([{ key: 'lr', value: '0.1' }]);
  });

  test('a batch that fails leaves nothing behind, and what follows is counted right', async () => {
    const { store } = temporaryStore();
    const { runId } = newRun(store);
    store.logBatch(runId, { parameters: [{ key: 'lr', value: '0.1' }], metrics: [point('loss', 0, 3)] });
    expect(() =>
      store.logBatch(runId, {
        parameters: [
          { key: 'epochs', value: '5' },
          { key: 'lr', value: '0.2' },
        ],
        metrics: [point('loss', 1, 2), point('new', 1, 2)],
      }),
    ).toThrow();
    expect(() => store.logBatch(runId, { metrics: [point('loss', 1.5, 2)] })).toThrow();
    expect(store.parameters(runId)).toHaveLength(1);
    store.logBatch(runId, { metrics: [point('loss', 2, 1)] });
    expect(store.metrics(runId)).toMatchObject([{ key: 'loss', count: 2, latest: { value: 1 } }]);
    expect((await store.series({ runs: [runId], points: 10 }))[0]?.values).toEqual([3, 1]);
  });

  test('deleting a tag that is not there says so', () => {
    const { store } = temporaryStore();
    const { runId } = newRun(store);
    expect(() => store.deleteTag(runId, 'nothing')).toThrow(
      `No tag with name: nothing in run with id ${runId}`,
    );
  });
});

describe('metrics', () => {
  test('the latest value is the one with the greatest step, then timestamp, then value', () => {
    const { store } = temporaryStore();
    const { runId } = newRun(store);
    const latest = () => store.metrics(runId)[0]?.latest.value;
    store.logBatch(runId, { metrics: [point('m', 5, 50, 100)] });
    store.logBatch(runId, { metrics: [point('m', 4, 40, 999)] });
    expect(latest()).toBe(50);
    store.logBatch(runId, { metrics: [point('m', 5, 49, 101)] });
    expect(latest()).toBe(49);
    store.logBatch(runId, { metrics: [point('m', 5, 48, 101)] });
    expect(latest()).toBe(49);
    store.logBatch(runId, { metrics: [point('m', 5, 60, 101)] });
    expect(latest()).toBe(60);
  });

  test('NaN and infinities are kept, and survive a restart', async () => {
    const temporary = temporaryStore();
    const { runId } = newRun(temporary.store);
    const values = [1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];
    temporary.store.logBatch(runId, { metrics: values.map((value, step) => point('loss', step, value)) });
    for (const current of [() => temporary.store, () => temporary.reopen()]) {
      const store = current();
      expect(store.metricHistory(runId, 'loss', 10, 0).map((entry) => entry.value)).toEqual(values);
      expect(store.metrics(runId)).toEqual([
        {
          key: 'loss',
          count: 5,
          latest: point('loss', 4, Number.NaN),
          lowest: Number.NEGATIVE_INFINITY,
          highest: Number.POSITIVE_INFINITY,
        },
      ]);
      expect((await store.series({ runs: [runId], points: 10 }))[0]?.values).toEqual([
        1,
        'NaN',
        'Infinity',
        '-Infinity',
        'NaN',
      ]);
    }
  });

  test('a metric of NaN alone has no range until a number comes', () => {
    const { store } = temporaryStore();
    const { runId } = newRun(store);
    store.logBatch(runId, { metrics: [point('m', 0, Number.NaN)] });
    expect(store.metrics(runId)[0]).toMatchObject({ lowest: Number.NaN, highest: Number.NaN });
    store.logBatch(runId, { metrics: [point('m', 1, -2)] });
    expect(store.metrics(runId)[0]).toMatchObject({ lowest: -2, highest: -2, count: 2 });
  });

  test('an exact repeat is ignored, as a retried request needs it', async () => {
    const { store } = temporaryStore();
    const { runId } = newRun(store);
    const repeated = [point('m', 0, 1), point('m', 0, Number.NaN)];
    store.logBatch(runId, { metrics: repeated });
    store.logBatch(runId, { metrics: repeated });
    expect(store.metrics(runId)[0]?.count).toBe(2);
    expect((await store.series({ runs: [runId], points: 10 }))[0]?.count).toBe(2);
  });

  test('history is ordered by timestamp, step, value and comes in pages', () => {
    const { store } = temporaryStore();
    const { runId } = newRun(store);
    store.logBatch(runId, {
      metrics: [
        point('m', 1, 10, 300),
        point('m', 2, 20, 100),
        point('m', 3, 30, 200),
        point('m', 0, 5, 200),
      ],
    });
    const steps = (limit: number, offset: number) =>
      store.metricHistory(runId, 'm', limit, offset).map((entry) => entry.step);
    expect(steps(10, 0)).toEqual([2, 0, 3, 1]);
    expect(steps(2, 1)).toEqual([0, 3]);
    expect(steps(2, 9)).toEqual([]);
    expect(store.metricHistory(runId, 'unknown', 10, 0)).toEqual([]);
  });

  test('a growing series shows every point at once, also one with an older step', async () => {
    const { store } = temporaryStore();
    const { runId } = newRun(store);
    const steps = async () => (await store.series({ runs: [runId], points: 100 }))[0]?.steps;
    store.logBatch(runId, { metrics: [point('m', 1, 1), point('m', 5, 5)] });
    expect(await steps()).toEqual([1, 5]);
    store.logBatch(runId, { metrics: [point('m', 6, 6), point('m', 3, 3), point('m', 0, 0)] });
    expect(await steps()).toEqual([0, 1, 3, 5, 6]);
    store.logBatch(runId, { metrics: [point('m', 7, 7)] });
    expect(await steps()).toEqual([0, 1, 3, 5, 6, 7]);
  });
});

describe('summaries', () => {
  test('a run shows its headline metric with at most twelve values ending in the latest', () => {
    const { store } = temporaryStore();
    const run = newRun(store);
    store.logBatch(run.runId, {
      metrics: Array.from({ length: 5_000 }, (_, step) => [
        point('loss', step, 5_000 - step),
        point('val_accuracy', step, step / 5_000),
      ]).flat(),
    });
    const [summary] = store.summarizeRuns([store.getRun(run.runId)!]);
    expect(summary).toMatchObject({ name: run.name, experimentName: 'Default', state: 'running' });
    expect(summary?.headline).toMatchObject({ metric: 'val_accuracy', value: 4_999 / 5_000 });
    expect(summary?.headline?.history).toHaveLength(12);
    expect(summary?.headline?.history.at(-1)).toBe(4_999 / 5_000);
    store.logBatch(run.runId, { tags: [{ key: 'mlops.headline', value: 'loss' }] });
    expect(store.summarizeRuns([store.getRun(run.runId)!])[0]?.headline?.metric).toBe('loss');
  });

  test('an experiment shows its counts and the best value of finished runs, the lowest for a loss', () => {
    const { store } = temporaryStore();
    const finish = (loss: number, status: 'FINISHED' | 'FAILED' = 'FINISHED') => {
      const { runId } = newRun(store);
      store.logBatch(runId, { metrics: [point('loss', 0, loss)] });
      store.updateRun(runId, { status });
    };
    finish(0.5);
    finish(0.3);
    finish(Number.NaN);
    finish(0.1, 'FAILED');
    newRun(store);
    expect(store.summarizeExperiments()).toEqual([
      {
        id: '0',
        name: 'Default',
        runCount: 5,
        runningCount: 1,
        archivedCount: 0,
        best: { metric: 'loss', value: 0.3 },
        lastStartTime: 1_700_000_000_000,
      },
    ]);
    finish(0.2);
    expect(store.summarizeExperiments()[0]?.best?.value).toBe(0.2);
  });
});

test('each committed write is told once, with a version that grows; a failed one is not told', () => {
  const { store } = temporaryStore();
  const run = newRun(store);
  const heard: StoreChange[] = [];
  const listening = store.onDidChange((change) => heard.push(change));
  store.logBatch(run.runId, { parameters: [{ key: 'a', value: '1' }], metrics: [point('m', 0, 1)] });
  expect(() => store.logBatch(run.runId, { parameters: [{ key: 'a', value: '2' }] })).toThrow();
  const other = store.createExperiment({ name: 'other' });
  store.updateRun(run.runId, { experiment: other.id });
  listening.dispose();
  expect(heard.map(({ experiment, runId }) => [experiment, runId])).toEqual([
    ['0', run.runId],
    [other.id, undefined],
    ['0', run.runId],
    [other.id, run.runId],
  ]);
  expect(heard[2]!.version).toBeGreaterThan(heard[0]!.version);
  expect(store.getRun(run.runId)!.version).toBe(3);
});

describe('several writes in one transaction', () => {
  test('each succeeds or fails by itself, and all are told only when they are kept', () => {
    const temporary = temporaryStore();
    const { store } = temporary;
    const { runId } = newRun(store);
    store.logBatch(runId, { parameters: [{ key: 'a', value: '1' }] });
    const heard: number[] = [];
    const listening = store.onDidChange(() => heard.push(store.metrics(runId).length));
    store.inOneTransaction(() => {
      store.logBatch(runId, { metrics: [point('first', 0, 1)] });
      expect(() =>
        store.logBatch(runId, {
          metrics: [point('lost', 0, 1)],
          parameters: [{ key: 'a', value: '2' }],
        }),
      ).toThrow('Changing param values');
      store.logBatch(runId, { metrics: [point('second', 0, 1)] });
      expect(heard).toEqual([]);
    });
    listening.dispose();
    expect(heard).toEqual([2, 2]);
    const keys = () => temporary.store.metrics(runId).map((metric) => metric.key);
    expect(keys()).toEqual(['first', 'second']);
    temporary.reopen();
    expect(keys()).toEqual(['first', 'second']);
  });

  test('one that fails as a whole leaves memory and tables the same', async () => {
    const { store } = temporaryStore();
    const { runId } = newRun(store);
    store.logBatch(runId, { metrics: [point('m', 0, 1)] });
    await store.series({ runs: [runId], points: 10 });
    expect(() =>
      store.inOneTransaction(() => {
        store.logBatch(runId, { metrics: [point('m', 1, 2), point('n', 0, 1)] });
        throw new Error('the disk is full');
      }),
    ).toThrow('the disk is full');
    expect(store.metrics(runId)).toMatchObject([{ key: 'm', count: 1, latest: { value: 1 } }]);
    expect((await store.series({ runs: [runId], points: 10 }))[0]?.values).toEqual([1]);
  });
});

test('a long batch of many keys, late steps, repeats and NaN is counted exactly', async () => {
  const temporary = temporaryStore();
  const { runId } = newRun(temporary.store);
  const metrics = Array.from({ length: 900 }, (_, index) => {
    const step = (index * 7) % 100;
    return point(`k${index % 3}`, step, index % 11 === 0 ? Number.NaN : step, 5);
  });
  const expected = new Map<string, Set<string>>();
  for (const metric of metrics) {
    const seen = expected.get(metric.key) ?? new Set();
    expected.set(metric.key, seen.add(`${metric.step} ${metric.value}`));
  }
  temporary.store.logBatch(runId, { metrics });
  temporary.store.logBatch(runId, { metrics: [...metrics].reverse() });
  for (const reopened of [false, true]) {
    const store = reopened ? temporary.reopen() : temporary.store;
    const counts = store.metrics(runId).map((metric) => [metric.key, metric.count]);
    expect(counts).toEqual([...expected].map(([key, seen]) => [key, seen.size]).sort());
    const shown = await store.series({ runs: [runId], points: 10_000 });
    expect(shown.map((series) => series.count)).toEqual(counts.map(([, count]) => count));
  }
});
