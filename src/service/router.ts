import type { MessageConnection } from 'vscode-jsonrpc/node';
import { CancellationToken, ProgressType, ResponseError } from 'vscode-jsonrpc/node';
import { cancelledErrorCode, errorShape, unexpectedErrorCode } from '../base/errors.ts';
import { Emitter, type Event } from '../base/event.ts';
import {
  type NamedErrorData,
  type NotificationType,
  namedErrorCode,
  type Progress,
  type RequestType,
  type WireParameters,
} from '../protocol/rpc.ts';
import type { Log } from './log.ts';

/** What a handler gets beside its parameters. */
export interface RequestContext {
  /** Aborted when the asker cancels or goes away. */
  readonly signal: AbortSignal;
  report(progress: Progress): void;
}

export type Handler<Parameters, Result> = (
  parameters: Parameters,
  context: RequestContext,
) => Result | Promise<Result>;

/** The one place where requests find their handler and where what is thrown becomes a reply. */
export class Router {
  readonly #handlers = new Map<string, Handler<never, unknown>>();
  readonly #connections = new Set<MessageConnection>();
  readonly #connectionsChanged = new Emitter<number>();
  readonly #log: Log;
  readonly onConnectionsChanged: Event<number> = this.#connectionsChanged.event;

  constructor(log: Log) {
    this.#log = log;
  }

  get connections(): number {
    return this.#connections.size;
  }

  on<Parameters, Result>(type: RequestType<Parameters, Result>, handler: Handler<Parameters, Result>): void {
    if (this.#handlers.has(type.method)) {
      throw new Error(`Two handlers for ${type.method}`);
    }
    this.#handlers.set(type.method, handler as Handler<never, unknown>);
  }

  /** Tells every window and terminal. */
  notify<Parameters>(type: NotificationType<Parameters>, parameters: Parameters): void {
    for (const connection of this.#connections) {
      void connection.sendNotification(type.method, parameters).catch(() => undefined);
    }
  }

  /** Serves one connection until it closes. */
  serve(connection: MessageConnection): void {
    const gone = new AbortController();
    connection.onRequest((method: string, wire: unknown, token: CancellationToken) =>
      this.#answer(connection, gone.signal, method, wire as WireParameters, token ?? CancellationToken.None),
    );
    connection.onClose(() => {
      gone.abort();
      this.#connections.delete(connection);
      this.#connectionsChanged.fire(this.#connections.size);
    });
    connection.onError(([error]) => this.#log.write('warning', 'service', `Connection: ${error.message}`));
    this.#connections.add(connection);
    this.#connectionsChanged.fire(this.#connections.size);
    connection.listen();
  }

  async #answer(
    connection: MessageConnection,
    gone: AbortSignal,
    method: string,
    wire: WireParameters,
    token: CancellationToken,
  ): Promise<unknown> {
    const handler = this.#handlers.get(method);
    if (!handler) {
      return new ResponseError(-32_601, `Unknown request ${method}`);
    }
    const asked = new AbortController();
    const subscription = token.onCancellationRequested(() => asked.abort());
    const progress = new ProgressType<Progress>();
    try {
      const result = await handler(wire.parameters as never, {
        signal: AbortSignal.any([asked.signal, gone]),
        report: (value) => {
          if (wire.progress !== undefined) {
            void connection.sendProgress(progress, wire.progress, value).catch(() => undefined);
          }
        },
      });
      return result ?? null;
    } catch (error) {
      return this.#failure(method, error);
    } finally {
      subscription.dispose();
    }
  }

  #failure(method: string, error: unknown): ResponseError<NamedErrorData> {
    const shape = isAbort(error) ? { code: cancelledErrorCode, message: 'Cancelled.' } : errorShape(error);
    if (shape.code === unexpectedErrorCode) {
      const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#log.write('error', 'service', `${method} failed: ${stack}`);
    }
    return new ResponseError(namedErrorCode, shape.message, shape);
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
