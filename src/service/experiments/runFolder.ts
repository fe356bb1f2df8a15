import fs from 'node:fs';
import path from 'node:path';
import {
  runFiles,
  type SupervisorEnd,
  type SupervisorOrder,
  type SupervisorStart,
} from '../../protocol/runner.ts';
import { folderNotWritable } from '../storage/errors.ts';

/** The service's side of `.mlops/runs/<run>/`: what is written for the supervisor and read from it. */
export class RunFolder {
  readonly path: string;

  constructor(workspace: string, runId: string) {
    this.path = path.join(runsFolder(workspace), runId);
  }

  get log(): string {
    return path.join(this.path, runFiles.log);
  }

  /** What the supervisor measures; gone once it is recorded. */
  get systemMetrics(): string {
    return path.join(this.path, runFiles.systemMetrics);
  }

  /** The parameters as this run has them; the script finds it through MLOPS_PARAMS. */
  get parameters(): string {
    return path.join(this.path, 'params.yaml');
  }

  create(): void {
    fs.mkdirSync(this.path, { recursive: true });
    fs.writeFileSync(this.log, '', { flag: 'a' });
  }

  /** Readable by the user alone: the tracking address in it is a secret. */
  writeOrder(order: SupervisorOrder): void {
    writeWhole(path.join(this.path, runFiles.order), JSON.stringify(order), 0o600);
  }

  writeParameters(text: string): void {
    writeWhole(this.parameters, text);
  }

  get stopAsked(): boolean {
    return fs.existsSync(path.join(this.path, runFiles.stop));
  }

  askToStop(): void {
    fs.writeFileSync(path.join(this.path, runFiles.stop), '');
  }

  /** The order is there from before the start until the run's end was recorded. */
  get isOpen(): boolean {
    return fs.existsSync(path.join(this.path, runFiles.order));
  }

  close(): void {
    fs.rmSync(this.systemMetrics, { force: true });
    fs.rmSync(path.join(this.path, runFiles.order), { force: true });
  }

  started(): SupervisorStart | undefined {
    return readJson(path.join(this.path, runFiles.started));
  }

  ended(): SupervisorEnd | undefined {
    return readJson(path.join(this.path, runFiles.ended));
  }

  logBytes(): number {
    return fs.statSync(this.log, { throwIfNoEntry: false })?.size ?? 0;
  }
}

/** Runs whose end was not recorded yet, whatever their scripts told the tracking server meanwhile. */
export function openRuns(workspace: string): string[] {
  const folder = runsFolder(workspace);
  if (!fs.existsSync(folder)) {
    return [];
  }
  return fs.readdirSync(folder).filter((runId) => new RunFolder(workspace, runId).isOpen);
}

/** Fails before anything is recorded when the workspace cannot be written to. */
export function requireWritable(workspace: string): void {
  const folder = runsFolder(workspace);
  const probe = path.join(folder, `.writable-${process.pid}`);
  try {
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(probe, '');
    fs.rmSync(probe);
  } catch (error) {
    throw folderNotWritable(workspace, error);
  }
}

/** To a temporary name first, so that a reader never meets half a file. */
export function writeWhole(file: string, text: string, mode = 0o644): void {
  const temporary = `${file}.${process.pid}.new`;
  try {
    fs.writeFileSync(temporary, text, { mode });
    fs.renameSync(temporary, file);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
}

function runsFolder(workspace: string): string {
  return path.join(workspace, '.mlops', 'runs');
}

function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}
