import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import type { ServiceAnnouncement } from '../../../src/protocol/service.ts';
import { serviceScript } from '../../support/service.ts';
import { clientOf, newRun } from './trackingServer.ts';

/*
 * The delivered service is killed at a random moment of 1,000 writes, again and again on the same folder;
 * the next one must know everything that was answered. MLOPS_TEST_SEED repeats a failure.
 */

const repetitions = 100;
const writes = 1_000;
const connections = 8;
const seed = Number(process.env.MLOPS_TEST_SEED ?? Date.now() % 1_000_000);

let child: ChildProcess | undefined;
let folder: string | undefined;

afterEach(() => {
  child?.kill('SIGKILL');
  if (folder) {
    fs.rmSync(folder, { recursive: true, force: true });
  }
});

test(`${repetitions} kills lose no acknowledged write (seed ${seed})`, { timeout: 400_000 }, async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-kill-'));
  const random = generator(seed);
  let before: Written | undefined;
  let cutShort = 0;
  let acknowledged = 0;
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    const uri = await startService(folder);
    if (before) {
      await expectKept(uri, before, `repetition ${repetition - 1} of seed ${seed}`);
    }
    before = await writeUntilKilled(uri, Math.floor(random() * writes), random() * 2);
    cutShort += before.answered.size < writes ? 1 : 0;
    acknowledged += before.answered.size;
  }
  await expectKept(await startService(folder), before!, `the last repetition of seed ${seed}`);
  console.log(
    `seed ${seed}: ${repetitions} kills, ${cutShort} in the middle of writing, ${acknowledged} acknowledged writes kept`,
  );
  expect(cutShort).toBeGreaterThan(repetitions * 0.8);
});

interface Written {
  readonly runId: string;
  /** Numbers of the writes that were answered with 200. */
  readonly answered: ReadonlySet<number>;
}

async function startService(workspace: string): Promise<string> {
  child = spawn(process.execPath, [serviceScript, '--workspace', workspace, '--idle-seconds', '600'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string];
  const announcement = JSON.parse(line) as ServiceAnnouncement;
  expect(announcement.state).toBe('ready');
  return announcement.state === 'failed' ? '' : announcement.address.trackingUri;
}

/** Kills the service a moment after so many answers. */
async function writeUntilKilled(uri: string, killAfter: number, moment: number): Promise<Written> {
  const victim = child!;
  const end = once(victim, 'exit');
  const runId = await newRun(clientOf(uri));
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  const answered = new Set<number>();
  const kill = async () => {
    await delay(moment);
    victim.kill('SIGKILL');
  };
  if (killAfter === 0) {
    void kill();
  }
  let next = 0;
  const writer = async () => {
    for (let number = next++; number < writes; number = next++) {
      const [endpoint, body] = write(runId, number);
      expect(await post(`${uri}/api/2.0/mlflow/runs/${endpoint}`, body, agent)).toBe(200);
      answered.add(number);
      if (answered.size === killAfter) {
        void kill();
      }
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: connections }, writer));
  await end;
  agent.destroy();
  // A broken connection is what was asked for; a refusal is not.
  for (const { reason } of ends.filter((outcome) => outcome.status === 'rejected')) {
    expect(reason).toHaveProperty('code', expect.stringMatching(/^(ECONNRESET|ECONNREFUSED|EPIPE)$/));
  }
  return { runId, answered };
}

const batchSize = 5;

/** Each number is another write: a metric, a parameter, a tag or a batch of all three. */
function write(runId: string, number: number): [endpoint: string, body: object] {
  const name = `k${number}`;
  const value = String(number);
  switch (number % 4) {
    case 0:
      return ['log-metric', { run_id: runId, key: 'single', value: number, timestamp: 1, step: number }];
    case 1:
      return ['log-parameter', { run_id: runId, key: name, value }];
    case 2:
      return ['set-tag', { run_id: runId, key: name, value }];
    default: {
      const point = (_: unknown, index: number) => ({
        key: 'batch',
        value: index,
        timestamp: 1,
        step: number,
      });
      const texts = [{ key: name, value }];
      return [
        'log-batch',
        { run_id: runId, metrics: Array.from({ length: batchSize }, point), params: texts, tags: texts },
      ];
    }
  }
}

async function expectKept(uri: string, { runId, answered }: Written, when: string): Promise<void> {
  const client = clientOf(uri);
  const { params = [], tags = [] } = (await client.get('runs/get', { run_id: runId })).json.run.data;
  const kept = { params: namesOf(params), tags: namesOf(tags) };
  const singles = await stepsOf(client, runId, 'single');
  const batches = await stepsOf(client, runId, 'batch');
  const isKept = (number: number): boolean => {
    switch (number % 4) {
      case 0:
        return singles.get(number) === 1;
      case 1:
        return kept.params.has(`k${number}`);
      case 2:
        return kept.tags.has(`k${number}`);
      default:
        return wholeBatch(number);
    }
  };
  const wholeBatch = (number: number) =>
    batches.get(number) === batchSize && kept.params.has(`k${number}`) && kept.tags.has(`k${number}`);
  expect(
    [...answered].filter((number) => !isKept(number)),
    `lost after ${when}`,
  ).toEqual([]);
  // What was not answered may be there or not, but a batch is there as a whole or not at all.
  const begun = Array.from({ length: writes }, (_, number) => number).filter(
    (number) =>
      number % 4 === 3 &&
      (batches.has(number) || kept.params.has(`k${number}`) || kept.tags.has(`k${number}`)),
  );
  expect(
    begun.filter((number) => !wholeBatch(number)),
    `half kept after ${when}`,
  ).toEqual([]);
}

function namesOf(items: readonly { readonly key: string }[]): ReadonlySet<string> {
  return new Set(items.map((item) => item.key));
}

/** How many points there are at each step. */
async function stepsOf(
  client: ReturnType<typeof clientOf>,
  runId: string,
  metric: string,
): Promise<ReadonlyMap<number, number>> {
  const { json } = await client.get('metrics/get-history', { run_id: runId, metric_key: metric });
  const counts = new Map<number, number>();
  for (const { step } of (json.metrics ?? []) as { step: number }[]) {
    counts.set(step, (counts.get(step) ?? 0) + 1);
  }
  return counts;
}

function post(uri: string, body: object, agent: http.Agent): Promise<number> {
  const text = JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const request = http.request(
      uri,
      {
        method: 'POST',
        agent,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) },
      },
      (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode!));
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(text);
  });
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function generator(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
