import net from 'node:net';
import os from 'node:os';
import { expect, test } from 'vitest';
import { clientOf, secret, sendRaw, startServer } from './trackingServer.ts';

const experiment = '/api/2.0/mlflow/experiments/get?experiment_id=0';

test('without the secret nothing is there, not even health', async () => {
  const { server } = await startServer();
  for (const prefix of [
    '',
    '/',
    '/wrong',
    `/${secret}x`,
    `/${secret.slice(0, -1)}`,
    `/x/${secret}`,
    `//${secret}`,
  ]) {
    for (const rawPath of [experiment, '/health', '/version', '']) {
      expect((await sendRaw(server.port, `${prefix}${rawPath}` || '/')).status).toBe(404);
    }
  }
});

test.each(['evil.example', 'evil.example:PORT', '127.0.0.1', '127.0.0.1:1', 'localhost.evil.example:PORT'])(
  'a rebound name in Host is refused: %j',
  async (host) => {
    const { server } = await startServer();
    const reply = await sendRaw(server.port, `/${secret}${experiment}`, {
      headers: { host: host.replace('PORT', String(server.port)) },
    });
    expect(reply.status).toBe(403);
  },
);

test('our own names in Host are served', async () => {
  const { server } = await startServer();
  for (const host of ['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]']) {
    const headers = { host: `${host}:${server.port}` };
    expect((await sendRaw(server.port, `/${secret}${experiment}`, { headers })).status).toBe(200);
  }
});

test.each(['https://evil.example', 'null', 'http://127.0.0.1:1', 'http://localhost', 'file://', ''])(
  'whatever a page sends carries Origin and is refused: %j',
  async (origin) => {
    const { server, store } = await startServer();
    for (const method of ['GET', 'POST', 'OPTIONS', 'PUT', 'DELETE']) {
      const reply = await sendRaw(server.port, `/${secret}/api/2.0/mlflow/experiments/create`, {
        method,
        headers: { origin, 'content-type': 'application/json' },
        ...(method === 'POST' && { body: '{"name":"from a page"}' }),
      });
      expect(reply.status).toBe(403);
      expect(Object.keys(reply.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
    expect(store.getExperimentByName('from a page')).toBeUndefined();
  },
);

test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', undefined])(
  'a form cannot write: content type %j',
  async (type) => {
    const { server, store } = await startServer();
    for (const body of ['{"name":"from a form"}', '']) {
      const reply = await clientOf(server.uri).raw('/api/2.0/mlflow/experiments/create', {
        method: 'POST',
        headers: { ...(type !== undefined && { 'content-type': type }) },
        body,
      });
      expect([reply.status, reply.json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    }
    expect(store.getExperimentByName('from a form')).toBeUndefined();
  },
);

test('it listens on loopback only', async () => {
  const { server } = await startServer();
  const outside = Object.values(os.networkInterfaces())
    .flat()
    .find((address) => address && !address.internal && address.family === 'IPv4');
  if (!outside) {
    return;
  }
  const reached = await new Promise<boolean>((resolve) => {
    const socket = net.connect(server.port, outside.address);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
  expect(reached).toBe(false);
});

test('a content type in the request is not echoed into a page', async () => {
  const { server } = await startServer();
  const reply = await clientOf(server.uri).raw('/api/2.0/mlflow/experiments/create', {
    method: 'POST',
    headers: { 'content-type': '<script>alert(1)</script>' },
    body: '{}',
  });
  expect(reply.text).not.toContain('<script>');
  expect(reply.headers['content-type']).toContain('application/json');
  expect(reply.headers['x-content-type-options']).toBe('nosniff');
});

test('an HTML artifact is handed out as a download, never shown', async () => {
  const { server } = await startServer();
  const client = clientOf(server.uri);
  await client.artifact('PUT', 'x.html', '<script>alert(1)</script>');
  const got = await client.artifact('GET', 'x.html');
  expect(got.headers['content-type']).toBe('application/octet-stream');
  expect(got.headers['content-disposition']).toContain('attachment');
});
