import { notification, request } from './rpc.ts';

/**
 * Sends tracking to this tracking server from now on, or keeps it in the workspace again (`address: null`).
 * With the same address it hands over credentials and tries again at once.
 * Refused with `remote.runUnderWay` while a run is under way that logs to the present place.
 */
export const configureRemote = request<ConfigureRemote, RemoteStatus>('remote/configure');
export const getRemoteStatus = request<null, RemoteStatus>('remote/getStatus');

/** The status is another one; whoever shows it asks again. `switched`: runs come from another place now. */
export const remoteChanged = notification<{ version: number; switched: boolean }>('remote/changed');

/** A change while a run is under way is refused with this code; the same request succeeds when it has ended. */
export const runUnderWayCode = 'remote.runUnderWay';

export interface ConfigureRemote {
  /** `http(s)://host[:port][/prefix]` of an MLflow tracking server. */
  readonly address: string | null;
  /** Who said so: the editor takes back only what its setting had asked for. */
  readonly by: RemoteAuthority;
  readonly credentials?: RemoteCredentials;
}

export type RemoteAuthority = 'setting' | 'terminal';

/** Kept in the memory of the service alone: never in a file, a log, an error or the database. */
export type RemoteCredentials =
  | { readonly user: string; readonly password: string }
  | { readonly token: string };

/** `signIn`: the server wants credentials, or others. `refused`: it is there, and cannot be used as it is. */
export type RemoteState = 'off' | 'connecting' | 'connected' | 'unreachable' | 'signIn' | 'refused';

export interface RemoteStatus {
  readonly state: RemoteState;
  readonly address?: string;
  readonly by?: RemoteAuthority;
  /** What is wrong and what to do about it, for `unreachable`, `signIn` and `refused`. */
  readonly problem?: string;
  /** Milliseconds since the epoch: when the problem began. */
  readonly since?: number;
  /** Changes that are still to be sent. */
  readonly waiting: number;
  /** Changes that the server will never take, and the sentence about the newest of them. */
  readonly refused: number;
  readonly lastRefusal?: string;
}

/** As MLflow's own client reads them. */
export function credentialsOfEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): RemoteCredentials | undefined {
  const {
    MLFLOW_TRACKING_TOKEN: token,
    MLFLOW_TRACKING_USERNAME: user,
    MLFLOW_TRACKING_PASSWORD: password,
  } = environment;
  if (token) {
    return { token };
  }
  return user ? { user, password: password ?? '' } : undefined;
}
