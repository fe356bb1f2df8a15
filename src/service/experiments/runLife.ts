import type { DeleteRuns, RunId, SetRunTags } from '../../protocol/experiments.ts';
import { runTags } from '../../protocol/runTags.ts';
import { isEntityName } from './entityNames.ts';
import { badTagName, emptyRunName, runPerhapsUnderWay, runUnderWay } from './runLifeErrors.ts';
import { isUnderWay, type RunStore, type StoredRun } from './store.ts';
import { experimentDeleted, runNotFound } from './storeErrors.ts';

/** What people do to runs after, or while, their scripts do: name, tag, delete and restore. All or none of several. */
export class RunLife {
  readonly #store: RunStore;
  readonly #isAlive: (runId: RunId) => boolean;

  /** `isAlive` says whether the script of a run that the Workbench started is there. */
  constructor(store: RunStore, isAlive: (runId: RunId) => boolean) {
    this.#store = store;
    this.#isAlive = isAlive;
  }

  rename(runId: RunId, name: string): void {
    const run = this.#require(runId);
    if (name.trim() === '') {
      throw emptyRunName(run.name);
    }
    this.#store.updateRun(runId, { name: name.trim() });
  }

  setTags({ runs, tags }: SetRunTags): void {
    const set = Object.entries(tags).flatMap(([key, value]) => (value === null ? [] : [{ key, value }]));
    const bad = set.find(({ key }) => !isEntityName(key));
    if (bad) {
      throw badTagName(bad.key);
    }
    this.#store.inOneTransaction(() => {
      for (const runId of runs) {
        const known = new Set(this.#store.tags(runId).map(({ key }) => key));
        for (const key of Object.keys(tags).filter((name) => tags[name] === null && known.has(name))) {
          this.#store.deleteTag(runId, key);
        }
        if (set.length > 0) {
          this.#store.logBatch(runId, { tags: set });
        }
      }
    });
  }

  delete({ runs, evenUnderWay = false }: DeleteRuns): void {
    const active = runs.map((runId) => this.#require(runId)).filter((run) => run.deletedTime === undefined);
    for (const run of active) {
      this.#requireEnded(run, evenUnderWay);
    }
    this.#store.inOneTransaction(() => {
      for (const { runId } of active) {
        this.#store.deleteRun(runId);
      }
    });
  }

  /** A run of a deleted experiment would be active and nowhere to be seen. */
  restore(runs: readonly RunId[]): void {
    const deleted = runs.map((runId) => this.#require(runId)).filter((run) => run.deletedTime !== undefined);
    for (const { experiment } of deleted) {
      if (this.#store.getExperiment(experiment)?.lifecycleStage !== 'active') {
        throw experimentDeleted(experiment);
      }
    }
    this.#store.inOneTransaction(() => {
      for (const { runId } of deleted) {
        this.#store.restoreRun(runId);
      }
    });
  }

  #require(runId: RunId): StoredRun {
    const run = this.#store.getRun(runId);
    if (!run) {
      throw runNotFound(runId);
    }
    return run;
  }

  #requireEnded(run: StoredRun, evenUnderWay: boolean): void {
    const starter = this.#store.tags(run.runId).find(({ key }) => key === runTags.startedBy)?.value;
    const isUnfinished = isUnderWay(run.status);
    if (this.#isAlive(run.runId) || (isUnfinished && starter !== undefined && this.#isAlive(starter))) {
      throw runUnderWay(run.name);
    }
    if (isUnfinished && !evenUnderWay) {
      throw runPerhapsUnderWay(run.name);
    }
  }
}
