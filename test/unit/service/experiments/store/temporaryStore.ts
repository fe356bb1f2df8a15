import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach } from 'vitest';
import { createRunStore } from '../../../../../src/service/experiments/sqliteStore.ts';
import type { MetricPoint, RunStore, StoredRun } from '../../../../../src/service/experiments/store.ts';
import { openDatabase } from '../../../../../src/service/storage/database.ts';
import { migrations } from '../../../../../src/service/storage/migrations/all.ts';

export interface TemporaryStore {
  readonly store: RunStore;
  /** Closes the database and opens it again, as after a restart of the service. */
  reopen(): RunStore;
}

const cleanups: (() => void)[] = [];

afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) {
    cleanup();
  }
});

export function temporaryStore(): TemporaryStore {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-store-'));
  cleanups.push(() => fs.rmSync(folder, { recursive: true, force: true }));
  const open = () => {
    const opened = openDatabase(path.join(folder, 'workbench.db'), migrations);
    cleanups.push(() => opened.dispose());
    return { opened, store: createRunStore({ database: opened.database, log: { write: () => undefined } }) };
  };
  let current = open();
  return {
    get store() {
      return current.store;
    },
    reopen() {
      current.opened.dispose();
      current = open();
      return current.store;
    },
  };
}

export function newRun(store: RunStore, experiment = '0', script?: string): StoredRun {
  return store.createRun({
    experiment,
    status: 'RUNNING',
    startTime: 1_700_000_000_000,
    userId: 'ada',
    ...(script !== undefined && { script }),
  });
}

export function point(key: string, step: number, value: number, timestamp = 1_000 + step): MetricPoint {
  return { key, step, value, timestamp };
}
