import type { KeyValue, LogBatch, ModelLink, RunInputs, RunStatus } from '../experiments/store.ts';
import type { Database, Statement } from '../storage/database.ts';

/** A change of an experiment or a run that the remote server has to hear of. Ids in it are those of the mirror. */
export type Operation =
  | { readonly kind: 'createExperiment' | 'deleteExperiment' | 'restoreExperiment' }
  | { readonly kind: 'renameExperiment'; readonly name: string }
  | { readonly kind: 'setExperimentTag'; readonly tag: KeyValue }
  | { readonly kind: 'deleteExperimentTag'; readonly key: string }
  | {
      readonly kind: 'createRun';
      readonly experiment: string;
      readonly name: string;
      readonly userId: string;
      readonly startTime: number;
      readonly tags: readonly KeyValue[];
    }
  /** MLflow cannot move a run: a new one takes its place, with everything that the mirror knows. */
  | { readonly kind: 'moveRun'; readonly experiment: string }
  | {
      readonly kind: 'updateRun';
      readonly status?: RunStatus;
      readonly endTime?: number;
      readonly name?: string;
    }
  | { readonly kind: 'deleteRun' | 'restoreRun' }
  | { readonly kind: 'logBatch'; readonly batch: LogBatch }
  | { readonly kind: 'deleteTag'; readonly key: string }
  | { readonly kind: 'logInputs'; readonly inputs: RunInputs }
  | { readonly kind: 'logOutputs'; readonly models: readonly ModelLink[] }
  /** Relative to the run's artifact folder. */
  | { readonly kind: 'uploadArtifact'; readonly path: string };

export interface Entry {
  readonly id: number;
  readonly operation: Operation;
  /** A request for it was sent before, and what became of that is not known. */
  readonly begun: boolean;
}

interface Row {
  readonly id: number;
  readonly operation: string;
  readonly begun: number;
}

/** Changes of one lane are sent in order; lanes do not wait for each other. */
export const laneOfRun = (run: string) => `run:${run}`;
export const laneOfExperiment = (experiment: string) => `experiment:${experiment}`;

/** What is still to be sent, in the mirror's own database, so that it shares the transaction of the write itself. */
export class Outbox {
  readonly #statements: ReturnType<typeof prepare>;
  /** Lanes that may have something, the longest waiting first: asked for with every write. */
  readonly #lanes: Set<string>;
  #waiting: number;

  constructor(database: Database) {
    this.#statements = prepare(database);
    this.#lanes = new Set(this.#statements.lanes.all().map(({ lane }) => lane));
    this.#waiting = this.#statements.count.get()!.count;
  }

  /** Within the transaction of the change. */
  append(lane: string, operation: Operation): void {
    this.#statements.append.run(lane, encode(operation));
    this.#lanes.add(lane);
    this.#waiting += 1;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** After a transaction that was undone, or that removed entries. */
  recount(): void {
    this.#waiting = this.#statements.count.get()!.count;
  }

  isWaiting(lane: string): boolean {
    return this.#statements.waits.get(lane) !== undefined;
  }

  /** A lane with something to send, that nobody is at work on. */
  nextLane(isTaken: (lane: string) => boolean): string | undefined {
    for (const lane of this.#lanes) {
      if (!isTaken(lane)) {
        return lane;
      }
    }
    return undefined;
  }

  head(lane: string, limit: number): Entry[] {
    const entries = this.#statements.head.all(lane, limit).map(toEntry);
    if (entries.length === 0) {
      this.#lanes.delete(lane);
    }
    return entries;
  }

  /** The pending creation of a run. */
  creation(lane: string): Entry | undefined {
    return this.head(lane, 1).find(({ operation }) => operation.kind === 'createRun');
  }

  replace(id: number, operation: Operation): void {
    this.#statements.replace.run(encode(operation), id);
  }

  begin(id: number): void {
    this.#statements.begin.run(id);
  }

  done(ids: readonly number[]): void {
    for (const id of ids) {
      this.#waiting -= this.#statements.remove.run(id).changes;
    }
  }

  /** Kept with its reason, and never tried again. */
  setAside(id: number, refusal: string): void {
    this.#waiting -= this.#statements.setAside.run(refusal, id).changes;
  }

  get refusals(): { readonly count: number; readonly last?: string } {
    const { count, last } = this.#statements.refusals.get()!;
    return { count, ...(last !== null && { last }) };
  }
}

/** JSON has no NaN: values that it would lose travel by name. */
function encode(operation: Operation): string {
  return JSON.stringify(operation, (_, value) =>
    typeof value === 'number' && !Number.isFinite(value) ? { number: String(value) } : value,
  );
}

function toEntry({ id, operation, begun }: Row): Entry {
  const revived = JSON.parse(operation, (_, value) =>
    typeof value === 'object' && value !== null && typeof value.number === 'string'
      ? Number(value.number)
      : value,
  ) as Operation;
  return { id, operation: revived, begun: begun === 1 };
}

function prepare(database: Database) {
  return {
    append: database.prepare('INSERT INTO outbox (lane, operation) VALUES (?, ?)'),
    count: database.prepare('SELECT count(*) AS count FROM outbox WHERE refusal IS NULL') as Statement<
      [],
      { count: number }
    >,
    waits: database.prepare('SELECT 1 FROM outbox WHERE refusal IS NULL AND lane = ? LIMIT 1') as Statement<
      [string]
    >,
    lanes: database.prepare(
      'SELECT lane FROM outbox WHERE refusal IS NULL GROUP BY lane ORDER BY min(id)',
    ) as Statement<[], { lane: string }>,
    head: database.prepare(
      'SELECT id, operation, begun FROM outbox WHERE refusal IS NULL AND lane = ? ORDER BY id LIMIT ?',
    ) as Statement<[string, number], Row>,
    replace: database.prepare('UPDATE outbox SET operation = ? WHERE id = ?'),
    begin: database.prepare('UPDATE outbox SET begun = 1 WHERE id = ?'),
    remove: database.prepare('DELETE FROM outbox WHERE id = ? AND refusal IS NULL'),
    setAside: database.prepare('UPDATE outbox SET refusal = ? WHERE id = ? AND refusal IS NULL'),
    refusals: database.prepare(
      `SELECT count(*) AS count,
         (SELECT refusal FROM outbox WHERE refusal IS NOT NULL ORDER BY id DESC LIMIT 1) AS last
       FROM outbox WHERE refusal IS NOT NULL`,
    ) as Statement<[], { count: number; last: string | null }>,
  };
}
