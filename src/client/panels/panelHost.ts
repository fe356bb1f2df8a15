import * as vscode from 'vscode';
import type { SendOptions } from '../../attach/connection.ts';
import { errorShape } from '../../base/errors.ts';
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
import type { Progress, RequestType } from '../../protocol/rpc.ts';
import { restrictedMode } from '../errors.ts';
import type { ServiceClient, ServiceState } from '../service/serviceClient.ts';
import { pageHtml, pageRoot } from './html.ts';

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

type PageRequest = Extract<PageMessage, { kind: 'request' }>;

interface Call {
  readonly abort: AbortController;
  /** The request whose answer it is: another one once a page that came back has asked the same. */
  asked: PageRequest;
}

/**
 * The client's end of one page: forwards the requests of the panel's contract and nothing else.
 * The page may be destroyed and made again at any moment; it begins with `panel/ready`.
 */
export class PanelHost implements Disposable {
  readonly subject: PanelSubject;
  readonly #options: PanelHostOptions;
  readonly #disposables = new DisposableStore();
  readonly #underWay = new Map<number, Call>();
  /** Asked by a page that is gone; one that comes back and asks the same waits for the same answer. */
  #orphans: Call[] = [];
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
    this.#disposables.add(view.webview.onDidReceiveMessage((message: PageMessage) => this.#receive(message)));
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
    for (const { abort } of [...this.#underWay.values(), ...this.#orphans]) {
      abort.abort();
    }
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

  #receive(message: PageMessage): void {
    if (message.kind === 'cancel') {
      this.#underWay.get(message.id)?.abort.abort();
    } else {
      void this.#answer(message);
    }
  }

  async #answer(asked: PageRequest): Promise<void> {
    if (asked.method === panelReady.method) {
      this.#orphans.push(...this.#underWay.values());
      this.#underWay.clear();
    } else if (this.#adopt(asked)) {
      return;
    }
    const call: Call = { abort: new AbortController(), asked };
    this.#underWay.set(asked.id, call);
    const answer = (message: (id: number) => HostMessage) => {
      if (this.#underWay.get(call.asked.id) === call) {
        this.#post(message(call.asked.id));
      }
    };
    const onProgress = (progress: Progress) => answer((id) => ({ kind: 'progress', id, progress }));
    try {
      const result = await this.#call(asked.method, asked.parameters, {
        signal: call.abort.signal,
        ...(asked.progress && { onProgress }),
      });
      answer((id) => ({ kind: 'result', id, result: result ?? null }));
    } catch (error) {
      answer((id) => ({ kind: 'failure', id, error: errorShape(error) }));
    } finally {
      if (this.#underWay.get(call.asked.id) === call) {
        this.#underWay.delete(call.asked.id);
      }
      this.#orphans = this.#orphans.filter((orphan) => orphan !== call);
    }
  }

  /** Long work goes on while its page is hidden, and is not begun again when the page comes back. */
  #adopt(asked: PageRequest): boolean {
    const key = ({ method, parameters }: PageRequest) => JSON.stringify([method, parameters]);
    const orphan = this.#orphans.find((call) => !call.abort.signal.aborted && key(call.asked) === key(asked));
    if (!orphan) {
      return false;
    }
    this.#orphans = this.#orphans.filter((call) => call !== orphan);
    orphan.asked = asked;
    this.#underWay.set(asked.id, orphan);
    return true;
  }

  async #call(method: string, parameters: unknown, options: SendOptions): Promise<unknown> {
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
