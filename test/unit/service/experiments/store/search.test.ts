import { describe, expect, test } from 'vitest';
import { errorShape } from '../../../../../src/base/errors.ts';
import type { LogBatch, RunStore } from '../../../../../src/service/experiments/store.ts';
import { parseFilter } from '../../../../../src/service/search/parseFilter.ts';
import { parseOrder } from '../../../../../src/service/search/parseOrder.ts';
import type { Dialect } from '../../../../../src/service/search/syntax.ts';
import { newRun, point, temporaryStore } from './temporaryStore.ts';

function add(store: RunStore, name: string, batch: LogBatch = {}, startTime = 1_700_000_000_000): string {
  const { runId } = store.createRun({ experiment: '0', status: 'RUNNING', startTime, userId: 'ada', name });
  store.logBatch(runId, batch);
  return runId;
}

function found(store: RunStore, filter: string, order = '', dialect: Dialect = 'workbench'): string[] {
  const { runs, total, more } = store.searchRuns({
    filter: parseFilter(filter, dialect),
    orderBy: parseOrder(order),
    order: 'newestFirst',
    limit: 100,
    offset: 0,
  });
  expect({ total, more }).toEqual({ total: runs.length, more: false });
  return runs.map(({ name }) => name);
}

function failure(work: () => unknown) {
  try {
    work();
  } catch (error) {
    return errorShape(error);
  }
  throw new Error('It was taken.');
}

describe('metrics', () => {
  const metric = (value: number): LogBatch => ({ metrics: [point('m', 0, value)] });

  function scene(): RunStore {
    const { store } = temporaryStore();
    add(store, 'low', metric(-1));
    add(store, 'zero', metric(0));
    add(store, 'high', metric(0.5));
    add(store, 'nan', metric(Number.NaN));
    add(store, 'infinite', metric(Number.POSITIVE_INFINITY));
    add(store, 'none', { metrics: [point('other', 0, 7)] });
    return store;
  }

  test.each([
    ['metrics.m > 0', ['high', 'infinite']],
    ['metrics.m >= 0', ['high', 'infinite', 'zero']],
    ['metrics.m < 0.5', ['low', 'zero']],
    ['metrics.m <= 0.5', ['high', 'low', 'zero']],
    ['metrics.m = 0', ['zero']],
    // NaN differs from everything; what is missing neither equals nor differs.
    ['metrics.m != 0', ['high', 'infinite', 'low', 'nan']],
    ['not metrics.m != 0', ['none', 'zero']],
    ['metrics.m > 0 and metrics.m < 1', ['high']],
    ['metrics.m < 0 or metrics.other = 7', ['low', 'none']],
    ['not (metrics.m < 0 or metrics.other = 7) and metrics.m > -5', ['high', 'infinite', 'zero']],
  ])('%s', (filter, names) => {
    expect(found(scene(), filter).sort()).toEqual(names);
  });

  test('order: NaN just before what is missing, both after the rest, either way', () => {
    const store = scene();
    expect(found(store, '', 'metrics.m')).toEqual(['low', 'zero', 'high', 'infinite', 'nan', 'none']);
    expect(found(store, '', 'metrics.m desc')).toEqual(['infinite', 'high', 'zero', 'low', 'nan', 'none']);
  });

  test('the latest value counts, also when it was logged first', () => {
    const { store } = temporaryStore();
    const runId = add(store, 'one', { metrics: [point('m', 5, 1)] });
    store.logBatch(runId, { metrics: [point('m', 2, 9)] });
    expect(found(store, 'metrics.m = 1')).toEqual(['one']);
    expect(found(store, 'metrics.m = 9')).toEqual([]);
    store.logBatch(runId, { metrics: [point('m', 6, 9)] });
    expect(found(store, 'metrics.m = 9')).toEqual(['one']);
  });
});

