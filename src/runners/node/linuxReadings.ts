/** What Linux tells in the texts of /proc. Sizes are bytes, CPU times are ticks of 10 ms. */

export interface CpuTimes {
  readonly busy: number;
  readonly total: number;
}

export interface Memory {
  readonly used: number;
  readonly total: number;
}

export interface Traffic {
  readonly received: number;
  readonly sent: number;
}

/** Since the machine started, over all its processors: the first line of /proc/stat. */
export function parseCpuTimes(stat: string): CpuTimes | undefined {
  const line = /^cpu +([\d ]+)/m.exec(stat)?.[1];
  if (line === undefined) {
    return undefined;
  }
  // User, nice, system, idle, waiting for disks, interrupts (2), stolen; guests are within user and nice.
  const times = line.split(' ').map(Number).slice(0, 8);
  const total = times.reduce((sum, time) => sum + time, 0);
  return { busy: total - (times[3] ?? 0) - (times[4] ?? 0), total };
}

/** What programs could not have without swapping counts as used: /proc/meminfo. */
export function parseMemory(meminfo: string): Memory | undefined {
  const total = kilobytes(meminfo, 'MemTotal');
  const available = kilobytes(meminfo, 'MemAvailable') ?? kilobytes(meminfo, 'MemFree');
  return total === undefined || available === undefined ? undefined : { used: total - available, total };
}

/** Through all interfaces but the machine's way to itself: /proc/net/dev. */
export function parseTraffic(dev: string): Traffic | undefined {
  const counts = [...dev.matchAll(/^ *([^\s:]+): *(.+)$/gm)]
    .filter(([, name]) => name !== 'lo')
    .map(([, , line]) => line!.split(/ +/).map(Number));
  const sum = (column: number) => counts.reduce((all, line) => all + (line[column] ?? 0), 0);
  return counts.length === 0 ? undefined : { received: sum(0), sent: sum(8) };
}

/** What a process has used since it started; `start` tells it from a later one with the same number. */
export interface ProcessTimes {
  readonly start: number;
  readonly ticks: number;
}

/** /proc/<process>/stat. */
export function parseProcessTimes(stat: string): ProcessTimes | undefined {
  // The program's name stands in brackets and may itself hold spaces and brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, system, start] = [fields[11], fields[12], fields[19]].map(Number);
  return Number.isInteger(start) ? { start: start!, ticks: user! + system! } : undefined;
}

/** In memory, not swapped out: /proc/<process>/status. */
export function parseResidentMemory(status: string): number {
  return kilobytes(status, 'VmRSS') ?? 0;
}

/** /proc says kB and means 1024 bytes. */
function kilobytes(text: string, name: string): number | undefined {
  const value = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1];
  return value === undefined ? undefined : Number(value) * 1024;
}
