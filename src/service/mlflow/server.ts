import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Disposable } from '../../base/lifecycle.ts';
import { toDisposable } from '../../base/lifecycle.ts';
import type { RunStore } from '../experiments/store.ts';
import { unsafePath } from '../experiments/storeErrors.ts';
import type { Log } from '../log.ts';
import type { ModelStore } from '../models/store.ts';
import type { TraceStore } from '../traces/store.ts';
import { ArtifactProxy, type ArtifactProxyOptions } from './artifactProxy.ts';
import { decode, parseJson } from './decode.ts';
import {
  badRequest,
  endpointNotFound,
  errorReply,
  methodNotAllowed,
  portNotFree,
  wrongContentType,
} from './errors.ts';
import { optional } from './fields.ts';
import { GroupCommit } from './groupCommit.ts';
import { admit } from './guard.ts';
import type { Call, Route } from './route.ts';
import { multipartPaths, refuseMultipart, routes } from './routes.ts';
import { type ChosenExperiments, RunScope } from './runScope.ts';

export interface TrackingServerOptions extends ArtifactProxyOptions {
  readonly store: RunStore;
  readonly models: ModelStore;
  readonly traces: TraceStore;
  readonly artifactRoot: string;
  /** The folder of the scripts, to know them again. */
  readonly workspace?: string;
  /** Unguessable, and fit for a path. Without one the address is open to whoever reaches the port. */
  readonly secret?: string;
  /** Taken when it is free, so that scripts under way find us again after a restart. */
  readonly port?: number;
  /** No other port will do: `mlflow.portTaken` when it is not free. */
  readonly onlyThatPort?: boolean;
  readonly log: Log;
}

export interface TrackingServer extends Disposable {
  readonly port: number;
  /** What a client takes as its tracking address: loopback, port and secret path. */
  readonly uri: string;
  /** The address for the process of one run that the Workbench started: see `runScope.ts`. */
  uriForRun(runId: string): string;
  /** Scripts that are connected: a client keeps its connection while its process lives. */
  readonly connections: number;
  /** Milliseconds since the epoch; 0 before the first request. */
  lastRequestTime(): number;
}

/** Answered on GET /version. Below 3.4, so that clients send traces as JSON and not as protocol buffers. */
const answeredVersion = '3.3.0+mlops.workbench';

const megabyte = 1_000_000;

/** Messages are checked by `decode`. Fastify would load its two schema compilers at every start, and never use them. */
const noSchemas = { buildValidator: refuseSchema, buildSerializer: refuseSchema };

function refuseSchema(): never {
  throw new Error('No route of the tracking server declares a schema');
}

/** Where every route lies; `/api/3.0` and both versions under `/ajax-api` are other names of the same. */
const mountPoint = '/api/2.0';
const otherMountPoints = /^\/(?:ajax-)?api\/[23]\.0(?=\/)/;
const messages = `${mountPoint}/mlflow/`;

/** MLflow's REST API on 127.0.0.1, under a secret path. */
export async function createTrackingServer(options: TrackingServerOptions): Promise<TrackingServer> {
  const artifacts = new ArtifactProxy(options.artifactRoot, options);
  await artifacts.prepare();
  const gate = new Gate(options.secret, options.store);
  const app = fastify({
    bodyLimit: 64 * megabyte,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 10_000 },
    rewriteUrl: ({ url }) => url!.replace(otherMountPoints, mountPoint),
    // An address that cannot be read reaches no route and no handler of errors.
    frameworkErrors: (error, _request, reply) => {
      const { status, body } = errorReply(badRequest(error.message));
      void send((reply as FastifyReply).code(status), body);
    },
    schemaController: { compilersFactory: noSchemas },
    serverFactory: (handler) => gate.createServer(handler),
  });
  answerErrors(app, options.log);
  const { store, models, traces, artifactRoot, workspace } = options;
  const { origin } = options;
  const more = { ...(workspace && { workspace }), ...(origin && { origin }) };
  const writes = new GroupCommit(store);
  serveMessages(app, { store, models, traces, writes, artifactRoot, ...more }, gate);
  serveArtifacts(app, artifacts);
  serveRest(app);
  const port = await listen(app, options);
  gate.port = port;
  const uri = ['http://127.0.0.1:', port, options.secret && `/${options.secret}`].join('');
  return {
    port,
    uri,
    uriForRun: (runId) => `${uri}/run/${runId}`,
    get connections() {
      return gate.connections;
    },
    lastRequestTime: () => gate.lastRequestTime,
    ...toDisposable(() => {
      void app.close();
      app.server.closeAllConnections();
    }),
  };
}

