import { Emitter } from '../../../src/base/event.ts';

/** The place on the horizontal axis that the user points at, one for all charts of a page. */
export class Crosshair {
  readonly #moved = new Emitter<number | undefined>();
  readonly onMove = this.#moved.event;
  #x: number | undefined;

  get x(): number | undefined {
    return this.#x;
  }

  moveTo(x: number | undefined): void {
    if (x !== this.#x) {
      this.#x = x;
      this.#moved.fire(x);
    }
  }
}
