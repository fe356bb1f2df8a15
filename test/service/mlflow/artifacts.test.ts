import { createHash } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { expect, test } from 'vitest';
import { clientOf, newRun, secret, sendRaw, startServer, type TestServer } from './trackingServer.ts';

async function start() {
  const started = await startServer();
  return { ...started, client: clientOf(started.server.uri) };
}

/** Every file below, with its content; links are not followed. */
function tree(folder: string, prefix = ''): Record<string, string> {
  const entries = fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      return Object.entries(tree(file, `${prefix}${entry.name}/`));
    }
    return entry.isFile() ? [[`${prefix}${entry.name}`, fs.readFileSync(file, 'utf8')]] : [];
  });
  return Object.fromEntries(entries);
}

test('what is put is got, listed and deleted, also with plus, space, percent and unicode in its name', async () => {
  const { client } = await start();
  for (const name of [
    'plain.txt',
    'key+step+1.png',
    'a b.txt',
    '50%.txt',
    'größe.csv',
    '%41.txt',
    '文 件.json',
  ]) {
    const address = `0/run/artifacts/deep/${encodeURIComponent(name).replaceAll('%2B', '+')}`;
    expect((await client.artifact('PUT', address, name)).text).toBe('{}');
    const got = await client.artifact('GET', address);
    expect(got.text).toBe(name);
    expect(got.headers['x-content-type-options']).toBe('nosniff');
    expect(got.headers['content-disposition']).toContain('attachment');
    const listed = await client.raw('/api/2.0/mlflow-artifacts/artifacts?path=0/run/artifacts/deep');
    expect(listed.json.files).toEqual([{ path: name, is_dir: false, file_size: Buffer.byteLength(name) }]);
    expect((await client.artifact('DELETE', address)).status).toBe(200);
    expect((await client.artifact('GET', address)).status).toBe(404);
  }
});

test('the two lists: relative to the folder in the proxy, relative to the run in the API', async () => {
  const { client, server } = await start();
  const run_id = await newRun(client);
  await client.artifact('PUT', `0/${run_id}/artifacts/model/MLmodel`, 'flavors');
  await client.artifact('PUT', `0/${run_id}/artifacts/a.txt`, '');
  const proxy = await client.raw(`/api/2.0/mlflow-artifacts/artifacts?path=0/${run_id}/artifacts`);
  expect(proxy.json.files).toEqual([
    { path: 'a.txt', is_dir: false, file_size: 0 },
    { path: 'model', is_dir: true },
  ]);
  const listed = await client.get('artifacts/list', { run_id, path: 'model' });
  expect(listed.json).toEqual({
    root_uri: `mlflow-artifacts:/0/${run_id}/artifacts`,
    files: [{ path: 'model/MLmodel', is_dir: false, file_size: 7 }],
  });
  expect(server.lastRequestTime()).toBeGreaterThan(0);
});

test('a file and an absent folder have nothing to list; a folder is not a file', async () => {
  const { client } = await start();
  await client.artifact('PUT', 'x/a.txt', '1');
  for (const folder of ['x/a.txt', 'nothing', 'x/a.txt/deeper']) {
    expect((await client.raw(`/api/2.0/mlflow-artifacts/artifacts?path=${folder}`)).text).toBe('{}');
  }
  expect((await client.artifact('GET', 'x')).status).toBe(404);
  expect((await client.artifact('PUT', 'x', 'over a folder')).status).toBe(400);
  expect((await client.artifact('PUT', 'x/a.txt/b', 'below a file')).status).toBe(400);
});

test('a JSON artifact is a file like any other, not a message', async () => {
  const { client, server } = await start();
  const { pathname } = new URL(server.uri);
  const put = await sendRaw(server.port, `${pathname}/api/2.0/mlflow-artifacts/artifacts/a.json`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: '{ not json',
  });
  expect(put.status).toBe(200);
  expect((await client.artifact('GET', 'a.json')).text).toBe('{ not json');
});

test('an empty upload in chunks makes an empty file', async () => {
  const { client, server } = await start();
  const { pathname } = new URL(server.uri);
  await sendRaw(server.port, `${pathname}/api/2.0/mlflow-artifacts/artifacts/empty`, {
    method: 'PUT',
    headers: { 'transfer-encoding': 'chunked' },
  });
  const got = await client.artifact('GET', 'empty');
  expect([got.status, got.headers['content-length']]).toEqual([200, '0']);
});

