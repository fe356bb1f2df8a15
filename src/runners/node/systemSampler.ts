import fs from 'node:fs';
import type { SystemSample } from '../../protocol/runner.ts';
import { GpuReader } from './gpuReadings.ts';
import { type MachineReading, type ProcessesReading, readMachine, readProcesses } from './systemReadings.ts';
import { machineValues, processValues } from './systemValues.ts';

/** So that a run of a second has a value too. */
const firstAfter = 500;
/** Two readings so close to each other say nothing about the use of a processor. */
const shortestGap = 200;

export interface SamplerOptions {
  /** Lines are appended to it, each in one write. */
  readonly file: string;
  /** On the disk that is measured. */
  readonly folder: string;
  readonly scriptId: number;
  readonly everyMilliseconds: number;
}

/** Measures the machine and a run's processes while its script runs. Nothing of it may ever harm the run. */
export class SystemSampler {
  readonly #options: SamplerOptions;
  readonly #gpu = new GpuReader();
  readonly #first: MachineReading;
  #machine: MachineReading;
  #processes: ProcessesReading | undefined;
  #step = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: SamplerOptions) {
    this.#options = options;
    this.#first = readMachine(options.folder);
    this.#machine = this.#first;
    this.#processes = { time: this.#first.time, times: new Map(), memory: 0 };
    this.#wait(Math.min(firstAfter, options.everyMilliseconds));
  }

  /** The last sample, without waiting for anything. */
  finish(): void {
    clearTimeout(this.#timer);
    this.#gpu.stop();
    if (this.#step === 0 || Date.now() - this.#machine.time >= shortestGap) {
      this.#sample();
    }
  }

  #wait(milliseconds: number): void {
    this.#timer = setTimeout(() => {
      const isMeasured = this.#sample();
      if (isMeasured) {
        this.#wait(this.#options.everyMilliseconds);
      }
    }, milliseconds);
  }

  /** False when it failed: a disk that is full now is left alone from then on. */
  #sample(): boolean {
    try {
      const step = this.#step;
      const machine = readMachine(this.#options.folder);
      const processes = readProcesses(this.#options.scriptId);
      const { time } = machine;
      append(this.#options.file, {
        step,
        time,
        values: {
          ...machineValues(this.#first, this.#machine, machine),
          ...(processes && processes.times.size > 0 && processValues(this.#processes, processes)),
        },
      });
      this.#gpu.read((values) => this.#add({ step, time, values }));
      this.#step += 1;
      this.#machine = machine;
      this.#processes = processes;
      return true;
    } catch {
      return false;
    }
  }

  /** What comes later belongs to the step at which it was asked for. */
  #add(sample: SystemSample): void {
    try {
      append(this.#options.file, sample);
    } catch {
      this.#gpu.stop();
    }
  }
}

function append(file: string, sample: SystemSample): void {
  fs.appendFileSync(file, `${JSON.stringify(sample)}\n`);
}
