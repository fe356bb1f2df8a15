import { Emitter, type Event } from '../../base/event.ts';
import type { Disposable } from '../../base/lifecycle.ts';

export interface StandIn<Store> {
  readonly store: Store;
  /** Tells the news of the store in use from now on, until disposed. */
  follow(): Disposable;
}

/** A store whose every method is that of the store in use at the moment of the call. */
export function standingFor<Change, Store extends { readonly onDidChange: Event<Change> }>(
  current: () => Store,
  onListenerError: (error: unknown) => void,
): StandIn<Store> {
  const changed = new Emitter<Change>(onListenerError);
  const store = new Proxy({} as Store, {
    get(_, name: string) {
      if (name === 'onDidChange') {
        return changed.event;
      }
      const inUse = current();
      const member: unknown = inUse[name as keyof Store];
      return typeof member === 'function' ? member.bind(inUse) : member;
    },
  });
  return { store, follow: () => current().onDidChange((change) => changed.fire(change)) };
}
