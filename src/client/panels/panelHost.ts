import * as vscode from 'vscode';
import type { SendOptions } from '../../attach/connection.ts';
import { type Disposable, DisposableStore } from '../../base/lifecycle.ts';
import {
  type HostMessage,
  type PageMessage,
  type PanelPart,
  type PanelStart,
  type PanelSubject,
  type PanelTarget,
  panelOpen,
  panelReady,
  panels,
  panelTitle,
  writingRequests,
} from '../../protocol/panels.ts';
import type { RequestType } from '../../protocol/rpc.ts';
import { restrictedMode } from '../errors.ts';
import type { ServiceClient, ServiceState } from '../service/serviceClient.ts';
import { pageHtml, pageRoot } from './html.ts';
import { PageCalls, type PageRequest } from './pageCalls.ts';
import { watchFile } from './watchFile.ts';

export interface PanelHostOptions {
  readonly view: vscode.WebviewPanel;
  readonly extension: vscode.Uri;
  readonly client: ServiceClient;
  readonly subject: PanelSubject;
  /** The part to show first. */
  readonly tab?: PanelPart | undefined;
  open(target: PanelTarget): Promise<void>;
  /** Sends what the page asks for; its client does where nothing is to be added. */
  readonly send?: ServiceClient['send'];
  /** Requests that the client answers itself, beside those of all pages. */
  readonly own?: Readonly<Record<string, () => unknown>>;
}

/**
 * The client's end of one page: forwards the requests of the panel's contract and nothing else.
 * The page may be destroyed and made again at any moment; it begins with `panel/ready`.
 */
export class PanelHost implements Disposable {
  readonly subject: PanelSubject;
  readonly #options: PanelHostOptions;
  readonly #disposables = new DisposableStore();
  readonly #calls: PageCalls;
  readonly #own: Readonly<Record<string, (parameters: never) => unknown>> = {
    [panelReady.method]: (): PanelStart => this.#start(),
    [panelOpen.method]: (target: PanelTarget) => this.#options.open(target),
    [panelTitle.method]: ({ title }: { title: string }) => this.#setTitle(title),
  };

  constructor(options: PanelHostOptions) {
    this.#options = options;
    this.subject = options.subject;
    const { view, extension, client, subject } = options;
    view.webview.options = { enableScripts: true, localResourceRoots: [pageRoot(extension)] };
    this.#calls = this.#disposables.add(
      new PageCalls(
        (asked, how) => this.#perform(asked, how),
        (message) => this.#post(message),
      ),
    );
    this.#disposables.add(
      view.webview.onDidReceiveMessage((message: PageMessage) => this.#calls.receive(message)),
    );
    this.#disposables.add(view.onDidDispose(() => this.dispose()));
    for (const { method } of panels[subject.panel].notifications) {
      this.#disposables.add(
        client.on({ kind: 'notification', method }, (parameters) =>
          this.#post({ kind: 'news', method, parameters }),
        ),
      );
    }
    this.#disposables.add(client.onDidReconnect(() => this.#post({ kind: 'refresh' })));
    this.#disposables.add(client.onDidChangeState((state) => this.#tellState(state)));
    // What a version names never changes.
    if (subject.panel === 'profile' && subject.version === undefined) {
      this.#disposables.add(watchFile(subject.data, () => this.#post({ kind: 'dataChanged' })));
    }
    view.webview.html = pageHtml(view.webview, extension, subject.panel);
  }

  get client(): ServiceClient {
    return this.#options.client;
  }

  get column(): vscode.ViewColumn | undefined {
    return this.#options.view.viewColumn;
  }

  reveal(options: { preserveFocus?: boolean; tab?: PanelPart } = {}): void {
    this.#options.view.reveal(undefined, options.preserveFocus);
    if (options.tab) {
      this.#post({ kind: 'show', tab: options.tab });
    }
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #start(): PanelStart {
    this.#tellState(this.#options.client.state);
    const { tab } = this.#options;
    return tab === undefined ? this.subject : { ...this.subject, tab };
  }

  #tellState(state: ServiceState): void {
    if (state.kind === 'offline') {
      this.#post({ kind: 'offline', message: state.message });
    }
  }

  #setTitle(title: string): null {
    this.#options.view.title = title;
    return null;
  }

  async #perform({ method, parameters }: PageRequest, options: SendOptions): Promise<unknown> {
    const own = this.#own[method] ?? this.#options.own?.[method];
    if (own) {
      return own(parameters as never);
    }
    const allowed: readonly RequestType<never, unknown>[] = panels[this.subject.panel].requests;
    const type = allowed.find((each) => each.method === method);
    if (!type) {
      throw new Error(`A ${this.subject.panel} page may not call ${method}`);
    }
    if (!vscode.workspace.isTrusted && writingRequests.some((each) => each.method === method)) {
      throw restrictedMode();
    }
    const { client, send = client.send.bind(client) } = this.#options;
    return send(type, parameters as never, options);
  }

  #post(message: HostMessage): void {
    if (!this.#disposables.isDisposed) {
      void this.#options.view.webview.postMessage(message);
    }
  }
}
