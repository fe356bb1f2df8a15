import { errorShape } from '../../base/errors.ts';
import { type Disposable, toDisposable } from '../../base/lifecycle.ts';
import type { Log } from '../log.ts';
import type { Contact } from './contact.ts';
import type { Delivery } from './delivery.ts';
import { isAway, isClosed, RemoteRefusal } from './errors.ts';
import type { Entry, Outbox } from './outbox.ts';

export interface SenderOptions {
  readonly outbox: Outbox;
  readonly delivery: Delivery;
  readonly contact: Contact;
  readonly log: Log;
  onSent(lane: string): void;
}

/** Runs and experiments that are sent for at the same time. */
const workers = 4;
/** Entries of a lane that are looked at together, so that small writes travel as one batch. */
const entriesTogether = 500;
/**
 * A run that the Workbench starts is taken by its script within moments, often into another experiment;
 * a remote run cannot be moved, so its creation waits for that a little.
 */
const longestHold = 10_000;

/** Empties the outbox, lane by lane and each in order, for as long as the server answers. */
export class Sender implements Disposable {
  readonly #options: SenderOptions;
  readonly #busy = new Set<string>();
  readonly #held = new Map<string, NodeJS.Timeout>();
  readonly #stop = toDisposable(() => {
    for (const timer of this.#held.values()) {
      clearTimeout(timer);
    }
    this.#held.clear();
  });
  #disposed = false;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  get isSending(): boolean {
    return this.#busy.size > 0;
  }

  /** There is something to send, or the server may answer again. */
  poke(): void {
    while (!this.#disposed && this.#options.contact.mayTry && this.#busy.size < workers) {
      const lane = this.#options.outbox.nextLane((one) => this.#busy.has(one) || this.#held.has(one));
      if (lane === undefined) {
        return;
      }
      this.#busy.add(lane);
      void this.#empty(lane);
    }
  }

  hold(lane: string): void {
    this.#held.set(
      lane,
      setTimeout(() => this.release(lane), longestHold),
    );
  }

  release(lane: string): void {
    const timer = this.#held.get(lane);
    if (timer) {
      clearTimeout(timer);
      this.#held.delete(lane);
      this.poke();
    }
  }

  dispose(): void {
    this.#disposed = true;
    this.#stop.dispose();
  }

  async #empty(lane: string): Promise<void> {
    const { outbox, contact, log } = this.#options;
    try {
      while (!this.#disposed && contact.mayTry) {
        const entries = outbox.head(lane, entriesTogether);
        if (entries.length === 0) {
          break;
        }
        await this.#send(lane, entries);
        this.#succeeded(lane);
      }
    } catch (error) {
      if (!this.#disposed) {
        contact.failed(error);
        if (!isAway(error) && !isClosed(error)) {
          log.write('error', 'remote', `Sending stopped: ${errorShape(error).message}`);
        }
      }
    } finally {
      this.#busy.delete(lane);
      this.poke();
    }
  }

  #succeeded(lane: string): void {
    if (!this.#disposed) {
      this.#options.contact.succeeded();
      this.#options.onSent(lane);
    }
  }

  /** The first entry, or all batches that the lane begins with. */
  async #send(lane: string, entries: readonly Entry[]): Promise<void> {
    const others = entries.findIndex(({ operation }) => operation.kind !== 'logBatch');
    const batches = others < 0 ? entries : entries.slice(0, others);
    if (batches.length < 2) {
      await this.#sendOne(lane, entries[0]!);
      return;
    }
    try {
      await this.#options.delivery.batches(subject(lane), batchesOf(batches));
      this.#done(batches);
    } catch (error) {
      if (!(error instanceof RemoteRefusal)) {
        throw error;
      }
      // One of them is at fault: each goes alone, and the others arrive.
      for (const entry of batches) {
        await this.#sendOne(lane, entry);
      }
    }
  }

  async #sendOne(lane: string, entry: Entry): Promise<void> {
    const { delivery, outbox } = this.#options;
    try {
      if (/^(delete|restore)/.test(entry.operation.kind)) {
        // A repeat would be refused: what is known to have been sent may be done already.
        outbox.begin(entry.id);
      }
      const deliver = lane.startsWith('run:') ? delivery.run : delivery.experiment;
      await deliver.call(delivery, subject(lane), entry);
      this.#done([entry]);
    } catch (error) {
      if (this.#disposed) {
        throw error;
      }
      if (!(error instanceof RemoteRefusal)) {
        outbox.begin(entry.id);
        throw error;
      }
      this.#setAside(lane, entry, error);
    }
  }

  #done(entries: readonly Entry[]): void {
    if (!this.#disposed) {
      this.#options.outbox.done(entries.map(({ id }) => id));
    }
  }

  #setAside(lane: string, entry: Entry, { message }: RemoteRefusal): void {
    const sentence =
      `The tracking server will not take a change (${words[entry.operation.kind]} of ${lane.replace(':', ' ')}): ` +
      `${message} It is kept here, and what came after it is sent.`;
    this.#options.outbox.setAside(entry.id, sentence);
    this.#options.log.write('warning', 'remote', sentence);
  }
}

const words: Readonly<Record<Entry['operation']['kind'], string>> = {
  createExperiment: 'the creation',
  renameExperiment: 'the renaming',
  deleteExperiment: 'the deletion',
  restoreExperiment: 'the restoring',
  setExperimentTag: 'a tag',
  deleteExperimentTag: 'the deletion of a tag',
  createRun: 'the creation',
  moveRun: 'the move',
  updateRun: 'the state',
  deleteRun: 'the deletion',
  restoreRun: 'the restoring',
  logBatch: 'metrics, parameters or tags',
  deleteTag: 'the deletion of a tag',
  logInputs: 'inputs',
  logOutputs: 'outputs',
  uploadArtifact: 'an artifact',
};

function subject(lane: string): string {
  return lane.slice(lane.indexOf(':') + 1);
}

function batchesOf(entries: readonly Entry[]) {
  return entries.flatMap(({ operation }) => (operation.kind === 'logBatch' ? [operation.batch] : []));
}
