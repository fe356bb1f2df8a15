import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { notEnoughRoom } from '../../../../src/service/data/errors.ts';
import { openTable } from '../../../../src/service/data/openTable.ts';
import { ProfileStore } from '../../../../src/service/data/profileStore.ts';
import { type Content, Profiling } from '../../../../src/service/data/profiling.ts';
import { type OpenedDatabase, openDatabase } from '../../../../src/service/storage/database.ts';
import { migrations } from '../../../../src/service/storage/migrations/all.ts';

let folder: string;
let opened: OpenedDatabase;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-profiling-'));
  opened = openDatabase(path.join(folder, 'workbench.db'), migrations);
});

afterEach(() => {
  opened.dispose();
  fs.rmSync(folder, { recursive: true, force: true });
});

it('what does not fit in little memory is profiled in more', async () => {
  const file = path.join(folder, 'a.csv');
  fs.writeFileSync(file, 'a,b\n1,x\n2,y\n');
  const memory: (number | undefined)[] = [];
  const profiling = new Profiling({
    store: new ProfileStore(opened.database),
    log: { write: () => undefined },
    open: async ({ name }, options) => {
      memory.push(options.memoryBytes);
      if (memory.length === 1) {
        throw notEnoughRoom(name, 'memory', new Error('Out of Memory Error'));
      }
      return openTable(file, name, { ...options, scratch: folder });
    },
  });
  const content: Content = {
    file,
    name: 'a.csv',
    of: { path: 'a.csv' },
    extension: '.csv',
    knownHash: () => undefined,
    computeHash: async () => 'hash',
  };
  let kept = 0;
  const work = { signal: new AbortController().signal, target: undefined, report: () => undefined };
  const profile = await profiling.profile(content, work, () => {
    kept += 1;
  });
  expect(profile.basis).toEqual({ kind: 'whole', rows: 2 });
  expect(memory).toEqual([250_000_000, undefined]);
  expect(kept).toBe(1);
});
