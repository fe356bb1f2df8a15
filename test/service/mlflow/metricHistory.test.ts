import { describe, expect, test } from 'vitest';
import { clientOf, newRun, startServer } from './trackingServer.ts';

async function start() {
  const { server } = await startServer();
  const client = clientOf(server.uri);
  const logged = async (count: number): Promise<string> => {
    const run_id = await newRun(client);
    for (let from = 0; from < count; from += 1_000) {
      const metrics = Array.from({ length: Math.min(1_000, count - from) }, (_, index) => ({
        key: 'm',
        value: from + index,
        timestamp: 10_000 + from + index,
        step: from + index,
      }));
      await client.post('runs/log-batch', { run_id, metrics });
    }
    return run_id;
  };
  const ask = (endpoint: string, query: [string, string][]) =>
    client.raw(`/ajax-api/2.0/mlflow/metrics/${endpoint}?${new URLSearchParams(query)}`);
  return { client, logged, ask };
}

const steps = (metrics: { step: number }[]) => metrics.map((metric) => metric.step);

test('the history of a run that is not there is empty, and no page is', async () => {
  const { client } = await start();
  expect((await client.get('metrics/get-history', { run_id: 'none', metric_key: 'm' })).text).toBe('{}');
  const none = await client.get('metrics/get-history', { run_id: 'none', metric_key: 'm', max_results: '0' });
  expect(none.json.message).toBe(
    "Invalid value 0 for parameter 'max_results' supplied. It must be a positive integer.",
  );
});

describe('get-history-bulk', () => {
  test('runs by id, each in its order, up to a number of points in all', async () => {
    const { logged, ask } = await start();
    const ids = [await logged(3), await logged(3)];
    const query: [string, string][] = [...ids, 'none'].map((id) => ['run_id', id]);
    const { json } = await ask('get-history-bulk', [...query, ['metric_key', 'm']]);
    const [first, second] = [...ids].sort();
    expect(json.metrics.map((metric: { run_id: string }) => metric.run_id)).toEqual([
      ...Array(3).fill(first),
      ...Array(3).fill(second),
    ]);
    expect(json.metrics[0]).toEqual({ key: 'm', value: 0, timestamp: 10_000, step: 0, run_id: first });
    const some = await ask('get-history-bulk', [...query, ['metric_key', 'm'], ['max_results', '4']]);
    expect(steps(some.json.metrics)).toEqual([0, 1, 2, 0]);
    const nothing = await ask('get-history-bulk', [...query, ['metric_key', 'none']]);
    expect(nothing.json).toEqual({ metrics: [] });
  });

  test('has to name runs, not too many, and a metric', async () => {
    const { ask } = await start();
    const many: [string, string][] = Array.from({ length: 101 }, (_, index) => ['run_id', String(index)]);
    for (const [query, text] of [
      [[], 'GetMetricHistoryBulk request must specify at least one run_id.'],
      [many, 'GetMetricHistoryBulk request cannot specify more than 100 run_ids. Received 101 run_ids.'],
      [[['run_id', 'x']], 'GetMetricHistoryBulk request must specify a metric_key.'],
    ] as [[string, string][], string][]) {
      const { status, json } = await ask('get-history-bulk', query);
      expect([status, json.message]).toEqual([400, text]);
    }
  });
});

describe('get-history-bulk-interval', () => {
  test('at most so many points of each run, first and last among them, all of a short one', async () => {
    const { logged, ask } = await start();
    const [long, short] = [await logged(10_000), await logged(5)];
    const sampled = async (...more: [string, string][]) => {
      const query: [string, string][] = [['run_ids', long], ['run_ids', short], ['run_ids', 'none'], ...more];
      const { json } = await ask('get-history-bulk-interval', [...query, ['metric_key', 'm']]);
      const of = (id: string) =>
        steps((json.metrics ?? []).filter((metric: { run_id: string }) => metric.run_id === id));
      return { long: of(long), short: of(short) };
    };
    const ten = await sampled(['max_results', '10']);
    expect(ten.long).toEqual([0, 1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000, 8_000, 9_999]);
    expect(ten.short).toEqual([0, 1, 2, 3, 4]);
    const one = await sampled(['max_results', '1']);
    expect(one).toEqual({ long: [9_999], short: [4] });
    const all = await sampled();
    expect([all.long.length, all.long[0], all.long.at(-1)]).toEqual([2_500, 0, 9_999]);
    const part = await sampled(['start_step', '3'], ['end_step', '6']);
    expect(part).toEqual({ long: [3, 4, 5, 6], short: [3, 4] });
    expect(await sampled(['start_step', '20000'], ['end_step', '30000'])).toEqual({ long: [], short: [] });
  });

  test.each([
    [['start_step', '1'], 'If either start step or end step are specified, both must be specified.'],
    [['max_results', '0'], 'max_results must be between 1 and 2500. See the API docs'],
    [['max_results', '2501'], 'max_results must be between 1 and 2500. See the API docs'],
    [['max_results', 'x'], 'Invalid value "x" for parameter \'max_results\' supplied:'],
  ] as [[string, string], string][])('%j is refused', async (more, text) => {
    const { logged, ask } = await start();
    const run_id = await logged(1);
    const { status, json } = await ask('get-history-bulk-interval', [
      ['run_ids', run_id],
      ['metric_key', 'm'],
      more,
    ]);
    expect(status).toBe(400);
    expect(json.message).toContain(text);
  });

  test('a range from its end to its start, no metric and too many runs are refused', async () => {
    const { ask } = await start();
    const many: [string, string][] = Array.from({ length: 101 }, (_, index) => ['run_ids', String(index)]);
    const range: [string, string][] = [
      ['start_step', '5'],
      ['end_step', '1'],
    ];
    for (const [query, text] of [
      [[['run_ids', 'x'], ['metric_key', 'm'], ...range], 'end_step must be greater than start_step.'],
      [[['run_ids', 'x']], "Missing value for required parameter 'metric_key'."],
      [[['metric_key', 'm']], "Missing value for required parameter 'run_ids'."],
      [[...many, ['metric_key', 'm']], 'must specify at most 100 run_ids. Received 101 run_ids.'],
    ] as [[string, string][], string][]) {
      const { status, json } = await ask('get-history-bulk-interval', query);
      expect(status).toBe(400);
      expect(json.message).toContain(text);
    }
  });
});
