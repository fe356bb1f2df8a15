import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { installExtension, startVsCodeServer, type VsCodeServer } from '../editor/harness/vscodeServer.ts';
import { Workbench } from '../editor/harness/workbench.ts';
import {
  chartSummary,
  openExperiments,
  runExperiment,
  versionDataset,
  waitForState,
} from '../editor/journey.ts';
import { copySample, repository, type SampleProject } from '../editor/sampleProject.ts';
import { makeVsix } from './makeVsix.ts';

/** The package as a user gets it: what is in it, and that it works where nothing else of ours is. */

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-vsix-'));
let bytes: number;
let installed: string;
let sample: SampleProject;
let server: VsCodeServer;
let workbench: Workbench;

beforeAll(async () => {
  const vsix = await makeVsix();
  bytes = vsix.bytes;
  const extensionsDir = path.join(folder, 'extensions');
  await installExtension(vsix.file, extensionsDir);
  const [name] = fs.readdirSync(extensionsDir).filter((each) => each.startsWith('mlops-workbench.'));
  installed = path.join(extensionsDir, name!);
  sample = copySample();
  server = await startVsCodeServer({ serverDataDir: path.join(folder, 'data'), extensionsDir });
  workbench = await Workbench.open({ server, folder: sample.folder });
});

afterAll(async () => {
  try {
    await workbench?.close();
  } finally {
    await server?.dispose();
    sample?.dispose();
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
});

test('it is small, but for the library of DuckDB', () => {
  console.log(`the package is ${(bytes / 1e6).toFixed(2)} MB`);
  expect(bytes).toBeLessThan(30_000_000);
  const duckdb = path.join(installed, 'dist/service/node_modules/@duckdb');
  const others = fs
    .readdirSync(installed, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile() && !file.parentPath.startsWith(duckdb))
    .map((file) => fs.statSync(path.join(file.parentPath, file.name)).size);
  expect(others.reduce((sum, size) => sum + size, 0)).toBeLessThan(10_000_000);
  expect(fs.statSync(path.join(installed, 'dist/client/extension.cjs')).size).toBeLessThan(300_000);
});

test('it holds what runs and nothing else: no sources, no maps, no binary of another platform', () => {
  const files = fs.readdirSync(installed, { recursive: true, withFileTypes: true });
  const names = files
    .filter((file) => file.isFile())
    .map((file) => path.relative(installed, path.join(file.parentPath, file.name)).replaceAll(path.sep, '/'));
  const roots = new Set(names.map((name) => name.split('/')[0]!.toLowerCase()));
  expect([...roots].sort()).toEqual([
    '.vsixmanifest',
    'changelog.md',
    'dist',
    'license.txt',
    'media',
    'package.json',
    'readme.md',
  ]);
  expect(
    names.filter((name) => /\.(ts|map|tsbuildinfo|vsix|c|cpp|h|gyp)$|\.test\.|__pycache__/.test(name)),
  ).toEqual([]);
  const binaries = names.filter((name) => name.endsWith('.node'));
  expect(binaries.map((name) => path.basename(name)).sort()).toEqual([
    'duckdb.node',
    `${process.platform}-${process.arch}.node`,
  ]);
  for (const needed of [
    'dist/client/extension.cjs',
    'dist/runners/python/mlops_workbench/__init__.py',
    'dist/service/node_modules/@tensorflow/tfjs-core/index.js',
    'dist/service/node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm',
    'dist/webview/run.js',
    'dist/webview/compare.js',
    'dist/webview/profile.js',
    'dist/webview/codicon.ttf',
  ]) {
    expect(names).toContain(needed);
  }
});

test('its manifest is the one of the repository, for this platform', () => {
  const read = (file: string) => JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, unknown>;
  const packed = read(path.join(installed, 'package.json'));
  const { __metadata, ...own } = packed;
  expect(own).toEqual(read(path.join(repository, 'package.json')));
  expect(fs.existsSync(path.join(installed, String(packed.main)))).toBe(true);
  expect(fs.existsSync(path.join(installed, String(packed.icon)))).toBe(true);
  const manifest = fs.readFileSync(path.join(installed, '.vsixmanifest'), 'utf8');
  expect(manifest).toContain(`TargetPlatform="${process.platform}-${process.arch}"`);
  expect(manifest).toContain(`Version="${packed.version}"`);
});

test('installed from it, the extension runs the sample and versions its data', async () => {
  await openExperiments(workbench);
  await workbench.openFile('train.py');
  const { name, page } = await runExperiment(workbench);
  await waitForState(workbench, name, 'finished');
  await page.getByText('finished', { exact: true }).waitFor();
  await expect.poll(() => chartSummary(page, 'loss'), { timeout: 30_000 }).toContain('1,000 values');
  const sentence = await versionDataset(workbench, ['data', 'penguins.csv'], 'The penguins as published');
  expect(sentence).toMatch(/data\/penguins\.csv is now v1/);
  expect(processesFrom(repository), 'a process that ran from the repository').toEqual([]);
  await workbench.screenshot('80-installed');
});

test('its command line speaks to the same service', () => {
  const program = path.join(installed, 'dist', 'cli', 'mlops.mjs');
  const output = execFileSync(process.execPath, [program, 'runs', 'list', '--json'], {
    cwd: sample.folder,
    encoding: 'utf8',
  });
  expect(output).toContain('finished');
});

/** Command lines of this server's processes that name our bundles in a folder. */
function processesFrom(root: string): string[] {
  const lines = execFileSync('ps', ['-A', '-ww', '-o', 'args='], { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => line.includes(path.join(root, 'dist')) && line.includes(sample.folder));
}
