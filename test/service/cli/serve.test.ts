import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive } from '../../support/service.ts';
import { waitFor } from '../../support/waitFor.ts';
import { clientOf, newRun, sendRaw } from '../mlflow/trackingServer.ts';
import { type Going, TypedFolder } from './commandLine.ts';

let folder: TypedFolder;

beforeEach(() => {
  folder = new TypedFolder();
});

afterEach(() => folder.dispose());

interface Served {
  readonly going: Going;
  readonly trackingUri: string;
  readonly artifacts: string;
  readonly open: boolean;
  readonly processId: number;
}

/** `mlops serve … --json`, once it has said where. */
async function served(...words: string[]): Promise<Served> {
  const going = folder.start(['serve', ...words, '--json']);
  await Promise.race([
    going.saw('\n'),
    going.ended.then(({ exitCode, stderr }) => {
      throw new Error(`mlops serve ended with ${exitCode}: ${stderr}`);
    }),
  ]);
  return { going, ...JSON.parse(going.stdout) };
}

async function freePort(): Promise<number> {
  const { port, close } = await takenPort();
  await close();
  return port;
}

async function takenPort(): Promise<{ port: number; close(): Promise<void> }> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  return { port, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

describe('mlops serve', () => {
  it('says its address in one line, serves it, and is gone after Ctrl-C', async () => {
    const going = folder.start(['serve']);
    await going.saw('\n');
    const [, address] = /^Tracking at (http:\/\/127\.0\.0\.1:\d+\/[\w-]{32})\n$/.exec(going.stdout) ?? [];
    expect(address, going.stdout).toBeDefined();
    const runId = await newRun(clientOf(address!));
    expect(runId).toMatch(/^[0-9a-f]{32}$/);
    const processId = await folder.servicePid();
    going.interrupt();
    expect(await going.ended).toMatchObject({ exitCode: 0, stderr: '' });
    // The run is still under way, but no script is: killed ones leave such behind.
    expect(isAlive(processId)).toBe(false);
    expect(await folder.json('runs', 'show', runId)).toMatchObject({ id: runId });
  });

  it.each(['SIGTERM', 'SIGHUP'] as const)('ends as cleanly on %s', async (signal) => {
    const { going, processId } = await served();
    going.interrupt(signal);
    expect(await going.ended).toMatchObject({ exitCode: 0, stderr: '' });
    expect(isAlive(processId)).toBe(false);
  });

  it('keeps its port and secret from one time to the next', async () => {
    const first = await served();
    first.going.interrupt();
    await first.going.ended;
    const second = await served();
    expect(second.processId).not.toBe(first.processId);
    expect(second.trackingUri).toBe(first.trackingUri);
    second.going.interrupt();
    expect((await second.going.ended).exitCode).toBe(0);
  });

  it('starts a service that died again, at the same address', async () => {
    const { going, trackingUri, processId } = await served();
    await folder.killService();
    await waitFor('another service', async () => (await folder.servicePid()) !== processId);
    await waitFor('its answer', async () => (await clientOf(trackingUri).raw('/health')).text === 'OK');
    going.interrupt();
    expect((await going.ended).exitCode).toBe(0);
  });

  it('listens on the port that it was given', async () => {
    const port = await freePort();
    const { going, trackingUri } = await served('--port', String(port));
    expect(new URL(trackingUri).port).toBe(String(port));
    going.interrupt();
    await going.ended;
  });

  it('leaves the service to those who are attached still', async () => {
    const first = await served();
    const second = await served();
    expect(second.processId).toBe(first.processId);
    first.going.interrupt();
    expect((await first.going.ended).exitCode).toBe(0);
    expect((await clientOf(second.trackingUri).raw('/health')).text).toBe('OK');
    second.going.interrupt();
    await second.going.ended;
  });
});

describe('an artifact folder of its own', () => {
  it('takes what is logged, now and when nobody names it any more', async () => {
    const artifacts = path.join(folder.root, 'elsewhere');
    const first = await served('--artifacts', 'elsewhere');
    expect(first.artifacts).toBe(artifacts);
    const client = clientOf(first.trackingUri);
    const runId = await newRun(client);
    expect((await client.artifact('PUT', `0/${runId}/artifacts/note.txt`, 'kept')).status).toBe(200);
    expect(fs.readFileSync(path.join(artifacts, '0', runId, 'artifacts', 'note.txt'), 'utf8')).toBe('kept');
    first.going.interrupt();
    await first.going.ended;

    expect(await folder.json('runs', 'show', runId)).toMatchObject({
      artifacts: [{ path: 'note.txt', bytes: 4 }],
    });
    await folder.mlops('service', 'stop');
    const other = await folder.mlops('serve', '--artifacts', 'third');
    expect(other).toMatchObject({ exitCode: 1, stdout: '' });
    expect(other.stderr).toContain(`The artifacts of earlier runs lie in ${artifacts}`);
    const again = await served();
    expect(again.artifacts).toBe(artifacts);
    again.going.interrupt();
    await again.going.ended;
  });

  it('is refused where it cannot be written, and when it has gone', async () => {
    folder.write('a file', '');
    const refused = await folder.mlops('serve', '--artifacts', 'a file');
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toContain('it is not a folder that you may write to. Nothing was started.');

    const { going } = await served('--artifacts', 'elsewhere');
    going.interrupt();
    await going.ended;
    fs.rmSync(path.join(folder.root, 'elsewhere'), { recursive: true });
    const gone = await folder.mlops('serve');
    expect(gone).toMatchObject({ exitCode: 1, stdout: '' });
    expect(gone.stderr).toContain('elsewhere, which is not there. Nothing was started.');
  });
});

describe('--open', () => {
  it('has no secret, says so, and still refuses pages and foreign names', async () => {
    const secretBefore = await served();
    secretBefore.going.interrupt();
    await secretBefore.going.ended;

    const { going, trackingUri, open } = await served('--open');
    const { port, pathname } = new URL(trackingUri);
    expect({ open, pathname }).toEqual({ open: true, pathname: '/' });
    await going.saw('Warning: the address has no secret.', 'stderr');
    const at = `/api/2.0/mlflow/experiments/get?experiment_id=0`;
    expect((await sendRaw(Number(port), at)).json).toMatchObject({ experiment: { name: 'Default' } });
    const fromPage = await sendRaw(Number(port), at, { headers: { origin: 'http://evil.example' } });
    expect(fromPage).toMatchObject({ status: 403, text: 'Cross-origin request blocked' });
    const rebound = await sendRaw(Number(port), at, { headers: { host: `evil.example:${port}` } });
    expect(rebound.status).toBe(403);

    const processId = await folder.servicePid();
    going.interrupt();
    expect((await going.ended).exitCode).toBe(0);
    expect(isAlive(processId)).toBe(false);
    const after = await served();
    expect(after.open).toBe(false);
    expect(new URL(after.trackingUri).pathname).toBe(new URL(secretBefore.trackingUri).pathname);
    after.going.interrupt();
    await after.going.ended;
  });

  it('ends with its terminal, also while others are attached: they go on with the secret', async () => {
    const opened = await served('--open');
    const other = await served();
    expect(other.open).toBe(true);
    opened.going.interrupt();
    await opened.going.ended;
    await other.going.saw('"open":false');
    const port = Number(new URL(opened.trackingUri).port);
    expect((await sendRaw(port, '/api/2.0/mlflow/experiments/get?experiment_id=0')).status).toBe(404);
    other.going.interrupt();
    await other.going.ended;
  });
});

describe('what cannot be had', () => {
  it('a port that another program has', async () => {
    const taken = await takenPort();
    const { exitCode, stdout, stderr } = await folder.mlops('serve', '--port', String(taken.port));
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain(`Port ${taken.port} on this machine is taken by another program.`);
    await taken.close();
  });

  it.each(['http', '0', '65536', '1.5', '-1'])('the port %s', async (port) => {
    const { exitCode, stderr } = await folder.mlops('serve', `--port=${port}`);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Give a whole number from 1 to 65535.');
  });

  it('a workspace that is not there', async () => {
    const { exitCode, stderr } = await folder.mlops('serve', '--workspace', 'nowhere');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('There is no folder');
  });

  it('other wishes than those of a service that runs', async () => {
    const { going, trackingUri } = await served();
    const words = [
      'serve',
      '--port',
      String(await freePort()),
      '--artifacts',
      'elsewhere',
      '--open',
      '--json',
    ];
    const { exitCode, stdout, stderr } = await folder.mlops(...words);
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout).error.code).toBe('cli.alreadyServed');
    expect(stderr).toContain(`This folder is served already, at ${trackingUri}, so --port `);
    expect(stderr).toContain('and --open cannot be had. Nothing was changed.');
    expect(fs.existsSync(path.join(folder.root, 'elsewhere'))).toBe(false);
    // The same wishes as what there is are no contradiction.
    const same = await served('--port', new URL(trackingUri).port, '--artifacts', '.mlops/artifacts');
    expect(same.trackingUri).toBe(trackingUri);
    same.going.interrupt();
    await same.going.ended;
    going.interrupt();
    await going.ended;
  });
});
