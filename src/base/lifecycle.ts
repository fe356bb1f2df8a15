/** Something that holds a resource until `dispose` is called; calling it again does nothing. */
export interface Disposable {
  dispose(): void;
}

export interface DisposableTracker {
  created(disposable: Disposable): void;
  disposed(disposable: Disposable): void;
}

let tracker: DisposableTracker | undefined;

/** Tests set a tracker to fail when a suite leaves a disposable alive. */
export function setDisposableTracker(next: DisposableTracker | undefined): void {
  tracker = next;
}

export function toDisposable(release: () => void): Disposable {
  let done = false;
  const disposable: Disposable = {
    dispose() {
      if (done) {
        return;
      }
      done = true;
      tracker?.disposed(disposable);
      release();
    },
  };
  tracker?.created(disposable);
  return disposable;
}

/** Owns disposables; what is added after disposal is disposed at once. */
export class DisposableStore implements Disposable {
  readonly #items = new Set<Disposable>();
  #disposed = false;

  constructor() {
    tracker?.created(this);
  }

  get isDisposed(): boolean {
    return this.#disposed;
  }

  add<T extends Disposable>(item: T): T {
    if (this.#disposed) {
      item.dispose();
    } else {
      this.#items.add(item);
    }
    return item;
  }

  dispose(): void {
    if (this.#disposed) {
      return;
    }
    this.#disposed = true;
    tracker?.disposed(this);
    const items = [...this.#items].reverse();
    this.#items.clear();
    for (const item of items) {
      item.dispose();
    }
  }
}
