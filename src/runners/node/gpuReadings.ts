import { execFile } from 'node:child_process';

const columns = ['index', 'utilization.gpu', 'memory.used', 'memory.total', 'power.draw', 'power.limit'];
const patience = 5_000;

/** Asks the driver's own program; where there is none it is asked once and never again. */
export class GpuReader {
  #isMissing = false;
  #underWay: ReturnType<typeof execFile> | undefined;

  read(tell: (values: Readonly<Record<string, number>>) => void): void {
    if (this.#isMissing || this.#underWay) {
      return;
    }
    this.#underWay = execFile(
      'nvidia-smi',
      [`--query-gpu=${columns.join()}`, '--format=csv,noheader,nounits'],
      { timeout: patience, windowsHide: true },
      (error, output) => {
        this.#underWay = undefined;
        this.#isMissing = error !== null;
        if (!error) {
          tell(gpuValues(output));
        }
      },
    );
  }

  /** Nobody waits for an answer any more. */
  stop(): void {
    this.#isMissing = true;
    this.#underWay?.kill();
  }
}

/** By MLflow's names, from comma-separated lines; what a card does not support, such as `[N/A]`, is left out. */
export function gpuValues(output: string): Record<string, number> {
  const values: Record<string, number> = {};
  for (const line of output.split('\n').filter((text) => text.trim() !== '')) {
    const [index, busy, used, total, power, limit] = line.split(',').map(numberOrNaN);
    const put = (name: string, value: number) => {
      if (Number.isFinite(value)) {
        values[`system/gpu_${index}_${name}`] = value;
      }
    };
    put('utilization_percentage', busy!);
    // The driver says MiB.
    put('memory_usage_megabytes', used! * 1.048576);
    put('memory_usage_percentage', (100 * used!) / total!);
    put('power_usage_watts', power!);
    put('power_usage_percentage', (100 * power!) / limit!);
  }
  return values;
}

function numberOrNaN(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}
