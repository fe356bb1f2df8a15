import { type Disposable, toDisposable } from '../base/lifecycle.ts';

export interface IdleOptions {
  /** How long nobody must need the service before it leaves. */
  readonly seconds: number;
  isNeeded(): boolean;
  leave(): void;
}

/** Calls `leave` once, when `isNeeded` has been false at every look for that many seconds. */
export function leaveWhenIdle(options: IdleOptions): Disposable {
  const interval = Math.min(1000, (options.seconds * 1000) / 4);
  let lastNeeded = Date.now();
  const timer = setInterval(() => {
    if (options.isNeeded()) {
      lastNeeded = Date.now();
    } else if (Date.now() - lastNeeded >= options.seconds * 1000) {
      clearInterval(timer);
      options.leave();
    }
  }, interval);
  return toDisposable(() => clearInterval(timer));
}
