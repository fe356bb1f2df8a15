import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ImportResult, importRuns } from '../../../src/protocol/import.ts';
import { contents } from '../../service/import/stores.ts';
import { ServedFolder } from '../../support/service.ts';
import { type ClientName, pythonWithClient, runScript } from './mlflowScript.ts';

/*
 * A store made by MLflow itself is imported, and then the same client reads both: what it finds in ours must be what
 * it finds in its own. Only experiment ids and the places of artifacts differ.
 */

const make = `
import mlflow, os, tempfile
from mlflow import MlflowClient
client = MlflowClient()
mlflow.set_experiment("Penguins: “first”")
mlflow.set_experiment_tag("team", "antarctic")
with mlflow.start_run(run_name="calm") as run:
    mlflow.log_params({"rate": 0.1, "text": "two\\nlines: [x]", "empty": ""})
    for step in range(50):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
    mlflow.log_metric("again", 2.0, step=1); mlflow.log_metric("again", 1.0, step=1)
    mlflow.log_metric("val/auc", float("nan"))
    mlflow.log_metric("tiny", 1e-300); mlflow.log_metric("negative", -5, step=-3)
    mlflow.set_tag("note/deep", "it's: 'é'")
    mlflow.log_text("hello", "sub folder/é.txt")
    mlflow.log_text("", "empty.txt")
    mlflow.log_input(mlflow.data.from_numpy(__import__("numpy").zeros((2, 3)), name="zeros"), context="training")
    with mlflow.start_run(nested=True):
        mlflow.log_metric("m", 1)
client.set_terminated(client.create_run(run.info.experiment_id).info.run_id, "FAILED")
client.delete_run(client.create_run(run.info.experiment_id).info.run_id)
client.create_run("0", run_name="never ended")
gone = client.create_experiment("gone")
client.create_run(gone, run_name="gone too")
client.delete_experiment(gone)
client.create_registered_model("net", tags={"kind": "small"}, description="A net")
for number in (1, 2, 3):
    client.create_model_version("net", run.info.artifact_uri + "/sub folder", run_id=run.info.run_id,
        tags={"number": str(number)}, description="first" if number == 1 else None)
client.set_registered_model_alias("net", "prod", "2")
client.transition_model_version_stage("net", "1", "Staging")
client.delete_model_version("net", "3")
if hasattr(mlflow, "initialize_logged_model"):
    with mlflow.start_run(run_name="logs a model"):
        model = mlflow.initialize_logged_model(name="tree", params={"depth": "3"}, tags={"t": "1"}, model_type="toy")
        mlflow.log_metric("accuracy", 0.5, step=1, model_id=model.model_id)
        # MLflow's own file store reads every step of a metric with a dataset as 0.
        mlflow.log_metric("accuracy", 0.75, step=0, model_id=model.model_id,
            dataset=mlflow.data.from_numpy(__import__("numpy").ones((2, 3)), name="ones"))
        file = os.path.join(tempfile.mkdtemp(), "weights.txt")
        open(file, "w").write("3")
        client.log_model_artifact(model.model_id, file)
        mlflow.finalize_logged_model(model.model_id, "READY")
    client.create_model_version("net", model.model_uri, run_id=model.source_run_id, model_id=model.model_id)
`;

