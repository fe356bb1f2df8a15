import { Sequence } from '../../base/async.ts';
import { cancelled, hasCode } from '../../base/errors.ts';
import type { DataProfile } from '../../protocol/data.ts';
import type { Progress } from '../../protocol/rpc.ts';
import type { Log } from '../log.ts';
import { type ColumnSample, sampleFile } from './columnSample.ts';
import type { ProfileStore } from './profileStore.ts';
import { profileTable, withTarget } from './profileTable.ts';
import { SampleCache } from './sampleCache.ts';
import type { Table, TableOptions } from './table.ts';

/** A table's content: a file of the workspace as it is now, or what a version of a dataset names. */
export interface Content {
  /** Absolute. */
  readonly file: string;
  /** As a person knows the table; its ending says how the content is read. */
  readonly name: string;
  /** What the profile is said to be of. */
  readonly of: Pick<DataProfile, 'path' | 'version'>;
  /** The ending of the file's name, in lower case. */
  readonly extension: string;
  /** The md5 of the content; undefined when it would have to be read. */
  knownHash(): string | undefined;
  computeHash(signal: AbortSignal): Promise<string | undefined>;
}

export interface ProfilingWork {
  readonly signal: AbortSignal;
  readonly target: string | undefined;
  report(progress: Progress): void;
}

export interface ProfilingOptions {
  readonly store: ProfileStore;
  readonly log: Log;
  open(content: Content, options: Omit<TableOptions, 'scratch'>): Promise<Table>;
}

type Reading = Pick<TableOptions, 'signal' | 'firstRows'> & { readonly target: string | undefined };

const sketchRows = 10_000;
const littleMemory = 250_000_000;
const sampleBytes = 64_000_000;

/** Profiles of tables, kept by content: of the first rows at once, of all rows, and for another target. */
export class Profiling {
  readonly #options: ProfilingOptions;
  readonly #samples = new SampleCache(sampleBytes);
  // A profile takes the whole machine: a second one at the same time would only make both late.
  readonly #turns = new Sequence();

  constructor(options: ProfilingOptions) {
    this.#options = options;
  }

  /** Of all rows, exactly. `kept` is called when there is a new one in the store. */
  async profile(content: Content, work: ProfilingWork, kept: () => void): Promise<DataProfile> {
    const known = this.#find(content, content.knownHash(), work.target);
    return known ?? inTurn(this.#turns, work.signal, () => this.#profileInTurn(content, work, kept));
  }

  /** Of the first rows; the exact one where it is kept. */
  async sketch(content: Content, { signal, target }: Omit<ProfilingWork, 'report'>): Promise<DataProfile> {
    const hash = content.knownHash();
    const known =
      this.#find(content, hash, target) ?? (await this.#retarget(content, hash, { signal, target }));
    if (known) {
      return known;
    }
    return this.#reading(content, { signal, target, firstRows: sketchRows }, async (table) => {
      const { profile, sample } = await profileTable(table, content.of, { signal, target, basis: 'sample' });
      return withTarget(profile, sample, target, signal);
    });
  }

  #profileInTurn(content: Content, work: ProfilingWork, kept: () => void): Promise<DataProfile> {
    const { signal, target, report } = work;
    return this.#reading(content, { signal, target }, async (table) => {
      const hash = await content.computeHash(signal);
      const known =
        this.#find(content, hash, target) ??
        (await this.#retarget(content, hash, work, ({ columns, basis }) =>
          sampleFile(table, columns, {
            signal,
            target,
            rowCount: basis.rows,
            onProgress: (fraction) => report({ message: 'reading a sample of the rows', fraction }),
          }),
        ));
      if (known) {
        return known;
      }
      const begin = performance.now();
      const { profile, sample } = await profileTable(table, content.of, { ...work, basis: 'whole' });
      const isIn = target === undefined || sample.columns.some(({ name }) => name === target);
      // The copy of a wide table does not have all of its columns.
      const ofTarget = isIn
        ? sample
        : await sampleFile(table, profile.columns, { signal, target, rowCount: profile.basis.rows });
      const answer = await withTarget(profile, ofTarget, target, signal);
      // A file that somebody writes to meanwhile has no profile that would be true later.
      if (hash !== undefined && (await content.computeHash(signal)) === hash) {
        this.#samples.keep(keyOf(content, hash), sample);
        this.#keep(content, hash, profile, undefined);
        if (target !== undefined) {
          this.#keep(content, hash, answer, target);
        }
        kept();
      }
      this.#options.log.write('info', 'data', `Profiled ${content.name}`, {
        rows: profile.basis.rows,
        columns: profile.columnCount,
        milliseconds: Math.round(performance.now() - begin),
      });
      return answer;
    });
  }

  /**
   * The profile for a target, of a table that is described already: from the sample that was kept of it, or from a new
   * one. Undefined where it is not described, or nobody reads a sample.
   */
  async #retarget(
    content: Content,
    hash: string | undefined,
    { signal, target }: Omit<ProfilingWork, 'report'>,
    readSample?: (known: DataProfile) => Promise<ColumnSample>,
  ): Promise<DataProfile | undefined> {
    const known = this.#find(content, hash, undefined);
    if (hash === undefined || target === undefined || !known) {
      return undefined;
    }
    const key = keyOf(content, hash);
    const sample = this.#samples.find(key, target) ?? (await readSample?.(known));
    if (!sample) {
      return undefined;
    }
    this.#samples.keep(key, sample);
    const profile = await withTarget(known, sample, target, signal);
    this.#keep(content, hash, profile, target);
    return profile;
  }

  /** With little memory, so that it is the same for a million rows and for twenty; with more where that is not enough. */
  async #reading<T>(content: Content, asked: Reading, work: (table: Table) => Promise<T>): Promise<T> {
    try {
      return await this.#readingIn(littleMemory, content, asked, work);
    } catch (error) {
      if (!hasCode(error, 'data.notEnoughRoom')) {
        throw error;
      }
      return this.#readingIn(undefined, content, asked, work);
    }
  }

  async #readingIn<T>(
    memoryBytes: number | undefined,
    content: Content,
    { target, ...options }: Reading,
    work: (table: Table) => Promise<T>,
  ): Promise<T> {
    const table = await this.#options.open(content, { ...options, memoryBytes });
    try {
      if (target !== undefined) {
        table.column(target);
      }
      return await work(table);
    } finally {
      table.dispose();
    }
  }

  #find(
    { extension, of }: Content,
    hash: string | undefined,
    target: string | undefined,
  ): DataProfile | undefined {
    const found = hash === undefined ? undefined : this.#options.store.find({ hash, extension, target });
    return found && { ...found, ...of };
  }

  #keep({ extension }: Content, hash: string, profile: DataProfile, target: string | undefined): void {
    this.#options.store.keep({ hash, extension, target }, profile);
  }
}

function keyOf({ extension }: Content, hash: string): string {
  return `${hash}${extension}`;
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
