import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Disposable } from '../../src/base/lifecycle.ts';

export const repository = path.join(import.meta.dirname, '..', '..');

export interface SampleProject extends Disposable {
  readonly folder: string;
  git(...args: string[]): string;
  write(name: string, text: string): void;
  read(name: string): string;
}

export interface SampleOptions {
  readonly parent?: string;
  readonly git?: boolean;
  /** More of them than the sample's own 1,000, for whoever wants to look at a run while it goes on. */
  readonly epochs?: number;
}

/** The penguins sample with its table, in a folder and a git repository of its own. */
export function copySample(options: SampleOptions = {}): SampleProject {
  const parent = options.parent ?? fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-editor-')));
  const folder = path.join(parent, 'penguins');
  const sample = path.join(repository, 'samples', 'penguins');
  execFileSync(process.execPath, [path.join(sample, 'prepare.mjs')], { stdio: 'pipe' });
  fs.rmSync(folder, { recursive: true, force: true });
  fs.cpSync(sample, folder, { recursive: true, filter: (file) => !/__pycache__|prepare\.mjs/.test(file) });
  if (options.epochs !== undefined) {
    const file = path.join(folder, 'params.yaml');
    fs.writeFileSync(
      file,
      fs.readFileSync(file, 'utf8').replace(/^epochs: \d+/m, `epochs: ${options.epochs}`),
    );
  }
  const git = (...args: string[]) => {
    const own = ['-c', 'init.defaultBranch=main', '-c', 'commit.gpgsign=false'];
    return execFileSync('git', [...own, ...args], { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
  };
  if (options.git !== false) {
    git('init');
    git('config', 'user.name', 'Ada Lovelace');
    git('config', 'user.email', 'ada@example.org');
    git('add', '--', '.', ':!data');
    git('commit', '-m', 'Penguin species from four measurements');
  }
  return {
    folder,
    git,
    write: (name, text) => fs.writeFileSync(path.join(folder, name), text),
    read: (name) => fs.readFileSync(path.join(folder, name), 'utf8'),
    dispose: () => fs.rmSync(parent, { recursive: true, force: true, maxRetries: 5 }),
  };
}
