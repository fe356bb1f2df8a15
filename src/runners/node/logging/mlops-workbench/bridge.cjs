'use strict';
const path = require('node:path');
const { MessageChannel, receiveMessageOnPort, Worker } = require('node:worker_threads');

/** Points are handed over at least this often while a script computes without a pause. */
const handOverMilliseconds = 1;
/** A script that logs faster than can be sent waits from here on, instead of filling the memory. */
const full = 200_000;
const longestCallMilliseconds = 15 * 60_000;

/**
 * The main thread's end of the worker that talks to the tracking server. A worker, because a training loop
 * often never lets the event loop run: its metrics are to be seen live all the same, and at `process.exit()`
 * only another thread can still send.
 */
class Bridge {
  /** @param {string} uri */
  constructor(uri) {
    // [0]: items settled so far. [1]: replies given so far.
    this.counters = new Int32Array(new SharedArrayBuffer(8));
    this.sent = 0;
    this.calls = 0;
    /** @type {object[]} */
    this.waiting = [];
    this.lastHandOver = 0;
    this.isScheduled = false;
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    const worker = new Worker(path.join(__dirname, 'worker.cjs'), {
      workerData: { uri, counters: this.counters, port: port2 },
      transferList: [port2],
      // Preloads of the script are not for this thread.
      execArgv: [],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    worker.unref();
    this.port.unref();
  }

  /** @param {{ runId: string, kind: string, content: object }} item */
  send(item) {
    this.sent += 1;
    this.waiting.push(item);
    const now = performance.now();
    if (now - this.lastHandOver >= handOverMilliseconds) {
      this.#handOver(now);
    } else if (!this.isScheduled) {
      this.isScheduled = true;
      setImmediate(() => this.#handOver(performance.now()));
    }
    if (this.sent - Atomics.load(this.counters, 0) > full) {
      this.#awaitSettled(this.sent - full / 2, 300_000);
    }
  }

  /** Waits for the reply. @param {object} request @returns {any} */
  call(request) {
    this.calls += 1;
    this.port.postMessage({ call: request });
    const deadline = performance.now() + longestCallMilliseconds;
    while (Atomics.load(this.counters, 1) < this.calls) {
      // The worker gives up long before; a worker that died must not hold up the script for ever.
      if (Atomics.wait(this.counters, 1, this.calls - 1, deadline - performance.now()) === 'timed-out') {
        return { unreachable: true };
      }
    }
    return receiveMessageOnPort(this.port).message;
  }

  /** @param {number} milliseconds */
  flush(milliseconds) {
    this.#handOver(performance.now());
    return this.#awaitSettled(this.sent, milliseconds);
  }

  #awaitSettled(wanted, milliseconds) {
    const deadline = performance.now() + milliseconds;
    for (;;) {
      const settled = Atomics.load(this.counters, 0);
      const left = deadline - performance.now();
      if (settled >= wanted || left <= 0) {
        return settled >= wanted;
      }
      Atomics.wait(this.counters, 0, settled, left);
    }
  }

  #handOver(now) {
    this.isScheduled = false;
    this.lastHandOver = now;
    if (this.waiting.length > 0) {
      this.port.postMessage({ items: this.waiting });
      this.waiting = [];
    }
  }
}

module.exports = { Bridge };
