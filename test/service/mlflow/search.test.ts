import { describe, expect, test } from 'vitest';
import { clientOf, newRun, startServer } from './trackingServer.ts';

async function start() {
  const started = await startServer();
  const client = clientOf(started.server.uri);
  const names = async (body: object) => {
    const { status, json } = await client.post('runs/search', { experiment_ids: ['0'], ...body });
    expect(status).toBe(200);
    return (json.runs ?? []).map((run: { info: { run_name: string } }) => run.info.run_name) as string[];
  };
  const run = async (run_name: string, batch: object) => {
    const run_id = await newRun(client, { run_name });
    await client.post('runs/log-batch', { run_id, ...batch });
    return run_id;
  };
  return { ...started, client, names, run };
}

const metric = (key: string, value: number | string, step = 0) => ({ key, value, timestamp: 1_000, step });

describe('runs', () => {
  test('filter and order, as the Python client sends them', async () => {
    const { names, run } = await start();
    const params = (model: string) => [{ key: 'model', value: model }];
    await run('a', { metrics: [metric('val loss', 0.3), metric('acc', 0.9)], params: params('svm') });
    await run('b', { metrics: [metric('val loss', 0.1), metric('acc', 'NaN')], params: params('SVM') });
    await run('c', {
      metrics: [metric('val loss', 0.2), metric('acc', 0.7)],
      tags: [{ key: 'x.y', value: '1' }],
    });
    await run('d', {});
    expect(
      await names({ filter: 'metrics.`val loss` < 0.25', order_by: ['metrics.`val loss` ASC'] }),
    ).toEqual(['b', 'c']);
    expect(await names({ order_by: ['metrics.acc DESC'] })).toEqual(['a', 'c', 'b', 'd']);
    expect(await names({ order_by: ['metrics.acc'] })).toEqual(['c', 'a', 'b', 'd']);
    expect(await names({ filter: "params.model = 'svm' AND attributes.status = 'RUNNING'" })).toEqual(['a']);
    expect(await names({ filter: "params.model ilike 'svm'", order_by: ['run_name DESC'] })).toEqual([
      'b',
      'a',
    ]);
    expect(await names({ filter: "tags.x.y != '2'" })).toEqual(['c']);
    expect(await names({ filter: 'params.model IS NULL', order_by: ['attributes.`Run Name`'] })).toEqual([
      'c',
      'd',
    ]);
    expect(await names({ filter: '' })).toHaveLength(4);
  });

  test('nested runs are found by the tag of their parent', async () => {
    const { names, run } = await start();
    const parent = await run('parent', {});
    await run('child', { tags: [{ key: 'mlflow.parentRunId', value: parent }] });
    expect(await names({ filter: `tags.mlflow.parentRunId = '${parent}'` })).toEqual(['child']);
    expect(await names({ filter: 'tags.`mlflow.parentRunId` IS NULL' })).toEqual(['parent']);
  });

  test('a page holds everything that its runs logged, each with its own', async () => {
    const { client, run } = await start();
    const ids = [];
    for (const index of [1, 2, 3]) {
      const run_id = await run(`r${index}`, {
        metrics: [metric('b', index), metric('a', index, 1), metric('a', 9, 0)],
        params: [{ key: 'p', value: String(index) }],
        tags: [{ key: 't', value: String(index) }],
      });
      const dataset = { name: `data ${index}`, digest: 'd', source_type: 'local', source: '{}' };
      await client.post('runs/log-inputs', {
        run_id,
        datasets: [{ dataset }],
        models: [{ model_id: `in-${index}` }],
      });
      await client.post('runs/outputs', { run_id, models: [{ model_id: `out-${index}`, step: index }] });
      ids.push(run_id);
    }
    await run('empty', {});
    const { json } = await client.post('runs/search', { experiment_ids: ['0'], order_by: ['run_name DESC'] });
    expect(json.runs.map((found: { info: { run_name: string } }) => found.info.run_name)).toEqual([
      'r3',
      'r2',
      'r1',
      'empty',
    ]);
    for (const [index, run_id] of ids.entries()) {
      const alone = await client.get('runs/get', { run_id });
      expect(json.runs[2 - index]).toEqual(alone.json.run);
      expect(alone.json.run.data.metrics).toEqual([metric('a', index + 1, 1), metric('b', index + 1)]);
      expect(alone.json.run.outputs.model_outputs).toEqual([
        { model_id: `out-${index + 1}`, step: index + 1 },
      ]);
    }
    expect(json.runs[3].data).not.toHaveProperty('metrics');
    expect(json.runs[3].inputs).toEqual({});
  });

  test('pages follow the order without gap or overlap; a malformed token is refused', async () => {
    const { client, run } = await start();
    for (let index = 0; index < 7; index += 1) {
      await run(`r${index}`, { metrics: [metric('m', index % 2)] });
    }
    const search = {
      experiment_ids: ['0'],
      filter: 'metrics.m >= 0',
      order_by: ['metrics.m DESC'],
      max_results: 3,
    };
    const whole = await client.post('runs/search', { ...search, max_results: 50 });
    const pages: unknown[] = [];
    let page_token: string | undefined;
    do {
      const { json } = await client.post('runs/search', { ...search, page_token });
      pages.push(...json.runs);
      page_token = json.next_page_token;
    } while (page_token);
    expect(pages).toEqual(whole.json.runs);
    expect(pages).toHaveLength(7);
    for (const token of ['nonsense', 'e30=', Buffer.from('{"offset":-1}').toString('base64')]) {
      const { status, json } = await client.post('runs/search', { ...search, page_token: token });
      expect([status, json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    }
  });

  test.each([
    [
      { filter: "metrics.a > 1 OR tags.b = 'x'" },
      /^Invalid clause\(s\) in filter string: 'OR'.*\(at character 15\)$/,
    ],
    [{ filter: "foo.bar = 'x'" }, /^Invalid entity type 'foo'/],
    [{ filter: "size = 'x'" }, /^Invalid attribute key 'size' specified/],
    [{ filter: 'params.a = 1' }, /^Expected a quoted string value for parameter \(e\.g\. 'my-value'\)/],
    [{ filter: "metrics.a > 'x'" }, /^Expected numeric value type for metric\. Found 'x'/],
    [{ filter: "params.a < 'x'" }, /^Invalid comparator '<' not one of/],
    [{ filter: 'metrics.a' }, /^Invalid clause\(s\) in filter string: 'metrics\.a'/],
    [{ order_by: ['metrics.a', 'metrics.a DESC'] }, /^`order_by` contains duplicate fields/],
    [{ order_by: ['metrics.a sideways'] }, /^Invalid ordering key in order_by clause/],
    [{ order_by: ['size'] }, /^Invalid attribute key 'size' specified/],
    [{ order_by: ['metrics.a; DROP TABLE runs'] }, /^Invalid order_by clause/],
  ])('%j is 400 in MLflow’s words', async (body, sentence) => {
    const { client, logged } = await start();
    const { status, json } = await client.post('runs/search', { experiment_ids: ['0'], ...body });
    expect([status, json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    expect(json.message).toMatch(sentence);
    expect(logged).toEqual([]);
  });

  test('an experiment that is no number is none, not the default one', async () => {
    const { client, run } = await start();
    await run('a', {});
    expect((await client.post('runs/search', { experiment_ids: [''] })).text).toBe('{}');
    expect((await client.post('runs/search', { experiment_ids: ['x', '7'] })).text).toBe('{}');
    expect((await client.post('runs/search', { experiment_ids: ['x', '0'] })).json.runs).toHaveLength(1);
  });
});

test('experiments: filter, order and pages', async () => {
  const { client } = await start();
  for (const [name, team] of [
    ['beta', 'red'],
    ['Alpha', 'blue'],
    ['gamma', 'blue'],
  ]) {
    await client.post('experiments/create', { name, tags: [{ key: 'team', value: team }] });
  }
  const found = async (body: object) => {
    const { json } = await client.post('experiments/search', { max_results: 100, ...body });
    return { names: (json.experiments ?? []).map(({ name }: { name: string }) => name), json };
  };
  expect((await found({ filter: "tags.team = 'blue'", order_by: ['name'] })).names).toEqual([
    'Alpha',
    'gamma',
  ]);
  expect((await found({ filter: "name LIKE '%a' AND attribute.name != 'beta'" })).names).toEqual([
    'gamma',
    'Alpha',
  ]);
  expect((await found({ filter: "name ILIKE 'ALPHA'" })).names).toEqual(['Alpha']);
  expect((await found({ filter: 'creation_time > 0', order_by: ['experiment_id ASC'] })).names).toEqual([
    'Default',
    'beta',
    'Alpha',
    'gamma',
  ]);
  const first = await found({ order_by: ['name DESC'], max_results: 3 });
  expect(first.names).toEqual(['gamma', 'beta', 'Default']);
  const rest = await found({
    order_by: ['name DESC'],
    max_results: 3,
    page_token: first.json.next_page_token,
  });
  expect(rest.names).toEqual(['Alpha']);
  expect(rest.json).not.toHaveProperty('next_page_token');
  expect(rest.json.experiments[0].tags).toEqual([{ key: 'team', value: 'blue' }]);
  const { status, json } = await client.post('experiments/search', { filter: 'metrics.a > 1' });
  expect([status, json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
  expect(json.message).toContain("Invalid entity type 'metrics'");
});
