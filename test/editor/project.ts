import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { SampleProject } from './sampleProject.ts';

export interface ProjectOptions {
  readonly files: Readonly<Record<string, string>>;
  /** Of the folder; else `project`. */
  readonly name?: string;
  /** False: the folder is in no git repository. */
  readonly git?: boolean;
}

/** A folder of its own with a few files, in a git repository in which nothing is committed yet. */
export function makeProject(options: ProjectOptions): SampleProject {
  const parent = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-editor-')));
  const folder = path.join(parent, options.name ?? 'project');
  fs.mkdirSync(folder);
  const file = (name: string) => path.join(folder, name);
  const write = (name: string, text: string) => {
    fs.mkdirSync(path.dirname(file(name)), { recursive: true });
    fs.writeFileSync(file(name), text);
  };
  for (const [name, text] of Object.entries(options.files)) {
    write(name, text);
  }
  const git = (...args: string[]) => {
    const own = ['-c', 'init.defaultBranch=main', '-c', 'commit.gpgsign=false'];
    return execFileSync('git', [...own, ...args], { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
  };
  if (options.git !== false) {
    git('init');
    git('config', 'user.name', 'Ada Lovelace');
    git('config', 'user.email', 'ada@example.org');
  }
  return {
    folder,
    git,
    write,
    read: (name) => fs.readFileSync(file(name), 'utf8'),
    dispose: () => fs.rmSync(parent, { recursive: true, force: true, maxRetries: 5 }),
  };
}
