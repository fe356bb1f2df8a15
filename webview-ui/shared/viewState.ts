import type { PanelId, PanelState, PanelSubject } from '../../src/protocol/panels.ts';
import type { Host } from './host.ts';

type ViewValue = string | number | boolean;

/** What the user arranged in a page. It is kept at once, because a page can be destroyed at any moment. */
export class ViewState {
  readonly #host: Pick<Host, 'getState' | 'setState'>;
  #subject: PanelSubject | undefined;
  #view: Readonly<Record<string, ViewValue>>;

  constructor(host: Pick<Host, 'getState' | 'setState'>, panel: PanelId) {
    this.#host = host;
    const state = host.getState();
    const own = state?.panel === panel ? state : undefined;
    this.#subject = own && withoutView(own);
    this.#view = own?.view ?? {};
  }

  /** The kept value, or `otherwise` where there is none or one of another type. */
  get(key: string, otherwise: string): string;
  get(key: string, otherwise: boolean): boolean;
  get(key: string, otherwise: ViewValue): ViewValue {
    const value = this.#view[key];
    return value !== undefined && typeof value === typeof otherwise ? value : otherwise;
  }

  set(key: string, value: ViewValue): void {
    this.#view = { ...this.#view, [key]: value };
    this.#keep();
  }

  setSubject(subject: PanelSubject): void {
    this.#subject = subject;
    this.#keep();
  }

  #keep(): void {
    // Before the subject is known there is nothing to come back to.
    if (this.#subject) {
      this.#host.setState({ schema: 1, ...this.#subject, view: this.#view });
    }
  }
}

function withoutView({ schema: _schema, view: _view, ...subject }: PanelState): PanelSubject {
  return subject;
}
