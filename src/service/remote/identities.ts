import type { Database, Statement } from '../storage/database.ts';

export interface KnownRun {
  readonly run: string;
  /** Absent until the remote server has it. */
  readonly remoteId?: string;
  /** Made here: what runs under way here, and what its history is, this folder knows best. */
  readonly isOwn: boolean;
  /** Where the remote server keeps its artifacts. */
  readonly artifactUri?: string;
  /** A digest of what was last read of it there. */
  readonly seen?: string;
}

interface RunRow {
  readonly run: string;
  readonly remote_id: string | null;
  readonly is_own: number;
  readonly artifact_uri: string | null;
  readonly seen: string | null;
}

/** Who is who: experiments and runs of the mirror, and the same on the remote server. */
export class Identities {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(database: Database) {
    this.#statements = prepare(database);
  }

  remoteExperiment(experiment: string): string | undefined {
    return this.#statements.remoteExperiment.get(experiment)?.id;
  }

  localExperiment(remoteId: string): string | undefined {
    return this.#statements.localExperiment.get(remoteId)?.id;
  }

  setExperiment(experiment: string, remoteId: string): void {
    this.#statements.setExperiment.run(experiment, remoteId);
  }

  run(run: string): KnownRun | undefined {
    return toKnown(this.#statements.byRun.get(run));
  }

  runWithRemoteId(remoteId: string): KnownRun | undefined {
    return toKnown(this.#statements.byRemoteId.get(remoteId));
  }

  isOwn(run: string): boolean {
    return this.run(run)?.isOwn ?? false;
  }

  setRun({ run, remoteId, isOwn, artifactUri, seen }: KnownRun): void {
    this.#statements.setRun.run(run, remoteId ?? null, Number(isOwn), artifactUri ?? null, seen ?? null);
  }

  knownRemoteIds(): { readonly run: string; readonly remoteId: string }[] {
    return this.#statements.remoteIds.all();
  }

  /** What the latest point of a metric was when its whole history was read. */
  historyRead(run: string, key: string): string | undefined {
    return this.#statements.history.get(run, key)?.latest;
  }

  setHistoryRead(run: string, key: string, latest: string): void {
    this.#statements.setHistory.run(run, key, latest);
  }
}

function toKnown(row: RunRow | undefined): KnownRun | undefined {
  return (
    row && {
      run: row.run,
      isOwn: row.is_own === 1,
      ...(row.remote_id !== null && { remoteId: row.remote_id }),
      ...(row.artifact_uri !== null && { artifactUri: row.artifact_uri }),
      ...(row.seen !== null && { seen: row.seen }),
    }
  );
}

function prepare(database: Database) {
  return {
    remoteExperiment: database.prepare(
      'SELECT remote_id AS id FROM remote_experiments WHERE experiment = ?',
    ) as Statement<[string], { id: string }>,
    localExperiment: database.prepare(
      'SELECT experiment AS id FROM remote_experiments WHERE remote_id = ?',
    ) as Statement<[string], { id: string }>,
    setExperiment: database.prepare(
      'INSERT OR REPLACE INTO remote_experiments (experiment, remote_id) VALUES (?, ?)',
    ),
    byRun: database.prepare('SELECT * FROM remote_runs WHERE run = ?') as Statement<[string], RunRow>,
    byRemoteId: database.prepare('SELECT * FROM remote_runs WHERE remote_id = ?') as Statement<
      [string],
      RunRow
    >,
    setRun: database.prepare(
      `INSERT INTO remote_runs (run, remote_id, is_own, artifact_uri, seen) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (run) DO UPDATE SET remote_id = excluded.remote_id, artifact_uri = excluded.artifact_uri,
         seen = excluded.seen`,
    ),
    remoteIds: database.prepare(
      'SELECT run, remote_id AS remoteId FROM remote_runs WHERE remote_id IS NOT NULL',
    ) as Statement<[], { run: string; remoteId: string }>,
    history: database.prepare('SELECT latest FROM remote_histories WHERE run = ? AND key = ?') as Statement<
      [string, string],
      { latest: string }
    >,
    setHistory: database.prepare(
      'INSERT OR REPLACE INTO remote_histories (run, key, latest) VALUES (?, ?, ?)',
    ),
  };
}
