import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { pythonWithClient, runScript } from './mlflowScript.ts';
import { type Peer, startOurs } from './servers.ts';

let peer: Peer | undefined;
let folder: string | undefined;

afterEach(async () => {
  await peer?.stop();
  if (folder) {
    fs.rmSync(folder, { recursive: true, force: true });
  }
});

const megabytes = 1_024;

test('a file of one gigabyte goes to and fro whole, and is never in memory as a whole', async () => {
  const python = await pythonWithClient('mlflow 3');
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-large-'));
  peer = await startOurs(path.join(folder, 'ours'));
  const { exitCode, output, reported } = await runScript(
    python,
    folder,
    `
import hashlib, os, mlflow

def written(name):
    block, whole = os.urandom(1 << 20), hashlib.sha256()
    with open(name, "wb") as file:
        for number in range(${megabytes}):
            piece = number.to_bytes(8, "big") + block[8:]
            whole.update(piece)
            file.write(piece)
    return whole.hexdigest()

sent = written("large.bin")
client = mlflow.MlflowClient()
run = client.create_run("0").info.run_id
client.log_artifact(run, "large.bin", "models/größe +1")
os.remove("large.bin")
listed = client.list_artifacts(run, "models/größe +1")
back = client.download_artifacts(run, "models/größe +1/large.bin", ".")
with open(back, "rb") as file:
    received = hashlib.file_digest(file, "sha256").hexdigest()
report([sent == received, [[file.path, file.file_size] for file in listed]])
`,
    { MLFLOW_TRACKING_URI: peer.uri, MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR: 'false' },
  );
  expect([exitCode, output.includes('Traceback')], output).toEqual([0, false]);
  expect(reported).toEqual([true, [['models/größe +1/large.bin', megabytes * 1_048_576]]]);
  if (process.platform === 'linux') {
    const status = fs.readFileSync(`/proc/${peer.processId}/status`, 'utf8');
    const mostMegabytes = Number(/VmHWM:\s+(\d+) kB/.exec(status)![1]) / 1_024;
    expect(mostMegabytes).toBeLessThan(500);
  }
});
