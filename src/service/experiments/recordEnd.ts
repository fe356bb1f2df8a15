import type { SupervisorEnd } from '../../protocol/runner.ts';
import { runTags } from '../../protocol/runTags.ts';
import { goneMeanwhile, outcomeOf } from './failure.ts';
import { readLogPart } from './logFile.ts';
import { parametersToRecord } from './recordedParameters.ts';
import type { RunFolder } from './runFolder.ts';
import type { RunStatus, RunStore } from './store.ts';

/** Where the last words of a script are looked for. */
const tailBytes = 32_000;

export interface EndedRun {
  readonly id: string;
  readonly folder: RunFolder;
  /** A service before this one started it. */
  readonly isAdopted: boolean;
  readonly stopAsked: boolean;
}

/** Writes down what a run ended as. `unstarted` is what could not be started, when it was not the script's program. */
export function recordEnd(
  store: RunStore,
  run: EndedRun,
  end: SupervisorEnd,
  unstarted: string | undefined,
): void {
  const known = store.getRun(run.id);
  if (known?.lifecycleStage !== 'active') {
    return;
  }
  const isUnseen = end.exitCode === undefined && end.signal === undefined && end.startError === undefined;
  const tail = readLogPart(run.folder.log, -tailBytes, tailBytes, false).text;
  const program = unstarted ?? known.details?.command?.[0] ?? '';
  const told = known.details?.reportedStatus ?? known.status;
  const stopped = end.stopped || (isUnseen && run.stopAsked);
  const outcome = outcomeOf({ ...end, stopped }, told, tail, program);
  const failure = run.isAdopted && isUnseen && outcome.failure ? goneMeanwhile : outcome.failure;
  const parameters = parametersToRecord(known.details?.parameters ?? [], store.parameters(run.id));
  if (parameters.length > 0) {
    store.logBatch(run.id, { parameters });
  }
  store.updateRun(run.id, {
    status: outcome.status,
    endTime: end.time,
    details: {
      ...(end.exitCode !== undefined && { exitCode: end.exitCode }),
      ...(end.signal !== undefined && { signal: end.signal }),
      ...(failure !== undefined && { failure }),
    },
  });
  endRunsBeside(store, run.id, outcome.status, end.time);
}

/** Runs that the script made beside its own and did not end: with their process gone, they share its fate. */
function endRunsBeside(store: RunStore, run: string, status: RunStatus, endTime: number): void {
  const own = store
    .runsUnderWay()
    .filter(({ runId }) =>
      store.tags(runId).some(({ key, value }) => key === runTags.startedBy && value === run),
    );
  for (const { runId } of own) {
    store.updateRun(runId, { status, endTime });
  }
}
