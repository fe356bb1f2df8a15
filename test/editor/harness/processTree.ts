import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { until } from './waiting.ts';

/**
 * Every process below one of ours inherits this variable. Parentage and process groups are not enough to find them:
 * terminals make their own session, and what an extension starts detached belongs to init once its parent is gone.
 */
export const treeVariable = 'MLOPS_TEST_PROCESS_TREE';

/** Ends all processes whose environment carries `treeVariable=id`, first politely and then not. */
export async function endProcessTree(rootProcess: number, id: string): Promise<void> {
  if (process.platform === 'win32') {
    killProcessTree(rootProcess, id);
    return;
  }
  signalAll(id, 'SIGTERM');
  if (!(await isGoneWithin(id, 3_000))) {
    signalAll(id, 'SIGKILL');
    if (!(await isGoneWithin(id, 5_000))) {
      throw new Error(`These processes survived SIGKILL: ${processesOf(id).join(', ')}.`);
    }
  }
}

/** Ends all at once and without waiting. */
export function killProcessTree(rootProcess: number, id: string): void {
  if (process.platform === 'win32') {
    tryTo(() => execFileSync('taskkill', ['/pid', String(rootProcess), '/T', '/F'], { stdio: 'ignore' }));
  } else {
    signalAll(id, 'SIGKILL');
  }
}

export function processesOf(id: string): number[] {
  const processes = process.platform === 'linux' ? processesOnLinux(id) : processesByEnvironmentListing(id);
  return processes.filter((pid) => pid !== process.pid);
}

function processesOnLinux(id: string): number[] {
  const wanted = `${treeVariable}=${id}`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      // A process may end between the listing and the reading, and those of other users cannot be read.
      const environment = tryTo(() => readFileSync(`/proc/${name}/environ`, 'utf8')) ?? '';
      return environment.split('\0').includes(wanted);
    })
    .map(Number);
}

function processesByEnvironmentListing(id: string): number[] {
  const listing = execFileSync('ps', ['-A', '-ww', '-E', '-o', 'pid=,command='], { encoding: 'utf8' });
  return listing
    .split('\n')
    .filter((line) => line.includes(`${treeVariable}=${id}`))
    .map((line) => Number.parseInt(line, 10));
}

function signalAll(id: string, signal: NodeJS.Signals): void {
  for (const pid of processesOf(id)) {
    tryTo(() => process.kill(pid, signal));
  }
}

async function isGoneWithin(id: string, timeout: number): Promise<boolean> {
  try {
    await until('the processes to end', async () => processesOf(id).length === 0, { timeout });
    return true;
  } catch {
    return false;
  }
}

function tryTo<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
