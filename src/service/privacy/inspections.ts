import { errorShape } from '../../base/errors.ts';
import type { Progress } from '../../protocol/rpc.ts';
import { fileStamp } from '../data/rowCopy.ts';
import type { Log } from '../log.ts';
import { runJob } from './jobRunner.ts';
import type { RowCopies } from './rowCopies.ts';
import type { Inspection } from './work/inspect.ts';

export interface InspectionsOptions {
  readonly scratch: string;
  readonly copies: RowCopies;
  readonly log: Log;
  /** Ends what is under way for nobody in particular. */
  readonly signal: AbortSignal;
  /** As a person knows the file. */
  nameOf(file: string): string;
  /** After a first look all of a large table was read; undefined where that failed. */
  completed(file: string, inspection: Inspection | undefined): void;
}

interface Kept {
  readonly stamp: string;
  readonly result: Promise<Inspection>;
}

/** What was found in tables, for as long as they stay as they are: of a large one in its pieces first, then in all of it. */
export class Inspections {
  readonly #options: InspectionsOptions;
  readonly #kept = new Map<string, Kept>();

  constructor(options: InspectionsOptions) {
    this.#options = options;
  }

  of(
    file: string,
    { signal, report }: { readonly signal: AbortSignal; report(progress: Progress): void },
  ): Promise<Inspection> {
    const stamp = fileStamp(file);
    const known = this.#kept.get(file);
    if (known?.stamp === stamp) {
      return known.result;
    }
    const { scratch, copies, nameOf } = this.#options;
    const work = { file, name: nameOf(file), inPieces: true };
    const result = runJob('inspect', work, scratch, {
      copies,
      signal: AbortSignal.any([signal, this.#options.signal]),
      report,
    });
    this.#kept.set(file, { stamp, result });
    result.then(
      ({ isEstimate }) => isEstimate && void this.#readAll(file, stamp),
      () => this.#kept.delete(file),
    );
    return result;
  }

  async #readAll(file: string, stamp: string): Promise<void> {
    const { scratch, copies, nameOf, log, signal, completed } = this.#options;
    const work = { file, name: nameOf(file), inPieces: false };
    const result = runJob('inspect', work, scratch, { copies, signal });
    const inspection = await result.catch((error: unknown) => {
      log.write('warning', 'privacy', `Reading all of ${nameOf(file)}: ${String(error)}`);
      // What is wrong with the data is told to whoever opens the recipe again; anything else may pass.
      return errorShape(error).code.startsWith('data.') ? undefined : null;
    });
    if (inspection !== null && this.#kept.get(file)?.stamp === stamp) {
      this.#kept.set(file, { stamp, result });
      completed(file, inspection);
    }
  }
}
