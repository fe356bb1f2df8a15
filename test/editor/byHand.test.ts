import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readAddress } from '../../src/attach/address.ts';
import { isAlive } from '../support/service.ts';
import { waitFor } from '../support/waitFor.ts';
import { Editor } from './editor.ts';
import { until } from './harness/waiting.ts';
import type { Workbench } from './harness/workbench.ts';
import { openExperiments, runRow } from './journey.ts';
import { makeProject } from './project.ts';
import type { SampleProject } from './sampleProject.ts';

/** Scripts that a person starts in a terminal or a notebook: they find the tracking address by themselves. */

/** What MLflow's client does, with Python's own library. */
const script = `
import json, os, sys, time, urllib.request
def call(path, body):
    request = urllib.request.Request(os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/" + path,
        json.dumps(body).encode(), {"content-type": "application/json"})
    return json.load(urllib.request.urlopen(request))
now = int(time.time() * 1000)
run = call("runs/create", {"experiment_id": "0", "run_name": sys.argv[1], "start_time": now, "tags": [
    {"key": "mlflow.source.name", "value": sys.argv[0]}, {"key": "mlflow.source.type", "value": "LOCAL"}]})
run_id = run["run"]["info"]["run_id"]
for step in range(10):
    call("runs/log-metric", {"run_id": run_id, "key": "loss", "value": 1 / (step + 1), "timestamp": now, "step": step})
call("runs/update", {"run_id": run_id, "status": "FINISHED", "end_time": now + 1000})
`;

/** Starts what stands in `child.json` as a child of the extension host, as Jupyter's extension starts a kernel. */
const probe = `
const fs = require('node:fs');
const path = require('node:path');
const { execFileSync } = require('node:child_process');
const vscode = require('vscode');
exports.activate = (context) => context.subscriptions.push(
  vscode.commands.registerCommand('probe.start', () => {
    const folder = vscode.workspace.workspaceFolders[0].uri.fsPath;
    const [program, ...words] = JSON.parse(fs.readFileSync(path.join(folder, 'child.json'), 'utf8'));
    execFileSync(program, words, { cwd: folder, env: { ...process.env } });
  }));
`;

const probeManifest = {
  name: 'probe',
  publisher: 'test',
  version: '0.0.1',
  engines: { vscode: '^1.101.0' },
  main: './extension.js',
  contributes: { commands: [{ command: 'probe.start', title: 'Start a Child', category: 'Probe' }] },
};

let extensionsDir: string;
let editor: Editor;

beforeAll(async () => {
  extensionsDir = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-extensions-'));
  const folder = path.join(extensionsDir, 'test.probe-0.0.1');
  fs.mkdirSync(folder);
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify(probeManifest));
  fs.writeFileSync(path.join(folder, 'extension.js'), probe);
  editor = await Editor.start({ extensionsDir });
});

afterAll(async () => {
  await editor?.dispose();
  fs.rmSync(extensionsDir, { recursive: true, force: true });
});

/** Types the line into a new terminal until it has made the file: keys typed before the shell is there are lost. */
async function typeInTerminal(
  workbench: Workbench,
  project: SampleProject,
  line: string,
  file: string,
): Promise<string> {
  await workbench.runCommand('Terminal: Create New Terminal');
  const terminal = workbench.page.locator('.terminal-wrapper.active .xterm');
  const made = () => fs.existsSync(path.join(project.folder, file)) && project.read(file);
  await until(`${file}, made by ${line}`, async () => {
    await terminal.click();
    await workbench.page.keyboard.type(`${line}\n`);
    return waitFor(file, made, 8_000).then(
      () => true,
      () => false,
    );
  });
  return project.read(file);
}

function addressInTerminal(workbench: Workbench, project: SampleProject): Promise<string> {
  return typeInTerminal(workbench, project, 'echo "[$MLFLOW_TRACKING_URI]" > seen.txt', 'seen.txt');
}

async function trackingAddress(project: SampleProject): Promise<string> {
  return (await waitFor('the service', () => readAddress(project.folder))).trackingUri;
}

test('a script in the terminal appears in the tree while one looks, with its script', async () => {
  await editor.inProject({ files: { 'train.py': script } }, async (workbench, project) => {
    await openExperiments(workbench);
    const address = await trackingAddress(project);
    expect(await addressInTerminal(workbench, project)).toBe(`[${address}]\n`);
    await typeInTerminal(workbench, project, 'python3 train.py by-hand; echo > tried.txt', 'tried.txt');
    await runRow(workbench, 'by-hand', 'finished').waitFor();
    await workbench.screenshot('90-by-hand');
    await workbench.contextMenu(runRow(workbench, 'by-hand'), 'Open Script');
    await workbench.page.locator('.tab.active').filter({ hasText: 'train.py' }).waitFor();
  });
});

test('another day a terminal alone brings the service back, and a child of the extension host finds it too', async () => {
  const project = makeProject({ files: { 'train.py': script } });
  try {
    await editor.inWindow(project.folder, async (workbench) => {
      await openExperiments(workbench);
      await trackingAddress(project);
    });
    const { processId, trackingUri } = (await readAddress(project.folder))!;
    process.kill(processId, 'SIGKILL');
    await waitFor('the end of the service', () => !isAlive(processId));

    await editor.inWindow(project.folder, async (workbench) => {
      expect(await addressInTerminal(workbench, project)).toBe(`[${trackingUri}]\n`);
      await typeInTerminal(workbench, project, 'python3 train.py next-day; echo > tried.txt', 'tried.txt');
      project.write('child.json', JSON.stringify(['python3', 'train.py', 'from-a-kernel']));
      await workbench.runCommand('Probe: Start a Child');
      await openExperiments(workbench);
      await runRow(workbench, 'next-day', 'finished').waitFor();
      await runRow(workbench, 'from-a-kernel', 'finished').waitFor();
    });
  } finally {
    project.dispose();
  }
});

test('a folder that was never used gets nothing, and nothing is written into it', async () => {
  await editor.inProject({ files: { 'train.py': script } }, async (workbench, project) => {
    await workbench.openFile('train.py');
    expect(await addressInTerminal(workbench, project)).toBe('[]\n');
    expect(fs.existsSync(path.join(project.folder, '.mlops'))).toBe(false);
  });
});

test('an address in .env wins, and so does the setting', async () => {
  const files = { 'train.py': script, '.env': 'export MLFLOW_TRACKING_URI=http://127.0.0.1:9\n' };
  await editor.inProject({ files }, async (workbench, project) => {
    await openExperiments(workbench);
    const address = await trackingAddress(project);
    expect(await addressInTerminal(workbench, project)).toBe('[]\n');

    project.write('.env', 'OTHER=1\n');
    const has = async (text: string) => {
      fs.rmSync(path.join(project.folder, 'seen.txt'));
      return (await addressInTerminal(workbench, project)) === text;
    };
    await until('the address in terminals', () => has(`[${address}]\n`));
    project.write('.vscode/settings.json', '{ "mlops.tracking.injectEnvironment": false }');
    await until('no address in terminals', () => has('[]\n'));
  });
});

test('an address in the environment of the editor is never replaced', async () => {
  const own = await Editor.start({ env: { MLFLOW_TRACKING_URI: 'http://127.0.0.1:9' } });
  try {
    await own.inProject({ files: { 'train.py': script } }, async (workbench, project) => {
      await openExperiments(workbench);
      await trackingAddress(project);
      expect(await addressInTerminal(workbench, project)).toBe('[http://127.0.0.1:9]\n');
    });
  } finally {
    await own.dispose();
  }
});