/** Stands before everything else: nothing that is refused here reaches a parser or a route. */
class Gate {
  readonly #secret: string | undefined;
  readonly #store: RunStore;
  readonly #chosen: ChosenExperiments = new Map();
  readonly #scopes = new WeakMap<IncomingMessage, RunScope>();
  port = 0;
  lastRequestTime = 0;
  connections = 0;

  constructor(secret: string | undefined, store: RunStore) {
    this.#secret = secret;
    this.#store = store;
  }

  createServer(handler: (request: IncomingMessage, response: ServerResponse) => void): http.Server {
    const server = http.createServer({ noDelay: true, keepAlive: true }, (request, response) => {
      const outcome = admit(request, this.#secret, this.port);
      response.setHeader('x-content-type-options', 'nosniff');
      if ('status' in outcome) {
        response.writeHead(outcome.status, { 'content-type': 'text/plain', connection: 'close' });
        response.end(outcome.message);
        return;
      }
      this.lastRequestTime = Date.now();
      request.url = outcome.url;
      if (outcome.runId !== undefined) {
        this.#scopes.set(request, new RunScope(this.#store, this.#chosen, outcome.runId));
      }
      handler(request, response);
    });
    server.on('connection', (socket) => {
      this.connections += 1;
      socket.once('close', () => {
        this.connections -= 1;
      });
    });
    // Clients keep connections for minutes; one closed at the wrong instant would cost them a retry.
    server.keepAliveTimeout = 10 * 60_000;
    // An upload of many gigabytes takes its time.
    server.requestTimeout = 0;
    return server;
  }

  scopeOf(request: IncomingMessage): RunScope | undefined {
    return this.#scopes.get(request);
  }
}

function serveMessages(app: FastifyInstance, common: Call, gate: Gate): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, parseJson(body as string));
    } catch (error) {
      done(error as Error);
    }
  });
  const answer = async ({ request, reply, route, sent }: Asked) => {
    const scope = gate.scopeOf(request.raw);
    return send(reply, await route.answer(sent, scope ? { ...common, scope } : common));
  };
  const exact = new Map<string, Route>();
  for (const route of routes) {
    if (!route.path.includes(':')) {
      exact.set(`${route.method} ${route.path}`, route);
      continue;
    }
    app.route({
      method: route.method,
      url: `${messages}${route.path}`,
      handler: (request, reply) => {
        const sent = withParameters(messageOf(request), request.params as object);
        return answer({ request, reply, route, sent });
      },
    });
  }
  // All that are known by their whole path are one route of the framework: to add each takes it longer than to find it.
  app.route<{ Params: { '*': string } }>({
    method: ['GET', 'POST', 'PATCH', 'DELETE'],
    url: `${messages}*`,
    handler: (request, reply) => {
      const route = exact.get(`${request.method} ${request.params['*']}`);
      if (!route) {
        throw noRoute(request);
      }
      return answer({ request, reply, route, sent: messageOf(request) });
    },
  });
}

interface Asked {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly route: Route;
  readonly sent: unknown;
}

function messageOf(request: FastifyRequest): unknown {
  return request.method === 'GET' ? request.query : jsonBody(request);
}

/** What the address says about which one is meant goes before what the message says. */
function withParameters(sent: unknown, parameters: object): unknown {
  return typeof sent === 'object' && !Array.isArray(sent) ? { ...sent, ...parameters } : (sent ?? parameters);
}

/**
 * A page's form cannot send this content type without asking first, and asking is refused.
 * The same goes for the method of a deletion, which may come without a body.
 */
function jsonBody(request: FastifyRequest): unknown {
  if (request.method === 'DELETE' && request.body === undefined) {
    return {};
  }
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '')) {
    throw wrongContentType();
  }
  return request.body;
}

