/** Files in a run's own folder, `.mlops/runs/<run>/`: the only sentences between the service and a supervisor. */
export const runFiles = {
  /** The service writes it before the supervisor starts: a `SupervisorOrder`. */
  order: 'order.json',
  /** The supervisor writes it when the script has started: a `SupervisorStart`. */
  started: 'started.json',
  /** The supervisor writes it when the script has ended: a `SupervisorEnd`. */
  ended: 'ended.json',
  /** The service makes it to ask for a stop. */
  stop: 'stop',
  /** The supervisor appends to it while the script runs: a `SystemSample` per line. */
  systemMetrics: 'system-metrics.jsonl',
  /** Standard output and error of the script, in the order they came. */
  log: 'output.log',
} as const;

export interface SupervisorOrder {
  readonly command: readonly string[];
  readonly workingFolder: string;
  /** Added to what the script inherits from its supervisor. */
  readonly environment: Readonly<Record<string, string>>;
  readonly graceMilliseconds: number;
  /** Between two samples of the machine and the run's processes; none are taken when absent. */
  readonly sampleMilliseconds?: number;
}

/** What the machine and the run's processes did at a moment. Several lines may belong to one step. */
export interface SystemSample {
  /** From 0. */
  readonly step: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** By the name of the metric, such as `system/cpu_utilization_percentage`. */
  readonly values: Readonly<Record<string, number>>;
}

export interface SupervisorStart {
  readonly supervisorId: number;
  readonly scriptId: number;
  readonly time: number;
}

export interface SupervisorEnd {
  readonly time: number;
  readonly exitCode?: number;
  readonly signal?: string;
  /** The stop was asked for. */
  readonly stopped: boolean;
  /** The program could not be started at all: the system's error code, such as ENOENT. */
  readonly startError?: string;
}
