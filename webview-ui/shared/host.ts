import { cancelled, fromErrorShape } from '../../src/base/errors.ts';
import { Emitter, type Event } from '../../src/base/event.ts';
import type { Disposable } from '../../src/base/lifecycle.ts';
import type { HostMessage, PageMessage, PanelPart, PanelState } from '../../src/protocol/panels.ts';
import type { NotificationType, Progress, RequestType } from '../../src/protocol/rpc.ts';

/*
 * What the client puts into a page's html, for the panel <id> (`run`, `compare` or `profile`):
 *
 *   <head>  the content security policy (no inline style, no inline script)
 *           <link rel="stylesheet" id="vscode-codicon-stylesheet" href="…/dist/webview/codicon.css">
 *           <link rel="stylesheet" href="…/dist/webview/page.css">
 *   <body>  <workbench-<id>></workbench-<id>>
 *           <script nonce="…" src="…/dist/webview/<id>.js"></script>
 *
 * codicon.ttf lies beside codicon.css. The page speaks first, with `panel/ready`; the answer names its subject.
 * Pages use light DOM, so that one stylesheet serves them; colours come from `--vscode-*` alone.
 */

/** A page's only way out: the extension's client, which forwards what the panel's contract lists. */
export interface Host {
  /** Aborting rejects with the code `cancelled` and stops the work at the other end. */
  send<P, R>(
    type: RequestType<P, R>,
    parameters: P,
    signal?: AbortSignal,
    onProgress?: (progress: Progress) => void,
  ): Promise<R>;
  on<P>(type: NotificationType<P>, listener: (parameters: P) => void): Disposable;
  /** Everything may have changed: fetch again. */
  readonly onRefresh: Event<void>;
  /** The service is away, with a sentence for the user; keep what is shown. */
  readonly onOffline: Event<string>;
  /** Since the last `onOffline`, until `onRefresh`: what fails meanwhile has been explained already. */
  readonly isOffline: boolean;
  /** The file that the page is about is no longer what was read. */
  readonly onDataChanged: Event<void>;
  /** The user asked for a part of this page. */
  readonly onShow: Event<PanelPart>;
  getState(): PanelState | undefined;
  setState(state: PanelState): void;
}

export interface WebviewApi {
  postMessage(message: PageMessage): void;
  getState(): unknown;
  setState(state: PanelState): void;
}

declare function acquireVsCodeApi(): WebviewApi;

/** Call it once: VS Code hands its API out a single time per page. */
export function connectHost(api: WebviewApi = acquireVsCodeApi()): Host {
  return new MessageHost(api);
}

interface Waiting {
  resolve(result: unknown): void;
  reject(error: unknown): void;
  onProgress?: ((progress: Progress) => void) | undefined;
}

class MessageHost implements Host {
  readonly #api: WebviewApi;
  readonly #waiting = new Map<number, Waiting>();
  readonly #news = new Map<string, Emitter<never>>();
  readonly #refresh = new Emitter<void>();
  readonly #offline = new Emitter<string>();
  readonly #dataChanged = new Emitter<void>();
  readonly #show = new Emitter<PanelPart>();
  readonly onRefresh = this.#refresh.event;
  readonly onOffline = this.#offline.event;
  readonly onDataChanged = this.#dataChanged.event;
  readonly onShow = this.#show.event;
  #lastId = 0;
  #isOffline = false;

  constructor(api: WebviewApi) {
    this.#api = api;
    window.addEventListener('message', (event: MessageEvent<HostMessage>) => this.#receive(event.data));
  }

  get isOffline(): boolean {
    return this.#isOffline;
  }

  send<P, R>(
    type: RequestType<P, R>,
    parameters: P,
    signal?: AbortSignal,
    onProgress?: (progress: Progress) => void,
  ): Promise<R> {
    if (signal?.aborted) {
      return Promise.reject(cancelled());
    }
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise<R>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (result: unknown) => void, reject, onProgress });
      signal?.addEventListener('abort', () => this.#cancel(id), { once: true });
      const asked = { kind: 'request', id, method: type.method, parameters } as const;
      this.#api.postMessage(onProgress ? { ...asked, progress: true } : asked);
    });
  }

  on<P>(type: NotificationType<P>, listener: (parameters: P) => void): Disposable {
    const known = this.#news.get(type.method) as Emitter<P> | undefined;
    const emitter = known ?? new Emitter<P>();
    this.#news.set(type.method, emitter as Emitter<never>);
    return emitter.event(listener);
  }

  /** State of another schema is of another version of the extension: as good as none. */
  getState(): PanelState | undefined {
    const state = this.#api.getState() as PanelState | undefined;
    return state?.schema === 1 ? state : undefined;
  }

  setState(state: PanelState): void {
    this.#api.setState(state);
  }

  #cancel(id: number): void {
    const waiting = this.#waiting.get(id);
    if (waiting) {
      this.#waiting.delete(id);
      this.#api.postMessage({ kind: 'cancel', id });
      waiting.reject(cancelled());
    }
  }

  #receive(message: HostMessage): void {
    switch (message.kind) {
      case 'result':
        this.#take(message.id)?.resolve(message.result);
        break;
      case 'failure':
        this.#take(message.id)?.reject(fromErrorShape(message.error));
        break;
      case 'progress':
        this.#waiting.get(message.id)?.onProgress?.(message.progress);
        break;
      case 'news':
        (this.#news.get(message.method) as Emitter<unknown> | undefined)?.fire(message.parameters);
        break;
      case 'refresh':
        this.#isOffline = false;
        this.#refresh.fire();
        break;
      case 'offline':
        this.#isOffline = true;
        this.#offline.fire(message.message);
        break;
      case 'dataChanged':
        this.#dataChanged.fire();
        break;
      case 'show':
        this.#show.fire(message.tab);
        break;
    }
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}
