import type { ServiceConnection } from '../../src/attach/connection.ts';
import { logChanged, runsChanged } from '../../src/protocol/experiments.ts';

/** Asks again with every notification, as a window does. */
export class News {
  readonly #subscriptions: readonly { dispose(): void }[];
  #heard = 0;
  #wake: () => void = () => undefined;

  constructor(connection: ServiceConnection) {
    const hear = () => {
      this.#heard += 1;
      this.#wake();
    };
    this.#subscriptions = [connection.on(runsChanged, hear), connection.on(logChanged, hear)];
  }

  async until(isSo: () => Promise<boolean>): Promise<void> {
    for (;;) {
      const heard = this.#heard;
      if (await isSo()) {
        return;
      }
      if (heard === this.#heard) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) {
      subscription.dispose();
    }
  }
}
