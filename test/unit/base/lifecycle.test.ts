import { expect, test } from 'vitest';
import { Emitter } from '../../../src/base/event.ts';
import { DisposableStore, toDisposable } from '../../../src/base/lifecycle.ts';

test('a store disposes in reverse order, once', () => {
  const order: number[] = [];
  const store = new DisposableStore();
  store.add(toDisposable(() => order.push(1)));
  store.add(toDisposable(() => order.push(2)));
  store.dispose();
  store.dispose();
  expect(order).toEqual([2, 1]);
});

test('what is added to a disposed store is disposed at once', () => {
  const store = new DisposableStore();
  store.dispose();
  let disposed = false;
  store.add(toDisposable(() => (disposed = true)));
  expect(disposed).toBe(true);
});

test('a listener that throws does not stop the others', () => {
  const errors: unknown[] = [];
  const heard: string[] = [];
  const emitter = new Emitter<string>((error) => errors.push(error));
  const first = emitter.event(() => {
    throw new Error('broken listener');
  });
  const second = emitter.event((value) => heard.push(value));
  emitter.fire('news');
  first.dispose();
  second.dispose();
  emitter.fire('nobody hears this');
  expect(heard).toEqual(['news']);
  expect(errors).toHaveLength(1);
});
