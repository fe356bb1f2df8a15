import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import {
  installExtension,
  startVsCodeServer,
  type VsCodeServer,
} from '../test/editor/harness/vscodeServer.ts';
import { until } from '../test/editor/harness/waiting.ts';
import { Workbench } from '../test/editor/harness/workbench.ts';
import { openExperiments } from '../test/editor/journey.ts';
import { copySample } from '../test/editor/sampleProject.ts';
import { makeVsix } from '../test/package/makeVsix.ts';
import { type Figure, report } from './support/report.ts';

/*
 * How long the extension holds up the extension host of a real VS Code that has it installed from its package:
 * `node bench/activation.ts [--rounds N]`. Loading the code and calling `activate`, as VS Code itself measures
 * and shows them under Running Extensions, in a window that has nothing open and has come to rest. Beside it
 * VS Code's own Markdown extension in the same windows, and its Git extension, which starts with the window.
 */

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '7' } } });
const rounds = Number(values.rounds);

const ours = 'MLOps Workbench';
const onDemand = 'Markdown Language Features';
const atStart = 'Git';

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
  const demanded: number[] = [];
  const started: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const workbench = await Workbench.open({ server, folder: sample.folder });
    // The slowest extension stands first, and a row out of sight does not exist.
    await workbench.page.setViewportSize({ width: 1440, height: 4000 });
    await untilMachineRests();
    await openExperiments(workbench);
    await workbench.page.getByText('Runs appear here with their metrics').waitFor();
    await untilMachineRests();
    await workbench.openFile('README.md');
    await untilMachineRests();
    await workbench.runCommand('Developer: Show Running Extensions');
    own.push(await activationTime(workbench, ours));
    demanded.push(await activationTime(workbench, onDemand));
    started.push(await activationTime(workbench, atStart));
    await workbench.close();
  }
  return [
    { what: 'activation in the extension host', unit: 'ms', budget: 50, rounds: own },
    { what: `the same of VS Code's own extension ${onDemand}`, unit: 'ms', rounds: demanded },
    { what: `the same of VS Code's own extension ${atStart}, at the start`, unit: 'ms', rounds: started },
  ];
}

/** A window goes on loading for seconds after it can be used; its processes are many, so the whole machine is asked. */
async function untilMachineRests(): Promise<void> {
  await until('the machine to rest', async () => (await busyShare()) < 0.15, { timeout: 120_000 });
}

/** The share of the processors' time, from 0 to 1, that was not idle within the next second. */
async function busyShare(): Promise<number> {
  const before = os.cpus();
  await delay(1000);
  const spent = os.cpus().map(({ times }, index) => {
    const earlier = before[index]?.times ?? times;
    const total = Object.values(times).reduce((sum, each) => sum + each, 0);
    const totalBefore = Object.values(earlier).reduce((sum, each) => sum + each, 0);
    return { idle: times.idle - earlier.idle, total: total - totalBefore };
  });
  const total = spent.reduce((sum, each) => sum + each.total, 0);
  return total === 0 ? 1 : 1 - spent.reduce((sum, each) => sum + each.idle, 0) / total;
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
