import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';

/**
 * Is this process the supervisor of that run, and alive? Its number alone does not tell: it may be another's by now.
 * Its command line names the run; where that cannot be read cheaply (Windows), it must be no older than the system.
 */
export function isSupervisorOf(processId: number, runId: string, startTime: number | undefined): boolean {
  switch (process.platform) {
    case 'linux':
      // A process that has ended but was not waited for has an empty one.
      return readOrEmpty(`/proc/${processId}/cmdline`).includes(runId);
    case 'win32':
      return exists(processId) && (startTime ?? 0) > Date.now() - os.uptime() * 1000;
    default:
      return exists(processId) && commandLine(processId).includes(runId);
  }
}

function exists(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch {
    return false;
  }
}

function commandLine(processId: number): string {
  try {
    return execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(processId)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}

function readOrEmpty(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
