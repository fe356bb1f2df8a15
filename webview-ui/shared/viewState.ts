import type { PanelId, PanelState } from '../../src/protocol/panels.ts';
import type { Host } from './host.ts';

type ViewValue = string | number | boolean;

/** What the user arranged in a page. It is kept at once, because a page can be destroyed at any moment. */
export class ViewState {
  readonly #host: Pick<Host, 'getState' | 'setState'>;
  readonly #panel: PanelId;
  #runs: readonly string[];
  #view: Readonly<Record<string, ViewValue>>;

  constructor(host: Pick<Host, 'getState' | 'setState'>, panel: PanelId) {
    this.#host = host;
    this.#panel = panel;
    const state = host.getState();
    const own = state?.panel === panel ? state : undefined;
    this.#runs = own?.runs ?? [];
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

  setRuns(runs: readonly string[]): void {
    this.#runs = runs;
    this.#keep();
  }

  #keep(): void {
    const state: PanelState = { schema: 1, panel: this.#panel, runs: this.#runs, view: this.#view };
    this.#host.setState(state);
  }
}