describe('parameters and tags', () => {
  function scene(): RunStore {
    const { store } = temporaryStore();
    add(store, 'a', { parameters: [{ key: 'model', value: 'SVM' }], tags: [{ key: 'stage', value: 'old' }] });
    add(store, 'b', { parameters: [{ key: 'model', value: 'svm' }], tags: [{ key: 'a b', value: '50%_' }] });
    add(store, 'c', { parameters: [{ key: 'model', value: '' }] });
    add(store, 'd');
    return store;
  }

  test.each([
    ["params.model = 'svm'", ['b']],
    ["params.model != 'svm'", ['a', 'c']],
    ["not params.model = 'svm'", ['a', 'c', 'd']],
    ["params.model LIKE 's%'", ['b']],
    ["params.model ilike 'S_m'", ['a', 'b']],
    ["params.model = ''", ['c']],
    ['params.model IS NULL', ['d']],
    ['parameters.model is not null', ['a', 'b', 'c']],
    ["tags.`a b` = '50%_'", ['b']],
    ['tag."a b" LIKE "50%"', ['b']],
    ["tags.stage IS NULL AND params.model != 'x'", ['b', 'c']],
    ["params.model = 'svm' or not tags.stage = 'old'", ['b', 'c', 'd']],
    ["tags.mlflow.runName = 'c'", ['c']],
    ["params.model = '\\' OR params.model = ''", ['c']],
    ["params.model = ''' OR 1=1 --'", []],
  ])('%s', (filter, names) => {
    expect(found(scene(), filter).sort()).toEqual(names);
  });

  test('order by text, what is missing last', () => {
    expect(found(scene(), '', 'params.model')).toEqual(['c', 'a', 'b', 'd']);
    expect(found(scene(), '', 'params.model DESC')).toEqual(['b', 'a', 'c', 'd']);
  });
});

describe('attributes', () => {
  function scene() {
    const { store } = temporaryStore();
    const first = add(store, 'calm-heron', {}, 1_000);
    const second = add(store, 'brisk-otter', {}, 2_000);
    store.updateRun(first, { status: 'FINISHED', endTime: 5_000 });
    return { store, first, second };
  }

  test.each([
    ["status = 'RUNNING'", ['brisk-otter']],
    ["attributes.status != 'RUNNING'", ['calm-heron']],
    ["run.user_id = 'ada'", ['brisk-otter', 'calm-heron']],
    ["`run name` LIKE '%otter'", ['brisk-otter']],
    ['attr."Run Name" ilike "CALM%"', ['calm-heron']],
    ['start_time >= 2000', ['brisk-otter']],
    ['created < 1.5e3', ['calm-heron']],
    ['end_time > 0', ['calm-heron']],
    ['end_time != 1', ['calm-heron']],
    ['not end_time > 0', ['brisk-otter']],
    ["artifact_uri LIKE 'mlflow-artifacts:/0/%'", ['brisk-otter', 'calm-heron']],
  ])('%s', (filter, names) => {
    expect(found(scene().store, filter)).toEqual(names);
  });

  test('lists of run ids', () => {
    const { store, first, second } = scene();
    expect(found(store, `run_id IN ('${first}', 'x')`)).toEqual(['calm-heron']);
    expect(found(store, `attributes.run_id NOT IN ("${first}")`)).toEqual(['brisk-otter']);
    expect(found(store, `run_id = '${second}'`)).toEqual(['brisk-otter']);
  });

  test('order', () => {
    const { store } = scene();
    expect(found(store, '', 'run_name DESC')).toEqual(['calm-heron', 'brisk-otter']);
    expect(found(store, '', 'start_time')).toEqual(['calm-heron', 'brisk-otter']);
    expect(found(store, '', 'end_time DESC')).toEqual(['calm-heron', 'brisk-otter']);
    expect(found(store, '', 'end_time')).toEqual(['calm-heron', 'brisk-otter']);
  });

  test('ties: the newest first, then by id', () => {
    const { store } = temporaryStore();
    const ids = [1, 2, 3].map(() => newRun(store).runId);
    const { runs } = store.searchRuns({ orderBy: parseOrder('status'), limit: 9, offset: 0 });
    expect(runs.map(({ runId }) => runId)).toEqual([...ids].sort());
  });
});

