import path from 'node:path';
import process from 'node:process';
import { type Attached, attach } from '../attach/attach.ts';
import type { SendOptions, ServiceConnection } from '../attach/connection.ts';
import { wentAwayCode } from '../attach/errors.ts';
import { cancelled, hasCode } from '../base/errors.ts';
import { Emitter, type Event } from '../base/event.ts';
import { type Disposable, toDisposable } from '../base/lifecycle.ts';
import type { NotificationType, RequestType } from '../protocol/rpc.ts';
import type { TrackingOptions } from '../protocol/service.ts';

/** A service that was just leaving, or was started by two at once, is there at the next attempt. */
const attempts = 3;

/** The terminal's end of the folder's service: attaches with the first request, and again when the service died. */
export class Session implements Disposable {
  readonly #workspace: string;
  readonly #version: string;
  readonly #say: (sentence: string) => void;
  readonly #lost = new Emitter<void>();
  readonly #listeners = new Map<string, Set<(parameters: never) => void>>();
  readonly onDidLose: Event<void> = this.#lost.event;
  /** For a service that this terminal starts. */
  tracking: TrackingOptions = {};
  #attached: Promise<Attached> | undefined;
  #disposed = false;

  constructor(workspace: string, version: string, say: (sentence: string) => void) {
    this.#workspace = workspace;
    this.#version = version;
    this.#say = say;
  }

  async send<Parameters, Result>(
    type: RequestType<Parameters, Result>,
    parameters: Parameters,
    options?: SendOptions,
  ): Promise<Result> {
    const { connection } = await this.attached();
    return connection.send(type, parameters, options);
  }

  async attached(): Promise<Attached> {
    if (this.#disposed) {
      throw cancelled();
    }
    this.#attached ??= this.#attach();
    return this.#attached;
  }

  /** Gives the connection away: what becomes of it is the caller's business. */
  async release(): Promise<ServiceConnection> {
    const { connection } = await this.attached();
    this.#attached = undefined;
    this.#disposed = true;
    return connection;
  }

  /** Stays through restarts of the service. */
  on<Parameters>(type: NotificationType<Parameters>, listen: (parameters: Parameters) => void): Disposable {
    const listeners = this.#listeners.get(type.method) ?? new Set();
    this.#listeners.set(type.method, listeners);
    listeners.add(listen as (parameters: never) => void);
    return toDisposable(() => listeners.delete(listen as (parameters: never) => void));
  }

  dispose(): void {
    this.#disposed = true;
    void this.#attached?.then(({ connection }) => connection.dispose()).catch(() => undefined);
  }

  async #attach(): Promise<Attached> {
    try {
      const attached = await this.#tryToAttach(attempts);
      attached.connection.onNotification((method, parameters) => {
        for (const listen of [...(this.#listeners.get(method) ?? [])]) {
          listen(parameters as never);
        }
      });
      void attached.connection.closed.then(() => this.#connectionClosed());
      return attached;
    } catch (error) {
      this.#attached = undefined;
      throw error;
    }
  }

  async #tryToAttach(left: number): Promise<Attached> {
    try {
      return await attach({
        workspace: this.#workspace,
        program: serviceProgram(),
        client: 'terminal',
        version: this.#version,
        tracking: this.tracking,
      });
    } catch (error) {
      if (left > 1 && wasLeaving(error)) {
        return this.#tryToAttach(left - 1);
      }
      throw error;
    }
  }

  #connectionClosed(): void {
    this.#attached = undefined;
    if (!this.#disposed) {
      this.#say('The MLOps service stopped; attaching again. Runs go on meanwhile.');
      this.#lost.fire();
    }
  }
}

/** The build lays `service/` beside `cli/`. */
function serviceProgram() {
  return { node: process.execPath, script: path.join(import.meta.dirname, '..', 'service', 'main.cjs') };
}

function wasLeaving(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return (
    hasCode(error, wentAwayCode) || ['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE'].includes(code ?? '')
  );
}
