import { goneMeanwhile } from './failure.ts';
import { openRuns } from './runFolder.ts';
import type { RunStore } from './store.ts';
import type { Supervision } from './supervision.ts';

/**
 * Takes over the runs of a service that is gone. A run is open until its end was recorded, whatever its script
 * told the tracking server meanwhile. Runs that a script started by itself are left alone: nobody here knows of it.
 */
export function adoptRuns(workspace: string, store: RunStore, supervision: Supervision): void {
  const open = new Set(openRuns(workspace));
  for (const runId of open) {
    if (store.getRun(runId)) {
      supervision.adopt(runId);
    }
  }
  for (const run of store.runsUnderWay()) {
    // Recorded, but the service died before it wrote the order: no script was ever started.
    if (run.details && !open.has(run.runId)) {
      store.updateRun(run.runId, {
        status: 'KILLED',
        endTime: run.startTime,
        details: { failure: goneMeanwhile },
      });
    }
  }
}