test('datasets: by name, digest and context', () => {
  const { store } = temporaryStore();
  const [a, b] = [add(store, 'a'), add(store, 'b')];
  add(store, 'c');
  const dataset = (name: string, digest: string, context: string) => ({
    name,
    digest,
    sourceType: 'local',
    source: '{}',
    tags: [{ key: 'mlflow.data.context', value: context }],
  });
  store.logInputs(a!, {
    datasets: [dataset('iris', 'd1', 'training'), dataset('wine', 'd2', 'eval')],
    models: [],
  });
  store.logInputs(b!, { datasets: [dataset('iris', 'd1', 'eval')], models: [] });
  expect(found(store, "dataset.name = 'wine'")).toEqual(['a']);
  expect(found(store, "datasets.digest LIKE 'd_'").sort()).toEqual(['a', 'b']);
  expect(found(store, "dataset.context = 'training'")).toEqual(['a']);
  expect(found(store, "dataset.context IN ('eval')").sort()).toEqual(['a', 'b']);
  expect(found(store, "not dataset.name NOT IN ('iris')").sort()).toEqual(['b', 'c']);
});

describe('what cannot be searched is named, with its place', () => {
  test.each([
    [
      "foo.bar = 'x'",
      1,
      "Invalid entity type 'foo'. Valid values are ['metric', 'parameter', 'tag', 'attribute', 'dataset']",
    ],
    [
      "metrics.a > 1 AND foo = 'x'",
      19,
      "Invalid attribute key 'foo' specified. Valid keys are ['run_id', 'run_name', ",
    ],
    [
      "dataset.source = 'x'",
      1,
      "Invalid dataset key 'source' specified. Valid keys are ['name', 'digest', 'context']",
    ],
    ["metrics.a > '1'", 13, "Expected numeric value type for metric. Found '1'"],
    ["start_time > 'x'", 14, "Expected numeric value type for numeric attribute: start_time. Found 'x'"],
    ['params.a = 1', 12, "Expected a quoted string value for parameter (e.g. 'my-value'). Got value 1"],
    ['params.a = b', 12, 'not quoted or unidentified quote types used for string value b.'],
    ['status = 1', 10, 'Expected a quoted string value for attributes'],
    ['metrics.a LIKE 1', 11, "Invalid comparator 'LIKE' not one of ['=', '!=', '>', '>=', '<', '<=']"],
    [
      "params.a > 'b'",
      10,
      "Invalid comparator '>' not one of ['=', '!=', 'LIKE', 'ILIKE', 'IS NULL', 'IS NOT NULL']",
    ],
    [
      "status IN ('RUNNING')",
      11,
      "Only ['run_id'] attributes support comparison with a list of quoted string values.",
    ],
    ["tags.a IN ('x')", 11, 'Expected a quoted string value for tag'],
    ["run_id = ('a')", 10, 'Expected a quoted string value for attributes'],
    ['metrics.a IS NULL', 1, "only supported for tags and params, not for 'metric' 'a'"],
    ['end_time IS NULL', 1, "only supported for tags and params, not for 'attribute' 'end_time'"],
  ])('%s', (filter, character, sentence) => {
    const { store } = temporaryStore();
    const { code, message, range } = failure(() => found(store, filter, '', 'mlflow'));
    expect(code).toBe('search.invalidFilter');
    expect(message).toContain(sentence);
    expect(message).toMatch(new RegExp(`\\(at character ${character}\\)$`));
    expect(range).toMatchObject({ start: character - 1 });
  });

  test.each([
    ['metrics.a, metrics.a desc', 12, '`order_by` contains duplicate fields'],
    ['start_time, created', 13, '`order_by` contains duplicate fields'],
    ['start_time, attributes.start_time', 13, '`order_by` contains duplicate fields'],
    ['metrics.a, size', 12, "Invalid attribute key 'size' specified. Valid keys are ['run_id', "],
    ['foo.a', 1, "Invalid entity type 'foo'"],
    ['dataset.name', 1, 'Invalid order_by entity: dataset'],
    [Array.from({ length: 40 }, (_, index) => `metrics.m${index}`).join(), 351, 'more than 30 fields'],
  ])('order by %s', (order, character, sentence) => {
    const { store } = temporaryStore();
    const { code, message, range } = failure(() => found(store, '', order));
    expect(code).toBe('search.invalidOrder');
    expect(message).toContain(sentence);
    expect(range).toMatchObject({ start: character - 1 });
  });
});