const read = `
import math, mlflow, os, tempfile
from mlflow import MlflowClient
from mlflow.entities import ViewType
client = MlflowClient()
def number(value): return str(value)
def artifacts(run):
    found = {}
    root = tempfile.mkdtemp()
    if client.list_artifacts(run):
        client.download_artifacts(run, "", root)
    for folder, _, files in os.walk(root):
        for name in files:
            file = os.path.join(folder, name)
            found[os.path.relpath(file, root)] = open(file, encoding="utf8").read()
    return found
def inputs(run):
    return sorted([[i.dataset.name, i.dataset.digest, i.dataset.source_type, i.dataset.source, i.dataset.schema,
        i.dataset.profile, sorted([t.key, t.value] for t in i.tags)] for i in run.inputs.dataset_inputs])
result = {}
for experiment in client.search_experiments(view_type=ViewType.ALL):
    runs = client.search_runs([experiment.experiment_id], run_view_type=ViewType.ALL)
    result[experiment.name] = {"lifecycle": experiment.lifecycle_stage, "tags": dict(experiment.tags), "runs": {
        run.info.run_id: {
            "name": run.info.run_name, "user": run.info.user_id, "status": run.info.status,
            "start": run.info.start_time, "end": run.info.end_time, "lifecycle": run.info.lifecycle_stage,
            "params": run.data.params, "tags": run.data.tags,
            "latest": {key: number(value) for key, value in run.data.metrics.items()},
            "history": {key: sorted([m.timestamp, m.step, number(m.value)]
                for m in client.get_metric_history(run.info.run_id, key)) for key in run.data.metrics},
            "inputs": inputs(run),
            "artifacts": artifacts(run.info.run_id) if run.info.lifecycle_stage == "active" else {},
        } for run in runs}}
def version(of):
    return [str(of.version), of.current_stage, of.run_id, of.description, of.tags, of.creation_timestamp,
        of.last_updated_timestamp, client.get_model_version_download_uri(of.name, of.version).split("/artifacts")[-1]]
result["registered"] = {model.name: [model.description, model.tags,
        {alias: str(number) for alias, number in model.aliases.items()}, model.creation_timestamp,
        sorted(version(v) for v in client.search_model_versions(f"name='{model.name}'"))]
    for model in client.search_registered_models()}
if hasattr(client, "search_logged_models"):
    ids = [e.experiment_id for e in client.search_experiments()]
    result["logged"] = {model.model_id: [model.name, model.status.value, model.model_type, model.source_run_id, model.params,
            model.tags, model.creation_timestamp, model.last_updated_timestamp, client.list_logged_model_artifacts(model.model_id)
                and open(os.path.join(mlflow.artifacts.download_artifacts(f"models:/{model.model_id}"), "weights.txt")).read(),
            sorted([m.key, m.value, m.timestamp, m.step, m.run_id, m.dataset_name, m.dataset_digest] for m in model.metrics or [])]
        for model in client.search_logged_models(ids)}
report(result)
`;

interface Store {
  readonly kind: string;
  readonly client: ClientName;
  /** Of the source, in its folder. */
  uri(folder: string): string;
  readonly path: string;
}

const stores: readonly Store[] = [
  {
    kind: 'a folder mlruns of MLflow 2',
    client: 'mlflow 2',
    uri: (folder) => `file://${folder}/mlruns`,
    path: 'mlruns',
  },
  {
    kind: 'a folder mlruns of MLflow 3',
    client: 'mlflow 3',
    uri: (folder) => `file://${folder}/mlruns`,
    path: 'mlruns',
  },
  {
    kind: 'a database of MLflow 3',
    client: 'mlflow 3',
    uri: (folder) => `sqlite:///${folder}/mlflow.db`,
    path: 'mlflow.db',
  },
];

describe.each(stores)('$kind', ({ client, uri, path: name }) => {
  let served: ServedFolder;
  let source: string;

  beforeAll(() => {
    served = new ServedFolder('imported');
    // MLflow's own addresses of files cannot have spaces everywhere.
    source = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-source-')));
  });

  afterAll(async () => {
    await served.dispose();
    fs.rmSync(source, { recursive: true, force: true });
  });

  async function runWith(text: string, trackingUri: string, extra: Record<string, string> = {}) {
    const environment = { MLFLOW_TRACKING_URI: trackingUri, MLFLOW_ALLOW_FILE_STORE: 'true', ...extra };
    const end = await runScript(await pythonWithClient(client), source, text, environment);
    expect(end.exitCode, end.output).toBe(0);
    return end.reported;
  }

  test('reads the same from here as from where it was', async () => {
    await runWith(make, uri(source));
    const { connection, welcome } = await served.attach({ idleSeconds: 60 });
    const before = name === 'mlruns' && contents(path.join(source, name));
    const take = (): Promise<ImportResult> => connection.send(importRuns, { path: path.join(source, name) });
    const runs = client === 'mlflow 3' ? 7 : 6;
    const result = await take();
    expect(result).toMatchObject({
      imported: runs,
      total: runs,
      loggedModels: client === 'mlflow 3' ? 1 : 0,
      modelVersions: client === 'mlflow 3' ? 3 : 2,
      missingArtifacts: { count: 0 },
    });
    expect(result.unreadable).toEqual({ count: 0, some: [] });
    if (name === 'mlruns') {
      expect(contents(path.join(source, name))).toEqual(before);
    }
    expect(fs.readdirSync(source).filter((each) => each.startsWith('mlflow.db'))).toEqual(
      name === 'mlflow.db' ? ['mlflow.db'] : [],
    );

    const here = await runWith(read, welcome.trackingUri);
    const there = await runWith(read, uri(source));
    expect(Object.keys(there['Penguins: “first”'].runs)).toHaveLength(runs - 2);
    // The run of a deleted experiment is deleted with it, here and there.
    expect(here).toEqual(there);
    expect(await take()).toMatchObject({ imported: 0, present: runs, loggedModels: 0, modelVersions: 0 });
  });
});
