import { type ErrorShape, errorShape, fromErrorShape } from '../../src/base/errors.ts';
import {
  type ProfileData,
  profileData,
  type ReadRows,
  readRows,
  sketchData,
} from '../../src/protocol/data.ts';
import {
  type ArtifactEntry,
  getRuns,
  getSeries,
  type LogPart,
  type LogQuery,
  listArtifacts,
  logChanged,
  type RunDetails,
  type RunId,
  readLog,
  restoreRuns,
  runsChanged,
  type SeriesQuery,
  type SetRunTags,
  setRunTags,
  stopRun,
} from '../../src/protocol/experiments.ts';
import {
  type HostMessage,
  type PageMessage,
  type PanelId,
  type PanelStart,
  type PanelState,
  panelOpen,
  panelReady,
  panelTitle,
} from '../../src/protocol/panels.ts';
import type { Progress } from '../../src/protocol/rpc.ts';
import type { WebviewApi } from '../shared/host.ts';
import type { FakeTable } from './fakeData.ts';
import type { FakeRecipe } from './fakeRecipe.ts';
import { FakeSeries } from './fakeSeries.ts';
import type { FakeSynthesis } from './fakeSynthesis.ts';

type Answer = (parameters: never) => unknown;

/** Client and service in memory, behind the same messages that VS Code carries. */
export class FakeHost implements WebviewApi {
  readonly panel: PanelId;
  /** Every message the page sent. */
  readonly sent: PageMessage[] = [];
  readonly runs = new Map<RunId, RunDetails>();
  readonly series = new Map<RunId, Map<string, FakeSeries>>();
  /** Only ASCII, so that a place in the text is a place in its bytes. */
  readonly logs = new Map<RunId, string>();
  readonly artifacts = new Map<string, readonly ArtifactEntry[]>();
  table: FakeTable | undefined;
  recipe: FakeRecipe | undefined;
  synthesis: FakeSynthesis | undefined;
  start: PanelStart;
  /** Failures to give instead of answers, by method. */
  readonly failures = new Map<string, ErrorShape>();
  /** What happens when time passes in this scenario. */
  tick: (() => void) | undefined;
  /** Answers are held back until `release`, by method. */
  readonly #held = new Map<string, (() => void)[]>();
  readonly #cancelled = new Set<number>();
  readonly #answers: Readonly<Record<string, Answer>> = {
    [panelReady.method]: () => this.start,
    [panelOpen.method]: () => null,
    [panelTitle.method]: ({ title }: { title: string }) => {
      document.title = title;
      return null;
    },
    [getRuns.method]: ({ runs }: { runs: readonly RunId[] }) => runs.flatMap((id) => this.runs.get(id) ?? []),
    [getSeries.method]: (query: SeriesQuery) => this.#getSeries(query),
    [readLog.method]: (query: LogQuery) => this.#readLog(query),
    [listArtifacts.method]: ({ path }: { path: string }) => this.artifacts.get(path) ?? [],
    [setRunTags.method]: (request: SetRunTags) => this.#setTags(request),
    [restoreRuns.method]: ({ runs }: { runs: readonly RunId[] }) =>
      this.change(runs[0]!, { deletedTime: undefined }),
    [sketchData.method]: (asked: ProfileData) => this.table!.sketch(asked),
    [profileData.method]: (asked: ProfileData) => this.table!.profile(asked),
    [readRows.method]: (asked: ReadRows) => this.table!.readRows(asked),
    [stopRun.method]: ({ run }: { run: RunId }) => this.change(run, { state: 'killed', endTime: Date.now() }),
  };

  constructor(panel: PanelId) {
    this.panel = panel;
    this.start = panel === 'run' || panel === 'compare' ? { panel, runs: [] } : { panel, data: '' };
  }

  postMessage(message: PageMessage): void {
    this.sent.push(message);
    if (message.kind === 'cancel') {
      this.#cancelled.add(message.id);
      return;
    }
    const held = this.#held.get(message.method);
    if (held) {
      held.push(() => this.#answer(message));
    } else {
      setTimeout(() => this.#answer(message), 0);
    }
  }

  getState(): unknown {
    return JSON.parse(sessionStorage.getItem(this.panel) ?? 'null') ?? undefined;
  }

  setState(state: PanelState): void {
    sessionStorage.setItem(this.panel, JSON.stringify(state));
  }

  add(run: RunDetails, metrics: Readonly<Record<string, FakeSeries>> = {}): void {
    this.series.set(run.id, new Map(Object.entries(metrics)));
    this.runs.set(run.id, run);
    this.#summarise(run.id);
  }

  change(run: RunId, change: Partial<RunDetails>): null {
    const before = this.runs.get(run)!;
    this.runs.set(run, { ...before, ...change, version: before.version + 1 });
    this.#tellChange(run);
    return null;
  }

  /** Values at the steps after the last one. */
  log(run: RunId, values: Readonly<Record<string, readonly number[]>>): void {
    const all = this.series.get(run)!;
    for (const [metric, added] of Object.entries(values)) {
      const series = all.get(metric) ?? new FakeSeries();
      all.set(metric, series);
      for (const value of added) {
        series.append(series.length + 1, this.runs.get(run)!.startTime + (series.length + 1) * 300, value);
      }
    }
    this.#summarise(run);
    this.#tellChange(run);
  }

  print(run: RunId, text: string): void {
    const log = (this.logs.get(run) ?? '') + text;
    this.logs.set(run, log);
    this.#tell({ kind: 'news', method: logChanged.method, parameters: { run, bytes: log.length } });
  }

  say(message: HostMessage): void {
    this.#tell(message);
  }

  hold(method: string): void {
    this.#held.set(method, []);
  }

  /** How many requests wait for `release`. */
  heldCount(method: string): number {
    return this.#held.get(method)?.length ?? 0;
  }

  release(method: string): void {
    const held = this.#held.get(method) ?? [];
    this.#held.delete(method);
    for (const answer of held) {
      answer();
    }
  }

  /** Tells whoever waits for an answer how the work stands. */
  report(method: string, progress: Progress): void {
    for (const message of this.sent) {
      if (message.kind === 'request' && message.method === method && message.progress) {
        this.#tell({ kind: 'progress', id: message.id, progress });
      }
    }
  }

  play(): void {
    if (this.tick) {
      setInterval(this.tick, 300);
    }
  }

  #answer(message: Extract<PageMessage, { kind: 'request' }>): void {
    if (this.#cancelled.has(message.id)) {
      return;
    }
    try {
      const failure = this.failures.get(message.method);
      if (failure) {
        throw fromErrorShape(failure);
      }
      const answers = { ...this.#answers, ...this.recipe?.answers, ...this.synthesis?.answers };
      const answer = answers[message.method] as (parameters: unknown) => unknown;
      this.#tell({ kind: 'result', id: message.id, result: structuredClone(answer(message.parameters)) });
    } catch (error) {
      this.#tell({ kind: 'failure', id: message.id, error: errorShape(error) });
    }
  }

  #tell(message: HostMessage): void {
    window.dispatchEvent(new MessageEvent('message', { data: message }));
  }

  #tellChange(run: RunId): void {
    const { experiment, version } = this.runs.get(run)!;
    this.#tell({
      kind: 'news',
      method: runsChanged.method,
      parameters: { experiment, runs: [run], version },
    });
  }

  #summarise(run: RunId): void {
    const metrics = [...this.series.get(run)!].map(([key, series]) => series.summarise(key));
    const before = this.runs.get(run)!;
    this.runs.set(run, { ...before, metrics, version: before.version + 1 });
  }

  #setTags({ runs, tags }: SetRunTags): null {
    for (const run of runs) {
      const all = Object.entries({ ...this.runs.get(run)!.tags, ...tags });
      this.change(run, {
        tags: Object.fromEntries(all.flatMap(([key, value]) => (value === null ? [] : [[key, value]]))),
      });
    }
    return null;
  }

  #getSeries(query: SeriesQuery): unknown {
    return query.runs.flatMap((run) =>
      [...(this.series.get(run) ?? [])]
        .filter(([metric]) => query.metrics?.includes(metric) ?? true)
        .map(([metric, series]) => series.read(run, metric, query)),
    );
  }

  #readLog({ run, from, length }: LogQuery): LogPart {
    const log = this.logs.get(run) ?? '';
    const start = Math.min(log.length, from < 0 ? Math.max(0, log.length + from) : from);
    const to = Math.min(log.length, start + length);
    return { text: log.slice(start, to), from: start, to, size: log.length };
  }
}
