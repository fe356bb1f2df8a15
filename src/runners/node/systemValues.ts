import type { MachineReading, ProcessesReading } from './systemReadings.ts';

type Values = Record<string, number>;

const megabyte = 1e6;
const ticksPerSecond = 100;

/**
 * Metrics of the machine under the names of MLflow's own system metrics, whose megabytes are 10^6 bytes.
 * CPU is busy time between the two readings over all processors, 100 when all are busy; network is what went
 * through since `first`; memory and disk are as they are at `now`.
 */
export function machineValues(first: MachineReading, before: MachineReading, now: MachineReading): Values {
  const { memory, disk } = now;
  const busy = now.cpu && before.cpu && now.cpu.busy - before.cpu.busy;
  const total = now.cpu && before.cpu ? now.cpu.total - before.cpu.total : 0;
  return rounded({
    'system/cpu_utilization_percentage': busy !== undefined && total > 0 ? (100 * busy) / total : undefined,
    'system/system_memory_usage_megabytes': memory && memory.used / megabyte,
    'system/system_memory_usage_percentage': memory && (100 * memory.used) / memory.total,
    'system/disk_usage_percentage': disk && (100 * disk.used) / (disk.used + disk.available),
    'system/disk_usage_megabytes': disk && disk.used / megabyte,
    'system/disk_available_megabytes': disk && disk.available / megabyte,
    'system/network_receive_megabytes':
      now.traffic && first.traffic && (now.traffic.received - first.traffic.received) / megabyte,
    'system/network_transmit_megabytes':
      now.traffic && first.traffic && (now.traffic.sent - first.traffic.sent) / megabyte,
  });
}

/**
 * Of the run's script and all below it: memory, and CPU as `top` counts it, 100 for one processor kept busy.
 * What a process used after the last reading and before its end is not known.
 */
export function processValues(before: ProcessesReading | undefined, now: ProcessesReading): Values {
  const seconds = before ? (now.time - before.time) / 1000 : 0;
  let ticks = 0;
  for (const [id, { start, ticks: used }] of now.times) {
    const known = before?.times.get(id);
    ticks += known?.start === start ? used - known.ticks : used;
  }
  return rounded({
    'system/process_cpu_percentage': seconds > 0 ? (100 * ticks) / ticksPerSecond / seconds : undefined,
    'system/process_memory_megabytes': now.times.size > 0 ? now.memory / megabyte : undefined,
  });
}

function rounded(values: Readonly<Record<string, number | undefined>>): Values {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      value !== undefined && Number.isFinite(value) ? [[name, round(value)]] : [],
    ),
  );
}

/** Nobody reads parts of a megabyte beside thousands of them. */
function round(value: number): number {
  return value >= 1000 ? Math.round(value) : Math.round(value * 1000) / 1000;
}
