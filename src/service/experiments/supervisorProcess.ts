import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import { ordinaryEnvironment, supervisorEnvironment } from './runEnvironment.ts';
import type { RunFolder } from './runFolder.ts';

export interface SupervisorFiles {
  readonly nodePath: string;
  readonly supervisorScript: string;
}

/**
 * Starts the process that outlives us, with the environment that its script inherits;
 * without one its task is to end what a lost supervisor left behind.
 */
export function spawnSupervisor(
  files: SupervisorFiles,
  folder: RunFolder,
  environment: NodeJS.ProcessEnv | undefined,
): ChildProcess {
  const log = fs.openSync(folder.log, 'a');
  try {
    const task = environment === undefined ? ['end'] : [];
    const child = spawn(files.nodePath, [files.supervisorScript, folder.path, ...task], {
      cwd: folder.path,
      env: supervisorEnvironment(environment ?? ordinaryEnvironment(process.env)),
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
