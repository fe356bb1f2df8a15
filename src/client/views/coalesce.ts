import { type Disposable, toDisposable } from '../../base/lifecycle.ts';

/** Calls at once, then at most once per interval, and once more after the last call in it. */
export function coalesce(milliseconds: number, act: () => void): Disposable & { call(): void } {
  let timer: NodeJS.Timeout | undefined;
  let again = false;
  const call = () => {
    if (timer) {
      again = true;
      return;
    }
    act();
    timer = setTimeout(() => {
      timer = undefined;
      if (again) {
        again = false;
        call();
      }
    }, milliseconds);
  };
  return { call, ...toDisposable(() => clearTimeout(timer)) };
}