const listFolder = z.object({ path: optional });

function serveArtifacts(app: FastifyInstance, artifacts: ArtifactProxy): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    const base = `${mountPoint}/mlflow-artifacts`;
    const files = `${base}/artifacts/`;
    scope.put(`${files}*`, async (request, reply) =>
      send(reply, await artifacts.put(pathOf(request, files), request.raw)),
    );
    scope.get(`${files}*`, async (request, reply) => {
      const { stream, headers } = await artifacts.get(pathOf(request, files));
      return reply.headers(headers).send(stream);
    });
    scope.delete(`${files}*`, async (request, reply) =>
      send(reply, await artifacts.delete(pathOf(request, files))),
    );
    scope.get(`${base}/artifacts`, async (request, reply) =>
      send(reply, await artifacts.list(decode(listFolder, request.query).path ?? '')),
    );
    for (const path of multipartPaths) {
      scope.route({ method: ['GET', 'POST'], url: `${base}/${path}`, handler: refuseMultipart });
    }
  });
}

function serveRest(app: FastifyInstance): void {
  app.get('/health', (_request, reply) => reply.type('text/plain').send('OK'));
  app.get('/version', (_request, reply) => reply.type('text/plain').send(answeredVersion));
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    scope.post('/v1/traces', (_request, reply) =>
      reply.code(501).send({ detail: 'REST OTLP span logging is not supported by MLOps Workbench' }),
    );
  });
}

function answerErrors(app: FastifyInstance, log: Log): void {
  app.setErrorHandler((error, request, reply) => {
    const { status, body, unexpected } = errorReply(asOurs(error));
    if (unexpected) {
      const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
      log.write('error', 'mlflow', `${request.method} ${request.originalUrl.split('?')[0]} failed: ${stack}`);
    }
    void reply.code(status);
    return send(reply, body);
  });
  app.setNotFoundHandler((request) => {
    throw noRoute(request);
  });
}

/** Also for a route with a part that the framework found too long for it. */
function noRoute({ method, originalUrl }: FastifyRequest): Error {
  const path = originalUrl.split('?')[0]!;
  const below = path.replace(otherMountPoints, mountPoint);
  const methods = knownPaths.filter(({ pattern }) => pattern.test(below)).map((known) => known.method);
  if (methods.length === 0) {
    return endpointNotFound(path);
  }
  return methods.some((known) => known === method)
    ? badRequest('A part of the address is too long.')
    : methodNotAllowed(method, path);
}

/** What the HTTP framework itself finds wrong with a request. */
function asOurs(error: unknown): unknown {
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  if (typeof code !== 'string' || !code.startsWith('FST_') || Number(statusCode) >= 500) {
    return error;
  }
  return code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE' ? wrongContentType() : badRequest(String(error));
}

const knownPaths = [
  { method: 'GET', pattern: /^\/(health|version)$/ },
  ...routes.map(({ method, path }) => ({
    method,
    pattern: new RegExp(`^${messages}${path.replace(/:\w+/g, '[^/]+')}$`),
  })),
];

/** From the address as it was sent, decoded exactly once; a plus is a plus. */
function pathOf(request: FastifyRequest, files: string): string {
  const path = request.raw.url!.split('?')[0]!;
  if (!path.startsWith(files)) {
    throw endpointNotFound(path);
  }
  try {
    return decodeURIComponent(path.slice(files.length));
  } catch {
    throw unsafePath(path);
  }
}

/** One string with its length: head and body leave in one segment. */
function send(reply: FastifyReply, body: object): FastifyReply {
  return reply.type('application/json').send(JSON.stringify(body));
}

async function listen(
  app: FastifyInstance,
  { port: preferred, onlyThatPort }: TrackingServerOptions,
): Promise<number> {
  await app.ready();
  for (const port of preferred === undefined ? [0] : [preferred, 0]) {
    try {
      await app.listen({ host: '127.0.0.1', port });
      return (app.server.address() as AddressInfo).port;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (port === 0 || (code !== 'EADDRINUSE' && code !== 'EACCES')) {
        throw error;
      }
      if (onlyThatPort) {
        throw portNotFree(port, code);
      }
    }
  }
  throw new Error('no port is free on 127.0.0.1');
}
