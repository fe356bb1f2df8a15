'use strict';
const { workerData } = require('node:worker_threads');
const { warnOnce } = require('./errors.cjs');
const { Refused, Server, Unreachable } = require('./rest.cjs');

const limits = { metrics: 1000, params: 100, tags: 100 };
const { uri, counters, port } = workerData;
const server = new Server(uri);

/** @type {{ runId: string, kind: string, content: any }[]} */
const queue = [];
let isSending = false;

port.on('message', ({ items, call }) => {
  if (call) {
    void answer(call);
    return;
  }
  queue.push(...items);
  if (!isSending) {
    isSending = true;
    void sendQueued();
  }
});

/** There is no timer: what is queued while one request is under way goes into the next. */
async function sendQueued() {
  while (queue.length > 0) {
    const batch = queue.splice(0, batchLength(queue));
    await deliver(batch);
    Atomics.add(counters, 0, batch.length);
    Atomics.notify(counters, 0);
  }
  isSending = false;
}

/** Neighbours of one run that fit into one request; or one update of a run, alone. */
function batchLength(items) {
  const counts = { metrics: 0, params: 0, tags: 0 };
  let length = 0;
  for (const item of items) {
    const fits =
      length < limits.metrics &&
      item.kind !== 'update' &&
      item.runId === items[0].runId &&
      counts[item.kind] < limits[item.kind];
    if (!fits) {
      break;
    }
    counts[item.kind] += 1;
    length += 1;
  }
  return Math.max(1, length);
}

async function deliver(batch) {
  try {
    await request(batch);
  } catch (error) {
    if (error instanceof Refused && batch.length > 1) {
      await deliverApart(batch);
    } else if (error instanceof Refused) {
      warnOnce(`not recorded: ${error.message}`);
    } else if (error instanceof Unreachable) {
      server.warnLost(error.message);
    } else {
      warnOnce(`could not send: ${error}`);
    }
  }
}

/** Nothing of a refused batch is stored, so what was right in it is sent again without the rest. */
async function deliverApart(batch) {
  const of = (kind) => batch.filter((item) => item.kind === kind);
  const parts = [...of('params').map((item) => [item]), of('metrics'), of('tags')].filter(
    (part) => part.length > 0,
  );
  for (const part of parts) {
    if (part.length < batch.length) {
      await deliver(part);
    } else {
      warnOnce(`not recorded: ${part.length} ${part[0].kind}, which the tracking server refuses`);
    }
  }
}

function request(batch) {
  const { runId, kind, content } = batch[0];
  if (kind === 'update') {
    return server.call('POST', 'runs/update', { ...content, run_id: runId });
  }
  // A repeated parameter is the same value: the script was told at once if not.
  const parameters = new Map(
    batch.filter((item) => item.kind === 'params').map((item) => [item.content.key, item]),
  );
  return server.call('POST', 'runs/log-batch', {
    run_id: runId,
    metrics: batch.filter((item) => item.kind === 'metrics').map((item) => item.content),
    params: [...parameters.values()].map((item) => item.content),
    tags: batch.filter((item) => item.kind === 'tags').map((item) => item.content),
  });
}

/** A call that the script waits for: always one reply. */
async function answer({ method, endpoint, message, put, text, file }) {
  const [path, tolerant] = endpoint?.split('&missing=ok') ?? [];
  try {
    const reply = put ? await server.putFile(put, { text, file }) : await server.call(method, path, message);
    port.postMessage({ reply });
  } catch (error) {
    if (error instanceof Unreachable) {
      server.warnLost(error.message);
      port.postMessage({ unreachable: true });
    } else if (error instanceof Refused && tolerant !== undefined && error.status === 404) {
      port.postMessage({});
    } else {
      port.postMessage({ refused: error.message });
    }
  }
  Atomics.add(counters, 1, 1);
  Atomics.notify(counters, 1);
}
