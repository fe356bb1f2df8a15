import type { ExperimentSummary, RunState, RunSummary } from '../../protocol/experiments.ts';
import { toWireNumber } from '../../protocol/numbers.ts';
import { runTags } from '../../protocol/runTags.ts';
import { systemPrefix } from '../../protocol/systemMetrics.ts';
import type { Database, Statement } from '../storage/database.ts';
import type { ExperimentTable } from './experimentTable.ts';
import { headlineMetric, headlineTag, lowerIsBetter } from './headline.ts';
import type { MetricTable } from './metricTable.ts';
import { hasMark, type RunRow, type RunTable } from './runTable.ts';
import type { StoredExperiment, StoredRun } from './store.ts';

/** Values of the small line beside a run's name. */
const historyLength = 12;

interface CountsRow {
  readonly experiment: number;
  readonly runs: number;
  readonly running: number;
  readonly archived: number;
  readonly last_start: number;
}

/** What lists and trees show of experiments and runs. */
export class Summaries {
  readonly #experiments: ExperimentTable;
  readonly #runs: RunTable;
  readonly #metrics: MetricTable;
  readonly #version: (experiment: string) => number;
  readonly #statements: ReturnType<typeof prepare>;
  readonly #best = new Map<string, { readonly version: number; readonly best: ExperimentSummary['best'] }>();

  constructor(
    database: Database,
    experiments: ExperimentTable,
    runs: RunTable,
    metrics: MetricTable,
    version: (experiment: string) => number,
  ) {
    this.#experiments = experiments;
    this.#runs = runs;
    this.#metrics = metrics;
    this.#version = version;
    this.#statements = prepare(database);
  }

  /** Those with the newest run first; those without any run last, newest first. */
  experiments(): ExperimentSummary[] {
    const counts = new Map(this.#statements.counts.all().map((row) => [String(row.experiment), row]));
    return this.#experiments
      .list({})
      .map((experiment) => this.#experiment(experiment, counts.get(experiment.id)))
      .sort((a, b) => (b.lastStartTime ?? 0) - (a.lastStartTime ?? 0));
  }

  run(run: StoredRun): RunSummary {
    const row = this.#runs.require(run.runId);
    const headline = this.#headline(row);
    const children = this.#runs.nesting(row.experiment).childrenOf(row.id);
    const archivedChildCount = children.length > 0 ? this.#archivedAmong(children) : 0;
    return {
      id: run.runId,
      name: run.name,
      experiment: run.experiment,
      experimentName: this.#experiments.require(run.experiment).name,
      state: run.status.toLowerCase() as RunState,
      startTime: run.startTime,
      ...(run.endTime !== undefined && { endTime: run.endTime }),
      ...(run.script !== undefined && { script: run.script }),
      ...(headline && { headline }),
      ...(run.details?.failure !== undefined && { failure: run.details.failure }),
      ...(run.details?.exitCode !== undefined && { exitCode: run.details.exitCode }),
      ...(this.#runs.hasMark(row, runTags.starred) && { starred: true }),
      ...(this.#runs.hasMark(row, runTags.archived) && { archived: true }),
      ...(run.deletedTime !== undefined && { deletedTime: run.deletedTime }),
      ...(children.length > 0 && { childCount: children.length }),
      ...(archivedChildCount > 0 && { archivedChildCount }),
      version: run.version,
    };
  }

  #archivedAmong(runs: readonly number[]): number {
    return this.#statements.archivedAmong.get(JSON.stringify(runs))!.archived;
  }

  #headline(row: RunRow): RunSummary['headline'] {
    const metric = headlineMetric(this.#metrics.summaries(row.id), this.#runs.tag(row, headlineTag));
    return (
      metric && {
        metric: metric.key,
        value: toWireNumber(metric.latest.value),
        history: this.#metrics.sample(row.id, metric.key, historyLength).map(toWireNumber),
      }
    );
  }

  #experiment(experiment: StoredExperiment, counts: CountsRow | undefined): ExperimentSummary {
    const best = this.#bestOf(experiment.id);
    return {
      id: experiment.id,
      name: experiment.name,
      runCount: counts?.runs ?? 0,
      runningCount: counts?.running ?? 0,
      archivedCount: counts?.archived ?? 0,
      ...(best && { best }),
      ...(counts && { lastStartTime: counts.last_start }),
    };
  }

  /** Of the metric that is the headline of the newest finished run that has one. */
  #bestOf(experiment: string): ExperimentSummary['best'] {
    const version = this.#version(experiment);
    const known = this.#best.get(experiment);
    if (known?.version === version) {
      return known.best;
    }
    const best = this.#findBest(Number(experiment));
    this.#best.set(experiment, { version, best });
    return best;
  }

  #findBest(experiment: number): ExperimentSummary['best'] {
    const newest = this.#statements.newestFinished.get(experiment)?.run_id;
    const row = newest === undefined ? undefined : this.#runs.require(newest);
    const metric =
      row && headlineMetric(this.#metrics.summaries(row.id), this.#runs.tag(row, headlineTag))?.key;
    if (metric === undefined) {
      return undefined;
    }
    const range = this.#statements.range.get(metric, experiment)!;
    const value = lowerIsBetter(metric) ? range.lowest : range.highest;
    return value === null ? undefined : { metric, value: toWireNumber(value) };
  }
}

function prepare(database: Database) {
  return {
    counts: database.prepare(
      `SELECT experiment, count(*) AS runs, max(start_time) AS last_start,
         sum(status IN ('SCHEDULED', 'RUNNING')) AS running,
         sum(${hasMark(runTags.archived)}) AS archived
       FROM runs WHERE lifecycle_stage = 'active' GROUP BY experiment`,
    ) as Statement<[], CountsRow>,
    archivedAmong: database.prepare(
      `SELECT count(*) AS archived FROM runs
       WHERE id IN (SELECT value FROM json_each(?)) AND ${hasMark(runTags.archived)}`,
    ) as Statement<[string], { archived: number }>,
    newestFinished: database.prepare(
      `SELECT run_id FROM runs
       WHERE experiment = ? AND lifecycle_stage = 'active' AND status = 'FINISHED'
         AND EXISTS (SELECT 1 FROM series WHERE series.run = runs.id AND key NOT GLOB '${systemPrefix}*')
       ORDER BY start_time DESC LIMIT 1`,
    ) as Statement<[number], { run_id: string }>,
    range: database.prepare(
      `SELECT min(last_value) AS lowest, max(last_value) AS highest
       FROM runs JOIN series ON series.run = runs.id AND series.key = ?
       WHERE runs.experiment = ? AND runs.lifecycle_stage = 'active' AND runs.status = 'FINISHED'
         AND typeof(last_value) <> 'text'`,
    ) as Statement<[string, number], { lowest: number | null; highest: number | null }>,
  };
}
