import { expect, test } from 'vitest';
import { runTags } from '../../../../../src/protocol/runTags.ts';
import type { RunStore, StoredRunQuery } from '../../../../../src/service/experiments/store.ts';
import { temporaryStore } from './temporaryStore.ts';

function make(store: RunStore, name: string, tags: Readonly<Record<string, string>> = {}, experiment = '0') {
  return store.createRun({
    experiment,
    name,
    status: 'FINISHED',
    startTime: 1_700_000_000_000,
    userId: 'ada',
    tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
  }).runId;
}

function names(store: RunStore, query: Partial<StoredRunQuery>): string[] {
  const { runs } = store.searchRuns({ experiments: ['0'], limit: 100, offset: 0, ...query });
  return runs.map(({ name }) => name).sort();
}

test('runs are under the run that their parent tag names, else under the one that started them', () => {
  const { store } = temporaryStore();
  const sweep = make(store, 'sweep');
  const script = make(store, 'script');
  const trial = make(store, 'trial', { [runTags.parent]: sweep, [runTags.startedBy]: script });
  make(store, 'beside', { [runTags.startedBy]: script });
  make(store, 'fold', { [runTags.parent]: trial });
  expect(names(store, { parent: null })).toEqual(['script', 'sweep']);
  expect(names(store, { parent: sweep })).toEqual(['trial']);
  expect(names(store, { parent: script })).toEqual(['beside']);
  expect(names(store, { parent: trial })).toEqual(['fold']);
  expect(names(store, {})).toHaveLength(5);
  expect(store.parentRun(trial)?.runId).toBe(sweep);
  expect(store.summarizeRuns([store.getRun(sweep)!])[0]).toMatchObject({ childCount: 1 });
});

test('a run tells how many of those under it are archived', () => {
  const { store } = temporaryStore();
  const sweep = make(store, 'sweep');
  make(store, 'kept', { [runTags.parent]: sweep });
  make(store, 'put away', { [runTags.parent]: sweep, [runTags.archived]: 'true' });
  const [summary] = store.summarizeRuns([store.getRun(sweep)!]);
  expect(summary).toMatchObject({ childCount: 2, archivedChildCount: 1 });
});

test('a run whose parent is deleted, missing or elsewhere is under none, and under it again afterwards', () => {
  const { store } = temporaryStore();
  const other = store.createExperiment({ name: 'other' }).id;
  const parent = make(store, 'parent');
  const elsewhere = make(store, 'elsewhere', {}, other);
  const child = make(store, 'child', { [runTags.parent]: parent });
  make(store, 'lost', { [runTags.parent]: 'f'.repeat(32) });
  make(store, 'abroad', { [runTags.parent]: elsewhere });
  const itself = make(store, 'itself');
  store.logBatch(itself, { tags: [{ key: runTags.parent, value: itself }] });
  expect(names(store, { parent: null })).toEqual(['abroad', 'itself', 'lost', 'parent']);
  store.deleteRun(parent);
  expect(names(store, { parent: null })).toContain('child');
  expect(store.parentRun(child)).toBeUndefined();
  store.restoreRun(parent);
  expect(names(store, { parent: null })).not.toContain('child');
  store.updateRun(child, { experiment: other });
  expect(names(store, { parent })).toEqual([]);
  store.updateRun(parent, { experiment: other });
  expect(names(store, { parent, experiments: [other] })).toEqual(['child']);
});

test('a tag that comes later puts a run under another, and takes it away when it goes', () => {
  const { store } = temporaryStore();
  const parent = make(store, 'parent');
  const child = make(store, 'child');
  expect(names(store, { parent })).toEqual([]);
  store.logBatch(child, { tags: [{ key: runTags.parent, value: parent }] });
  expect(names(store, { parent })).toEqual(['child']);
  make(store, 'second', { [runTags.parent]: parent });
  expect(names(store, { parent })).toEqual(['child', 'second']);
  store.deleteTag(child, runTags.parent);
  expect(names(store, { parent })).toEqual(['second']);
});

test('what a transaction that was undone said about parents is forgotten', () => {
  const { store } = temporaryStore();
  const parent = make(store, 'parent');
  const child = make(store, 'child');
  expect(() =>
    store.inOneTransaction(() => {
      store.logBatch(child, { tags: [{ key: runTags.parent, value: parent }] });
      expect(names(store, { parent })).toEqual(['child']);
      throw new Error('undone');
    }),
  ).toThrow('undone');
  expect(names(store, { parent })).toEqual([]);
});

test('whoever shows a run hears of those under it', () => {
  const { store } = temporaryStore();
  const parent = make(store, 'parent');
  const heard: (string | undefined)[] = [];
  const listening = store.onDidChange(({ runId }) => heard.push(runId));
  const child = make(store, 'child', { [runTags.parent]: parent });
  store.logBatch(child, { metrics: [{ key: 'loss', value: 1, step: 0, timestamp: 1 }] });
  store.updateRun(child, { status: 'FAILED' });
  store.deleteRun(child);
  listening.dispose();
  expect(heard).toEqual([child, parent, child, child, parent, child, parent]);
});

test('archived runs are left out where asked, and starred ones come first', () => {
  const { store } = temporaryStore();
  make(store, 'plain');
  make(store, 'archived', { [runTags.archived]: 'true' });
  const starred = make(store, 'starred', { [runTags.starred]: 'true' });
  store.createRun({ experiment: '0', name: 'live', status: 'RUNNING', startTime: Date.now(), userId: 'ada' });
  const found = (query: Partial<StoredRunQuery>) =>
    store.searchRuns({ experiments: ['0'], limit: 100, offset: 0, ...query }).runs.map(({ name }) => name);
  expect(found({ hideArchived: true }).sort()).toEqual(['live', 'plain', 'starred']);
  expect(found({ starredFirst: true }).slice(0, 2)).toEqual(['starred', 'live']);
  expect(found({})[0]).toBe('live');
  expect(store.summarizeRuns([store.getRun(starred)!])[0]).toMatchObject({ starred: true });
  expect(store.summarizeExperiments()[0]).toMatchObject({ runCount: 4, archivedCount: 1 });
});

test('what the machine measured is no headline, neither of a run nor of its experiment', () => {
  const { store } = temporaryStore();
  const trained = make(store, 'trained');
  store.logBatch(trained, { metrics: [{ key: 'accuracy', value: 0.9, step: 0, timestamp: 1 }] });
  const idle = store.createRun({
    experiment: '0',
    status: 'FINISHED',
    startTime: 1_800_000_000_000,
    userId: 'ada',
  }).runId;
  const cpu = { key: 'system/cpu_utilization_percentage', value: 12, step: 0, timestamp: 1 };
  store.logBatch(idle, { metrics: [cpu] });
  expect(store.summarizeRuns([store.getRun(idle)!])[0]?.headline).toBeUndefined();
  expect(store.summarizeExperiments()[0]?.best).toEqual({ metric: 'accuracy', value: 0.9 });
});
