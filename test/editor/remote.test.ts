import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newRun } from '../service/mlflow/trackingServer.ts';
import { RemoteServer } from '../service/remote/scene.ts';
import { Editor, picturesInBothThemes } from './editor.ts';
import { openExperiments, runRow } from './journey.ts';

/** A team's server: the tree shows what is there, asks for credentials, and says so when it goes away. */

let editor: Editor;
let doorkeeper: http.Server;
let remote: RemoteServer;

beforeAll(async () => {
  editor = await Editor.start();
});
afterAll(() => editor?.dispose());

const token = 'a-token-of-this-test';

/** Lets through who has the token. */
async function startDoorkeeper(): Promise<string> {
  doorkeeper = http.createServer((request, response) => {
    if (request.headers.authorization !== `Bearer ${token}`) {
      response.writeHead(401).end('You are not authenticated.');
      return;
    }
    const { host, pathname } = new URL(remote.address);
    const headers = { ...request.headers, host };
    const target = http.request(
      `http://${host}${pathname}${request.url}`,
      { method: request.method, headers },
      (answer) => {
        response.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(response);
      },
    );
    target.once('error', () => response.destroy());
    request.pipe(target);
  });
  await new Promise<void>((resolve) => doorkeeper.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(doorkeeper.address() as AddressInfo).port}`;
}

test('signing in, their runs, an outage, and back to the folder', async () => {
  remote = await RemoteServer.start();
  await newRun(remote.client, { run_name: 'their-run' });
  const address = await startDoorkeeper();
  const files = { '.vscode/settings.json': JSON.stringify({ 'mlops.tracking.remoteUri': address }) };
  try {
    await editor.inProject({ files }, async (workbench, project) => {
      await openExperiments(workbench);
      const asks = workbench.notification('asks who you are');
      await asks.click('Sign In…');
      const input = workbench.quickInput();
      await input.pick('Access token');
      await input.type(token);
      await input.accept();
      await runRow(workbench, 'their-run').waitFor();
      expect(await workbench.statusBarItem('under way').count()).toBe(0);

      remote.stop();
      const message = workbench.page.getByText(
        /Tracking server not reachable since \d\d:\d\d\. Shown is what was known then\./,
      );
      await message.waitFor();
      await runRow(workbench, 'their-run').waitFor();
      await picturesInBothThemes(workbench, 'remote-unreachable');
      await remote.start();
      await message.waitFor({ state: 'hidden' });

      fs.writeFileSync(path.join(project.folder, '.vscode', 'settings.json'), '{}');
      await runRow(workbench, 'their-run').waitFor({ state: 'hidden' });
    });
  } finally {
    doorkeeper.close();
    doorkeeper.closeAllConnections();
  }
});
