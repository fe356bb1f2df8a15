import { errorShape, WorkbenchError } from '../../base/errors.ts';
import { runUnderWayCode } from '../../protocol/remote.ts';

const codes = {
  badAddress: 'remote.badAddress',
  unreachable: 'remote.unreachable',
  busy: 'remote.busy',
  signInNeeded: 'remote.signInNeeded',
  forbidden: 'remote.forbidden',
  notMlflow: 'remote.notMlflow',
  tooOld: 'remote.tooOld',
  refused: 'remote.refused',
} as const;

/** It may work later, by itself. */
export function isAway(error: unknown): boolean {
  const { code } = errorShape(error);
  return code === codes.unreachable || code === codes.busy;
}

/** Nothing will work until a person does something about the server or the credentials. */
export function isClosed(error: unknown): boolean {
  const { code } = errorShape(error);
  return [codes.signInNeeded, codes.forbidden, codes.notMlflow, codes.tooOld].some((one) => one === code);
}

export function asksToSignIn(error: unknown): boolean {
  const { code } = errorShape(error);
  return code === codes.signInNeeded || code === codes.forbidden;
}

/** The server understood, and will never do it: MLflow's own code and sentence. */
export class RemoteRefusal extends WorkbenchError {
  readonly errorCode: string;

  constructor(errorCode: string, message: string) {
    super(codes.refused, message);
    this.errorCode = errorCode;
  }
}

export function badAddress(reason: string): WorkbenchError {
  return new WorkbenchError(
    codes.badAddress,
    `The address of the tracking server ${reason}. Nothing was changed. ` +
      'Give it in the form https://host:port/prefix, as for mlflow.set_tracking_uri.',
  );
}

export function unreachable(host: string, reason: string, cause?: unknown): WorkbenchError {
  return new WorkbenchError(
    codes.unreachable,
    `The tracking server ${host} cannot be reached: ${reason}. What is logged meanwhile is kept here and sent when ` +
      'it answers. Check that it is running and that this machine has a way to it.',
    { cause },
  );
}

export function serverBusy(host: string, status: number): WorkbenchError {
  return new WorkbenchError(
    codes.busy,
    `The tracking server ${host} answers with an error of its own (status ${status}). What is logged meanwhile is ` +
      'kept here and sent when it works again. Look at its log if this goes on.',
  );
}

export function signInNeeded(host: string, hadCredentials: boolean): WorkbenchError {
  const what = hadCredentials ? 'did not accept these credentials' : 'asks who you are';
  return new WorkbenchError(
    codes.signInNeeded,
    `The tracking server ${host} ${what}. What is logged meanwhile is kept here. Sign in: in the editor with the ` +
      'command “Sign In to Tracking Server…”, in a terminal with MLFLOW_TRACKING_USERNAME and ' +
      'MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, set for mlops remote status.',
    { actions: [{ kind: 'signIn', title: 'Sign In…' }] },
  );
}

export function forbidden(host: string, message: string): WorkbenchError {
  return new WorkbenchError(
    codes.forbidden,
    `The tracking server ${host} does not let this account do that${message ? ` (${message})` : ''}. What is logged ` +
      'meanwhile is kept here. Ask its administrator for the permission, or sign in with another account.',
    { actions: [{ kind: 'signIn', title: 'Sign In…' }] },
  );
}

export function notMlflow(host: string, found: string): WorkbenchError {
  return new WorkbenchError(
    codes.notMlflow,
    `What answers at ${host} is no MLflow tracking server (${found}). Nothing was sent there. ` +
      'Check the address, the port and the path before /api.',
  );
}

export function tooOld(host: string, version: string): WorkbenchError {
  return new WorkbenchError(
    codes.tooOld,
    `The tracking server ${host} is MLflow ${version}, which cannot list its experiments as MLOps Workbench asks. ` +
      'Nothing was sent there. Update it to MLflow 2.0 or newer.',
  );
}

export function runUnderWay(count: number): WorkbenchError {
  const runs = count === 1 ? 'A run is' : `${count} runs are`;
  return new WorkbenchError(
    runUnderWayCode,
    `${runs} under way and logging to the present place, so tracking was not moved. ` +
      'It can be moved when they have ended or were stopped.',
  );
}

export function foreignStorage(uri: string): RemoteRefusal {
  return new RemoteRefusal(
    'FOREIGN_STORAGE',
    `The tracking server keeps artifacts at ${uri.split('?')[0]}, which only its own client can write to. ` +
      'The file stays in .mlops/artifacts.',
  );
}
