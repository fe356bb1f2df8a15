import fs from 'node:fs';
import path from 'node:path';
import { Sequence } from '../../base/async.ts';
import { cancelled } from '../../base/errors.ts';
import { Emitter, type Event } from '../../base/event.ts';
import { type Disposable, toDisposable } from '../../base/lifecycle.ts';
import type { DataProfile, ProfileData, ReadRows, TableRows } from '../../protocol/data.ts';
import type { Progress } from '../../protocol/rpc.ts';
import type { Log } from '../log.ts';
import type { Database } from '../storage/database.ts';
import { sayableCell } from './encodedTable.ts';
import { ProfileStore } from './profileStore.ts';
import { profileTable } from './profileTable.ts';
import { openTable, type Table, type TableOptions } from './table.ts';
import { type WriteResult, type WriteTable, writeTable } from './writeTable.ts';

export interface DataWork {
  readonly signal: AbortSignal;
  report(progress: Progress): void;
}

/** Tables in files: opened where they lie, profiled, and written anew. The files themselves are never changed. */
export interface Data extends Disposable {
  /** A profile was completed: the path as profiles have it, relative to the workspace folder where it is inside. */
  readonly onDidKeepProfile: Event<string>;
  /** `path` is absolute or relative to the workspace folder; a `.dvc` file stands for its data. */
  openTable(path: string, options?: Omit<TableOptions, 'scratch'>): Promise<Table>;
  /** Writes SQL expressions over a table to a new file of its kind: to a temporary name, verified, renamed. */
  writeTable(table: Table, write: WriteTable): Promise<WriteResult>;
  /** Of all rows, exactly; kept by content. */
  profile(asked: ProfileData, work: DataWork): Promise<DataProfile>;
  /** Of the first rows; the exact one where it is kept. */
  sketch(asked: ProfileData, work: Pick<DataWork, 'signal'>): Promise<DataProfile>;
  readRows(asked: ReadRows, work: Pick<DataWork, 'signal'>): Promise<TableRows>;
}

export interface DataOptions {
  /** A real path. */
  readonly workspace: string;
  /** A folder of ours, which may not exist yet; whatever is found in it was left by a crash and is removed. */
  readonly scratch: string;
  readonly database: Database;
  readonly hashes: ContentHashes;
  readonly log: Log;
}

/** The md5 of files, which versions know already or find out. */
export interface ContentHashes {
  /** Undefined when it would have to be read. */
  known(file: string): string | undefined;
  compute(file: string, signal: AbortSignal): Promise<string | undefined>;
}

const sketchRows = 10_000;
const mostRows = 1000;

export function createData({ workspace, scratch, database, hashes, log }: DataOptions): Data {
  const store = new ProfileStore(database);
  const kept = new Emitter<string>();
  // A profile takes the whole machine: a second one at the same time would only make both late.
  const profiles = new Sequence();
  const disposed = new AbortController();
  const emptied = fs.promises.rm(scratch, { recursive: true, force: true }).catch(() => undefined);

  const locate = (asked: string) => {
    const file = path.resolve(workspace, asked).replace(/\.dvc$/, '');
    const relative = path.relative(workspace, file);
    const isInside = relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
    return { file, name: isInside ? relative.split(path.sep).join('/') : file };
  };
  const open = async (asked: string, options: Omit<TableOptions, 'scratch'> = {}) => {
    const { file, name } = locate(asked);
    await emptied;
    return openTable(file, name, { ...options, scratch });
  };
  const findKept = (
    { path: asked, target }: ProfileData,
    hash: string | undefined,
  ): DataProfile | undefined => {
    const { file, name } = locate(asked);
    const found = hash === undefined ? undefined : store.find({ hash, extension: extensionOf(file), target });
    return found && { ...found, path: name };
  };

  return {
    onDidKeepProfile: kept.event,
    openTable: open,
    writeTable: (table, write) =>
      writeTable(table, { ...write, target: path.resolve(workspace, write.target) }),
    profile: (asked, { signal, report }) => {
      const either = AbortSignal.any([signal, disposed.signal]);
      return inTurn(profiles, either, async () => {
        const { file, name } = locate(asked.path);
        const known = findKept(asked, hashes.known(file));
        if (known) {
          return known;
        }
        const begin = performance.now();
        const table = await open(asked.path, { signal: either });
        try {
          const hash = await hashes.compute(file, either);
          const before = findKept(asked, hash);
          if (before) {
            return before;
          }
          const { target } = asked;
          const profile = await profileTable(table, name, { signal: either, report, target, basis: 'whole' });
          // A file that somebody writes to meanwhile has no profile that would be true later.
          if (hash !== undefined && (await hashes.compute(file, either)) === hash) {
            store.keep({ hash, extension: extensionOf(file), target }, profile);
            kept.fire(name);
          }
          log.write('info', 'data', `Profiled ${name}`, {
            rows: profile.basis.rows,
            columns: profile.columnCount,
            milliseconds: Math.round(performance.now() - begin),
          });
          return profile;
        } finally {
          table.dispose();
        }
      });
    },
    sketch: async (asked, { signal }) => {
      const { file, name } = locate(asked.path);
      const known = findKept(asked, hashes.known(file));
      if (known) {
        return known;
      }
      const table = await open(asked.path, { signal, firstRows: sketchRows });
      try {
        return await profileTable(table, name, { signal, target: asked.target, basis: 'sample' });
      } finally {
        table.dispose();
      }
    },
    readRows: async ({ path: asked, offset, limit }, { signal }) => {
      const table = await open(asked, { signal });
      try {
        const rows = await table.rows(offset, Math.min(limit, mostRows), { signal });
        return {
          columns: table.columns.map(({ name, type }) => ({ name, type })),
          offset,
          rows: rows.map((row) => row.map(sayableCell)),
        };
      } finally {
        table.dispose();
      }
    },
    dispose: toDisposable(() => disposed.abort()).dispose,
  };
}

/** Whoever gives up while others are before them is answered at once. */
function inTurn<T>(sequence: Sequence, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  let begun = false;
  const done = sequence.run(async () => {
    if (signal.aborted) {
      throw cancelled();
    }
    begun = true;
    return work();
  });
  const givenUp = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => !begun && reject(cancelled()), { once: true });
  });
  return Promise.race([done, givenUp]);
}

function extensionOf(file: string): string {
  return path.extname(file).toLowerCase();
}
