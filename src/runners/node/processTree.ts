import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

interface ProcessRecord {
  readonly id: number;
  readonly parent: number;
  readonly group: number;
  /** Ended, but nobody has asked for its exit code: there is nothing left to end. */
  readonly isZombie: boolean;
}

/** The name of the variable that every process of a run inherits, however far it moves from its parents. */
export const runMark = 'MLOPS_RUN_ID';

/**
 * All living processes of a run: descendants of its script, members of the script's process group, and
 * every other process that carries the run's mark, such as a daemon that forked twice to get away.
 */
export function processesOfRun(scriptId: number, runId: string): number[] {
  const living = listProcesses().filter((record) => !record.isZombie);
  const found = new Set(descendants(scriptId, living));
  for (const record of living) {
    if (record.group === scriptId || record.id === scriptId || carriesMark(record.id, runId)) {
      found.add(record.id);
    }
  }
  found.delete(process.pid);
  return [...found];
}

/** A script, its descendants and what is in its process group: without looking into environments, which is dear. */
export function processesBelow(scriptId: number): number[] {
  const living = listProcesses().filter((record) => !record.isZombie);
  const below = new Set(descendants(scriptId, living));
  return living
    .filter(({ id, group }) => id === scriptId || group === scriptId || below.has(id))
    .map(({ id }) => id);
}

/** Only by the mark: process numbers written down earlier may belong to others by now. */
export function markedProcesses(runId: string): number[] {
  return listProcesses()
    .filter((record) => !record.isZombie && record.id !== process.pid && carriesMark(record.id, runId))
    .map((record) => record.id);
}

/** Living members of a process group. */
export function processesOfGroup(group: number): number[] {
  return listProcesses()
    .filter((record) => record.group === group && !record.isZombie)
    .map((record) => record.id);
}

/**
 * Asks the processes that `find` names to terminate and kills what is left after the grace period.
 * `find` is asked again each time, because processes may start others while they are ending.
 */
export async function endProcesses(find: () => readonly number[], graceMilliseconds: number): Promise<void> {
  signalAll(find(), 'SIGTERM');
  if (await allGone(find, graceMilliseconds)) {
    return;
  }
  const deadline = Date.now() + killPatience;
  while (Date.now() < deadline) {
    signalAll(find(), 'SIGKILL');
    if (await allGone(find, 50)) {
      return;
    }
  }
}

/** Windows has no terminate signal for console programs: `/F` after the grace period is what there is. */
export async function endWindowsTree(scriptId: number, graceMilliseconds: number): Promise<void> {
  const find = () => (isAlive(scriptId) ? [scriptId] : []);
  taskkill(['/PID', String(scriptId), '/T']);
  if (!(await allGone(find, graceMilliseconds))) {
    taskkill(['/PID', String(scriptId), '/T', '/F']);
    await allGone(find, killPatience);
  }
}

/** A process in an uninterruptible wait cannot be killed; after this long it is given up. */
const killPatience = 5_000;

async function allGone(find: () => readonly number[], patience: number): Promise<boolean> {
  const deadline = Date.now() + patience;
  for (;;) {
    if (find().length === 0) {
      return true;
    }
    if (Date.now() >= deadline) {
      return false;
    }
    await delay(25);
  }
}

function signalAll(ids: readonly number[], signal: 'SIGTERM' | 'SIGKILL'): void {
  for (const id of ids) {
    send(id, signal);
    // A process that was paused hears nothing before it goes on.
    send(id, 'SIGCONT');
  }
}

function send(id: number, signal: NodeJS.Signals): void {
  try {
    process.kill(id, signal);
  } catch {
    // It has ended since it was found.
  }
}

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch {
    return false;
  }
}

function descendants(root: number, records: readonly ProcessRecord[]): number[] {
  const found: number[] = [];
  let parents = new Set([root]);
  while (parents.size > 0) {
    const children = records.filter((record) => parents.has(record.parent)).map((record) => record.id);
    found.push(...children);
    parents = new Set(children);
  }
  return found;
}

function listProcesses(): ProcessRecord[] {
  return process.platform === 'linux'
    ? linuxProcesses()
    : parsePs(ps(['-A', '-o', 'pid=,ppid=,pgid=,stat=']));
}

function linuxProcesses(): ProcessRecord[] {
  const records: ProcessRecord[] = [];
  for (const name of fs.readdirSync('/proc')) {
    const id = Number(name);
    const stat = Number.isInteger(id) ? readOrEmpty(`/proc/${id}/stat`) : '';
    if (stat !== '') {
      // The program's name stands in brackets and may itself hold spaces and brackets.
      const [state, parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      records.push({ id, parent: Number(parent), group: Number(group), isZombie: state === 'Z' });
    }
  }
  return records;
}

export function parsePs(output: string): ProcessRecord[] {
  return output
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields.length >= 4)
    .map(([id, parent, group, state]) => ({
      id: Number(id),
      parent: Number(parent),
      group: Number(group),
      isZombie: state!.startsWith('Z'),
    }));
}

function carriesMark(id: number, runId: string): boolean {
  const mark = `${runMark}=${runId}`;
  if (process.platform === 'linux') {
    return readOrEmpty(`/proc/${id}/environ`).split('\0').includes(mark);
  }
  return ps(['-E', '-ww', '-o', 'command=', '-p', String(id)])
    .split(/\s+/)
    .includes(mark);
}

export function readOrEmpty(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    // Ended meanwhile, or another user's.
    return '';
  }
}

function ps(parameters: readonly string[]): string {
  try {
    return execFileSync('ps', parameters, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return '';
  }
}

function taskkill(parameters: readonly string[]): void {
  try {
    execFileSync('taskkill', parameters, { stdio: 'ignore', windowsHide: true });
  } catch {
    // It has ended since, or has to be forced.
  }
}
