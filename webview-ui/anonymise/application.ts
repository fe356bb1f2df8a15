import { cancelledErrorCode, type ErrorShape, errorShape } from '../../src/base/errors.ts';
import { type AppliedRecipe, type ApplyRecipe, applyRecipe } from '../../src/protocol/privacy.ts';
import type { Progress } from '../../src/protocol/rpc.ts';
import type { Host } from '../shared/host.ts';

/** The application of a recipe, as long as the page looks on. The client goes on with it when the page is hidden. */
export class Application {
  readonly #host: Pick<Host, 'send'>;
  readonly #changed: () => void;
  #abort: AbortController | undefined;
  progress: Progress | undefined;
  result: AppliedRecipe | undefined;
  problem: ErrorShape | undefined;

  constructor(host: Pick<Host, 'send'>, changed: () => void) {
    this.#host = host;
    this.#changed = changed;
  }

  get isUnderWay(): boolean {
    return this.#abort !== undefined;
  }

  /** Joins the one that is under way at the client. */
  async start(asked: ApplyRecipe): Promise<AppliedRecipe | undefined> {
    const abort = new AbortController();
    this.#abort = abort;
    this.result = undefined;
    this.problem = undefined;
    this.progress = { message: 'Starting' };
    this.#changed();
    try {
      this.result = await this.#host.send(applyRecipe, asked, abort.signal, (progress) => {
        this.progress = progress;
        this.#changed();
      });
    } catch (error) {
      const shape = errorShape(error);
      this.problem = shape.code === cancelledErrorCode ? undefined : shape;
    } finally {
      this.#abort = undefined;
      this.progress = undefined;
      this.#changed();
    }
    return this.result;
  }

  cancel(): void {
    this.#abort?.abort();
  }

  /** What was written belongs to choices that are no longer those. */
  forget(): void {
    this.result = undefined;
    this.problem = undefined;
  }
}
