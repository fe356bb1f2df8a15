import { type Disposable, DisposableStore, toDisposable } from '../../base/lifecycle.ts';
import { configureRemote, getRemoteStatus, remoteChanged } from '../../protocol/remote.ts';
import type { Router } from '../router.ts';
import type { RemoteTracking } from './remoteTracking.ts';

/** Each change that is sent changes the status; a window need not hear of it more often than this. */
const newsEveryMilliseconds = 500;

/** What logs to the present place at this moment. */
export interface LoggingRuns {
  count(): number;
  /** When nothing is captured any more of runs that have ended. */
  captured(): Promise<void>;
}

export function registerRemote(router: Router, remote: RemoteTracking, runs: LoggingRuns): Disposable {
  router.on(configureRemote, async (request) => {
    // What is still being captured of a run that has just ended is over within moments.
    if (remote.stores.runs.runsUnderWay().length === 0) {
      await runs.captured();
    }
    return remote.configure(request, runs.count());
  });
  router.on(getRemoteStatus, () => remote.status);

  const disposables = new DisposableStore();
  let version = 0;
  let timer: NodeJS.Timeout | undefined;
  const tell = (switched: boolean) => {
    version += 1;
    router.notify(remoteChanged, { version, switched });
  };
  disposables.add(toDisposable(() => clearTimeout(timer)));
  disposables.add(
    remote.onDidChange(({ switched }) => {
      if (switched) {
        tell(true);
      } else {
        timer ??= setTimeout(() => {
          timer = undefined;
          tell(false);
        }, newsEveryMilliseconds);
      }
    }),
  );
  disposables.add(router.onConnectionsChanged((connections) => remote.setWatched(connections > 0)));
  return disposables;
}
