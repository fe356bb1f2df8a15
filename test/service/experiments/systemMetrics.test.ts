import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isSystemMetric } from '../../../src/protocol/systemMetrics.ts';
import { waitFor } from '../../support/waitFor.ts';
import { TestWorkspace } from './workspace.ts';

let workspace: TestWorkspace;
beforeEach(() => {
  workspace = new TestWorkspace();
  workspace.write(
    'wait.py',
    'import os, time\nkeep = bytearray(60_000_000)\nprint("up")\n' +
      'while not os.path.exists("go"): sum(range(10_000))\n',
  );
});
afterEach(() => workspace.dispose());

const cpu = 'system/cpu_utilization_percentage';
const ownMemory = 'system/process_memory_megabytes';

function history(run: string, key: string) {
  return workspace.store.metricHistory(run, key, 1_000, 0);
}

function keys(run: string): string[] {
  return workspace.details(run).metrics.map((metric) => metric.key);
}

function samples(run: string): string {
  return path.join(workspace.root, '.mlops', 'runs', run, 'system-metrics.jsonl');
}

const everyHalfSecond = { script: 'wait.py', systemMetricsSeconds: 0.5 };

test('while a run lives the machine and its processes are measured, and once more at its end', async () => {
  const { id } = await workspace.experiments.startRun(everyHalfSecond);
  await waitFor('three samples', () => history(id, ownMemory).length >= 3);
  expect(workspace.details(id).state).toBe('running');
  workspace.write('go', '');
  const run = await workspace.ended(id);

  expect(keys(id)).toEqual(
    expect.arrayContaining([
      cpu,
      'system/disk_available_megabytes',
      'system/disk_usage_megabytes',
      'system/disk_usage_percentage',
      'system/network_receive_megabytes',
      'system/network_transmit_megabytes',
      'system/process_cpu_percentage',
      ownMemory,
      'system/system_memory_usage_megabytes',
      'system/system_memory_usage_percentage',
    ]),
  );
  const points = history(id, cpu);
  expect(points.map(({ step }) => step)).toEqual(points.map((_, index) => index));
  expect(points.every(({ value }) => value >= 0 && value <= 100)).toBe(true);
  expect(points.every(({ timestamp }) => timestamp >= run.startTime && timestamp <= run.endTime! + 50)).toBe(
    true,
  );
  // The script holds 60 MB and keeps a processor busy, which two other helpers of the machine may want as well.
  expect(Math.max(...history(id, ownMemory).map(({ value }) => value))).toBeGreaterThan(60);
  const used = history(id, 'system/process_cpu_percentage').map(({ value }) => value);
  expect(Math.max(...used)).toBeGreaterThan(5);
  expect(run.headline).toBeUndefined();
  expect(fs.existsSync(samples(id))).toBe(false);
});

test('a run that ends between two samples is measured once more at its end', async () => {
  const { id } = await workspace.experiments.startRun({ script: 'wait.py', systemMetricsSeconds: 600 });
  await waitFor('the first sample', () => history(id, cpu).length > 0);
  // So close to the first one that nothing could be said of the processor in between, there would be no other.
  const [first] = history(id, cpu);
  await waitFor('a moment to pass', () => Date.now() - first!.timestamp > 300);
  workspace.write('go', '');
  await workspace.ended(id);
  expect(history(id, cpu).map(({ step }) => step)).toEqual([0, 1]);
});

test('the shortest run has one point, and none where it is switched off or measured by MLflow’s client', async () => {
  workspace.write('short.py', 'pass\n');
  const short = await workspace.experiments.startRun({ script: 'short.py' });
  const off = await workspace.experiments.startRun({ script: 'short.py', systemMetricsSeconds: 0 });
  const byClient = await workspace.experiments.startRun({
    script: 'short.py',
    environment: { ...(process.env as Record<string, string>), MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING: 'true' },
  });
  await workspace.ended(short.id);
  await workspace.ended(off.id);
  await workspace.ended(byClient.id);
  expect(history(short.id, 'system/system_memory_usage_percentage').length).toBeGreaterThan(0);
  expect(keys(off.id)).toEqual([]);
  expect(keys(byClient.id)).toEqual([]);
});

test('a service killed in mid-run loses no sample, and records none twice', async () => {
  const service = spawn(
    process.execPath,
    [path.join(import.meta.dirname, 'serviceProcess.ts'), workspace.root, 'wait.py', '0.5'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [line] = (await once(service.stdout, 'data')) as [Buffer];
  const id = line.toString().trim();
  const lines = () => fs.readFileSync(samples(id), 'utf8').trimEnd().split('\n');
  await waitFor('two samples', () => lines().length >= 2);
  const ended = once(service, 'exit');
  service.kill('SIGKILL');
  await ended;
  const before = lines().length;
  await waitFor('samples that no service sees', () => lines().length >= before + 2);
  // A line that was cut short by a full disk is none.
  fs.appendFileSync(samples(id), '{"step":1,"time":12\n{"step":-1,"time":0,"values":{"loss":1}}\n');

  workspace.restart();
  await waitFor('what was measured meanwhile', () => history(id, cpu).length >= before + 2);
  expect(workspace.details(id).state).toBe('running');
  workspace.restart();
  workspace.write('go', '');
  await workspace.ended(id);
  const steps = history(id, cpu).map(({ step }) => step);
  expect(steps).toEqual(steps.map((_, index) => index));
  expect(keys(id).every(isSystemMetric)).toBe(true);
});

test('graphics cards are asked through the program of their driver', async () => {
  const program = workspace.write('tools/nvidia-smi', '#!/bin/sh\necho "0, 34, 1000, 24000, 120.5, 350.0"\n');
  fs.chmodSync(program, 0o755);
  const { id } = await workspace.experiments.startRun({
    ...everyHalfSecond,
    environment: {
      ...(process.env as Record<string, string>),
      PATH: `${path.dirname(program)}${path.delimiter}${process.env.PATH}`,
    },
  });
  await waitFor(
    'two samples of the card',
    () => history(id, 'system/gpu_0_utilization_percentage').length >= 2,
  );
  workspace.write('go', '');
  await workspace.ended(id);
  const points = history(id, 'system/gpu_0_utilization_percentage');
  expect(points.map(({ value }) => value)).toEqual(points.map(() => 34));
  expect(points.map(({ step }) => step)).toEqual(points.map((_, index) => index));
});

test('a program of a driver that hangs delays neither the run nor its end', async () => {
  const program = workspace.write('tools/nvidia-smi', '#!/bin/sh\nexec sleep 60\n');
  fs.chmodSync(program, 0o755);
  workspace.write('second.py', 'import time\ntime.sleep(1.5)\n');
  const { id } = await workspace.experiments.startRun({
    script: 'second.py',
    systemMetricsSeconds: 0.5,
    environment: {
      ...(process.env as Record<string, string>),
      PATH: `${path.dirname(program)}${path.delimiter}${process.env.PATH}`,
    },
  });
  const run = await workspace.ended(id);
  expect(run.state).toBe('finished');
  expect(history(id, cpu).length).toBeGreaterThan(0);
});
