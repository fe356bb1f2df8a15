import { cancelledErrorCode, type ErrorShape, errorShape } from '../../src/base/errors.ts';
import type { Disposable } from '../../src/base/lifecycle.ts';
import { type DataProfile, type ProfileData, profileData, sketchData } from '../../src/protocol/data.ts';
import type { Progress } from '../../src/protocol/rpc.ts';
import type { Host } from '../shared/host.ts';

/**
 * - `sketching`: nothing is known yet, or not of this target
 * - `refining`: there is a first picture, and the exact figures are on their way
 * - `exact`: all rows were read
 * - `stopped`: there is a first picture, and the user wanted no more; or reading on failed
 */
export type Stage = 'sketching' | 'refining' | 'exact' | 'stopped';

/** The figures of a table as they become known: a first picture at once, then the exact ones. */
export class ProfileReader implements Disposable {
  readonly #host: Pick<Host, 'send'>;
  readonly #changed: () => void;
  #attempt: AbortController | undefined;
  #asked: ProfileData | undefined;
  #figures: DataProfile | undefined;
  #relations: DataProfile | undefined;
  #stage: Stage = 'sketching';
  #progress: Progress | undefined;
  #error: ErrorShape | undefined;

  constructor(host: Pick<Host, 'send'>, changed: () => void) {
    this.#host = host;
    this.#changed = changed;
  }

  /** What the columns are made of: the best that is known, for whatever target it was read. */
  get figures(): DataProfile | undefined {
    return this.#figures;
  }

  /** Associations and hints for the target that was asked for last. */
  get relations(): DataProfile | undefined {
    return this.#relations;
  }

  get stage(): Stage {
    return this.#stage;
  }

  /** How far the exact figures are, where they have told. */
  get progress(): Progress | undefined {
    return this.#progress;
  }

  get error(): ErrorShape | undefined {
    return this.#error;
  }

  /** Reads all of it anew; what is shown stays until something newer is known. */
  read(asked: ProfileData): void {
    void this.#read(asked, false);
  }

  /** Another target alone changes nothing about the columns, so that exact figures stay. */
  readTarget(asked: ProfileData): void {
    this.#relations = undefined;
    void this.#read(asked, true);
  }

  /** After `stop`, or when reading failed: what is known is kept. */
  goOn(): void {
    if (this.#asked) {
      void this.#read(this.#asked, true);
    }
  }

  /** The first picture stays. */
  stop(): void {
    this.#attempt?.abort();
    this.#attempt = undefined;
    this.#settle('stopped');
  }

  dispose(): void {
    this.#attempt?.abort();
    this.#attempt = undefined;
  }

  async #read(asked: ProfileData, keepsExact: boolean): Promise<void> {
    this.#attempt?.abort();
    const attempt = new AbortController();
    this.#attempt = attempt;
    this.#asked = asked;
    this.#error = undefined;
    this.#settle('sketching');
    try {
      const first = await this.#host.send(sketchData, asked, attempt.signal);
      if (this.#attempt !== attempt) {
        return;
      }
      this.#take(first, keepsExact);
      if (first.basis.kind === 'whole') {
        return;
      }
      const exact = await this.#host.send(profileData, asked, attempt.signal, (progress) => {
        if (this.#attempt === attempt) {
          this.#progress = progress;
          this.#changed();
        }
      });
      if (this.#attempt === attempt) {
        this.#take(exact, false);
      }
    } catch (error) {
      const shape = errorShape(error);
      if (this.#attempt === attempt && shape.code !== cancelledErrorCode) {
        this.#error = shape;
        this.#settle('stopped');
      }
    }
  }

  #take(profile: DataProfile, keepsExact: boolean): void {
    this.#relations = profile;
    const isExact = keepsExact && this.#figures?.basis.kind === 'whole';
    if (!isExact || this.#figures?.bytes !== profile.bytes) {
      this.#figures = profile;
    }
    this.#settle(profile.basis.kind === 'whole' ? 'exact' : 'refining');
  }

  #settle(stage: Stage): void {
    this.#stage = stage;
    this.#progress = undefined;
    this.#changed();
  }
}
