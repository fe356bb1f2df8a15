import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ErrorShape } from '../../../src/base/errors.ts';
import { errorShape } from '../../../src/base/errors.ts';
import { DisposableStore, toDisposable } from '../../../src/base/lifecycle.ts';
import type { Progress } from '../../../src/protocol/rpc.ts';
import type { CheckoutVersion, DatasetSummary, VersionResult } from '../../../src/protocol/versions.ts';
import { originOf } from '../../../src/service/privacy/rpc.ts';
import { openDatabase } from '../../../src/service/storage/database.ts';
import { migrations } from '../../../src/service/storage/migrations/all.ts';
import { createVersions, type Versions } from '../../../src/service/versions/versions.ts';

// What the person who runs the tests has told git must not matter.
process.env.GIT_CONFIG_GLOBAL = os.devNull;
process.env.GIT_CONFIG_NOSYSTEM = '1';

export interface TestFolderOptions {
  /** False for a folder without git. */
  readonly git?: boolean;
  /** The workspace folder inside the repository; the repository's root when absent. */
  readonly workspace?: string;
  readonly identity?: boolean;
  /** Where the temporary folder is made. */
  readonly parent?: string;
}

/** A temporary repository with the versions of one workspace folder, in this process. */
export class TestFolder {
  readonly repository: string;
  readonly workspace: string;
  readonly versions: Versions;
  readonly progress: Progress[] = [];
  readonly #disposables = new DisposableStore();

  constructor(options: TestFolderOptions = {}) {
    const parent = fs.realpathSync(
      fs.mkdtempSync(path.join(options.parent ?? os.tmpdir(), 'mlops-versions-')),
    );
    this.#disposables.add(toDisposable(() => fs.rmSync(parent, { recursive: true, force: true })));
    this.repository = path.join(parent, 'a repository – “unicode”');
    this.workspace = path.join(this.repository, options.workspace ?? '');
    fs.mkdirSync(this.workspace, { recursive: true });
    if (options.git !== false) {
      this.git('init', '--quiet', '--initial-branch=main', '.');
      this.git('config', 'gc.auto', '0');
    }
    if (options.git !== false && options.identity !== false) {
      this.git('config', 'user.name', 'Ada');
      this.git('config', 'user.email', 'ada@example.org');
    }
    const { database } = this.#disposables.add(openDatabase(path.join(parent, 'workbench.db'), migrations));
    const log = { write: () => undefined };
    const { workspace } = this;
    this.versions = this.#disposables.add(
      createVersions({ workspace, database, log, originOf: (file) => originOf(workspace, file) }),
    );
  }

  git(...args: string[]): string {
    return execFileSync('git', args, {
      cwd: this.repository,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: withoutGitVariables(),
    });
  }

  file(name: string): string {
    return path.join(this.workspace, ...name.split('/'));
  }

  write(name: string, content: string | Buffer): string {
    const file = this.file(name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
    return file;
  }

  read(name: string): string {
    return fs.readFileSync(this.file(name), 'utf8');
  }

  exists(name: string): boolean {
    return fs.existsSync(this.file(name));
  }

  version(name: string, message?: string, signal?: AbortSignal): Promise<VersionResult> {
    return this.versions.versionDataset(
      { path: name, ...(message ? { message } : {}) },
      this.operation(signal),
    );
  }

  checkOut(asked: CheckoutVersion, signal?: AbortSignal): Promise<DatasetSummary> {
    return this.versions.checkoutVersion(asked, this.operation(signal));
  }

  operation(signal = new AbortController().signal) {
    return { signal, report: (progress: Progress) => this.progress.push(progress) };
  }

  /** The one dataset with this path in the list. */
  async dataset(name: string): Promise<DatasetSummary> {
    const { datasets } = await this.versions.listDatasets();
    const found = datasets.find(({ path: file }) => file === name);
    if (!found) {
      throw new Error(`No dataset ${name} among ${datasets.map(({ path: file }) => file).join(', ')}`);
    }
    return found;
  }

  /** Every file below the folder with its content, `.git` and temporary folders left out. */
  snapshot(): Record<string, string> {
    const files: Record<string, string> = {};
    for (const entry of fs.readdirSync(this.repository, { withFileTypes: true, recursive: true })) {
      const file = path.relative(this.repository, path.join(entry.parentPath, entry.name));
      if (entry.isFile() && !file.startsWith('.git/')) {
        files[file] = fs.readFileSync(path.join(this.repository, file), 'latin1');
      }
    }
    return files;
  }

  objects(): string[] {
    const folder = path.join(this.repository, '.dvc', 'cache', 'files', 'md5');
    return fs.existsSync(folder)
      ? fs
          .readdirSync(folder, { withFileTypes: true, recursive: true })
          .filter((entry) => entry.isFile())
          .map((entry) => path.join(entry.parentPath, entry.name))
      : [];
  }

  /** Unfinished files of any operation, in the cache or the temporary folder. */
  leftovers(): string[] {
    const folder = path.join(this.repository, '.dvc', 'tmp', 'mlops');
    const inTemporary = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
    const strange = Object.keys(this.snapshot()).filter((file) => file.endsWith('.mlops-tmp'));
    return [...inTemporary, ...strange];
  }

  dispose(): void {
    this.#disposables.dispose();
  }
}

/** What a person would be told; fails when nothing went wrong. */
export async function refusal(work: Promise<unknown>): Promise<ErrorShape> {
  try {
    await work;
  } catch (error) {
    return errorShape(error);
  }
  throw new Error('It was expected to be refused, and was not');
}

function withoutGitVariables(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_') || name.startsWith('GIT_CONFIG')),
  );
}
