import { expect, test } from 'vitest';
import { gpuValues } from '../../../../src/runners/node/gpuReadings.ts';
import {
  parseCpuTimes,
  parseMemory,
  parseProcessTimes,
  parseResidentMemory,
  parseTraffic,
} from '../../../../src/runners/node/linuxReadings.ts';
import { machineValues, processValues } from '../../../../src/runners/node/systemValues.ts';

test('the CPU times of a machine are those of its first line, guests counted once', () => {
  const stat = 'cpu  100 20 30 1000 50 5 6 7 90 3\ncpu0 50 10 15 500 25 2 3 4 45 1\nctxt 123\n';
  expect(parseCpuTimes(stat)).toEqual({ busy: 168, total: 1218 });
  expect(parseCpuTimes('')).toBeUndefined();
});

test('memory that programs can still have is not used', () => {
  const meminfo =
    'MemTotal:        8000000 kB\nMemFree:          500000 kB\nMemAvailable:    6000000 kB\nBuffers: 1 kB\n';
  expect(parseMemory(meminfo)).toEqual({ used: 2_000_000 * 1024, total: 8_000_000 * 1024 });
  expect(parseMemory('MemTotal: 1000 kB\nMemFree: 400 kB\n')).toEqual({
    used: 600 * 1024,
    total: 1000 * 1024,
  });
  expect(parseMemory('')).toBeUndefined();
});

test('traffic is that of all interfaces but the loopback', () => {
  const dev = [
    'Inter-|   Receive                                                |  Transmit',
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls',
    '    lo: 999999    100    0    0    0     0          0         0   999999    100    0    0    0     0',
    '  eth0: 5000000    4000    0    0    0     0          0         0   700000    3000    0    0    0     0',
    'wlan0:1000 1 0 0 0 0 0 0 2000 1 0 0 0 0',
    '',
  ].join('\n');
  expect(parseTraffic(dev)).toEqual({ received: 5_001_000, sent: 702_000 });
  expect(parseTraffic('    lo: 1 0 0 0 0 0 0 0 1 0\n')).toBeUndefined();
});

test('a program may have any name', () => {
  const stat = `42 (my (odd) name) S 1 42 42 0 -1 4194560 100 0 0 0 250 50 7 8 20 0 4 0 99887 1000000 300 184467`;
  expect(parseProcessTimes(stat)).toEqual({ start: 99_887, ticks: 300 });
  expect(parseProcessTimes('')).toBeUndefined();
  expect(parseResidentMemory('Name:\tkthreadd\n')).toBe(0);
});

test('resident memory is read as the kernel writes it, with a tab', () => {
  expect(parseResidentMemory('Name:\tpython3\nVmHWM:\t  9000 kB\nVmRSS:\t    8192 kB\n')).toBe(8192 * 1024);
});

const first = {
  time: 1_000,
  cpu: { busy: 1_000, total: 10_000 },
  memory: { used: 4e9, total: 16e9 },
  disk: { used: 30e9, available: 70e9 },
  traffic: { received: 1e9, sent: 2e9 },
};

test('CPU is what was busy since the reading before, traffic what went through since the first', () => {
  const before = { ...first, time: 2_000, cpu: { busy: 1_100, total: 10_400 } };
  const now = {
    ...first,
    time: 3_000,
    cpu: { busy: 1_200, total: 10_800 },
    memory: { used: 8e9, total: 16e9 },
    traffic: { received: 1.5e9, sent: 2.25e9 },
  };
  expect(machineValues(first, before, now)).toEqual({
    'system/cpu_utilization_percentage': 25,
    'system/system_memory_usage_megabytes': 8_000,
    'system/system_memory_usage_percentage': 50,
    'system/disk_usage_percentage': 30,
    'system/disk_usage_megabytes': 30_000,
    'system/disk_available_megabytes': 70_000,
    'system/network_receive_megabytes': 500,
    'system/network_transmit_megabytes': 250,
  });
});

test('large sizes are whole megabytes, small ones have parts', () => {
  const now = {
    ...first,
    memory: { used: 1_234_567_890, total: 16e9 },
    traffic: { received: 1e9 + 1_234_567, sent: 2e9 },
  };
  expect(machineValues(first, first, now)).toMatchObject({
    'system/system_memory_usage_megabytes': 1_235,
    'system/network_receive_megabytes': 1.235,
  });
});

test('what a system does not tell is left out', () => {
  expect(machineValues({ time: 1 }, { time: 1 }, { time: 2 })).toEqual({});
  const again = machineValues(first, first, first);
  expect(again).not.toHaveProperty('system/cpu_utilization_percentage');
});

test('processes that came are counted whole, those with a number that was used before as new ones', () => {
  const before = {
    time: 0,
    memory: 0,
    times: new Map([
      [10, { start: 1, ticks: 100 }],
      [11, { start: 2, ticks: 5_000 }],
      [12, { start: 3, ticks: 70 }],
    ]),
  };
  const now = {
    time: 2_000,
    memory: 300e6,
    times: new Map([
      [10, { start: 1, ticks: 300 }],
      [11, { start: 9, ticks: 40 }],
      [13, { start: 8, ticks: 60 }],
    ]),
  };
  expect(processValues(before, now)).toEqual({
    'system/process_cpu_percentage': 150,
    'system/process_memory_megabytes': 300,
  });
});

test('GPUs are told apart by number, and what a card does not support is left out', () => {
  const output = '0, 34, 1000, 24000, 120.50, 350.00\n1, 0, [N/A], 24000, [Not Supported], [N/A]\n';
  expect(gpuValues(output)).toEqual({
    'system/gpu_0_utilization_percentage': 34,
    'system/gpu_0_memory_usage_megabytes': expect.closeTo(1048.576),
    'system/gpu_0_memory_usage_percentage': expect.closeTo(4.1667, 3),
    'system/gpu_0_power_usage_watts': 120.5,
    'system/gpu_0_power_usage_percentage': expect.closeTo(34.4286, 3),
    'system/gpu_1_utilization_percentage': 0,
  });
  expect(gpuValues('')).toEqual({});
});
