import { nothing, type TemplateResult } from 'lit';
import { type ErrorShape, errorShape } from '../../src/base/errors.ts';
import {
  type PanelId,
  type PanelStart,
  type PanelSubject,
  type PanelTarget,
  panelOpen,
  panelReady,
  panelTitle,
} from '../../src/protocol/panels.ts';
import { prepareAnnouncements } from './announce.ts';
import { PageElement } from './element.ts';
import type { Host } from './host.ts';
import { errorNotice, offlineNotice } from './notices.ts';
import { ViewState } from './viewState.ts';

/** What all pages do alike: ask the client for their subject, keep the view, say what is wrong, try again. */
export abstract class PanelPage extends PageElement {
  static override properties = {
    offline: { state: true },
    problem: { state: true },
  };
  declare host: Host;
  declare offline: string | undefined;
  /** The last thing the user asked for that failed. */
  declare problem: ErrorShape | undefined;
  protected view!: ViewState;
  /** Absent until the client has answered. */
  protected subject: PanelSubject | undefined;
  #title: string | undefined;

  protected abstract readonly panel: PanelId;

  /** The subject is known, or everything may have changed: fetch. */
  protected abstract fetch(): void;

  /** What is wrong with what was fetched. */
  protected abstract get failure(): ErrorShape | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    prepareAnnouncements();
    this.view = new ViewState(this.host, this.panel);
    this.subscriptions.add(
      this.host.onOffline((sentence) => {
        this.offline = sentence;
      }),
    );
    this.subscriptions.add(
      this.host.onRefresh(() => {
        this.offline = undefined;
        this.#retry();
      }),
    );
    void this.#start();
  }

  /** Hears what the client wants to be shown first. */
  protected started(_start: PanelStart): void {}

  protected notices(): (TemplateResult | typeof nothing)[] {
    const error = this.problem ?? (this.offline ? undefined : this.failure);
    return [
      offlineNotice(this.offline, () => this.open({ kind: 'restartService' })),
      error
        ? errorNotice(
            error,
            () => this.#retry(),
            (place) => this.open({ kind: 'place', place }),
          )
        : nothing,
    ];
  }

  protected keep(key: string, value: string | boolean): void {
    this.view.set(key, value);
    this.requestUpdate();
  }

  protected open(target: PanelTarget): void {
    this.host.send(panelOpen, target).catch((error: unknown) => {
      this.problem = errorShape(error);
    });
  }

  protected setTitle(title: string): void {
    if (title !== this.#title) {
      this.#title = title;
      void this.host.send(panelTitle, { title });
    }
  }

  async #start(): Promise<void> {
    try {
      const start = await this.host.send(panelReady, null);
      const { tab: _tab, ...subject } = start;
      this.subject = subject;
      this.view.setSubject(subject);
      this.fetch();
      this.started(start);
    } catch (error) {
      this.problem = errorShape(error);
    }
  }

  #retry(): void {
    this.problem = undefined;
    if (this.subject === undefined) {
      void this.#start();
    } else {
      this.fetch();
    }
  }
}
