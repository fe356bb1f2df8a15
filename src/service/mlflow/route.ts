import type { z } from 'zod';
import type { RunOrigin } from '../experiments/experiments.ts';
import type { RunStore } from '../experiments/store.ts';
import type { ModelStore } from '../models/store.ts';
import type { TraceStore } from '../traces/store.ts';
import { decode } from './decode.ts';
import type { GroupCommit } from './groupCommit.ts';
import type { RunScope } from './runScope.ts';

/** What a handler works with: the same for all requests but for the scope. */
export interface Call {
  readonly store: RunStore;
  readonly models: ModelStore;
  readonly traces: TraceStore;
  readonly writes: GroupCommit;
  readonly artifactRoot: string;
  /** Where runs are from that were not made here. */
  readonly origin?: RunOrigin;
  /** Where the scripts are that name themselves in a run's tags. */
  readonly workspace?: string;
  /** The supervised run whose process asks, when it came by that run's own address. */
  readonly scope?: RunScope;
}

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export interface Route {
  readonly method: Method;
  /** Below `/api/2.0/mlflow/`; `:name` stands for a segment, which becomes a field of the message. */
  readonly path: string;
  /** Answers the body of the reply, always an object. */
  answer(received: unknown, call: Call): object | Promise<object>;
}

export function route<Message extends z.ZodType>(
  method: Method,
  path: string,
  message: Message,
  handle: (message: z.output<Message>, call: Call) => object | Promise<object>,
): Route {
  return { method, path, answer: (received, call) => handle(decode(message, received), call) };
}
