import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isAlive } from '../../support/service.ts';
import { waitFor } from '../../support/waitFor.ts';
import { TypedFolder } from './commandLine.ts';

let folder: TypedFolder;

beforeEach(() => {
  folder = new TypedFolder();
});

afterEach(() => folder.dispose());

it('tells whether the service runs, without starting it', async () => {
  const { exitCode, stdout } = await folder.mlops('service', 'status');
  expect(exitCode).toBe(0);
  expect(stdout).toContain(`No service is running for ${folder.root}.`);
  expect(fs.existsSync(path.join(folder.root, '.mlops'))).toBe(false);

  await folder.mlops('runs', 'list');
  expect((await folder.mlops('service', 'status')).stdout).toMatch(
    /^service +running, version \d+\.\d+\.\d+, process \d+$/m,
  );
  expect(await folder.json('service', 'status')).toMatchObject({
    running: true,
    processId: await folder.servicePid(),
    runningRuns: 0,
    connections: 0,
  });
});

it('stops the service, but not under a run', async () => {
  folder.write('train.py', 'import time\nprint("hello", flush=True)\ntime.sleep(300)\n');
  const going = folder.start(['run', 'train.py']);
  await going.saw('hello');
  const processId = await folder.servicePid();
  expect(await folder.mlops('service', 'stop')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('The service goes on while runs are under way.'),
  });
  going.interrupt();
  expect((await going.ended).exitCode).toBe(130);
  expect(await folder.mlops('service', 'stop')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('has stopped'),
  });
  await waitFor('the end of the service', () => !isAlive(processId));
  expect(await folder.json('service', 'status')).toMatchObject({ running: false });
});

it('serves a folder that is asked for from elsewhere', async () => {
  const { exitCode } = await folder.start(['--workspace', folder.root, 'runs', 'list'], { in: '..' }).ended;
  expect(exitCode).toBe(0);
  expect(await folder.json('service', 'status', '--workspace', folder.root)).toMatchObject({ running: true });
  expect(await folder.mlops('status', '--workspace', 'gibt es nicht')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('There is no folder'),
  });
});
