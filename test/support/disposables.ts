import { afterAll, beforeAll, expect } from 'vitest';
import { type Disposable, setDisposableTracker } from '../../src/base/lifecycle.ts';

/** A suite that leaves a disposable alive fails, and says where it was made. */
const alive = new Map<Disposable, string>();

beforeAll(() => {
  alive.clear();
  setDisposableTracker({
    created: (disposable) => alive.set(disposable, new Error('made here').stack ?? ''),
    disposed: (disposable) => alive.delete(disposable),
  });
});

afterAll(() => {
  setDisposableTracker(undefined);
  expect([...alive.values()], 'disposables left alive').toEqual([]);
});
