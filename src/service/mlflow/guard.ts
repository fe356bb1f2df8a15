import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** What a request came for, once it has shown that it may. */
export interface Admitted {
  /** The path and query behind the secret. */
  readonly url: string;
  /** From `…/<secret>/run/<run>/…`. */
  readonly runId?: string;
}

export interface Refused {
  readonly status: 403 | 404;
  readonly message: string;
}

/**
 * A loopback port is open to every program and, through a browser, to every web page. So:
 * the secret must be in the path; `Host` must be ours, against DNS rebinding; and whatever a page sends
 * carries `Origin`, which no client of ours does. Without a secret, only the latter two stand.
 */
export function admit(
  request: IncomingMessage,
  secret: string | undefined,
  port: number,
): Admitted | Refused {
  if (!isOwnHost(request.headers.host, port)) {
    return { status: 403, message: 'Invalid Host header - possible DNS rebinding attack detected' };
  }
  if (request.headers.origin !== undefined) {
    return { status: 403, message: 'Cross-origin request blocked' };
  }
  const [, given, behind] = /^\/([^/?]*)(.*)$/s.exec(request.url ?? '') ?? [];
  if (given === undefined || (secret !== undefined && !isSecret(given, secret))) {
    return { status: 404, message: 'Not found' };
  }
  const match = /^(?:\/run\/([a-zA-Z0-9][\w-]{0,255})(?=[/?]|$))?(\/[^?]*)?(\?.*)?$/.exec(
    secret === undefined ? request.url! : behind!,
  );
  if (!match) {
    return { status: 404, message: 'Not found' };
  }
  const [, runId, path, query] = match;
  return { url: `${path ?? '/'}${query ?? ''}`, ...(runId !== undefined && { runId }) };
}

function isOwnHost(host: string | undefined, port: number): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].some((name) => host?.toLowerCase() === `${name}:${port}`);
}

function isSecret(given: string, secret: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(secret);
  return a.length === b.length && timingSafeEqual(a, b);
}
