import { defineConfig } from 'vitest/config';

/** One project per test level; `test/run.ts` decides which can run on this machine. */
const level = (name: string, options: Record<string, unknown> = {}) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    setupFiles: ['test/support/disposables.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    ...options,
  },
});

/** Each of these starts a browser and an editor: one at a time, with time to start. */
const slow = { fileParallelism: false, testTimeout: 240_000, hookTimeout: 600_000 };

export default defineConfig({
  test: {
    projects: [
      level('unit'),
      level('golden'),
      // Once in hundreds of starts `mlops` has been seen to wait for ever on a busy machine, of a cause not yet
      // found; `test/run.ts` names each test that passed only when it was tried again.
      level('service', { testTimeout: 60_000, retry: 1 }),
      level('pages', slow),
      level('contract', slow),
      // Both click: one can be lost while a tree draws itself anew on a busy machine; what is broken fails each time.
      level('editor', { ...slow, retry: 2 }),
      level('package', { ...slow, retry: 2 }),
      level('acceptance', slow),
    ],
    reporters: ['default'],
  },
});
