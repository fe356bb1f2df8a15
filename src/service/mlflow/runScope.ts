import { runTags } from '../../protocol/runTags.ts';
import type { NewRun, RunChange, RunStore, StoredRun } from '../experiments/store.ts';

/** By run: the experiment that its client has looked up last. */
export type ChosenExperiments = Map<string, string>;

/**
 * A run that the Workbench started gives its process an address of its own, `…/<secret>/run/<run>`. There
 * - the first run that a client creates *is* that run, in whichever experiment and under whichever name the
 *   script asks for, so that unmodified scripts log into it and not beside it;
 * - a client that goes on with it by its id (MLFLOW_RUN_ID) finds it in the experiment that it has just set,
 *   because it refuses a run of another one;
 * - the end of the process decides how it ended, not what the script says about itself before.
 */
export class RunScope {
  readonly #store: RunStore;
  readonly #chosen: ChosenExperiments;
  readonly runId: string;

  constructor(store: RunStore, chosen: ChosenExperiments, runId: string) {
    this.#store = store;
    this.#chosen = chosen;
    this.runId = runId;
  }

  /** The supervised run on the first call and for a repeat of that same request; later a run beside it. */
  createRun(run: NewRun): StoredRun {
    const own = this.#untaken();
    if (own) {
      return this.#take(run);
    }
    const taken = this.#store.getRun(this.runId);
    if (taken?.details?.adoptedStart === run.startTime) {
      return taken;
    }
    const tags = [...(run.tags ?? []), { key: runTags.startedBy, value: this.runId }];
    return this.#store.createRun({ ...run, tags });
  }

  /** `set_experiment` looks like this on the wire. */
  looksAtExperiment(id: string): void {
    if (this.#untaken()) {
      this.#chosen.set(this.runId, id);
    }
  }

  /** `start_run` with the id of an existing run looks at it before it goes on with it. */
  looksAtRun(runId: string): void {
    const own = runId === this.runId ? this.#untaken() : undefined;
    const experiment = this.#chosen.get(runId);
    if (own && experiment !== undefined && own.experiment !== experiment) {
      this.#store.updateRun(runId, { experiment });
    }
  }

  /** What is left of a change to a run when its end is not the script's to tell. */
  permitted(runId: string, change: RunChange): RunChange {
    if (runId !== this.runId || change.status === undefined) {
      return change;
    }
    const isTaken = change.status === 'RUNNING' && this.#untaken();
    this.#chosen.delete(runId);
    return {
      ...(change.name !== undefined && { name: change.name }),
      details: { reportedStatus: change.status, ...(isTaken && { adoptedStart: 0 }) },
    };
  }

  /** The supervised run, while its process lives and no client has it for its own yet. */
  #untaken(): StoredRun | undefined {
    const own = this.#store.getRun(this.runId);
    const isUnderWay = own?.status === 'RUNNING' || own?.status === 'SCHEDULED';
    return isUnderWay && own.details?.adoptedStart === undefined ? own : undefined;
  }

  #take(run: NewRun): StoredRun {
    this.#chosen.delete(this.runId);
    const taken = this.#store.updateRun(this.runId, {
      experiment: run.experiment,
      ...(run.name && { name: run.name }),
      details: { adoptedStart: run.startTime },
    });
    const tags = (run.tags ?? []).filter((tag) => tag.key !== 'mlflow.runName');
    this.#store.logBatch(this.runId, { tags });
    return taken;
  }
}
