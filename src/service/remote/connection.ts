import { createReadStream } from 'node:fs';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import { errorShape } from '../../base/errors.ts';
import { type Disposable, toDisposable } from '../../base/lifecycle.ts';
import type { RemoteCredentials } from '../../protocol/remote.ts';
import { hostOf } from './address.ts';
import { forbidden, notMlflow, RemoteRefusal, serverBusy, signInNeeded, unreachable } from './errors.ts';

export interface RequestBody {
  readonly type: string;
  readonly bytes: number;
  open(): Readable | string;
}

interface Answer {
  readonly status: number;
  readonly response: IncomingMessage;
}

/** A server that says nothing for so long is away. */
const patienceMilliseconds = 60_000;
/** More than any page of runs; what is longer is not MLflow's. */
const longestReply = 256_000_000;

/**
 * HTTP to the one configured server: the only place of the Workbench that reaches beyond this machine.
 * Every failure is one of the named errors; credentials go into a header and nowhere else.
 */
export class RemoteConnection implements Disposable {
  readonly address: string;
  readonly #agent: http.Agent;
  readonly #request: typeof http.request;
  readonly #disposable: Disposable;
  #credentials: RemoteCredentials | undefined;

  constructor(address: string, credentials: RemoteCredentials | undefined) {
    this.address = address;
    this.#credentials = credentials;
    const library = address.startsWith('https:') ? https : http;
    const agent = new library.Agent({ keepAlive: true, maxSockets: 8 });
    this.#agent = agent;
    this.#request = library.request;
    this.#disposable = toDisposable(() => agent.destroy());
  }

  set credentials(credentials: RemoteCredentials | undefined) {
    this.#credentials = credentials;
  }

  get host(): string {
    return hostOf(this.address);
  }

  /** The JSON object that a request below the address answers. */
  async json(method: string, path: string, message?: object): Promise<unknown> {
    const text = message && JSON.stringify(message);
    const body = text && { type: 'application/json', bytes: Buffer.byteLength(text), open: () => text };
    const { response } = await this.#send(method, path, body || undefined);
    return this.#parse(await this.#read(response));
  }

  async text(path: string): Promise<string> {
    const { response } = await this.#send('GET', path);
    return (await this.#read(response)).slice(0, 200).trim();
  }

  async upload(path: string, file: string, bytes: number): Promise<void> {
    const body = { type: 'application/octet-stream', bytes, open: () => createReadStream(file) };
    const { response } = await this.#send('PUT', path, body);
    await this.#read(response);
  }

  /** The body, to be read to its end by the caller. */
  async download(path: string): Promise<Readable> {
    return (await this.#send('GET', path)).response;
  }

  dispose(): void {
    this.#disposable.dispose();
  }

  async #send(method: string, path: string, body?: RequestBody): Promise<Answer> {
    const answer = await this.#exchange(method, path, body);
    if (answer.status >= 200 && answer.status < 300) {
      return answer;
    }
    throw this.#failure(answer.status, await this.#read(answer.response).catch(() => ''));
  }

  #exchange(method: string, path: string, body?: RequestBody): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const away = (error: unknown) => reject(unreachable(this.host, reasonOf(error), error));
      const request = this.#request(`${this.address}${path}`, {
        method,
        agent: this.#agent,
        headers: {
          accept: 'application/json',
          'user-agent': 'mlops-workbench',
          ...this.#authorization(),
          ...(body && { 'content-type': body.type, 'content-length': String(body.bytes) }),
        },
      });
      request.setTimeout(patienceMilliseconds, () => request.destroy(new Error('it does not answer')));
      request.once('error', away);
      request.once('response', (response) => resolve({ status: response.statusCode!, response }));
      const content = body?.open();
      if (content === undefined || typeof content === 'string') {
        request.end(content);
      } else {
        content.once('error', (error) => request.destroy(error));
        content.pipe(request);
      }
    });
  }

  #authorization(): { authorization?: string } {
    const credentials = this.#credentials;
    if (!credentials) {
      return {};
    }
    return {
      authorization:
        'token' in credentials
          ? `Bearer ${credentials.token}`
          : `Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}`,
    };
  }

  async #read(response: IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    let length = 0;
    try {
      for await (const chunk of response) {
        length += (chunk as Buffer).length;
        if (length > longestReply) {
          response.destroy();
          throw notMlflow(this.host, 'its reply does not end');
        }
        chunks.push(chunk as Buffer);
      }
    } catch (error) {
      throw errorShape(error).code.startsWith('remote.')
        ? error
        : unreachable(this.host, reasonOf(error), error);
    }
    return Buffer.concat(chunks).toString('utf8');
  }

  #parse(text: string): unknown {
    const value = parsed(text);
    if (typeof value !== 'object' || value === null) {
      throw notMlflow(this.host, 'it does not answer in JSON');
    }
    return value;
  }

  #failure(status: number, text: string): Error {
    const { error_code: code, message } = (parsed(text) ?? {}) as { error_code?: unknown; message?: unknown };
    const sentence = typeof message === 'string' ? message.slice(0, 1000) : '';
    if (status === 401) {
      return signInNeeded(this.host, this.#credentials !== undefined);
    }
    if (status === 403) {
      return forbidden(this.host, sentence);
    }
    return this.#answerOf(status, typeof code === 'string' ? code : undefined, sentence);
  }

  /** Of what is neither a success nor about who asks. */
  #answerOf(status: number, code: string | undefined, sentence: string): Error {
    if (status >= 300 && status < 400) {
      return notMlflow(this.host, `it sends everybody elsewhere, with status ${status}`);
    }
    if (status === 404 && code === undefined) {
      return notMlflow(this.host, 'it knows nothing of the paths of MLflow');
    }
    const mayPass = status === 408 || status === 429 || (status >= 500 && status !== 501);
    return mayPass
      ? serverBusy(this.host, status)
      : new RemoteRefusal(code ?? `HTTP_${status}`, sentence || `status ${status}`);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection broke',
  EPIPE: 'the connection broke',
  ENOTFOUND: 'there is no host of this name',
  EAI_AGAIN: 'its name could not be looked up',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no network',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by nobody this machine trusts',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is signed by nobody this machine trusts',
  CERT_HAS_EXPIRED: 'its certificate has expired',
};

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return reasons[code ?? ''] ?? message ?? String(error);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
