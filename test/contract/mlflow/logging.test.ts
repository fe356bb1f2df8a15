import { beforeAll, describe, expect, test } from 'vitest';
import type { StoredRun } from '../../../src/service/experiments/store.ts';
import { startServer, type TestServer } from '../../service/mlflow/trackingServer.ts';
import { type ClientName, clients, pythonWithClient, runScript, type ScriptEnd } from './mlflowScript.ts';

describe.each(Object.keys(clients) as ClientName[])(
  'an unmodified script with the real client of %s',
  (name) => {
    let python: string;

    beforeAll(async () => {
      python = await pythonWithClient(name);
    }, 900_000);

    interface Scene extends TestServer {
      readonly own: StoredRun;
      /** As the Workbench would start it: the run exists, its address is in the environment. */
      launch(text: string, more?: Record<string, string>): Promise<ScriptEnd>;
    }

    async function scene(): Promise<Scene> {
      const started = await startServer();
      const own = started.store.createRun({
        experiment: '0',
        status: 'RUNNING',
        startTime: Date.now(),
        userId: 'ada',
        details: { command: ['python3', 'train.py'] },
      });
      const launch = async (text: string, more: Record<string, string> = {}) => {
        const end = await runScript(python, started.folder, text, {
          MLFLOW_TRACKING_URI: started.server.uriForRun(own.runId),
          MLFLOW_EXPERIMENT_ID: own.experiment,
          ...more,
        });
        return end;
      };
      return { ...started, own, launch };
    }

    test('logs parameters, metrics with steps, NaN and infinity, tags and artifacts, and reads the same back', async () => {
      const { launch, store, own, logged } = await scene();
      const { exitCode, output, reported } = await launch(`
import math, mlflow
with mlflow.start_run(run_name="first") as run:
    mlflow.log_param("lr", 0.1)
    mlflow.log_params({"epochs": 3, "note": "größe"})
    for step in range(3):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
    mlflow.log_metric("broken", math.nan)
    mlflow.log_metrics({"up": math.inf, "down": -math.inf}, step=4)
    mlflow.set_tag("team", "birds")
    mlflow.set_tags({"a": "1", "b": "2"})
    mlflow.log_text("hello", "notes/a b+c.txt")
    mlflow.log_dict({"k": [1, 2]}, "config.json")
    open("empty.bin", "w").close()
    mlflow.log_artifact("empty.bin", "files")
    uri = mlflow.get_artifact_uri("notes")
client = mlflow.MlflowClient()
read = client.get_run(run.info.run_id)
report({
    "id": run.info.run_id,
    "params": read.data.params,
    "metrics": {k: repr(v) for k, v in read.data.metrics.items()},
    "tags": {k: v for k, v in read.data.tags.items() if not k.startswith("mlflow.")},
    "history": [(m.step, m.value) for m in client.get_metric_history(run.info.run_id, "loss")],
    "artifacts": sorted((f.path, f.is_dir, f.file_size) for p in ("", "notes", "files") for f in client.list_artifacts(run.info.run_id, p)),
    "text": mlflow.artifacts.load_text(uri + "/a b+c.txt"),
    "dict": mlflow.artifacts.load_dict(run.info.artifact_uri + "/config.json"),
    "empty": open(client.download_artifacts(run.info.run_id, "files/empty.bin")).read(),
})
`);
      expect(output).not.toContain('Traceback');
      expect(exitCode).toBe(0);
      expect(reported).toEqual({
        id: own.runId,
        params: { lr: '0.1', epochs: '3', note: 'größe' },
        metrics: { loss: String(1 / 3), broken: 'nan', up: 'inf', down: '-inf' },
        tags: { team: 'birds', a: '1', b: '2' },
        history: [
          [0, 1],
          [1, 0.5],
          [2, 1 / 3],
        ],
        artifacts: [
          ['config.json', false, expect.any(Number)],
          ['files', true, null],
          ['files/empty.bin', false, 0],
          ['notes', true, null],
          ['notes/a b+c.txt', false, 5],
        ],
        text: 'hello',
        dict: { k: [1, 2] },
        empty: '',
      });
      expect(store.getRun(own.runId)).toMatchObject({
        name: 'first',
        status: 'RUNNING',
        details: { reportedStatus: 'FINISHED', command: ['python3', 'train.py'] },
      });
      expect(store.searchRuns({ limit: 10, offset: 0 }).total).toBe(1);
      expect(logged).toEqual([]);
    });

    test.each([
      ['found by its address', {}],
      ['named by MLFLOW_RUN_ID as well', { MLFLOW_RUN_ID: 'OWN' }],
    ])('set_experiment and then start_run: the run, %s, moves there', async (_how, more) => {
      const { launch, store, own } = await scene();
      const filled = Object.fromEntries(Object.entries(more).map(([key]) => [key, own.runId]));
      const { exitCode, output } = await launch(
        `
import mlflow
mlflow.set_experiment("penguins")
with mlflow.start_run():
    mlflow.log_metric("m", 1)
`,
        filled,
      );
      expect([exitCode, output.includes('Traceback')]).toEqual([0, false]);
      const penguins = store.getExperimentByName('penguins')!;
      expect(store.getRun(own.runId)).toMatchObject({ experiment: penguins.id, name: own.name });
      expect(store.metrics(own.runId)).toHaveLength(1);
      expect(store.searchRuns({ limit: 10, offset: 0 }).total).toBe(1);
    });

    test('without start_run the first logged value starts it; no name of an experiment is needed', async () => {
      const { launch, store, own } = await scene();
      const { exitCode } = await launch('import mlflow\nmlflow.log_metric("m", 2)\n');
      expect(exitCode).toBe(0);
      expect(store.metrics(own.runId)[0]?.latest.value).toBe(2);
    });

    test.each([
      ['by its address', false],
      ['by MLFLOW_RUN_ID as well', true],
    ])(
      'several runs in one script, ours known %s: the first is ours, the others beside it',
      async (_how, byId) => {
        const { launch, store, own } = await scene();
        const script = `
import mlflow
for lr in (1, 2, 3):
    with mlflow.start_run():
        mlflow.log_param("lr", lr)
`;
        await launch(script, byId ? { MLFLOW_RUN_ID: own.runId } : {});
        const { runs } = store.searchRuns({ limit: 10, offset: 0 });
        const rates = runs.map((run) => store.parameters(run.runId)[0]?.value).sort();
        expect(rates).toEqual(['1', '2', '3']);
        expect(store.parameters(own.runId)).toEqual([{ key: 'lr', value: '1' }]);
        expect(runs.filter((run) => run.status === 'FINISHED')).toHaveLength(2);
      },
    );

    test('nested runs hang on ours', async () => {
      const { launch, store, own } = await scene();
      await launch(`
import mlflow
with mlflow.start_run():
    with mlflow.start_run(run_name="child", nested=True):
        mlflow.log_metric("m", 1)
`);
      const child = store.searchRuns({ limit: 10, offset: 0 }).runs.find((run) => run.name === 'child')!;
      expect(store.tags(child.runId)).toContainEqual({ key: 'mlflow.parentRunId', value: own.runId });
      expect(child.status).toBe('FINISHED');
    });

    test('an exception: what was logged is there, the script fails as without us', async () => {
      const { launch, store, own } = await scene();
      const { exitCode, output } = await launch(`
import mlflow
with mlflow.start_run():
    mlflow.log_metric("m", 1)
    raise KeyError("sex")
`);
      expect(exitCode).toBe(1);
      expect(output).toContain("KeyError: 'sex'");
      expect(store.getRun(own.runId)?.details?.reportedStatus).toBe('FAILED');
      expect(store.metrics(own.runId)).toHaveLength(1);
    });

    test('misuse is told by the client in the words of MLflow', async () => {
      const { launch } = await scene();
      const { reported } = await launch(`
import mlflow
said = []
with mlflow.start_run():
    mlflow.log_param("lr", 1)
    for work in (lambda: mlflow.log_param("lr", 2), lambda: mlflow.log_metric("a?b", 1), lambda: mlflow.get_run("f" * 32)):
        try:
            work()
        except mlflow.exceptions.MlflowException as error:
            said.append([error.error_code, str(error)[:90]])
report(said)
`);
      expect(reported).toEqual([
        ['INVALID_PARAMETER_VALUE', expect.stringContaining('Changing param values is not allowed')],
        ['INVALID_PARAMETER_VALUE', expect.stringContaining('Invalid value')],
        ['RESOURCE_DOES_NOT_EXIST', expect.stringContaining('not found')],
      ]);
    });

    test('MlflowClient and search_runs, as a plain tracking server', async () => {
      const { server, store, folder } = await scene();
      const { exitCode, output, reported } = await runScript(
        python,
        folder,
        `
import mlflow
from mlflow.entities import Metric, Param, RunTag
client = mlflow.MlflowClient()
experiment = client.create_experiment("api", tags={"k": "v"})
run = client.create_run(experiment, run_name="by hand", tags={"t": "1"})
client.log_batch(run.info.run_id, [Metric("m", i, 1000 + i, i) for i in range(2500)], [Param("p", "1")], [RunTag("x", "y")])
client.set_terminated(run.info.run_id)
gone = client.create_run(experiment)
client.delete_run(gone.info.run_id)
frame = mlflow.search_runs([experiment])
client.rename_experiment(experiment, "renamed")
client.set_experiment_tag(experiment, "note", "n")
read = client.get_experiment(experiment)
client.delete_tag(run.info.run_id, "x")
report({
    "runs": frame[["tags.mlflow.runName", "status", "metrics.m", "params.p"]].values.tolist(),
    "history": len(client.get_metric_history(run.info.run_id, "m")),
    "experiment": [read.name, read.lifecycle_stage, dict(read.tags)],
    "names": sorted(e.name for e in client.search_experiments()),
    "deleted": [r.info.run_id for r in client.search_runs([experiment], run_view_type=2)] == [gone.info.run_id],
    "tags": client.get_run(run.info.run_id).data.tags.get("x"),
})
`,
        { MLFLOW_TRACKING_URI: server.uri },
      );
      expect([exitCode, output.includes('Traceback')]).toEqual([0, false]);
      expect(reported).toEqual({
        runs: [['by hand', 'FINISHED', 2499, '1']],
        history: 2500,
        experiment: ['renamed', 'active', { k: 'v', note: 'n' }],
        names: ['Default', 'renamed'],
        deleted: true,
        tags: null,
      });
      expect(store.getExperimentByName('renamed')).toBeDefined();
    });

    test('scikit-learn autolog without its models logs parameters and metrics into our run', async () => {
      const { launch, store, own, logged } = await scene();
      const { exitCode, output } = await launch(`
import mlflow, mlflow.sklearn
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
mlflow.sklearn.autolog(log_models=False)
X, y = load_iris(return_X_y=True)
LogisticRegression(max_iter=200).fit(X, y)
`);
      expect([exitCode, output.includes('Traceback')]).toEqual([0, false]);
      expect(store.parameters(own.runId)).toContainEqual({ key: 'max_iter', value: '200' });
      expect(store.metrics(own.runId).map((metric) => metric.key)).toContain('training_accuracy_score');
      expect(store.inputs(own.runId).datasets).not.toEqual([]);
      expect(logged).toEqual([]);
    });
  },
);
