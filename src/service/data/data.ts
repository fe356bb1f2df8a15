import fs from 'node:fs';
import path from 'node:path';
import { Emitter, type Event } from '../../base/event.ts';
import { type Disposable, toDisposable } from '../../base/lifecycle.ts';
import type { DataProfile, ProfileData, ReadRows, TableRows } from '../../protocol/data.ts';
import type { Progress } from '../../protocol/rpc.ts';
import type { Log } from '../log.ts';
import type { Database } from '../storage/database.ts';
import { sayableCell } from './encodedTable.ts';
import { FarRows } from './farRows.ts';
import { openTable } from './openTable.ts';
import { ProfileStore } from './profileStore.ts';
import { type Content, Profiling } from './profiling.ts';
import type { Table, TableOptions } from './table.ts';
import { type WriteResult, type WriteTable, writeTable } from './writeTable.ts';

export interface DataWork {
  readonly signal: AbortSignal;
  report(progress: Progress): void;
}

/** Tables in files: opened where they lie, profiled, and written anew. The files themselves are never changed. */
export interface Data extends Disposable {
  /** A profile was completed: its path as profiles have it, relative to the workspace folder where it is inside. */
  readonly onDidKeepProfile: Event<ProfileData>;
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
  readonly versions: VersionedContents;
  readonly log: Log;
}

/** The md5 of files, which versions know already or find out. */
export interface ContentHashes {
  /** Undefined when it would have to be read. */
  known(file: string): string | undefined;
  compute(file: string, signal: AbortSignal): Promise<string | undefined>;
}

/** What versions of datasets name. */
export interface VersionedContents {
  /** A file with the content of a version, which nobody writes to; and its md5 where it is known. */
  contentOf(path: string, version: number): Promise<{ readonly file: string; readonly hash?: string }>;
}

const mostRows = 1000;

export function createData({ workspace, scratch, database, hashes, versions, log }: DataOptions): Data {
  const kept = new Emitter<ProfileData>();
  const disposed = new AbortController();
  const emptied = fs.promises.rm(scratch, { recursive: true, force: true }).catch(() => undefined);

  const nameOf = (file: string) => {
    const relative = path.relative(workspace, file);
    const isInside = relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
    return isInside ? relative.split(path.sep).join('/') : file;
  };
  const contentOf = async ({ path: asked, version }: Omit<ProfileData, 'target'>): Promise<Content> => {
    const data = path.resolve(workspace, asked).replace(/\.dvc$/, '');
    const [name, extension] = [nameOf(data), path.extname(data).toLowerCase()];
    if (version === undefined) {
      return {
        file: data,
        name,
        of: { path: name },
        extension,
        knownHash: () => hashes.known(data),
        computeHash: (signal) => hashes.compute(data, signal),
      };
    }
    const { file, hash } = await versions.contentOf(data, version);
    return {
      file,
      name: `version ${version} of ${name}`,
      of: { path: name, version },
      extension,
      knownHash: () => hash ?? hashes.known(file),
      computeHash: async (signal) => hash ?? hashes.compute(file, signal),
    };
  };
  const open = async (
    { file, name }: Pick<Content, 'file' | 'name'>,
    options: Omit<TableOptions, 'scratch'>,
  ) => {
    await emptied;
    return openTable(file, name, { ...options, scratch });
  };
  const store = new ProfileStore(database);
  const profiling = new Profiling({ store, log, open });
  const farRows = new FarRows({
    signal: disposed.signal,
    rowCount: ({ extension }, hash) => store.find({ hash, extension })?.basis.rows,
    open: (content) => open(content, {}),
  });

  return {
    onDidKeepProfile: kept.event,
    openTable: async (asked, options = {}) => open(await contentOf({ path: asked }), options),
    writeTable: (table, write) =>
      writeTable(table, { ...write, target: path.resolve(workspace, write.target) }),
    profile: async (asked, { signal, report }) => {
      const work = { signal: AbortSignal.any([signal, disposed.signal]), target: asked.target, report };
      const content = await contentOf(asked);
      return profiling.profile(content, work, () => kept.fire({ ...asked, path: content.name }));
    },
    sketch: async (asked, { signal }) =>
      profiling.sketch(await contentOf(asked), { signal, target: asked.target }),
    readRows: async ({ offset, limit, ...asked }, { signal }) => {
      const content = await contentOf(asked);
      const range = { offset, limit: Math.min(limit, mostRows) };
      const far = await farRows.read(content, range);
      if (far) {
        return far;
      }
      const table = await open(content, { signal });
      try {
        const rows = await table.rows(range.offset, range.limit, { signal });
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
