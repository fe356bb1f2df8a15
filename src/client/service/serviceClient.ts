import * as vscode from 'vscode';
import type { Attached } from '../../attach/attach.ts';
import type { SendOptions, ServiceConnection } from '../../attach/connection.ts';
import type { ServiceProgram } from '../../attach/start.ts';
import { cancelledErrorCode, errorShape } from '../../base/errors.ts';
import { type Disposable, DisposableStore, toDisposable } from '../../base/lifecycle.ts';
import type { NotificationType, RequestType } from '../../protocol/rpc.ts';
import { logWritten } from '../../protocol/service.ts';
import { placedIn, serviceKeepsStopping, showError } from '../errors.ts';
import { writeServiceEntry } from '../log.ts';

export type ServiceState =
  | { readonly kind: 'idle' | 'connecting' | 'connected' }
  | { readonly kind: 'offline'; readonly message: string };

/** What a service has to know of this window before anything else is asked of it. */
export type Prepare = (
  folder: vscode.WorkspaceFolder,
  connection: Pick<ServiceConnection, 'send'>,
) => Promise<void>;

/** After more losses than these within a minute nothing but the user, or time, starts it again. */
const restartsPerMinute = 3;

/**
 * The editor's end of one folder's service. The first request attaches or starts it;
 * when it dies it is started again and `onDidConnect` tells readers to ask anew.
 */
export class ServiceClient implements Disposable {
  readonly folder: vscode.WorkspaceFolder;
  readonly #program: ServiceProgram;
  readonly #version: string;
  readonly #log: vscode.LogOutputChannel;
  readonly #prepare: Prepare;
  readonly #disposables = new DisposableStore();
  readonly #stateChanged = this.#disposables.add(new vscode.EventEmitter<ServiceState>());
  readonly #connected = this.#disposables.add(new vscode.EventEmitter<void>());
  readonly #listeners = new Set<{ method: string; listen: (parameters: never) => void }>();
  readonly #losses: number[] = [];
  readonly onDidChangeState = this.#stateChanged.event;
  /** Fires after each connection but the first. */
  readonly onDidReconnect = this.#connected.event;
  #state: ServiceState = { kind: 'idle' };
  #attached: Promise<Attached> | undefined;
  #connectedBefore = false;
  #trackingUri: string | undefined;
  #disposed = false;

  constructor(
    folder: vscode.WorkspaceFolder,
    program: ServiceProgram,
    version: string,
    log: vscode.LogOutputChannel,
    prepare: Prepare,
  ) {
    this.folder = folder;
    this.#program = program;
    this.#version = version;
    this.#log = log;
    this.#prepare = prepare;
  }

  /** Where scripts log, as the service last said it. */
  get trackingUri(): string | undefined {
    return this.#trackingUri;
  }

  get state(): ServiceState {
    return this.#state;
  }

  async send<Parameters, Result>(
    type: RequestType<Parameters, Result>,
    parameters: Parameters,
    options?: SendOptions,
  ): Promise<Result> {
    const { connection } = await this.#attach();
    try {
      return await connection.send(type, parameters, options);
    } catch (error) {
      this.#logFailure(error);
      throw placedIn(this.folder, error);
    }
  }

  /** Stays through restarts of the service. */
  on<Parameters>(type: NotificationType<Parameters>, listen: (parameters: Parameters) => void): Disposable {
    const entry = { method: type.method, listen: listen as (parameters: never) => void };
    this.#listeners.add(entry);
    return toDisposable(() => this.#listeners.delete(entry));
  }

  /** Forgets earlier losses and connects anew. */
  async restart(): Promise<void> {
    this.#losses.length = 0;
    const attached = this.#attached;
    this.#attached = undefined;
    (await attached?.catch(() => undefined))?.connection.dispose();
    await this.#attach();
  }

  dispose(): void {
    this.#disposed = true;
    void this.#attached?.then(({ connection }) => connection.dispose()).catch(() => undefined);
    this.#disposables.dispose();
  }

  async #attach(): Promise<Attached> {
    if (!this.#attached && this.#keepsStopping) {
      throw serviceKeepsStopping();
    }
    this.#attached ??= this.#connect();
    return this.#attached;
  }

  get #keepsStopping(): boolean {
    const recent = this.#losses.filter((time) => Date.now() - time < 60_000);
    return recent.length > restartsPerMinute;
  }

  async #connect(): Promise<Attached> {
    this.#setState({ kind: 'connecting' });
    try {
      // What it stands on takes longer to load than all the rest, so it is loaded with the first request.
      const { attach } = await import('../../attach/attach.ts');
      const attached = await attach({
        workspace: this.folder.uri.fsPath,
        program: this.#program,
        client: 'editor',
        version: this.#version,
      });
      this.#subscribe(attached);
      this.#trackingUri = attached.welcome.trackingUri;
      await this.#prepare(this.folder, attached.connection).catch(showError);
      this.#setState({ kind: 'connected' });
      this.#log.info(`Attached to the service of ${this.folder.name}, process ${attached.welcome.processId}`);
      if (this.#connectedBefore) {
        this.#connected.fire();
      }
      this.#connectedBefore = true;
      return attached;
    } catch (error) {
      this.#attached = undefined;
      const { message } = errorShape(error);
      this.#log.error(message);
      this.#setState({ kind: 'offline', message });
      throw error;
    }
  }

  #subscribe(attached: Attached): void {
    const { connection } = attached;
    connection.on(logWritten, (entry) => writeServiceEntry(this.#log, entry));
    connection.onNotification((method, parameters) => {
      for (const { method: wanted, listen } of this.#listeners) {
        if (wanted === method) {
          listen(parameters as never);
        }
      }
    });
    void connection.closed.then(() => this.#lost());
  }

  #lost(): void {
    if (this.#disposed || !this.#attached) {
      return;
    }
    this.#attached = undefined;
    this.#losses.push(Date.now());
    if (this.#keepsStopping) {
      const { message } = serviceKeepsStopping();
      this.#log.error(message);
      this.#setState({ kind: 'offline', message });
      return;
    }
    this.#log.warn('The service stopped; starting it again.');
    void this.#attach().catch(() => undefined);
  }

  #logFailure(error: unknown): void {
    const { code, message } = errorShape(error);
    if (code !== cancelledErrorCode) {
      this.#log.warn(`${message} (${code})`);
    }
  }

  #setState(state: ServiceState): void {
    this.#state = state;
    if (!this.#disposed) {
      this.#stateChanged.fire(state);
    }
  }
}
