import fs from 'node:fs';
import os from 'node:os';
import {
  type CpuTimes,
  type Memory,
  type ProcessTimes,
  parseCpuTimes,
  parseMemory,
  parseProcessTimes,
  parseResidentMemory,
  parseTraffic,
  type Traffic,
} from './linuxReadings.ts';
import { processesBelow, readOrEmpty } from './processTree.ts';

/** Counters of the machine at a moment; what this system does not tell is absent. Sizes are bytes. */
export interface MachineReading {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly cpu?: CpuTimes;
  readonly memory?: Memory;
  readonly disk?: { readonly used: number; readonly available: number };
  readonly traffic?: Traffic;
}

/** The processes of a run at a moment. */
export interface ProcessesReading {
  readonly time: number;
  /** By process number. */
  readonly times: ReadonlyMap<number, ProcessTimes>;
  readonly memory: number;
}

/** `folder` is on the disk that is measured: the one that the run writes to. */
export function readMachine(folder: string): MachineReading {
  const isLinux = process.platform === 'linux';
  const traffic = isLinux ? parseTraffic(readOrEmpty('/proc/net/dev')) : undefined;
  return {
    time: Date.now(),
    cpu: isLinux ? parseCpuTimes(readOrEmpty('/proc/stat')) : cpuTimes(),
    memory: isLinux
      ? parseMemory(readOrEmpty('/proc/meminfo'))
      : { used: os.totalmem() - os.freemem(), total: os.totalmem() },
    disk: readDisk(folder),
    traffic,
  };
}

/** Undefined where only a program of its own could tell. */
export function readProcesses(scriptId: number): ProcessesReading | undefined {
  if (process.platform !== 'linux') {
    return undefined;
  }
  const times = new Map<number, ProcessTimes>();
  let memory = 0;
  for (const id of processesBelow(scriptId)) {
    const own = parseProcessTimes(readOrEmpty(`/proc/${id}/stat`));
    if (own) {
      times.set(id, own);
      memory += parseResidentMemory(readOrEmpty(`/proc/${id}/status`));
    }
  }
  return { time: Date.now(), times, memory };
}

function cpuTimes(): CpuTimes {
  const all = os.cpus().map(({ times }) => times);
  const total = all.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0);
  return { busy: total - all.reduce((sum, { idle }) => sum + idle, 0), total };
}

function readDisk(folder: string): MachineReading['disk'] {
  try {
    const { bsize, blocks, bfree, bavail } = fs.statfsSync(folder);
    return { used: (blocks - bfree) * bsize, available: bavail * bsize };
  } catch {
    // Some network disks do not say how large they are.
    return undefined;
  }
}
