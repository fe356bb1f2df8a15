import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ServiceAddress } from '../protocol/service.ts';
import { artifactsElsewhere, artifactsGone, artifactsNotWritable, folderNotFound } from './errors.ts';
import { folderNotWritable } from './storage/errors.ts';

/** The places of `.mlops` in one workspace folder. */
export interface WorkspaceFolder {
  readonly root: string;
  readonly lock: string;
  readonly address: string;
  readonly database: string;
  readonly log: string;
  readonly artifacts: string;
  /** What is only needed while somebody waits for it; removed when a service starts. */
  readonly scratch: string;
}

/** Makes `.mlops` with its own `.gitignore`, so that nothing in it reaches git. */
export function openWorkspaceFolder(folder: string): WorkspaceFolder {
  const root = realFolder(folder);
  const own = path.join(root, '.mlops');
  refuseDanglingLink(path.join(own, 'artifacts'));
  try {
    fs.mkdirSync(path.join(own, 'artifacts'), { recursive: true });
    const ignore = path.join(own, '.gitignore');
    if (!fs.existsSync(ignore)) {
      fs.writeFileSync(ignore, '*\n');
    }
    fs.accessSync(own, fs.constants.W_OK);
  } catch (error) {
    throw folderNotWritable(root, error);
  }
  return {
    root,
    lock: path.join(own, 'service.lock'),
    address: path.join(own, 'service.json'),
    database: path.join(own, 'workbench.db'),
    log: path.join(own, 'service.log'),
    artifacts: path.join(own, 'artifacts'),
    scratch: path.join(own, 'scratch'),
  };
}

/**
 * Keeps artifacts in another folder from now on: `.mlops/artifacts` becomes a link to it, so that every later service
 * of the workspace finds them. Only while there are none: those of earlier runs are not moved unasked.
 */
export function keepArtifactsIn({ artifacts }: WorkspaceFolder, asked: string): void {
  try {
    fs.mkdirSync(asked, { recursive: true });
    fs.accessSync(asked, fs.constants.W_OK);
  } catch (error) {
    throw artifactsNotWritable(asked, error);
  }
  const present = fs.realpathSync(artifacts);
  const wanted = fs.realpathSync(asked);
  if (wanted === present) {
    return;
  }
  if (fs.readdirSync(present).some((name) => !name.startsWith('.'))) {
    throw artifactsElsewhere(present, asked);
  }
  const link = `${artifacts}.${process.pid}`;
  // On Windows a junction, which needs no right of its own.
  fs.symlinkSync(wanted, link, 'junction');
  if (fs.lstatSync(artifacts).isDirectory()) {
    fs.rmSync(artifacts, { recursive: true });
  }
  fs.renameSync(link, artifacts);
}

function refuseDanglingLink(artifacts: string): void {
  const target = linkTarget(artifacts);
  if (target !== undefined && !fs.existsSync(artifacts)) {
    throw artifactsGone(artifacts, target);
  }
}

function linkTarget(place: string): string | undefined {
  try {
    return fs.readlinkSync(place);
  } catch {
    return undefined;
  }
}

export function readServiceAddress(folder: WorkspaceFolder): ServiceAddress | undefined {
  try {
    return JSON.parse(fs.readFileSync(folder.address, 'utf8')) as ServiceAddress;
  } catch {
    return undefined;
  }
}

/** Readable by the user alone: it holds the secret path of the tracking address. */
export function writeServiceAddress(folder: WorkspaceFolder, address: ServiceAddress): void {
  const temporary = `${folder.address}.${process.pid}`;
  fs.writeFileSync(temporary, JSON.stringify(address), { mode: 0o600 });
  fs.renameSync(temporary, folder.address);
}

/**
 * A Unix socket has at most about 100 bytes of path, so it lies in a private folder of the user, not in the workspace.
 * On Windows it is a named pipe.
 */
export function socketPath(root: string): string {
  const name = crypto.createHash('sha256').update(root).digest('hex').slice(0, 20);
  if (process.platform === 'win32') {
    return `\\\\.\\pipe\\mlops-workbench-${name}`;
  }
  const user = os.userInfo().uid;
  const runtime = process.env.XDG_RUNTIME_DIR;
  const parent = runtime && fs.existsSync(runtime) ? runtime : os.tmpdir();
  const folder = path.join(parent, `mlops-workbench-${user}`);
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = fs.statSync(folder);
  if (uid !== user || (mode & 0o077) !== 0) {
    throw folderNotWritable(folder, new Error('it belongs to somebody else or is open to others'));
  }
  return path.join(folder, `${name}.sock`);
}

function realFolder(folder: string): string {
  try {
    return fs.realpathSync(folder);
  } catch {
    throw folderNotFound(folder);
  }
}