test('a filter as long as allowed, and an order as long, are answered', () => {
  const { store } = temporaryStore();
  add(store, 'a', { metrics: [point('m', 0, 1)] });
  const long = Array.from({ length: 1_000 }, (_, index) => `metrics.m != ${index + 2}`).join(' and ');
  const order = Array.from({ length: 30 }, (_, index) => `metrics.m${index} desc`).join();
  expect(found(store, long, order)).toEqual(['a']);
  const deep = `${'not ('.repeat(50)}metrics.m = 1${')'.repeat(50)}`;
  expect(found(store, deep)).toEqual(['a']);
});

test('pages join without gap or overlap, and the total is that of the filter', () => {
  const { store } = temporaryStore();
  for (let index = 0; index < 25; index += 1) {
    add(store, `run ${index}`, { metrics: [point('m', 0, index % 3)] });
  }
  const query = { filter: parseFilter('metrics.m < 2', 'mlflow'), orderBy: parseOrder('metrics.m desc') };
  const all = store.searchRuns({ ...query, limit: 100, offset: 0 }).runs.map(({ name }) => name);
  expect(all).toHaveLength(17);
  const pages = [0, 5, 10, 15, 20].map((offset) => store.searchRuns({ ...query, limit: 5, offset }));
  expect(pages.flatMap(({ runs }) => runs.map(({ name }) => name))).toEqual(all);
  expect(pages.map(({ more }) => more)).toEqual([true, true, true, false, false]);
  expect(pages.map(({ total }) => total)).toEqual([17, 17, 17, 17, 17]);
});

test('experiments', () => {
  const { store } = temporaryStore();
  const one = store.createExperiment({ name: 'one', tags: [{ key: 'team', value: 'Blue' }] });
  store.createExperiment({ name: 'Two', tags: [{ key: 'team', value: 'red' }] });
  const names = (filter: string, order = '') =>
    store
      .listExperiments({ filter: parseFilter(filter, 'mlflow'), orderBy: parseOrder(order) })
      .map(({ name }) => name);
  expect(names("name ILIKE 't%'")).toEqual(['Two']);
  expect(names("attribute.name != 'one'", 'name')).toEqual(['Default', 'Two']);
  expect(names("tags.team ILIKE 'blue' AND name = 'one'")).toEqual(['one']);
  expect(names('tags.team IS NULL')).toEqual(['Default']);
  expect(names(`experiment_id IN ('0', '${one.id}')`, 'experiment_id')).toEqual(['Default', 'one']);
  expect(names('creation_time > 0', 'name DESC')).toEqual(['one', 'Two', 'Default']);
  expect(names('last_update_time < 5')).toEqual([]);
  expect(store.listExperiments({ orderBy: parseOrder('experiment_id'), limit: 1, offset: 1 })).toMatchObject([
    { name: 'one', tags: [{ key: 'team', value: 'Blue' }] },
  ]);
  expect(failure(() => names('metrics.a > 1')).message).toContain("Invalid entity type 'metrics'");
  expect(failure(() => names('', 'tags.team')).code).toBe('search.invalidOrder');
});
