import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { startServer } from '../../service/mlflow/trackingServer.ts';
import { pythonWithClient, runScript } from './mlflowScript.ts';

/** The same runs and the same searches, once in MLflow's own store and once in ours, through the same client. */

const filters = [
  '',
  'metrics.m > 0',
  'metrics.m >= 0 AND metrics.m < 1',
  'metric.m != 0',
  'metrics.m = 0.5',
  'metrics.latest = 1',
  'metrics.latest = 9',
  'metrics.`val loss` <= 0.25',
  'metrics."val loss" > 0.25',
  'metrics.missing != 3',
  'metrics.m > -1e3 and metrics.`val loss` < .3',
  "params.model = 'svm'",
  'params.model = "svm"',
  "params.model != 'svm'",
  "params.model LIKE 's%'",
  "params.model like '%V%'",
  "params.model ILIKE 'S_M'",
  'parameters.model IS NULL',
  'param.model IS NOT NULL',
  "tags.`a.b` = '1'",
  "tags.a.b = '1'",
  "tag.a.b != '2'",
  'tags.stage IS NULL AND metrics.m > 0',
  "tags.mlflow.runName = 'calm'",
  "attributes.status = 'FINISHED'",
  "status != 'FINISHED'",
  "run_name = 'calm'",
  "`run name` LIKE '%t%'",
  'attributes."Run Name" ILIKE \'CALM\'',
  'start_time > 2000',
  'attr.created <= 2000',
  'end_time > 0',
  'end_time != 5',
  "run.artifact_uri LIKE '%/artifacts'",
  "run_id NOT IN ('x')",
  "run_id IN ('x', 'y')",
  "dataset.name = 'iris'",
  "datasets.digest LIKE 'd%'",
  "dataset.context IN ('eval')",
  "dataset.name != 'iris'",
  // Mistakes.
  "metrics.m > 1 OR params.model = 'svm'",
  'NOT metrics.m > 1',
  '(metrics.m > 1)',
  "foo.bar = 'x'",
  "colour = 'x'",
  "metrics.m > 'x'",
  'params.model = 1',
  'params.model = svm',
  "params.model > 'a'",
  "params.model IN ('svm')",
  "status IN ('FINISHED')",
  'metrics.m LIKE 1',
  'metrics.m IS NULL',
  "start_time = 'x'",
  '0.5 < metrics.m',
  'metrics.m',
  'metrics.m >',
  'metrics.m == 1',
  "params.model = 'svm",
  'run_id IN ()',
  "dataset.source = 'x'",
];

const orders = [
  [],
  ['metrics.m'],
  ['metrics.m DESC'],
  ['metrics.`val loss` ASC', 'start_time'],
  ['params.model'],
  ['params.model DESC', 'metrics.m'],
  ['tags.`a.b` desc'],
  ['start_time ASC'],
  ['end_time DESC'],
  ['attributes.run_name'],
  ['run_id DESC'],
  // Mistakes.
  ['metrics.m sideways'],
  ['colour'],
  ['foo.bar'],
  ['metrics.m > 1'],
];

const experimentFilters = [
  "name = 'one'",
  "name LIKE 'O%'",
  "name ILIKE 'O%'",
  "attribute.name != 'one'",
  "tags.team = 'red'",
  "tag.team != 'red'",
  "tags.team ILIKE 'R%' AND name != 'x'",
  'tags.team IS NULL',
  'creation_time > 0',
  'last_update_time < 5',
  "experiment_id IN ('0', '1')",
  'metrics.a = 1',
  "name > 'x'",
  "creation_time LIKE 'x'",
  'name IS NULL',
  "name = 'one' OR name = 'Two'",
];

