/** Long work of privacy as runs of an experiment. Experiments come after privacy, so whoever joins both hands it in. */
export interface TrackedRuns {
  begin(run: NewTrackedRun): TrackedRun;
}

export interface NewTrackedRun {
  readonly experiment: string;
  /** What a terminal would type for the same. */
  readonly command: readonly string[];
  /** Relative to the workspace folder: the file that says what is done. */
  readonly script: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Asks the work to end; `end` tells when it has. */
  stop(): void;
}

export interface TrackedRun {
  readonly id: string;
  readonly name: string;
  logMetrics(metrics: Readonly<Record<string, number>>, step: number): void;
  /** A line of the run's log. */
  say(line: string): void;
  keepArtifact(name: string, text: string): void;
  /** Shown beside the run's name. */
  showFirst(metric: string): void;
  end(outcome: { readonly status: 'FINISHED' | 'FAILED' | 'KILLED'; readonly failure?: string }): void;
}
