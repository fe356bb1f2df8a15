import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { RunEnvironment } from '../../protocol/experiments.ts';
import { nodeVersion } from './interpreter.ts';
import type { LaunchPlan } from './launchPlan.ts';
import { foldersUp } from './parametersFile.ts';

type Packages = RunEnvironment['packages'];

/** The interpreter and the packages it would import; undefined for programs that are neither Python nor Node. */
export async function captureEnvironment(
  { program, workingFolder, environment }: Pick<LaunchPlan, 'program' | 'workingFolder' | 'environment'>,
  workspace: string,
): Promise<RunEnvironment | undefined> {
  const { interpreter, language } = program;
  if (language === 'python') {
    const listing = await pythonListing(interpreter, workingFolder, environment);
    return listing && { interpreter, interpreterVersion: listing.version, packages: listing.packages };
  }
  if (language === 'node') {
    const interpreterVersion = await nodeVersion(interpreter);
    return { interpreter, interpreterVersion, packages: nodePackages(workspace, workingFolder) };
  }
  return undefined;
}

interface PythonListing {
  readonly version: string;
  readonly packages: Packages;
  /** Folders of `sys.path` with their modification times: installing or removing a package changes one. */
  readonly folders: readonly { readonly path: string; readonly modified: number }[];
}

const listings = new Map<string, PythonListing>();

/** Python 3.8 and newer know their packages; older ones tell their version only. */
const listingProgram = `
import sys
sys.path = [entry for entry in sys.path if entry]
import json
found = {}
try:
    from importlib import metadata
    for distribution in metadata.distributions():
        name = distribution.metadata['Name']
        if name:
            found.setdefault(name, distribution.version)
except ImportError:
    pass
print(json.dumps({'version': '.'.join(map(str, sys.version_info[:3])), 'path': sys.path, 'packages': found}))
`;

/**
 * A version manager chooses its Python by the folder and by its own variables, and Python's variables say where
 * packages are looked for, so they belong to what is remembered.
 */
async function pythonListing(
  interpreter: string,
  workingFolder: string,
  environment: NodeJS.ProcessEnv,
): Promise<PythonListing | undefined> {
  const variables = Object.entries(environment).filter(([name]) => /^(PYTHON|PYENV_)/.test(name));
  const key = JSON.stringify([interpreter, workingFolder, variables]);
  const known = listings.get(key);
  if (known?.folders.every((folder) => modified(folder.path) === folder.modified)) {
    return known;
  }
  const output = await runQuietly(interpreter, ['-c', listingProgram], workingFolder, environment);
  if (output === undefined) {
    return undefined;
  }
  const {
    version,
    path: search,
    packages,
  } = JSON.parse(output) as {
    version: string;
    path: string[];
    packages: Record<string, string>;
  };
  const listing: PythonListing = {
    version,
    packages: sorted(packages),
    folders: search.map((folder) => ({ path: folder, modified: modified(folder) })),
  };
  listings.set(key, listing);
  return listing;
}

/** At low priority: the script that has just been started comes first. */
function runQuietly(
  program: string,
  parameters: readonly string[],
  folder: string,
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      parameters,
      { cwd: folder, env: environment, timeout: 60_000, maxBuffer: 16_000_000, windowsHide: true },
      (error, stdout) => resolve(error ? undefined : stdout),
    );
    if (child.pid !== undefined) {
      lowerPriority(child.pid);
    }
  });
}

function lowerPriority(processId: number): void {
  try {
    os.setPriority(processId, os.constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It has ended already, or the system does not allow it.
  }
}

/** What npm installed as it wrote it down; else the declared dependencies with the versions that lie there. */
function nodePackages(workspace: string, workingFolder: string): Packages {
  for (const folder of foldersUp(workspace, workingFolder)) {
    const modules = path.join(folder, 'node_modules');
    const lock = readJson<{ packages?: Record<string, { version?: string }> }>(
      path.join(modules, '.package-lock.json'),
    );
    if (lock?.packages) {
      return installedByNpm(lock.packages);
    }
    const own = readJson<Record<string, Record<string, string> | undefined>>(
      path.join(folder, 'package.json'),
    );
    if (own) {
      return declared({ ...own.dependencies, ...own.devDependencies }, modules);
    }
  }
  return [];
}

function installedByNpm(packages: Record<string, { version?: string }>): Packages {
  const found: Record<string, string> = {};
  for (const [place, { version }] of Object.entries(packages)) {
    const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(place)?.[1];
    if (name && version) {
      found[name] = version;
    }
  }
  return sorted(found);
}

function declared(dependencies: Record<string, string>, modules: string): Packages {
  const found: Record<string, string> = {};
  for (const name of Object.keys(dependencies)) {
    const version = readJson<{ version?: string }>(path.join(modules, name, 'package.json'))?.version;
    if (version) {
      found[name] = version;
    }
  }
  return sorted(found);
}

function sorted(packages: Record<string, string>): Packages {
  return Object.entries(packages)
    .map(([name, version]) => ({ name, version }))
    .sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
}

function modified(folder: string): number {
  return fs.statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) as T;
  } catch {
    return undefined;
  }
}
