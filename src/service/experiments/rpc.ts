import { type Disposable, DisposableStore, toDisposable } from '../../base/lifecycle.ts';
import {
  deleteRuns,
  describeScript,
  getRuns,
  getSeries,
  listArtifacts,
  listExperiments,
  loadArtifact,
  logChanged,
  readLog,
  renameRun,
  restoreRuns,
  runsChanged,
  searchRuns,
  setRunTags,
  startRun,
  stopRun,
} from '../../protocol/experiments.ts';
import type { Router } from '../router.ts';
import type { Experiments } from './experiments.ts';
import type { StoreChange } from './store.ts';

/** A script may log thousands of times a second; a window need not hear of it more often than this. */
const newsEveryMilliseconds = 100;

export function registerExperiments(router: Router, experiments: Experiments): Disposable {
  router.on(listExperiments, () => experiments.listExperiments());
  router.on(searchRuns, (query) => experiments.searchRuns(query));
  router.on(getRuns, ({ runs }) => experiments.getRuns(runs));
  router.on(getSeries, (query) => experiments.getSeries(query));
  router.on(describeScript, (request) => experiments.describeScript(request));
  router.on(startRun, (request) => experiments.startRun(request));
  router.on(stopRun, async ({ run }) => {
    await experiments.stopRun(run);
    return null;
  });
  router.on(renameRun, ({ run, name }) => {
    experiments.life.rename(run, name);
    return null;
  });
  router.on(setRunTags, (request) => {
    experiments.life.setTags(request);
    return null;
  });
  router.on(deleteRuns, (request) => {
    experiments.life.delete(request);
    return null;
  });
  router.on(restoreRuns, ({ runs }) => {
    experiments.life.restore(runs);
    return null;
  });
  router.on(readLog, (query) => experiments.readLog(query));
  router.on(listArtifacts, ({ run, path }) => experiments.listArtifacts(run, path));
  router.on(loadArtifact, async ({ run, path }) => {
    await experiments.loadArtifact(run, path);
    return null;
  });

  const disposables = new DisposableStore();
  const news = disposables.add(new RunNews(router));
  disposables.add(experiments.onDidChange((change) => news.add(change)));
  disposables.add(experiments.onDidChangeLog((change) => router.notify(logChanged, change)));
  return disposables;
}

/** The first change is told at once, those that follow within a moment together. */
class RunNews implements Disposable {
  readonly #router: Router;
  readonly #waiting = new Map<string, { runs: Set<string>; version: number }>();
  readonly #pause: { timer?: NodeJS.Timeout } = {};
  readonly #stop = toDisposable(() => clearTimeout(this.#pause.timer));

  constructor(router: Router) {
    this.#router = router;
  }

  add({ experiment, runId, version }: StoreChange): void {
    const waiting = this.#waiting.get(experiment) ?? { runs: new Set(), version };
    waiting.version = version;
    if (runId !== undefined) {
      waiting.runs.add(runId);
    }
    this.#waiting.set(experiment, waiting);
    if (!this.#pause.timer) {
      this.#tell();
    }
  }

  dispose(): void {
    this.#stop.dispose();
  }

  #tell(): void {
    for (const [experiment, { runs, version }] of this.#waiting) {
      this.#router.notify(runsChanged, { experiment, runs: [...runs], version });
    }
    const isQuiet = this.#waiting.size === 0;
    this.#waiting.clear();
    this.#pause.timer = isQuiet ? undefined : setTimeout(() => this.#tell(), newsEveryMilliseconds);
  }
}
