import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connect } from '../../../src/attach/connection.ts';
import { getRuns, listExperiments } from '../../../src/protocol/experiments.ts';
import { protocolVersion } from '../../../src/protocol/rpc.ts';
import { getStatus, hello, retire } from '../../../src/protocol/service.ts';
import { isAlive, kill, ServedFolder, serviceScript, version } from '../../support/service.ts';
import { waitFor } from '../../support/waitFor.ts';
import { clientOf, newRun } from '../mlflow/trackingServer.ts';

let folder: ServedFolder;

beforeEach(() => {
  folder = new ServedFolder();
});

afterEach(() => folder.dispose());

describe('one service per folder', () => {
  test('a second window attaches to the first one’s service', async () => {
    const first = await folder.attach();
    const second = await folder.attach();
    expect(second.welcome.processId).toBe(first.welcome.processId);
    expect((await second.connection.send(getStatus, null)).connections).toBe(2);
  });

  test('ten windows that open at the same moment share one service', async () => {
    const attached = await Promise.all(Array.from({ length: 10 }, () => folder.attach()));
    expect(new Set(attached.map(({ welcome }) => welcome.processId)).size).toBe(1);
  });

  test('it leaves when nobody is attached', async () => {
    const { connection, welcome } = await folder.attach({ idleSeconds: 0.2 });
    expect(isAlive(welcome.processId)).toBe(true);
    connection.dispose();
    await waitFor('the idle service to leave', () => !isAlive(welcome.processId));
  });

  test('its address and everything it keeps are out of git and out of others’ sight', async () => {
    await folder.attach();
    expect(fs.readFileSync(path.join(folder.root, '.mlops', '.gitignore'), 'utf8')).toBe('*\n');
    expect(fs.statSync(path.join(folder.root, '.mlops', 'service.json')).mode & 0o777).toBe(0o600);
    const { socket } = (await folder.address())!;
    expect(fs.statSync(path.dirname(socket)).mode & 0o077).toBe(0);
  });
});

test('what V8 compiled is kept with the user’s caches, and a start does not depend on it', async () => {
  const caches = path.join(folder.root, 'caches');
  const before = process.env.XDG_CACHE_HOME;
  try {
    process.env.XDG_CACHE_HOME = caches;
    const { connection, welcome } = await folder.attach({ idleSeconds: 0.2 });
    connection.dispose();
    await waitFor('the idle service to leave', () => !isAlive(welcome.processId));
    expect(fs.readdirSync(path.join(caches, 'mlops-workbench', 'compiled'))).not.toEqual([]);
    process.env.XDG_CACHE_HOME = folder.write('not-a-folder', '');
    const again = await folder.attach();
    expect(await again.connection.send(listExperiments, null)).toEqual(expect.any(Array));
  } finally {
    process.env.XDG_CACHE_HOME = before;
    if (before === undefined) {
      delete process.env.XDG_CACHE_HOME;
    }
  }
});

describe('a service that dies', () => {
  test('fails what was asked, and the next attach starts another at the same tracking address', async () => {
    const { connection, welcome } = await folder.attach();
    const { closed } = connection;
    kill(welcome.processId, 'SIGKILL');
    await closed;
    await expect(connection.send(listExperiments, null)).rejects.toMatchObject({ code: 'service.wentAway' });
    const again = await folder.attach();
    expect(again.welcome.processId).not.toBe(welcome.processId);
    expect(again.welcome.trackingUri).toBe(welcome.trackingUri);
  });
});

test('a service that takes the connection and then is gone is replaced by another', async () => {
  const { connection, welcome } = await folder.attach();
  connection.dispose();
  kill(welcome.processId, 'SIGKILL');
  await waitFor('the end of the service', () => !isAlive(welcome.processId));
  const { socket } = (await folder.address())!;
  fs.rmSync(socket, { force: true });
  const dying = net.createServer((client) => {
    client.destroy();
    dying.close();
  });
  await new Promise<void>((resolve) => dying.listen(socket, resolve));
  const again = await folder.attach();
  expect(await again.connection.send(listExperiments, null)).toEqual(expect.any(Array));
});

test('a run that a killed script left under way holds no service that comes later', async () => {
  const { welcome } = await folder.attach();
  const runId = await newRun(clientOf(welcome.trackingUri));
  kill(welcome.processId, 'SIGKILL');
  await waitFor('the end of the service', () => !isAlive(welcome.processId));
  const again = await folder.attach({ idleSeconds: 0.2 });
  expect(await again.connection.send(getRuns, { runs: [runId] })).toMatchObject([{ state: 'running' }]);
  again.connection.dispose();
  await waitFor('the idle service to leave', () => !isAlive(again.welcome.processId));
});

describe('another version', () => {
  test('is refused by its hello and asked to leave, and the new one takes over', async () => {
    const old = await folder.attach();
    const { closed } = old.connection;
    // This build cannot answer to another version either: what counts is that the old one has left.
    await expect(folder.attach({ version: '99.0.0' })).rejects.toMatchObject({
      code: 'service.olderServiceBusy',
    });
    await closed;
    await waitFor('the old service to leave', () => !isAlive(old.welcome.processId));
  });

  test('says which versions met', async () => {
    await folder.attach();
    const connection = await connect((await folder.address())!.socket);
    const greeting = connection.send(hello, {
      protocol: protocolVersion + 1,
      version: '99.0.0',
      client: 'test',
    });
    await expect(greeting).rejects.toMatchObject({
      code: 'service.otherVersion',
      message: `The MLOps service of this folder is version ${version}; version 99.0.0 asked. Nothing was changed.`,
    });
    expect(await connection.send(retire, null)).toEqual({ leaving: true, runningRuns: 0 });
    await connection.closed;
  });
});

describe('a folder it cannot serve', () => {
  test('a database of a newer version is refused and not touched', async () => {
    const file = path.join(folder.root, '.mlops', 'workbench.db');
    fs.mkdirSync(path.dirname(file));
    const newer = new SqliteDatabase(file);
    newer.pragma('user_version = 4711');
    newer.exec("CREATE TABLE future (thing TEXT); INSERT INTO future VALUES ('kept')");
    newer.close();
    const before = fs.readFileSync(file);
    await expect(folder.attach()).rejects.toMatchObject({
      code: 'storage.newerDatabase',
      message: expect.stringContaining('written by a newer MLOps Workbench (format 4711'),
    });
    expect(fs.readFileSync(file).equals(before)).toBe(true);
  });

  test('a file that is no database is refused and not touched', async () => {
    const file = folder.write('.mlops/workbench.db', 'this is a letter, not a database'.repeat(50));
    await expect(folder.attach()).rejects.toMatchObject({ code: 'storage.damagedDatabase' });
    expect(fs.readFileSync(file, 'utf8')).toBe('this is a letter, not a database'.repeat(50));
  });

  test('a folder that is not there', async () => {
    const child = spawn(process.execPath, [serviceScript, '--workspace', path.join(folder.root, 'nowhere')]);
    const line = await new Promise<string>((resolve) =>
      child.stdout.once('data', (data) => resolve(String(data))),
    );
    expect(JSON.parse(line)).toMatchObject({ state: 'failed', error: { code: 'service.folderNotFound' } });
  });

  test('a name where the folder should be written is taken by a file', async () => {
    folder.write('.mlops', 'a file in the way');
    await expect(folder.attach()).rejects.toMatchObject({
      code: 'storage.readOnlyFolder',
      message: expect.stringContaining('runs and versions cannot be recorded there'),
    });
  });
});
