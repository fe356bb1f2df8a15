import net from 'node:net';
import {
  CancellationTokenSource,
  createMessageConnection,
  type MessageConnection,
  ProgressType,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import { deferred } from '../base/async.ts';
import { cancelled, type ErrorShape, fromErrorShape } from '../base/errors.ts';
import type { Disposable } from '../base/lifecycle.ts';
import type { NotificationType, Progress, RequestType, WireParameters } from '../protocol/rpc.ts';
import { serviceWentAway } from './errors.ts';

export interface SendOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** One live connection to a service. Requests under way fail with `service.wentAway` when it closes. */
export class ServiceConnection implements Disposable {
  readonly #connection: MessageConnection;
  readonly #socket: net.Socket;
  readonly #closed = deferred<void>();
  readonly #gone = new AbortController();
  /** Resolves when the connection has closed, from either end. */
  readonly closed: Promise<void> = this.#closed.promise;
  #nextProgress = 1;

  constructor(socket: net.Socket) {
    this.#socket = socket;
    this.#connection = createMessageConnection(
      new StreamMessageReader(socket),
      new StreamMessageWriter(socket),
    );
    this.#connection.onError(() => undefined);
    this.#connection.onClose(() => this.#close());
    socket.once('error', () => this.#close());
    this.#connection.listen();
  }

  get isClosed(): boolean {
    return this.#gone.signal.aborted;
  }

  async send<Parameters, Result>(
    type: RequestType<Parameters, Result>,
    parameters: Parameters,
    options: SendOptions = {},
  ): Promise<Result> {
    if (this.isClosed) {
      throw serviceWentAway();
    }
    if (options.signal?.aborted) {
      throw cancelled();
    }
    const cancellation = new CancellationTokenSource();
    const cancel = () => cancellation.cancel();
    options.signal?.addEventListener('abort', cancel);
    const { progress, subscription } = this.#progress(options.onProgress);
    const wire: WireParameters = progress === undefined ? { parameters } : { parameters, progress };
    try {
      const reply = this.#connection.sendRequest<Result>(type.method, wire, cancellation.token);
      return await Promise.race([reply, this.#rejectWhenGone(reply)]);
    } catch (error) {
      throw this.#named(error);
    } finally {
      options.signal?.removeEventListener('abort', cancel);
      subscription?.dispose();
      cancellation.dispose();
    }
  }

  on<Parameters>(type: NotificationType<Parameters>, listener: (parameters: Parameters) => void): Disposable {
    return this.#connection.onNotification(type.method, listener);
  }

  /** Every notification that no `on` listens to. */
  onNotification(listener: (method: string, parameters: unknown) => void): Disposable {
    return this.#connection.onNotification(listener);
  }

  dispose(): void {
    this.#close();
  }

  #progress(listener: SendOptions['onProgress']): { progress?: number; subscription?: Disposable } {
    if (!listener) {
      return {};
    }
    const progress = this.#nextProgress++;
    return {
      progress,
      subscription: this.#connection.onProgress(new ProgressType<Progress>(), progress, listener),
    };
  }

  /** Never resolves; rejects when the connection closes first. The listener leaves with the reply. */
  #rejectWhenGone(reply: Promise<unknown>): Promise<never> {
    return new Promise((_, reject) => {
      const fail = () => reject(serviceWentAway());
      const leave = () => this.#gone.signal.removeEventListener('abort', fail);
      this.#gone.signal.addEventListener('abort', fail, { once: true });
      reply.then(leave, leave);
    });
  }

  #named(error: unknown): unknown {
    if (error instanceof ResponseError && isErrorShape(error.data)) {
      return fromErrorShape(error.data);
    }
    return this.isClosed ? serviceWentAway() : error;
  }

  #close(): void {
    if (this.isClosed) {
      return;
    }
    this.#gone.abort();
    this.#connection.dispose();
    this.#socket.destroy();
    this.#closed.resolve();
  }
}

/** Rejects with the system's error when nobody listens there. */
export function connect(address: string): Promise<ServiceConnection> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(address);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      resolve(new ServiceConnection(socket));
    });
  });
}

function isErrorShape(data: unknown): data is ErrorShape {
  return typeof data === 'object' && data !== null && 'code' in data && 'message' in data;
}
