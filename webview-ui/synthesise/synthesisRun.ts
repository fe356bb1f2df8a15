import { cancelledErrorCode, type ErrorShape, errorShape } from '../../src/base/errors.ts';
import { stopRun } from '../../src/protocol/experiments.ts';
import type { Progress } from '../../src/protocol/rpc.ts';
import {
  followSynthesis,
  type StartedSynthesis,
  type SynthesisedTable,
  startSynthesis,
} from '../../src/protocol/synthesis.ts';
import type { Host } from '../shared/host.ts';

/** The run that is at work, as long as the page looks on: it goes on by itself. */
export class SynthesisRun {
  readonly #host: Pick<Host, 'send'>;
  readonly #changed: () => void;
  started: StartedSynthesis | undefined;
  progress: Progress | undefined;
  result: SynthesisedTable | undefined;
  problem: ErrorShape | undefined;
  wasStopped = false;

  constructor(host: Pick<Host, 'send'>, changed: () => void) {
    this.#host = host;
    this.#changed = changed;
  }

  get isUnderWay(): boolean {
    return this.progress !== undefined;
  }

  async start(recipe: string, replace: boolean): Promise<void> {
    this.#begin();
    try {
      const started = await this.#host.send(startSynthesis, { recipe, ...(replace && { replace }) });
      await this.follow(started);
    } catch (error) {
      this.#end(error);
    }
  }

  /** Also one that was started before this page. */
  async follow(started: StartedSynthesis): Promise<void> {
    this.#begin();
    this.started = started;
    try {
      this.result = await this.#host.send(followSynthesis, { run: started.run }, undefined, (progress) => {
        this.progress = progress;
        this.#changed();
      });
      this.#end(undefined);
    } catch (error) {
      this.#end(error);
    }
  }

  async stop(): Promise<void> {
    if (this.started) {
      await this.#host.send(stopRun, { run: this.started.run });
    }
  }

  /** What was written belongs to choices that are no longer those. */
  forget(): void {
    this.result = undefined;
    this.problem = undefined;
    this.wasStopped = false;
  }

  #begin(): void {
    this.forget();
    this.progress ??= { message: 'Starting' };
    this.#changed();
  }

  #end(error: unknown): void {
    this.progress = undefined;
    if (error !== undefined) {
      const shape = errorShape(error);
      this.wasStopped = shape.code === cancelledErrorCode;
      this.problem = this.wasStopped ? undefined : shape;
    }
    this.#changed();
  }
}
