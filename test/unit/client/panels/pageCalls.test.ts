import { expect, it } from 'vitest';
import type { SendOptions } from '../../../../src/attach/connection.ts';
import { PageCalls, type PageRequest } from '../../../../src/client/panels/pageCalls.ts';
import type { HostMessage } from '../../../../src/protocol/panels.ts';

interface Asked {
  readonly request: PageRequest;
  readonly options: SendOptions;
  answer(result: unknown): Promise<void>;
}

/** A client whose answers are given by hand. */
function scene() {
  const asked: Asked[] = [];
  const posted: HostMessage[] = [];
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
  const calls = new PageCalls(
    (request, options) =>
      new Promise((resolve) => {
        asked.push({
          request,
          options,
          answer: (result) => {
            resolve(result);
            return turn();
          },
        });
      }),
    (message) => posted.push(message),
  );
  const ask = (id: number, method: string, parameters: unknown, progress?: boolean) =>
    calls.receive({ kind: 'request', id, method, parameters, ...(progress && { progress }) });
  return { asked, posted, calls, ask };
}

it('answers with the result and the progress of what was asked', async () => {
  const { asked, posted, ask } = scene();
  ask(1, 'data/profile', { path: 'a' }, true);
  asked[0]!.options.onProgress!({ message: 'half', fraction: 0.5 });
  await asked[0]!.answer('done');
  expect(posted).toEqual([
    { kind: 'progress', id: 1, progress: { message: 'half', fraction: 0.5 } },
    { kind: 'result', id: 1, result: 'done' },
  ]);
});

it('gives a page that came back the work that it had begun, and cancels it when that page cancels', async () => {
  const { asked, posted, calls, ask } = scene();
  ask(7, 'data/profile', { path: 'a' }, true);
  ask(1, 'panel/ready', null);
  ask(2, 'data/profile', { path: 'a' }, true);
  expect(
    asked.map(({ request }) => request.method),
    'not begun again',
  ).toEqual(['data/profile', 'panel/ready']);
  asked[0]!.options.onProgress!({ message: 'half' });
  calls.receive({ kind: 'cancel', id: 2 });
  expect(asked[0]!.options.signal?.aborted).toBe(true);
  await asked[0]!.answer('done');
  expect(posted).toEqual([
    { kind: 'progress', id: 2, progress: { message: 'half' } },
    { kind: 'result', id: 2, result: 'done' },
  ]);
});

it('never gives a page the answer to another page that used the same number', async () => {
  const { asked, posted, ask } = scene();
  ask(2, 'data/readRows', { offset: 0 });
  ask(3, 'data/profile', { path: 'a' }, true);
  ask(1, 'panel/ready', null);
  ask(2, 'data/readRows', { offset: 500 });
  ask(3, 'data/profile', { path: 'a', target: 'y' }, true);
  expect(asked[0]!.options.signal?.aborted, 'quick work nobody waits for is given up').toBe(true);
  await asked[0]!.answer('old rows');
  await asked[1]!.answer('old profile');
  expect(posted).toEqual([]);
  await asked[3]!.answer('new rows');
  await asked[4]!.answer('new profile');
  expect(posted).toEqual([
    { kind: 'result', id: 2, result: 'new rows' },
    { kind: 'result', id: 3, result: 'new profile' },
  ]);
});

it('gives all of it up when the panel is closed', () => {
  const { asked, calls, ask } = scene();
  ask(1, 'data/profile', { path: 'a' }, true);
  ask(1, 'panel/ready', null);
  ask(2, 'data/readRows', null);
  calls.dispose();
  expect(asked.map(({ options }) => options.signal?.aborted)).toEqual([true, true, true]);
});
