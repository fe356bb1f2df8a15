import fs from 'node:fs';
import path from 'node:path';
import { cannotWrite, unsupportedConfig } from './errors.ts';
import { writeAtomically } from './files.ts';

/** Where DVC's own files are: absolute paths. */
export interface DvcRepository {
  /** The folder that holds `.dvc`. */
  readonly root: string;
  readonly cache: string;
  /** Unfinished files that are going to the workspace; no tool looks there. */
  readonly unfinished: string;
  /** Unfinished objects, on the cache's file system. */
  readonly unfinishedObjects: string;
}

/**
 * The nearest folder upward with `.dvc`, not above the git repository's root; else that root itself,
 * where `initialiseDvc` will make it. Beside `.git` it serves the `dvc` command line from every sub-folder,
 * also when the workspace folder is only a part of the repository.
 */
export function dvcRoot(folder: string, gitRoot: string): { root: string; exists: boolean } {
  for (let current = folder; ; current = path.dirname(current)) {
    if (isFolder(path.join(current, '.dvc'))) {
      return { root: current, exists: true };
    }
    if (current === gitRoot || current === path.dirname(current)) {
      return { root: gitRoot, exists: false };
    }
  }
}

/** What `dvc init` makes, byte for byte; files that exist are left alone. */
export const initialFiles: readonly { readonly path: string; readonly text: string }[] = [
  { path: '.dvc/config', text: '' },
  { path: '.dvc/.gitignore', text: '/config.local\n/tmp\n/cache\n' },
  {
    path: '.dvcignore',
    text:
      '# Add patterns of files dvc should ignore, which could improve\n' +
      '# the performance. Learn more at\n' +
      '# https://dvc.org/doc/user-guide/dvcignore\n',
  },
];

/** Answers the paths it made, so that they can be taken back. */
export function initialiseDvc(root: string): readonly string[] {
  const made: string[] = [];
  try {
    fs.mkdirSync(path.join(root, '.dvc', 'tmp'), { recursive: true });
    for (const file of initialFiles) {
      const target = path.join(root, file.path);
      if (!fs.existsSync(target)) {
        writeAtomically(target, file.text, { temporary: unfinishedIn(root) });
        made.push(target);
      }
    }
    const instance = path.join(root, '.dvc', 'tmp', 'btime');
    if (!fs.existsSync(instance)) {
      fs.writeFileSync(instance, '');
    }
  } catch (error) {
    throw cannotWrite('set up DVC here', path.join(root, '.dvc'), error as NodeJS.ErrnoException);
  }
  return made;
}

export function openDvc(root: string): DvcRepository {
  const folder = path.join(root, '.dvc');
  const configured = ['config', 'config.local']
    .map((name) => cacheFolder(path.join(folder, name)))
    .findLast((found) => found !== undefined);
  const cache = configured ?? path.join(folder, 'cache');
  const unfinished = unfinishedIn(root);
  return {
    root,
    cache,
    unfinished,
    unfinishedObjects: sameDevice(folder, cache) ? unfinished : path.join(cache, 'mlops-tmp'),
  };
}

function unfinishedIn(root: string): string {
  return path.join(root, '.dvc', 'tmp', 'mlops');
}

/** `cache.dir` of one configuration file, absolute; a relative one starts from that file's folder. */
function cacheFolder(file: string): string | undefined {
  let text: string;
  try {
    text = fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  const value = configValue(text, 'cache', 'dir');
  if (value === undefined) {
    return undefined;
  }
  if (/^[a-z][a-z0-9+]+:\/\//i.test(value)) {
    throw unsupportedConfig(file, `keeps the cache at ${value}, which is not a folder of this computer.`);
  }
  return path.resolve(path.dirname(file), value.replace(/^~(?=\/)/, process.env.HOME ?? '~'));
}

/** One value of DVC's INI dialect: names in any case, quotes around the value optional. */
export function configValue(text: string, section: string, option: string): string | undefined {
  let current = '';
  let found: string | undefined;
  for (const line of text.replace(/^\ufeff/, '').split(/\r?\n/)) {
    const header = /^\s*\[\s*(.*?)\s*\]\s*(#.*)?$/.exec(line);
    if (header) {
      current = unquoted(header[1] ?? '').toLowerCase();
      continue;
    }
    const assignment = /^\s*([^#=\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line);
    if (current === section && assignment?.[1]?.toLowerCase() === option) {
      found = unquoted(assignment[2] ?? '');
    }
  }
  return found;
}

function unquoted(value: string): string {
  const quoted = /^(["'])(.*)\1\s*(#.*)?$/.exec(value);
  return quoted ? (quoted[2] ?? '') : value.replace(/\s+#.*$/, '');
}

function sameDevice(a: string, b: string): boolean {
  const device = (folder: string): number | undefined =>
    fs.statSync(folder, { throwIfNoEntry: false })?.dev ??
    (path.dirname(folder) === folder ? undefined : device(path.dirname(folder)));
  return device(a) === device(b);
}

function isFolder(file: string): boolean {
  return fs.statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