const script = `
import mlflow, math
from mlflow.entities import Metric, Param, RunTag, Dataset, DatasetInput, InputTag
from mlflow.exceptions import MlflowException
asked = json.loads(open("asked.json").read())

def answer(search):
    try:
        return search()
    except MlflowException as error:
        return {"code": error.error_code, "message": str(error.message)}

def use(client):
    def add(name, start, metrics={}, params={}, tags={}, datasets=[], end=None):
        run_id = client.create_run("0", start_time=start, run_name=name).info.run_id
        client.log_batch(run_id,
            [Metric(k, v, 1, 0) for k, v in metrics.items()],
            [Param(k, v) for k, v in params.items()],
            [RunTag(k, v) for k, v in tags.items()])
        if datasets:
            client.log_inputs(run_id, [DatasetInput(Dataset(n, d, "local", "{}"), [InputTag("mlflow.data.context", c)]) for n, d, c in datasets])
        if end:
            client.set_terminated(run_id, "FINISHED", end)
        return run_id
    calm = add("calm", 1000, {"m": 0.5, "val loss": 0.2, "latest": 9.0}, {"model": "svm"}, {"a.b": "1", "stage": "x"}, [("iris", "d1", "training")], end=5)
    client.log_metric(calm, "latest", 1.0, step=3)
    client.log_metric(calm, "latest", 9.0, step=2)
    add("otter", 2000, {"m": 0.0, "val loss": 0.3}, {"model": "SVM"}, {"a.b": "2"}, [("iris", "d1", "eval"), ("wine", "e1", "eval")], end=7)
    add("finch", 3000, {"m": math.nan, "val loss": 0.1}, {"model": "tree"})
    add("heron", 3500, {"m": -1.0}, {}, {"stage": "y"})
    add("tern", 4000, {"other": 7.0})
    client.create_experiment("one", tags={"team": "red"})
    client.create_experiment("Two", tags={"team": "blue"})
    named = lambda runs: [run.info.run_name for run in runs]
    by_id = lambda runs: [run.info.run_id for run in runs] == sorted((run.info.run_id for run in runs), reverse=True)
    return {
        "twice": [answer(lambda: named(client.search_runs(["0"], order_by=["metrics.m", "metrics.m DESC"])))],
        "filters": [answer(lambda: named(client.search_runs(["0"], filter))) for filter in asked["filters"]],
        "orders": [answer(lambda: (by_id if order == ["run_id DESC"] else named)(client.search_runs(["0"], order_by=order))) for order in asked["orders"]],
        "pages": [named(page) for page in paged(client)],
        "experiments": [answer(lambda: [e.name for e in client.search_experiments(filter_string=filter, order_by=["name"])]) for filter in asked["experimentFilters"]],
        "ordered": [answer(lambda: [e.name for e in client.search_experiments(order_by=[order])]) for order in ("name", "name DESC", "experiment_id ASC", "tags.team", "colour")],
    }

def paged(client):
    token = None
    while True:
        page = client.search_runs(["0"], "metrics.m != 7", max_results=2, order_by=["metrics.m DESC"], page_token=token)
        yield page
        token = page.token
        if not token:
            return

ours = use(mlflow.MlflowClient())
theirs = use(mlflow.MlflowClient("sqlite:///theirs.db"))
report({"ours": ours, "theirs": theirs})
`;

type Answer = readonly string[] | boolean | { readonly code: string; readonly message: string };
type Answers = Readonly<Record<string, readonly Answer[]>>;

describe('the real client finds the same in our store as in MLflow’s own', () => {
  let ours: Answers;
  let theirs: Answers;

  beforeAll(async () => {
    const python = await pythonWithClient('mlflow 3');
    const { server, folder } = await startServer();
    fs.writeFileSync(path.join(folder, 'asked.json'), JSON.stringify({ filters, orders, experimentFilters }));
    const { exitCode, output, reported } = await runScript(python, folder, script, {
      MLFLOW_TRACKING_URI: server.uri,
    });
    expect(exitCode, output).toBe(0);
    ({ ours, theirs } = reported);
  }, 900_000);

  test.each(filters.map((filter, index) => ({ filter, index })))('runs: $filter', ({ index }) => {
    expect(plain(ours.filters![index]!)).toEqual(plain(theirs.filters![index]!));
  });

  test.each(orders.map((order, index) => ({ order, index })))('order: $order', ({ index }) => {
    expect(plain(ours.orders![index]!)).toEqual(plain(theirs.orders![index]!));
  });

  test.each(experimentFilters.map((filter, index) => ({ filter, index })))(
    'experiments: $filter',
    ({ index }) => {
      expect(plain(ours.experiments![index]!)).toEqual(plain(theirs.experiments![index]!));
    },
  );

  test('a field twice is a mistake of the asker, not of the server, which a client would ask again', () => {
    expect(ours.twice).toMatchObject([{ code: 'INVALID_PARAMETER_VALUE' }]);
    expect(theirs.twice).toMatchObject([{ code: 'INTERNAL_ERROR' }]);
  });

  test('the pages of a search, and the orders of experiments', () => {
    expect(ours.pages).toEqual(theirs.pages);
    expect(ours.ordered!.map(plain)).toEqual(theirs.ordered!.map(plain));
  });
});

/** Sentences differ in how a set is printed and in the place that ours has; they begin alike. */
function plain(answer: Answer): unknown {
  return typeof answer === 'object' && 'code' in answer
    ? { code: answer.code, begins: answer.message.replace(/^[A-Z_]+: /, '').slice(0, 18) }
    : answer;
}
