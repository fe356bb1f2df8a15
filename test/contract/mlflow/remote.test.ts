import fs from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { attach } from '../../../src/attach/attach.ts';
import { getRuns, getSeries, listArtifacts, loadArtifact } from '../../../src/protocol/experiments.ts';
import { TypedFolder } from '../../service/cli/commandLine.ts';
import { serviceScript, version } from '../../support/service.ts';
import { waitFor } from '../../support/waitFor.ts';
import { pythonWithClient, runScript } from './mlflowScript.ts';
import { type Peer, startMlflow } from './servers.ts';

describe("MLflow's own server as the remote one", () => {
  let python: string;
  let scratch: string;
  let peer: Peer;
  let folder: TypedFolder;

  beforeAll(async () => {
    python = await pythonWithClient('mlflow 3');
    scratch = fs.mkdtempSync(path.join(fs.realpathSync('/tmp'), 'mlops-remote-'));
    peer = await startMlflow(python, scratch);
  }, 900_000);

  afterAll(async () => {
    await peer?.stop();
    fs.rmSync(scratch, { recursive: true, force: true });
  });

  beforeEach(() => {
    folder = new TypedFolder();
  });

  afterEach(() => folder.dispose());

  /** Of somebody who works with that server directly. */
  async function theirs(text: string) {
    const end = await runScript(python, scratch, text, { MLFLOW_TRACKING_URI: peer.uri });
    expect(end.output).not.toContain('Traceback');
    return end.reported;
  }

  async function useServer(): Promise<void> {
    expect(await folder.mlops('remote', 'set', peer.uri)).toMatchObject({ exitCode: 0, stderr: '' });
  }

  test('a script that is run with mlops lands there, and its own client reads everything back', async () => {
    await useServer();
    folder.write(
      'train.py',
      `
import math, mlflow
mlflow.set_experiment("penguins")
with mlflow.start_run(run_name="from the workbench"):
    mlflow.log_params({"lr": 0.1, "note": "größe"})
    for step in range(150):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
    mlflow.log_metric("broken", math.nan)
    mlflow.set_tag("team", "birds")
    mlflow.log_text("hello", "notes/a b+c.txt")
    with mlflow.start_run(run_name="child", nested=True):
        mlflow.log_metric("loss", 5)
`,
    );
    const ran = await folder.mlops('run', '--interpreter', python, 'train.py');
    expect(ran.exitCode, ran.stderr + ran.stdout).toBe(0);
    await waitFor('all to be sent', async () => {
      const { waiting } = await folder.json<{ waiting: number }>('remote', 'status');
      return waiting === 0;
    });
    expect(await folder.json('remote', 'status')).toMatchObject({ state: 'connected', refused: 0 });
    const read = await theirs(`
import mlflow
client = mlflow.MlflowClient()
experiment = client.get_experiment_by_name("penguins")
runs = {r.info.run_name: r for r in client.search_runs([experiment.experiment_id])}
everywhere = [e.experiment_id for e in client.search_experiments()]
run = runs["from the workbench"]
report({
    "names": sorted(runs),
    "all": len(client.search_runs(everywhere, run_view_type=mlflow.entities.ViewType.ALL)),
    "status": run.info.status,
    "params": run.data.params,
    "metrics": {k: repr(v) for k, v in run.data.metrics.items() if not k.startswith("system/")},
    "measured": "system/process_memory_megabytes" in run.data.metrics,
    "team": run.data.tags["team"],
    "steps": [m.step for m in client.get_metric_history(run.info.run_id, "loss")],
    "child": runs["child"].data.tags["mlflow.parentRunId"] == run.info.run_id,
    "artifacts": sorted(f.path for f in client.list_artifacts(run.info.run_id, "notes")),
    "text": mlflow.artifacts.load_text(run.info.artifact_uri + "/notes/a b+c.txt"),
})
`);
    expect(read).toEqual({
      names: ['child', 'from the workbench'],
      all: 2,
      status: 'FINISHED',
      params: { lr: '0.1', note: 'größe' },
      metrics: { loss: String(1 / 150), broken: 'nan' },
      measured: true,
      team: 'birds',
      steps: Array.from({ length: 150 }, (_, step) => step),
      child: true,
      artifacts: ['notes/a b+c.txt'],
      text: 'hello',
    });
  });

  test('a run that its own client makes there is listed by mlops, with its curves and artifacts', async () => {
    const run = await theirs(`
import mlflow
mlflow.set_experiment("whales")
with mlflow.start_run(run_name="from elsewhere") as run:
    mlflow.log_params({str(i): i for i in range(120)})
    mlflow.log_metrics({"accuracy": 0.5}, step=0)
    for step in range(1, 40):
        mlflow.log_metric("accuracy", 0.5 + step / 100, step=step)
    mlflow.log_text("theirs", "deep/er/x.txt")
report(run.info.run_id)
`);
    await useServer();
    const list = await waitFor('their run', async () => {
      const { stdout } = await folder.mlops('runs', 'list');
      return stdout.includes('from elsewhere') && stdout;
    });
    expect(list).toMatch(/from elsewhere +finished +accuracy +0\.89 .*whales/);
    const { connection } = await attach({
      workspace: folder.root,
      program: { node: process.execPath, script: serviceScript },
      client: 'test',
      version,
    });
    try {
      const [details] = await connection.send(getRuns, { runs: [run] });
      expect(details?.parameters).toHaveLength(120);
      const [series] = await connection.send(getSeries, { runs: [run], points: 100 });
      expect(series).toMatchObject({ metric: 'accuracy', count: 40 });
      const listed = await connection.send(listArtifacts, { run, path: 'deep/er' });
      expect(listed).toEqual([{ path: 'deep/er/x.txt', isFolder: false, bytes: 6 }]);
      await connection.send(loadArtifact, { run, path: 'deep/er/x.txt' });
      expect(folder.read(`${details!.artifactFolder}/deep/er/x.txt`)).toBe('theirs');
    } finally {
      connection.dispose();
    }
  });
});
