import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { repeat } from 'lit/directives/repeat.js';
import { formatBytes } from '../../src/base/format.ts';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import { logChanged, type RunId, readLog } from '../../src/protocol/experiments.ts';
import { PageElement } from '../shared/element.ts';
import type { Host } from '../shared/host.ts';
import { emptyNotice, errorNotice } from '../shared/notices.ts';
import { Resource } from '../shared/resource.ts';
import { isFull, type LogBlock } from './logText.ts';
import { LogWindow } from './logWindow.ts';

type Move = 'follow' | 'earlier' | 'end';

/** The output of the script: follows its end until the user scrolls up. */
export class LogView extends PageElement {
  static override properties = {
    run: { attribute: false },
    live: { attribute: false },
    following: { state: true },
  };
  declare host: Host;
  declare run: RunId;
  declare live: boolean;
  declare following: boolean;
  readonly #window = new LogWindow();
  #move: Move = 'follow';
  #heightBefore: number | undefined;
  #log!: Resource<LogWindow>;

  constructor() {
    super();
    this.following = true;
    this.live = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#log = this.subscriptions.add(
      new Resource(
        (signal) => this.#read(signal),
        () => this.requestUpdate(),
        { shortestRest: 100 },
      ),
    );
    this.#log.refresh();
    this.subscriptions.add(this.host.onRefresh(() => this.#log.refresh()));
    this.subscriptions.add(this.host.onOffline(() => this.requestUpdate()));
    this.subscriptions.add(
      this.host.on(logChanged, (news) => {
        if (news.run === this.run) {
          this.#log.refresh();
        }
      }),
    );
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    // The last lines can arrive together with the end of the run.
    if (changed.get('live') === true) {
      this.#log.refresh();
    }
  }

  protected override render(): TemplateResult {
    if (this.#log.error && !this.host.isOffline) {
      return errorNotice(this.#log.error, () => this.#log.refresh());
    }
    if (this.#log.isLoading) {
      return emptyNotice('Reading the log…');
    }
    if (this.#window.isEmpty) {
      return emptyNotice(this.live ? 'The script has printed nothing yet.' : 'The script printed nothing.');
    }
    return html`${this.#earlier()}
      <div
        class="log"
        tabindex="0"
        role="log"
        aria-live="off"
        aria-label="Output of the script"
        @scroll=${this.#onScroll}
      >${repeat(
        this.#window.blocks,
        (block) => block.index,
        (block) => guard([block, block.version], () => blockView(block)),
      )}</div>
      ${this.following ? nothing : this.#later()}`;
  }

  protected override updated(): void {
    const log = this.querySelector('.log');
    if (!log) {
      return;
    }
    if (this.#heightBefore !== undefined) {
      // The end of the earlier part comes into view, with two lines of what was shown before.
      log.scrollTop = log.scrollHeight - this.#heightBefore - log.clientHeight + 36;
      this.#heightBefore = undefined;
    } else if (this.following) {
      log.scrollTop = log.scrollHeight;
    }
  }

  #earlier(): TemplateResult | typeof nothing {
    const { earlierBytes } = this.#window;
    return earlierBytes > 0
      ? html`<div class="log-earlier">
          <button class="link" @click=${() => this.#go('earlier')}>Show Earlier</button>
          <span class="secondary">${formatBytes(earlierBytes)} before this</span>
        </div>`
      : nothing;
  }

  /** Lies over the log, so that nothing moves when it appears. */
  #later(): TemplateResult {
    const { laterBytes } = this.#window;
    return html`<div class="log-later">
      ${laterBytes > 0 ? html`<span class="secondary">${formatBytes(laterBytes)} after this</span>` : nothing}
      <vscode-button secondary icon="arrow-down" @click=${() => this.#go('end')}>Scroll to End</vscode-button>
    </div>`;
  }

  #go(move: Move): void {
    this.#move = move;
    this.following = move === 'end';
    this.#log.refresh();
  }

  readonly #onScroll = (event: Event): void => {
    if (this.#move !== 'follow') {
      return;
    }
    const log = event.currentTarget as HTMLElement;
    const atBottom = log.scrollHeight - log.scrollTop - log.clientHeight < 24;
    this.following = atBottom && this.#window.isAtEnd;
  };

  async #read(signal: AbortSignal): Promise<LogWindow> {
    const read = (from: number, length: number) =>
      this.host.send(readLog, { run: this.run, from, length }, signal);
    const move = this.#move;
    if (move === 'earlier') {
      await this.#window.showEarlier(read);
      this.#heightBefore = this.querySelector('.log')?.scrollHeight;
    } else if (move === 'end') {
      await this.#window.showEnd(read);
    } else {
      await this.#window.follow(read, !this.following);
    }
    this.#move = 'follow';
    return this.#window;
  }
}

function blockView(block: LogBlock): TemplateResult {
  return html`<div class="log-block ${isFull(block) ? 'full' : ''}">${pieces(block)}</div>`;
}

/** Plain lines are joined, so that a block without colours is a single text node. */
function pieces(block: LogBlock): (string | TemplateResult)[] {
  const result: (string | TemplateResult)[] = [];
  let plain = '';
  for (const line of block.lines) {
    for (const segment of line) {
      if (segment.classes === '') {
        plain += segment.text;
      } else {
        result.push(plain, html`<span class=${segment.classes}>${segment.text}</span>`);
        plain = '';
      }
    }
    plain += '\n';
  }
  result.push(plain);
  return result;
}

customElements.define('workbench-log', LogView);
