import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  CancellationTokenSource,
  createMessageConnection,
  type MessageConnection,
  ProgressType,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import { DisposableStore } from '../../../src/base/lifecycle.ts';
import type { NamedErrorData, Progress } from '../../../src/protocol/rpc.ts';
import {
  checkoutVersion,
  createRepository,
  type DatasetList,
  type DatasetVersion,
  datasetsChanged,
  listDatasets,
  listVersions,
  versionDataset,
} from '../../../src/protocol/versions.ts';
import { Router } from '../../../src/service/router.ts';
import { registerVersions } from '../../../src/service/versions/rpc.ts';
import { waitFor } from '../../support/waitFor.ts';
import { TestFolder } from './testFolder.ts';

let folder: TestFolder;
let client: MessageConnection;
let disposables: DisposableStore;
const changes: number[] = [];

beforeEach(() => {
  disposables = new DisposableStore();
  folder = disposables.add(new TestFolder({ git: false }));
  const router = new Router({ write: () => undefined });
  disposables.add(registerVersions(router, folder.versions));
  const [toService, toClient] = [new PassThrough(), new PassThrough()];
  router.serve(
    createMessageConnection(new StreamMessageReader(toService), new StreamMessageWriter(toClient)),
  );
  client = disposables.add(
    createMessageConnection(new StreamMessageReader(toClient), new StreamMessageWriter(toService)),
  );
  changes.length = 0;
  client.onNotification(datasetsChanged.method, ({ version }: { version: number }) => {
    changes.push(version);
  });
  client.listen();
});

afterEach(() => disposables.dispose());

async function failure(work: Promise<unknown>): Promise<NamedErrorData> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ResponseError);
  return (error as ResponseError<NamedErrorData>).data!;
}

const ask = <T>(method: string, parameters: unknown, progress?: number): Promise<T> =>
  client.sendRequest(method, { parameters, ...(progress === undefined ? {} : { progress }) });

it('carries the whole life of a dataset: no repository, one click, versions, checkout, news', async () => {
  folder.write('data.csv', 'one\n');
  const refused = await failure(ask(versionDataset.method, { path: 'data.csv' }));
  expect(refused).toMatchObject({ code: 'versions.noRepository', actions: [{ kind: 'createRepository' }] });
  expect(await ask(createRepository.method, null)).toBeNull();
  folder.git('config', 'user.name', 'Ada');
  folder.git('config', 'user.email', 'ada@example.org');
  const reports: Progress[] = [];
  client.onProgress(new ProgressType<Progress>(), 7, (value) => {
    reports.push(value);
  });
  await ask(versionDataset.method, { path: 'data.csv', message: 'First' }, 7);
  folder.write('data.csv', 'two\n');
  await ask(versionDataset.method, { path: folder.file('data.csv') });
  expect(reports.map(({ message }) => message)).toContain('Committing data.csv');
  const versions = await ask<DatasetVersion[]>(listVersions.method, { path: 'data.csv' });
  expect(versions.map(({ number, message }) => [number, message])).toEqual([
    [2, 'Version data.csv'],
    [1, 'First'],
  ]);
  expect(await ask(checkoutVersion.method, { path: 'data.csv', version: 1 })).toMatchObject({
    currentVersion: 1,
  });
  const list = await ask<DatasetList>(listDatasets.method, null);
  expect(list.datasets).toMatchObject([{ path: 'data.csv', state: 'unchanged' }]);
  await waitFor('the news', () => changes.length >= 4);
  expect(changes).toEqual(changes.map((_, index) => index + 1));
});

it('stops when the asker cancels', async () => {
  await ask(createRepository.method, null);
  folder.git('config', 'user.name', 'Ada');
  folder.git('config', 'user.email', 'ada@example.org');
  folder.write('big.bin', Buffer.alloc(150_000_000));
  const source = disposables.add(new CancellationTokenSource());
  const work = failure(
    client.sendRequest(versionDataset.method, { parameters: { path: 'big.bin' } }, source.token),
  );
  await waitFor('the beginning', () => folder.exists('.dvc/tmp/mlops'));
  source.cancel();
  expect(await work).toMatchObject({ code: 'cancelled' });
  expect([folder.exists('big.bin.dvc'), folder.exists('.dvc')]).toEqual([false, false]);
});
