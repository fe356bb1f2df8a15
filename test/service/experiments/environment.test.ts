import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { errorOf, TestWorkspace } from './workspace.ts';

let workspace: TestWorkspace;
beforeEach(() => {
  workspace = new TestWorkspace();
});
afterEach(() => workspace.dispose());

/** Writes what it finds into a file of the workspace, because its output is kept and a secret must not be. */
const show = `
import json, os, time
json.dump([dict(os.environ), os.getcwd()], open('seen.new', 'w'))
os.rename('seen.new', 'seen.json')
while not os.path.exists('go'): time.sleep(0.01)
`;

function seen(name = 'seen.json'): [Record<string, string>, string] {
  return JSON.parse(workspace.read(name));
}

/** Every file of `.mlops` that holds the text. */
function keptIn(text: string): string[] {
  const files = fs.readdirSync(path.join(workspace.root, '.mlops'), { recursive: true, withFileTypes: true });
  return files
    .filter((file) => file.isFile())
    .map((file) => path.join(file.parentPath, file.name))
    .filter((file) => fs.readFileSync(file).includes(text));
}

test('a run gets the environment of the one who asks, and it is written down nowhere', async () => {
  workspace.write('show.py', show);
  process.env.ONLY_OF_SERVICE = 'x';
  try {
    const { id } = await workspace.experiments.startRun({
      script: 'show.py',
      environment: {
        PATH: process.env.PATH!,
        CUDA_VISIBLE_DEVICES: '1',
        API_TOKEN: 'secret-7d1f',
        PYTHONPATH: '/own',
        NODE_OPTIONS: '--require ./nowhere.js',
        MLOPS_RUN_ID: 'another',
        MLFLOW_TRACKING_URI: 'http://elsewhere',
        MLFLOW_EXPERIMENT_NAME: 'elsewhere',
        VSCODE_IPC_HOOK: 'x',
        ELECTRON_RUN_AS_NODE: '1',
      },
    });
    await workspace.fileAppears('seen.json');
    const [environment] = seen();
    expect(environment).toMatchObject({
      CUDA_VISIBLE_DEVICES: '1',
      API_TOKEN: 'secret-7d1f',
      NODE_OPTIONS: '--require ./nowhere.js',
      MLOPS_RUN_ID: id,
      MLFLOW_TRACKING_URI: `http://127.0.0.1:9/secret/runs/${id}`,
    });
    expect(environment.PYTHONPATH).toMatch(/^\/own:.*runners\/python$/);
    for (const name of [
      'ONLY_OF_SERVICE',
      'MLFLOW_EXPERIMENT_NAME',
      'VSCODE_IPC_HOOK',
      'ELECTRON_RUN_AS_NODE',
    ]) {
      expect(environment).not.toHaveProperty(name);
    }
    expect(keptIn(id)).not.toEqual([]);
    expect(keptIn('secret-7d1f')).toEqual([]);
    workspace.write('go', '');
    expect(await workspace.ended(id)).toMatchObject({ state: 'finished' });
    expect(keptIn('secret-7d1f')).toEqual([]);
    expect(workspace.messages.join('\n')).not.toContain('secret-7d1f');
  } finally {
    delete process.env.ONLY_OF_SERVICE;
  }
});

test('the packages on record are those that the script finds with that environment', async () => {
  workspace.write('train.py', 'print(1)\n');
  workspace.write('site/own_layers-1.2.3.dist-info/METADATA', 'Name: own-layers\nVersion: 1.2.3\n');
  const packagesWith = async (environment: Record<string, string>) => {
    const { id } = await workspace.experiments.startRun({ script: 'train.py', environment });
    return (await workspace.ended(id)).environment!.packages;
  };
  const own = { name: 'own-layers', version: '1.2.3' };
  const plain = { PATH: process.env.PATH! };
  expect(await packagesWith(plain)).not.toContainEqual(own);
  expect(await packagesWith({ ...plain, PYTHONPATH: path.join(workspace.root, 'site') })).toContainEqual(own);
});

test('a command works where it was typed: its program, its script and its files are those there', async () => {
  workspace.write('params.yaml', 'epochs: 1\n');
  workspace.write('sub folder/params.yaml', 'epochs: 2\n');
  workspace.write('sub folder/tool', '#!/bin/sh\necho "tool $(cat data.csv) $1"\n');
  workspace.write('sub folder/data.csv', 'rows');
  workspace.write('sub folder/lib/train.py', 'import os, sys\nprint(os.getcwd(), sys.argv[1:])\n');
  fs.chmodSync(path.join(workspace.root, 'sub folder/tool'), 0o755);
  const workingFolder = path.join(workspace.root, 'sub folder');

  const tool = await workspace.experiments.startRun({ command: ['./tool', 'x'], workingFolder });
  const python = await workspace.experiments.startRun({
    command: ['python3', 'lib/train.py', '-v'],
    workingFolder,
  });
  expect(await workspace.ended(tool.id)).toMatchObject({
    state: 'finished',
    experimentName: 'sub folder',
    parameters: [{ key: 'epochs', value: '2' }],
  });
  expect(workspace.log(tool.id)).toBe('tool rows x\n');
  expect(await workspace.ended(python.id)).toMatchObject({
    state: 'finished',
    script: 'sub folder/lib/train.py',
  });
  expect(workspace.log(python.id)).toBe(`${workingFolder} ['-v']\n`);
});

test('a working folder that is none, or lies outside, is refused before anything is recorded', async () => {
  const refused = (workingFolder: string) =>
    errorOf(workspace.experiments.startRun({ command: ['python3'], workingFolder }));
  workspace.write('file.txt', '');
  fs.symlinkSync('..', path.join(workspace.root, 'up'));
  for (const folder of ['nowhere', 'file.txt']) {
    expect(await refused(path.join(workspace.root, folder))).toMatchObject({
      code: 'experiments.workingFolderNotFound',
      message: expect.stringContaining('Nothing was started.'),
    });
  }
  for (const folder of [path.dirname(workspace.root), path.join(workspace.root, 'up')]) {
    expect(await refused(folder)).toMatchObject({
      code: 'experiments.workingFolderOutside',
      message: expect.stringContaining(`${folder} lies outside the workspace folder ${workspace.root}`),
    });
  }
  expect(workspace.experiments.searchRuns({}).total).toBe(0);
});
