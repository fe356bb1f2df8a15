import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DisposableStore } from '../../../src/base/lifecycle.ts';
import type { RunDataset, RunDetails } from '../../../src/protocol/experiments.ts';
import { createExperiments, type Experiments } from '../../../src/service/experiments/experiments.ts';
import { createRunStore } from '../../../src/service/experiments/sqliteStore.ts';
import type { RunStore } from '../../../src/service/experiments/store.ts';
import type { Log } from '../../../src/service/log.ts';
import { openDatabase } from '../../../src/service/storage/database.ts';
import { migrations } from '../../../src/service/storage/migrations/all.ts';
import { openWorkspaceFolder } from '../../../src/service/workspaceFolder.ts';
import { waitFor } from '../../support/waitFor.ts';

const repository = path.resolve(import.meta.dirname, '..', '..', '..');

/** What lies beside the service: its sources, which Node runs as they are. */
export const runtime = {
  nodePath: process.execPath,
  supervisorScript: path.join(repository, 'src/runners/node/supervisor.ts'),
  pythonModulePath: path.join(repository, 'src/runners/python'),
  nodeModulePath: path.join(repository, 'src/runners/node/logging'),
};

/** A real folder with the real store, supervisor and scripts; only the tracking server is left out. */
export class TestWorkspace {
  readonly root: string;
  readonly messages: string[] = [];
  datasets: readonly RunDataset[] = [];
  #disposables = new DisposableStore();
  #experiments: Experiments | undefined;
  #store: RunStore | undefined;

  /** In a new temporary folder, or at one that is there. */
  constructor(root = newFolder('penguins')) {
    this.root = root;
  }

  get experiments(): Experiments {
    this.#open();
    return this.#experiments!;
  }

  get store(): RunStore {
    this.#open();
    return this.#store!;
  }

  write(name: string, text: string | Buffer): string {
    const file = path.join(this.root, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
    return file;
  }

  read(name: string): string {
    return fs.readFileSync(path.join(this.root, name), 'utf8');
  }

  exists(name: string): boolean {
    return fs.existsSync(path.join(this.root, name));
  }

  git(...parameters: string[]): string {
    const own = [
      '-c',
      'user.name=Test',
      '-c',
      'user.email=test@example.org',
      '-c',
      'init.defaultBranch=main',
    ];
    return execFileSync('git', [...own, ...parameters], { cwd: this.root, encoding: 'utf8' });
  }

  details(run: string): RunDetails {
    return this.experiments.getRuns([run])[0]!;
  }

  log(run: string): string {
    return this.experiments.readLog({ run, from: 0, length: 1_000_000 }).text;
  }

  logSays(run: string, text: string): Promise<true> {
    return waitFor(`“${text}” in the log`, () => this.log(run).includes(text) as true);
  }

  fileAppears(name: string): Promise<true> {
    return waitFor(`the file ${name}`, () => this.exists(name) as true);
  }

  /** Ended, and everything captured. */
  async ended(run: string): Promise<RunDetails> {
    await waitFor(
      `run ${run} to end`,
      () => !['scheduled', 'running'].includes(this.details(run).state) && this.experiments.busyRuns === 0,
      30_000,
    );
    return this.details(run);
  }

  /** The service ends; its scripts go on. */
  close(): void {
    this.#disposables.dispose();
    this.#disposables = new DisposableStore();
    this.#experiments = undefined;
  }

  /** As if the service had been ended and started again. */
  restart(): void {
    this.close();
    this.experiments.adoptRuns();
  }

  async dispose(): Promise<void> {
    const { items } = this.experiments.searchRuns({ states: ['running', 'scheduled'] });
    await Promise.all(items.map((run) => this.experiments.stopRun(run.id)));
    await waitFor('captures to end', () => this.experiments.busyRuns === 0);
    this.#disposables.dispose();
    fs.rmSync(path.dirname(this.root), { recursive: true, force: true });
  }

  #open(): void {
    if (this.#experiments) {
      return;
    }
    const folder = openWorkspaceFolder(this.root);
    const log: Log = {
      write: (level, source, message) => this.messages.push(`${level} ${source}: ${message}`),
    };
    const { database } = this.#disposables.add(openDatabase(folder.database, migrations));
    this.#store = createRunStore({ database, log });
    this.#experiments = this.#disposables.add(
      createExperiments({
        workspace: this.root,
        store: this.#store,
        tracking: { uriForRun: (runId) => `http://127.0.0.1:9/secret/runs/${runId}` },
        datasets: { datasetsForRun: async () => this.datasets },
        runtime,
        log,
      }),
    );
  }
}

function newFolder(name: string): string {
  const folder = path.join(
    fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-experiments-'))),
    name,
  );
  fs.mkdirSync(folder);
  return folder;
}

/** Living processes whose command line holds a text that only this test uses. */
export function processesWith(text: string): number[] {
  return execFileSync('ps', ['-A', '-ww', '-o', 'pid=,stat=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, state, ...words]) => !state?.startsWith('Z') && words.join(' ').includes(text))
    .map(([id]) => Number(id));
}

/** The code of the named error that a promise fails with. */
export async function errorOf(
  promise: Promise<unknown>,
): Promise<{ code: string; message: string; actions: unknown }> {
  try {
    await promise;
  } catch (error) {
    const { code, message, actions } = error as { code: string; message: string; actions: unknown };
    return { code, message, actions };
  }
  throw new Error('It did not fail');
}
