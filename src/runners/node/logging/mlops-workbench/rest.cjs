'use strict';
const fs = require('node:fs');
const http = require('node:http');
const https = require('node:https');
const { pipeline } = require('node:stream/promises');
const { setTimeout: pause } = require('node:timers/promises');
const { warnOnce } = require('./errors.cjs');

const longestPause = 5_000;

/** How long a service that is away (it may be restarting) is waited for, in milliseconds. */
function patience() {
  return Number(process.env.MLOPS_TRACKING_PATIENCE ?? 300) * 1000;
}

/** The server has understood and says no; asking again would not help. */
class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Nobody answered within the patience. */
class Unreachable extends Error {}

class Server {
  /** @param {string} uri */
  constructor(uri) {
    this.base = new URL(uri);
    this.transport = this.base.protocol === 'https:' ? https : http;
    this.agent = new this.transport.Agent({ keepAlive: true, maxSockets: 2, noDelay: true });
    this.isLost = false;
  }

  /** The reply of an endpoint below `/api/2.0/mlflow/`. */
  async call(method, endpoint, message) {
    const body = message === undefined ? undefined : Buffer.from(JSON.stringify(message));
    const headers = body ? { 'content-type': 'application/json', 'content-length': body.length } : {};
    const text = await this.#persist(() =>
      this.#once(method, `/api/2.0/mlflow/${endpoint}`, headers, (request) => request.end(body)),
    );
    return JSON.parse(text || '{}');
  }

  async putFile(artifactPath, { text, file }) {
    const path = artifactPath.split('/').map(encodeURIComponent).join('/');
    await this.#persist(() => {
      const size = file === undefined ? Buffer.byteLength(text) : fs.statSync(file).size;
      return this.#once(
        'PUT',
        `/api/2.0/mlflow-artifacts/artifacts/${path}`,
        { 'content-length': size },
        (request) =>
          file === undefined
            ? request.end(text)
            : pipeline(fs.createReadStream(file), request).catch(() => undefined),
      );
    });
    return {};
  }

  warnLost(reason) {
    // Host and port only: the path of the address is a secret.
    warnOnce(
      `the tracking server at ${this.base.host} does not answer (${reason}). ` +
        'The script goes on; what it logs meanwhile is not recorded.',
    );
  }

  async #persist(attempt) {
    const deadline = Date.now() + (this.isLost ? 0 : patience());
    for (let wait = 0; ; wait = Math.min(Math.max(50, wait * 2), longestPause)) {
      try {
        const result = await attempt();
        this.isLost = false;
        return result;
      } catch (error) {
        if (error instanceof Refused) {
          throw error;
        }
        if (Date.now() + wait >= deadline) {
          this.isLost = true;
          throw new Unreachable(error.code ?? error.message);
        }
        await pause(wait);
      }
    }
  }

  #once(method, path, headers, send) {
    return new Promise((resolve, reject) => {
      const options = {
        method,
        agent: this.agent,
        hostname: this.base.hostname,
        port: this.base.port,
        path: this.base.pathname.replace(/\/$/, '') + path,
        headers,
        timeout: 60_000,
      };
      const request = this.transport.request(options, (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          settle(response.statusCode, Buffer.concat(chunks).toString(), resolve, reject),
        );
      });
      request.on('timeout', () => request.destroy(new Error('no answer within a minute')));
      request.on('error', reject);
      send(request);
    });
  }
}

function settle(status, text, resolve, reject) {
  if (status < 300) {
    resolve(text);
  } else if ((status >= 500 && status !== 501) || status === 408 || status === 429) {
    reject(new Error(`status ${status}`));
  } else {
    reject(new Refused(status, sentenceOf(status, text)));
  }
}

function sentenceOf(status, text) {
  try {
    return JSON.parse(text).message;
  } catch {
    return `The tracking server answered with status ${status}.`;
  }
}

module.exports = { Refused, Server, Unreachable };