test('an upload of 100 MB goes to disk as it comes, and is whole', async () => {
  const { server, artifactRoot } = await start();
  const chunk = Buffer.alloc(1_000_000, 'abcdefg');
  const expected = createHash('sha256');
  const { pathname } = new URL(server.uri);
  const before = process.memoryUsage().rss;
  let most = 0;
  const status = await new Promise<number>((resolve, reject) => {
    const request = http.request(
      {
        host: '127.0.0.1',
        port: server.port,
        method: 'PUT',
        path: `${pathname}/api/2.0/mlflow-artifacts/artifacts/big.bin`,
      },
      (response) => {
        response.resume();
        resolve(response.statusCode!);
      },
    );
    request.on('error', reject);
    let sent = 0;
    const next = () => {
      most = Math.max(most, process.memoryUsage().rss);
      if (sent === 100) {
        request.end();
        return;
      }
      sent += 1;
      expected.update(chunk);
      request.write(chunk, next);
    };
    next();
  });
  expect(status).toBe(200);
  const stored = createHash('sha256').update(fs.readFileSync(path.join(artifactRoot, 'big.bin')));
  expect(stored.digest('hex')).toBe(expected.digest('hex'));
  expect(most - before).toBeLessThan(80_000_000);
});

test('an upload that breaks off leaves the old file and no rest', async () => {
  const { client, server, artifactRoot } = await start();
  await client.artifact('PUT', 'a.txt', 'old');
  const { pathname } = new URL(server.uri);
  await new Promise<void>((resolve) => {
    const request = http.request({
      host: '127.0.0.1',
      port: server.port,
      method: 'PUT',
      path: `${pathname}/api/2.0/mlflow-artifacts/artifacts/a.txt`,
      headers: { 'content-length': '1000' },
    });
    request.on('error', () => resolve());
    request.write('new but not all of it', () => request.destroy());
  });
  await expect.poll(() => tree(artifactRoot)).toEqual({ 'a.txt': 'old' });
});

const escapes = [
  '../outside.txt',
  '..%2foutside.txt',
  '%2e%2e/outside.txt',
  '%2e%2e%2foutside.txt',
  '%252e%252e%252foutside.txt',
  '%25252e%25252e%25252foutside.txt',
  'a/../../outside.txt',
  'a/%2e%2e/%2e%2e/outside.txt',
  '..%5coutside.txt',
  '..\\outside.txt',
  'a%5c..%5c..%5coutside.txt',
  '/etc/passwd',
  '%2fetc%2fpasswd',
  '%252fetc%252fpasswd',
  'C:%5cWindows%5cwin.ini',
  'C:/Windows/win.ini',
  'c%3a/Windows/win.ini',
  'outside.txt%00.png',
  'a%2500',
  'a%23/../../outside.txt',
  'a%23b',
  'a%3fb',
  '.uploads/x',
  './.uploads/x',
  'link/outside.txt',
  'link/new.txt',
  'linkfile',
  'dangling',
  '%',
  '%zz',
  '',
  '.',
  './',
];

test.each(escapes)('no way out of the artifact folder: %j', async (attack) => {
  const started: TestServer = await startServer();
  const { folder, artifactRoot } = started;
  const client = clientOf(started.server.uri);
  fs.writeFileSync(path.join(folder, 'outside.txt'), 'secret');
  fs.symlinkSync(folder, path.join(artifactRoot, 'link'));
  fs.symlinkSync(path.join(folder, 'outside.txt'), path.join(artifactRoot, 'linkfile'));
  fs.symlinkSync(path.join(folder, 'new.txt'), path.join(artifactRoot, 'dangling'));
  await client.artifact('PUT', 'kept.txt', 'kept');
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const reply = await client.artifact(method, attack, method === 'PUT' ? 'evil' : undefined);
    expect(reply.text).not.toContain('secret');
    // The folder itself, written with a slash, is a list that is empty of what it must not show.
    expect([method, reply.status >= 400 && reply.status < 500]).toEqual([method, true]);
  }
  const listed = await client.raw(
    `/api/2.0/mlflow-artifacts/artifacts?path=${encodeURIComponent(decodeLoosely(attack))}`,
  );
  const names = (listed.json.files ?? []).map((file: { path: string }) => file.path);
  expect(names.filter((name: string) => name !== 'kept.txt')).toEqual([]);
  expect(fs.readFileSync(path.join(folder, 'outside.txt'), 'utf8')).toBe('secret');
  expect(fs.existsSync(path.join(folder, 'new.txt'))).toBe(false);
  expect(tree(artifactRoot)).toEqual({ 'kept.txt': 'kept' });
});

test('a run whose artifacts lie elsewhere is not opened', async () => {
  const { client } = await start();
  const { json } = await client.post('experiments/create', {
    name: 'far',
    artifact_location: 's3://bucket/x',
  });
  const run_id = await newRun(client, { experiment_id: json.experiment_id });
  const listed = await client.get('artifacts/list', { run_id });
  expect([listed.status, listed.json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
  for (const attack of ['..', '../..', '%2e%2e', 'a\\..\\..', '/etc']) {
    const own = await newRun(client);
    expect((await client.get('artifacts/list', { run_id: own, path: attack })).status).toBe(400);
  }
});

test('the secret never appears in what is answered', async () => {
  const { client } = await start();
  for (const rawPath of ['/nothing', '/api/2.0/mlflow/nothing', '/api/2.0/mlflow-artifacts/artifacts/%zz']) {
    expect((await client.raw(rawPath)).text).not.toContain(secret);
  }
});

function decodeLoosely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
