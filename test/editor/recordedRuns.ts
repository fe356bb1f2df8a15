import path from 'node:path';
import { createRunStore } from '../../src/service/experiments/sqliteStore.ts';
import { openDatabase } from '../../src/service/storage/database.ts';
import { migrations } from '../../src/service/storage/migrations/all.ts';
import { openWorkspaceFolder } from '../../src/service/workspaceFolder.ts';

/** Writes finished runs into the folder before a window opens it, each a minute younger than the one before. */
export function recordRuns(folder: string, names: readonly (string | undefined)[]): void {
  const { database, dispose } = openDatabase(openWorkspaceFolder(folder).database, migrations);
  const store = createRunStore({ database, log: { write: () => undefined } });
  const experiment = store.createExperiment({ name: path.basename(folder) }).id;
  const first = Date.now() - (names.length + 60) * 60_000;
  for (const [index, name] of names.entries()) {
    const startTime = first + index * 60_000;
    const run = store.createRun({
      experiment,
      status: 'RUNNING',
      startTime,
      userId: 'ada',
      ...(name !== undefined && { name }),
    });
    store.updateRun(run.runId, { status: 'FINISHED', endTime: startTime + 1000 });
  }
  dispose();
}
