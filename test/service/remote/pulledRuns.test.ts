import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DisposableStore, toDisposable } from '../../../src/base/lifecycle.ts';
import { createRunStore } from '../../../src/service/experiments/sqliteStore.ts';
import type { RunStore } from '../../../src/service/experiments/store.ts';
import { Identities } from '../../../src/service/remote/identities.ts';
import { laneOfRun, Outbox } from '../../../src/service/remote/outbox.ts';
import { PulledRuns } from '../../../src/service/remote/pulledRuns.ts';
import { replies } from '../../../src/service/remote/wire.ts';
import { openDatabase } from '../../../src/service/storage/database.ts';
import { migrations } from '../../../src/service/storage/migrations/all.ts';

/** What the server answered is not always the newest that is known. */

const disposables = { current: new DisposableStore() };
let store: RunStore;
let outbox: Outbox;
let pulled: PulledRuns;
const sent = new Map<string, number>();

beforeEach(() => {
  disposables.current = new DisposableStore();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-pulled-'));
  disposables.current.add(toDisposable(() => fs.rmSync(folder, { recursive: true, force: true })));
  const { database } = disposables.current.add(openDatabase(path.join(folder, 'mirror.db'), migrations));
  store = createRunStore({ database, log: { write: () => undefined } });
  outbox = new Outbox(database);
  sent.clear();
  const lastSent = (lane: string) => sent.get(lane) ?? 0;
  pulled = new PulledRuns({ store, outbox, identities: new Identities(database), lastSent });
  pulled.experiments(
    replies.experiments.parse({
      experiments: [{ experiment_id: '77', name: 'whales', lifecycle_stage: 'active' }],
    }).experiments,
    0,
  );
});

afterEach(() => disposables.current.dispose());

function answer(note: string, status = 'RUNNING') {
  return replies.runs.parse({
    runs: [
      {
        info: { run_id: 'a1', experiment_id: '77', status, start_time: '5', lifecycle_stage: 'active' },
        data: { tags: [{ key: 'note', value: note }] },
      },
    ],
  }).runs;
}

const note = () => store.tags('a1').find(({ key }) => key === 'note')?.value;

test('a change that still waits to be sent, or was sent after the question, is not undone by the answer', () => {
  expect(pulled.runs(answer('first'), 100)).toBe(1);
  expect(note()).toBe('first');

  store.logBatch('a1', { tags: [{ key: 'note', value: 'ours' }] });
  outbox.append(laneOfRun('a1'), { kind: 'deleteTag', key: 'x' });
  pulled.runs(answer('second'), 200);
  pulled.gone('a1', 200);
  expect([note(), store.getRun('a1')?.lifecycleStage]).toEqual(['ours', 'active']);

  outbox.done(outbox.head(laneOfRun('a1'), 10).map(({ id }) => id));
  sent.set(laneOfRun('a1'), 300);
  pulled.runs(answer('second'), 250);
  expect(note()).toBe('ours');

  pulled.runs(answer('ours', 'FINISHED'), 400);
  expect([note(), store.getRun('a1')?.status]).toEqual(['ours', 'FINISHED']);
});

test('a run that is gone there, and comes back there, does so here', () => {
  pulled.runs(answer('first'), 100);
  pulled.gone('a1', 200);
  expect(store.getRun('a1')?.lifecycleStage).toBe('deleted');
  pulled.runs(answer('first'), 300);
  expect(store.getRun('a1')?.lifecycleStage).toBe('active');
});
