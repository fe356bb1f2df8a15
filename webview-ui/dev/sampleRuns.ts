import type { RunDetails } from '../../src/protocol/experiments.ts';
import { FakeSeries } from './fakeSeries.ts';

/** A fixed moment, so that pictures and golden texts do not depend on the day. */
export const sampleTime = Date.UTC(2026, 2, 14, 9, 26, 53);

export function sampleRun(id: string, name: string, change: Partial<RunDetails> = {}): RunDetails {
  return {
    id,
    name,
    experiment: '1',
    experimentName: 'penguins',
    state: 'finished',
    startTime: sampleTime,
    endTime: sampleTime + 31_240,
    script: 'train.py',
    exitCode: 0,
    version: 1,
    command: ['python3', 'train.py', '--learning-rate', '0.05'],
    parameters: [
      { key: 'epochs', value: '200' },
      { key: 'learning_rate', value: '0.05' },
      { key: 'hidden_units', value: '32' },
      { key: 'seed', value: '7' },
    ],
    metrics: [],
    tags: {},
    code: {
      commit: '4f2c1aa97d0be6c1a2f98ad3c5be0f11d2a7e9b4',
      branch: 'main',
      changedFiles: 2,
      patchArtifact: 'code/uncommitted.patch',
    },
    datasets: [
      { path: 'data/penguins.csv', hash: '9a1f6b2c3d4e5f60718293a4b5c6d7e8', version: 3, modified: false },
    ],
    inputs: [],
    children: [],
    environment: {
      interpreter: '.venv/bin/python',
      interpreterVersion: '3.13.5',
      packages: [
        { name: 'mlflow-skinny', version: '3.4.0' },
        { name: 'numpy', version: '2.3.1' },
        { name: 'pandas', version: '2.3.0' },
        { name: 'scikit-learn', version: '1.7.1' },
      ],
    },
    logBytes: 0,
    artifactFolder: `.mlops/artifacts/${id}`,
    ...change,
  };
}

/** The same noise every time: a small linear congruential generator. */
export function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648 - 0.5;
  };
}

export interface Training {
  readonly seed: number;
  readonly best: number;
  readonly speed: number;
}

export function accuracyAt(step: number, training: Training, random: () => number): number {
  return training.best - 0.6 * Math.exp(-step / training.speed) + random() * 0.02;
}

export function lossAt(step: number, training: Training, random: () => number): number {
  return 0.05 + (1 - training.best) + 1.1 * Math.exp(-step / training.speed) + random() * 0.03;
}

/** What a machine does meanwhile: a sample every ten seconds. */
export function systemMetrics(samples: number, startTime = sampleTime): Record<string, FakeSeries> {
  const random = noise(11);
  const at = Array.from({ length: samples }, (_, index) => index);
  const series = (value: (step: number) => number) => FakeSeries.of(at.map(value), startTime, 10_000);
  return {
    'system/cpu_utilization_percentage': series(() => 62 + random() * 30),
    'system/disk_available_megabytes': series((step) => 182_000 - step * 12),
    'system/network_receive_megabytes': series((step) => step * 0.4),
    'system/process_cpu_percentage': series(() => 194 + random() * 20),
    'system/process_memory_megabytes': series((step) => 410 + 90 * Math.log1p(step)),
    'system/system_memory_usage_percentage': series((step) => 41 + Math.log1p(step) * 2),
  };
}

/** Curves of a training: accuracy, loss, and a learning rate that falls. */
export function trainingMetrics(
  steps: number,
  training: Training,
  startTime = sampleTime,
): Record<string, FakeSeries> {
  const random = noise(training.seed);
  const at = Array.from({ length: steps }, (_, index) => index + 1);
  return {
    accuracy: FakeSeries.of(
      at.map((step) => accuracyAt(step, training, random)),
      startTime,
      150,
    ),
    loss: FakeSeries.of(
      at.map((step) => lossAt(step, training, random)),
      startTime,
      150,
    ),
    learning_rate: FakeSeries.of(
      at.map((step) => 0.05 * 0.985 ** step),
      startTime,
      150,
    ),
  };
}
