import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import { supervisorEnvironment } from './runEnvironment.ts';
import type { RunFolder } from './runFolder.ts';

export interface SupervisorFiles {
  readonly nodePath: string;
  readonly supervisorScript: string;
}

/** Starts the process that outlives us; `onlyEnd` when its task is to end what a lost one left behind. */
export function spawnSupervisor(files: SupervisorFiles, folder: RunFolder, onlyEnd: boolean): ChildProcess {
  const log = fs.openSync(folder.log, 'a');
  try {
    const child = spawn(files.nodePath, [files.supervisorScript, folder.path, ...(onlyEnd ? ['end'] : [])], {
      cwd: folder.path,
      env: supervisorEnvironment(process.env),
      // Should the supervisor itself fail, its words stand where the user looks.
      stdio: ['ignore', 'ignore', log],
      detached: true,
      windowsHide: true,
    });
    child.unref();
    return child;
  } finally {
    fs.closeSync(log);
  }
}
