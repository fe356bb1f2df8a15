import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import {
  installExtension,
  startVsCodeServer,
  type VsCodeServer,
} from '../test/editor/harness/vscodeServer.ts';
import { Workbench } from '../test/editor/harness/workbench.ts';
import { openExperiments } from '../test/editor/journey.ts';
import { copySample } from '../test/editor/sampleProject.ts';
import { makeVsix } from '../test/package/makeVsix.ts';
import { type Figure, report } from './support/report.ts';

/*
 * How long the extension holds up the extension host of a real VS Code that has it installed from its package:
 * `node bench/activation.ts [--rounds N]`. Loading the code and calling `activate`, as VS Code itself measures
 * and shows them under Running Extensions. Beside it VS Code's own Git extension, in the same windows.
 */

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '7' } } });
const rounds = Number(values.rounds);

const ours = 'MLOps Workbench';
const theirs = 'Git';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-bench-'));
const sample = copySample();
try {
  const vsix = await makeVsix();
  const extensionsDir = path.join(folder, 'extensions');
  await installExtension(vsix.file, extensionsDir);
  const server = await startVsCodeServer({ serverDataDir: path.join(folder, 'data'), extensionsDir });
  try {
    report('activation', [...(await activations(server)), ...sizes(vsix.bytes)]);
  } finally {
    await server.dispose();
  }
} finally {
  sample.dispose();
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

async function activations(server: VsCodeServer): Promise<Figure[]> {
  const own: number[] = [];
  const builtIn: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const workbench = await Workbench.open({ server, folder: sample.folder });
    await openExperiments(workbench);
    await workbench.page.getByText('Runs appear here with their metrics').waitFor();
    await workbench.runCommand('Developer: Show Running Extensions');
    own.push(await activationTime(workbench, ours));
    builtIn.push(await activationTime(workbench, theirs));
    await workbench.close();
  }
  return [
    { what: 'activation in the extension host', unit: 'ms', budget: 50, rounds: own },
    { what: `the same of VS Code's own extension ${theirs}`, unit: 'ms', rounds: builtIn },
  ];
}

/** VS Code writes "Activation: 12ms", or "Startup Activation: 12ms". */
async function activationTime(workbench: Workbench, extension: string): Promise<number> {
  const row = workbench.page
    .locator('.runtime-extensions-editor .extension')
    .filter({ has: workbench.page.locator('.name', { hasText: new RegExp(`^${extension}$`) }) });
  const text = (await row.locator('.activation-time').textContent()) ?? '';
  const milliseconds = /(\d+) ?ms/.exec(text)?.[1];
  if (milliseconds === undefined) {
    throw new Error(`VS Code says of ${extension}: ${text || 'nothing'}`);
  }
  return Number(milliseconds);
}

function sizes(vsixBytes: number): Figure[] {
  const client = path.join(import.meta.dirname, '..', 'dist', 'client', 'extension.cjs');
  return [
    { what: 'client bundle', unit: 'MB', budget: 0.3, rounds: [fs.statSync(client).size / 1e6] },
    { what: 'package for this platform', unit: 'MB', rounds: [vsixBytes / 1e6] },
  ];
}
