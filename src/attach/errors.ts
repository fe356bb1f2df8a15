import { WorkbenchError } from '../base/errors.ts';

export const wentAwayCode = 'service.wentAway';
export const otherVersionCode = 'service.otherVersion';

export function serviceWentAway(): WorkbenchError {
  return new WorkbenchError(
    wentAwayCode,
    'The MLOps service stopped while it was answering. What it had acknowledged is saved; runs go on. Try again.',
    {
      actions: [
        { kind: 'retry', title: 'Try Again' },
        { kind: 'showLog', title: 'Show Log' },
      ],
    },
  );
}

export function serviceDidNotStart(reason: string, cause?: unknown): WorkbenchError {
  return new WorkbenchError(
    'service.didNotStart',
    `The MLOps service could not start: ${reason}. Nothing was changed.`,
    {
      cause,
      actions: [
        { kind: 'retry', title: 'Try Again' },
        { kind: 'showLog', title: 'Show Log' },
      ],
    },
  );
}

export function olderServiceBusy(runningRuns: number): WorkbenchError {
  const runs = runningRuns === 1 ? 'a run' : `${runningRuns} runs`;
  return new WorkbenchError(
    'service.olderServiceBusy',
    `Another version of the MLOps service is still busy with ${runs} in this folder. ` +
      'It leaves when they end; then try again.',
    { actions: [{ kind: 'retry', title: 'Try Again' }] },
  );
}
