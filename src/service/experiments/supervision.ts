import type { ChildProcess } from 'node:child_process';
import { type Deferred, deferred } from '../../base/async.ts';
import { errorShape } from '../../base/errors.ts';
import { Emitter, type Event } from '../../base/event.ts';
import type { Disposable } from '../../base/lifecycle.ts';
import type { SupervisorEnd } from '../../protocol/runner.ts';
import type { Log } from '../log.ts';
import { isSupervisorOf } from './processIdentity.ts';
import { recordEnd } from './recordEnd.ts';
import { RunFolder } from './runFolder.ts';
import type { RunStore } from './store.ts';
import { type SupervisorFiles, spawnSupervisor } from './supervisorProcess.ts';
import { SystemSamples } from './systemSamples.ts';

export interface SupervisionOptions {
  readonly workspace: string;
  readonly store: RunStore;
  readonly runtime: SupervisorFiles;
  readonly log: Log;
}

interface LiveRun {
  readonly id: string;
  readonly folder: RunFolder;
  readonly isAdopted: boolean;
  readonly ended: Deferred<void>;
  /** Known when this service started the supervisor, or when it has reported its script's start. */
  supervisorId?: number;
  child?: ChildProcess;
  hasStarted: boolean;
  stopAsked: boolean;
  isEndingWhatIsLeft: boolean;
  logBytes: number;
  /** Absent once something went wrong with them; the next service tries again. */
  samples?: SystemSamples;
  /** An adopted run that has not started by then never will. */
  readonly startDeadline: number;
}

const lookEvery = 100;
const startPatience = 5_000;

/** The runs whose scripts are alive: starts their supervisors, hears of their ends and records what they were. */
export class Supervision implements Disposable {
  readonly #options: SupervisionOptions;
  readonly #live = new Map<string, LiveRun>();
  readonly #logChanged = new Emitter<{ run: string; bytes: number }>();
  #timer: NodeJS.Timeout | undefined;
  #disposed = false;
  readonly onDidChangeLog: Event<{ run: string; bytes: number }> = this.#logChanged.event;

  constructor(options: SupervisionOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#live.size;
  }

  isAlive(runId: string): boolean {
    return this.#live.has(runId);
  }

  /** The order lies in the run's folder; the environment is only handed on. */
  start(runId: string, environment: NodeJS.ProcessEnv): void {
    this.#spawnSupervisor(this.#watch(runId, false), environment);
  }

  /** A run that a service before this one started. */
  adopt(runId: string): void {
    this.#look(this.#watch(runId, true));
  }

  /** Resolves when the run has ended. */
  async stop(runId: string): Promise<void> {
    const run = this.#live.get(runId);
    if (run) {
      run.stopAsked = true;
      run.folder.askToStop();
      await run.ended.promise;
    }
  }

  /** Scripts go on; the next service finds them. */
  dispose(): void {
    this.#disposed = true;
    clearInterval(this.#timer);
    this.#live.clear();
  }

  #watch(runId: string, isAdopted: boolean): LiveRun {
    const folder = new RunFolder(this.#options.workspace, runId);
    const run: LiveRun = {
      id: runId,
      folder,
      isAdopted,
      ended: deferred(),
      hasStarted: false,
      stopAsked: folder.stopAsked,
      isEndingWhatIsLeft: false,
      logBytes: folder.logBytes(),
      samples: new SystemSamples(folder.systemMetrics),
      startDeadline: Date.now() + startPatience,
    };
    this.#live.set(runId, run);
    this.#timer ??= setInterval(() => this.#lookAtAll(), lookEvery);
    return run;
  }

  #spawnSupervisor(run: LiveRun, environment?: NodeJS.ProcessEnv): void {
    const { runtime } = this.#options;
    const child = spawnSupervisor(runtime, run.folder, environment);
    child.once('error', (error: NodeJS.ErrnoException) => {
      const startError = error.code ?? error.message;
      this.#settle(run, { time: Date.now(), stopped: false, startError }, runtime.nodePath);
    });
    child.once('exit', () => {
      run.child = undefined;
      this.#look(run);
    });
    run.child = child;
    run.supervisorId = child.pid;
  }

  #lookAtAll(): void {
    for (const run of this.#live.values()) {
      this.#look(run);
    }
    if (this.#live.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }

  #look(run: LiveRun): void {
    if (this.#disposed || !this.#live.has(run.id)) {
      return;
    }
    try {
      this.#lookAtStart(run);
      this.#lookAtLog(run);
      this.#lookAtSamples(run);
      this.#lookAtEnd(run);
    } catch (error) {
      this.#options.log.write('error', 'experiments', `Run ${run.id}: ${errorShape(error).message}`);
    }
  }

  #lookAtStart(run: LiveRun): void {
    const started = run.hasStarted ? undefined : run.folder.started();
    if (!started) {
      return;
    }
    run.hasStarted = true;
    run.supervisorId ??= started.supervisorId;
    if (this.#options.store.getRun(run.id)?.status === 'SCHEDULED') {
      this.#options.store.updateRun(run.id, { status: 'RUNNING' });
    }
  }

  #lookAtLog(run: LiveRun): void {
    const bytes = run.folder.logBytes();
    if (bytes !== run.logBytes) {
      run.logBytes = bytes;
      this.#logChanged.fire({ run: run.id, bytes });
    }
  }

  /** A repeat, after a service before this one recorded the same, changes nothing in the store. */
  #lookAtSamples(run: LiveRun): void {
    try {
      run.samples?.read((metrics) => this.#options.store.logBatch(run.id, { metrics }));
    } catch (error) {
      delete run.samples;
      const { message } = errorShape(error);
      this.#options.log.write('warning', 'experiments', `System metrics of run ${run.id}: ${message}`);
    }
  }

  /** A supervisor writes the end down and goes, perhaps between the two looks: so once it is gone, there is one more. */
  #lookAtEnd(run: LiveRun): void {
    const end = run.folder.ended();
    const isGone = !end && this.#isSupervisorGone(run);
    const last = end ?? (isGone ? run.folder.ended() : undefined);
    if (last) {
      this.#settle(run, last);
    } else if (isGone) {
      this.#endWhatIsLeft(run);
    }
  }

  #isSupervisorGone(run: LiveRun): boolean {
    if (run.child) {
      return false;
    }
    if (run.supervisorId === undefined) {
      return Date.now() > run.startDeadline;
    }
    return !isSupervisorOf(run.supervisorId, run.id, run.folder.started()?.time);
  }

  /** Nobody can say any more how the script ends, so it ends now, and its children with it. */
  #endWhatIsLeft(run: LiveRun): void {
    if (run.isEndingWhatIsLeft) {
      this.#settle(run, { time: Date.now(), stopped: false });
      return;
    }
    run.isEndingWhatIsLeft = true;
    // A supervisor that wakes up late finds this and starts nothing.
    run.folder.askToStop();
    this.#spawnSupervisor(run);
  }

  /** `unstarted` is what could not be started, when it was not the script's own program. */
  #settle(run: LiveRun, end: SupervisorEnd, unstarted?: string): void {
    const { store, log } = this.#options;
    this.#lookAtSamples(run);
    this.#live.delete(run.id);
    try {
      recordEnd(store, run, end, unstarted);
      run.folder.close();
    } catch (error) {
      // The order stays, so that the next service tries again.
      log.write(
        'error',
        'experiments',
        `The end of run ${run.id} was not recorded: ${errorShape(error).message}`,
      );
    } finally {
      this.#logChanged.fire({ run: run.id, bytes: run.folder.logBytes() });
      run.ended.resolve();
    }
  }
}
