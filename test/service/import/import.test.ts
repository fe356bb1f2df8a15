import fs from 'node:fs';
import path from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ServiceConnection } from '../../../src/attach/connection.ts';
import { getRuns, getSeries, listArtifacts, listExperiments } from '../../../src/protocol/experiments.ts';
import { type ImportResult, importRuns } from '../../../src/protocol/import.ts';
import { importedSentence } from '../../../src/protocol/sentences.ts';
import { ServedFolder } from '../../support/service.ts';
import { clientOf } from '../mlflow/trackingServer.ts';
import { contents, firstRun, secondRun, write, writeDatabase, writeExperiment } from './stores.ts';

let folder: ServedFolder;
let connection: ServiceConnection;
let trackingUri: string;

beforeEach(async () => {
  folder = new ServedFolder();
  const attached = await folder.attach();
  connection = attached.connection;
  trackingUri = attached.welcome.trackingUri;
});

afterEach(() => folder.dispose());

const place = (name: string) => path.join(folder.root, name);

async function take(name: string): Promise<ImportResult> {
  return connection.send(importRuns, { path: name });
}

const penguins = {
  [firstRun]: {
    files: {
      'params/rate': '0.1',
      'params/text': 'two\nlines',
      'tags/note/deep': "it's: é",
      'tags/mlflow.source.name': 'train.py',
      'metrics/loss': '1700000000001 0.5 0\n1700000000002 0.25 1\n',
      'metrics/val/auc': '1700000000001 nan 0\n1700000000002 inf 1\n1700000000003 -inf 2\n',
      'metrics/old': '1700000000001 1e-05\n',
      'artifacts/model/weights.bin': 'abc',
    },
  },
};

describe('a folder mlruns', () => {
  test('comes whole, and the source is as it was', async () => {
    folder.write('train.py', '');
    writeExperiment(place('mlruns'), '4711', 'penguins', penguins);
    const before = contents(place('mlruns'));
    const result = await take('mlruns');
    expect(importedSentence(result)).toBe('Imported 1 run in 1 experiment.');
    expect(contents(place('mlruns'))).toEqual(before);

    const [run] = await connection.send(getRuns, { runs: [firstRun] });
    expect(run).toMatchObject({
      id: firstRun,
      name: 'calm-heron',
      experimentName: 'penguins',
      state: 'finished',
      startTime: 1700000000000,
      endTime: 1700000005000,
      script: 'train.py',
      parameters: [
        { key: 'rate', value: '0.1' },
        { key: 'text', value: 'two\nlines' },
      ],
      tags: { 'note/deep': "it's: é", 'mlflow.runName': 'calm-heron' },
    });
    const series = await connection.send(getSeries, { runs: [firstRun], points: 100 });
    expect(Object.fromEntries(series.map(({ metric, values }) => [metric, values]))).toEqual({
      loss: [0.5, 0.25],
      old: [1e-5],
      'val/auc': ['NaN', 'Infinity', '-Infinity'],
    });
    expect(await connection.send(listArtifacts, { run: firstRun, path: 'model' })).toEqual([
      { path: 'model/weights.bin', isFolder: false, bytes: 3 },
    ]);
    const client = clientOf(trackingUri);
    const { json } = await client.get('runs/get', { run_id: firstRun });
    const experiment = json.run.info.experiment_id;
    expect(json.run.info).toMatchObject({
      user_id: 'ada',
      artifact_uri: `mlflow-artifacts:/${experiment}/${firstRun}/artifacts`,
    });
    const file = await client.artifact('GET', `${experiment}/${firstRun}/artifacts/model/weights.bin`);
    expect(file.text).toBe('abc');
  });

  test('a second time only what is new comes', async () => {
    writeExperiment(place('mlruns'), '1', 'penguins', penguins);
    await take('mlruns');
    writeExperiment(place('mlruns'), '1', 'penguins', { ...penguins, [secondRun]: { name: 'new-one' } });
    const second = await take('mlruns');
    expect(importedSentence(second)).toBe('Imported 1 run in 1 experiment (1 was here already).');
    expect(importedSentence(await take('mlruns'))).toBe('Imported 0 runs (2 were here already).');
    const [experiment] = (await connection.send(listExperiments, null)).filter(
      ({ name }) => name === 'penguins',
    );
    expect(experiment?.runCount).toBe(2);
  });

  test('a run that was under way has gone on the next time', async () => {
    const early = { status: 1, end: false, files: { 'params/rate': '1', 'metrics/loss': '1 0.5 0\n' } };
    writeExperiment(place('mlruns'), '1', 'penguins', { [firstRun]: early });
    await take('mlruns');
    expect(await connection.send(getRuns, { runs: [firstRun] })).toMatchObject([{ state: 'running' }]);
    const late = {
      files: { 'params/rate': '1', 'metrics/loss': '1 0.5 0\n2 0.25 1\n', 'artifacts/a.txt': 'a' },
    };
    writeExperiment(place('mlruns'), '1', 'penguins', { [firstRun]: late });
    expect(importedSentence(await take('mlruns'))).toBe('Imported 0 runs (1 was here already).');
    expect(await connection.send(getRuns, { runs: [firstRun] })).toMatchObject([
      { state: 'finished', endTime: 1700000005000, metrics: [{ key: 'loss', count: 2 }] },
    ]);
    expect(await connection.send(listArtifacts, { run: firstRun, path: '' })).toMatchObject([
      { path: 'a.txt' },
    ]);
  });

  test('what is deleted stays deleted, and comes back together', async () => {
    writeExperiment(place('mlruns'), '1', 'penguins', { [firstRun]: { lifecycle: 'deleted' } });
    writeExperiment(
      place('mlruns/.trash'),
      '2',
      'gone',
      { [secondRun]: { lifecycle: 'deleted' } },
      'deleted',
    );
    expect((await take('mlruns')).imported).toBe(2);
    expect((await connection.send(listExperiments, null)).map(({ name }) => name).sort()).toEqual([
      'Default',
      'penguins',
    ]);
    const client = clientOf(trackingUri);
    const stage = async (run_id: string) =>
      (await client.get('runs/get', { run_id })).json.run.info.lifecycle_stage;
    expect([await stage(firstRun), await stage(secondRun)]).toEqual(['deleted', 'deleted']);
    const gone = await client.get('experiments/get-by-name', { experiment_name: 'gone' });
    expect(gone.json.experiment.lifecycle_stage).toBe('deleted');
    await client.post('experiments/restore', { experiment_id: gone.json.experiment.experiment_id });
    expect([await stage(firstRun), await stage(secondRun)]).toEqual(['deleted', 'active']);
  });

  test('artifacts that are out of reach are counted and named, and nothing else of this machine is taken', async () => {
    write(place('secret/id_rsa'), 'private');
    writeExperiment(place('mlruns'), '1', 'penguins', {
      [firstRun]: { name: 'linked', files: { 'artifacts/fine.txt': 'fine' } },
      [secondRun]: { name: 'greedy', artifactUri: `file://${place('secret')}` },
    });
    fs.symlinkSync(place('secret/id_rsa'), place(`mlruns/1/${firstRun}/artifacts/key`));
    const result = await take('mlruns');
    expect(result.missingArtifacts.some).toContain('linked/key');
    expect(importedSentence(result)).toMatch(
      /^Imported 2 runs in 1 experiment; \d artifacts? could not be found\.$/,
    );
    expect(await connection.send(listArtifacts, { run: firstRun, path: '' })).toMatchObject([
      { path: 'fine.txt' },
    ]);
    expect(await connection.send(listArtifacts, { run: secondRun, path: '' })).toEqual([]);
    const stored = fs.readdirSync(place('.mlops/artifacts'), { recursive: true }).join();
    expect(stored).not.toContain('id_rsa');
  });

  test('artifacts of another storage stay there', async () => {
    const artifactUri = `s3://bucket/1/${firstRun}/artifacts`;
    writeExperiment(place('mlruns'), '1', 'penguins', { [firstRun]: { artifactUri } });
    expect((await take('mlruns')).missingArtifacts.count).toBe(0);
    const { json } = await clientOf(trackingUri).get('runs/get', { run_id: firstRun });
    expect(json.run.info.artifact_uri).toBe(artifactUri);
  });

  test('a run that cannot be read is named, and leaves the others alone', async () => {
    writeExperiment(place('mlruns'), '1', 'penguins', {
      ...penguins,
      [secondRun]: { meta: 'status: [3\n  broken' },
      '00000000000000000000000000000003': { files: { 'metrics/loss': '1700000000001 0.5 0\nnot a point\n' } },
    });
    const result = await take('mlruns');
    expect(result).toMatchObject({ imported: 1, unreadable: { count: 2 } });
    expect(result.unreadable.some[0]).toContain(secondRun);
    expect(result.unreadable.some[1]).toContain('is no number');
    expect(await connection.send(getRuns, { runs: ['00000000000000000000000000000003'] })).toEqual([]);
  });
});

describe('a database mlflow.db', () => {
  test('of MLflow 2 comes whole, and no file appears beside it', async () => {
    fs.mkdirSync(place('old'));
    write(place(`old/mlruns/7/${firstRun}/artifacts/note.txt`), 'note');
    writeDatabase(place('old/mlflow.db'), `/elsewhere/mlruns/7/${firstRun}/artifacts`);
    const before = contents(place('old'));
    expect(importedSentence(await take('old/mlflow.db'))).toBe('Imported 1 run in 1 experiment.');
    expect(contents(place('old'))).toEqual(before);

    const { json } = await clientOf(trackingUri).get('runs/get', { run_id: firstRun });
    expect(json.run.info).toMatchObject({ run_name: 'calm-heron', status: 'FINISHED', user_id: 'ada' });
    expect(json.run.data.params).toEqual([{ key: 'rate', value: '0.1' }]);
    expect(json.run.inputs.dataset_inputs).toEqual([
      {
        tags: [{ key: 'mlflow.data.context', value: 'training' }],
        dataset: {
          name: 'iris',
          digest: 'abc',
          source_type: 'local',
          source: '{"uri":"x"}',
          profile: '{"rows":2}',
        },
      },
    ]);
    const series = await connection.send(getSeries, { runs: [firstRun], points: 100 });
    expect(Object.fromEntries(series.map(({ metric, values }) => [metric, values]))).toEqual({
      loss: [0.5, 0.25],
      bad: ['NaN'],
      up: ['Infinity'],
      down: ['-Infinity'],
    });
    expect(await connection.send(listArtifacts, { run: firstRun, path: '' })).toMatchObject([
      { path: 'note.txt' },
    ]);
    expect(fs.readdirSync(place('.mlops/.imports'))).toEqual([]);
  });

  test('whose last writes lie in its write-ahead log comes with them', async () => {
    writeDatabase(place('mlflow.db'), '');
    const writer = new SqliteDatabase(place('mlflow.db'));
    try {
      writer.pragma('journal_mode = WAL');
      writer.exec(`INSERT INTO params VALUES ('late', 'yes', '${firstRun}')`);
      await take('mlflow.db');
    } finally {
      writer.close();
    }
    const [run] = await connection.send(getRuns, { runs: [firstRun] });
    expect(run?.parameters).toContainEqual({ key: 'late', value: 'yes' });
  });

  test('whose artifacts are on another machine says so', async () => {
    writeDatabase(place('mlflow.db'), `/home/bob/project/mlruns/7/${firstRun}/artifacts`);
    const result = await take('mlflow.db');
    expect(importedSentence(result)).toBe('Imported 1 run in 1 experiment; 1 artifact could not be found.');
    expect(result.missingArtifacts.some).toEqual(['calm-heron']);
  });
});

describe('what is no store of MLflow', () => {
  test('is refused, and not touched', async () => {
    await expect(take('nowhere')).rejects.toMatchObject({ code: 'import.notFound' });
    fs.mkdirSync(place('empty'));
    await expect(take('empty')).rejects.toMatchObject({ code: 'import.notMlflow' });
    folder.write('letter.db', 'this is a letter, not a database'.repeat(50));
    await expect(take('letter.db')).rejects.toMatchObject({ code: 'storage.notADatabase' });
    const other = new SqliteDatabase(place('other.db'));
    other.exec('CREATE TABLE runs (id INTEGER); CREATE TABLE experiments (experiment_id INTEGER)');
    other.close();
    await expect(take('other.db')).rejects.toMatchObject({
      code: 'import.unknownSchema',
      message: expect.stringContaining('it has no column “name” in its table “experiments”'),
    });
    await expect(take('.mlops/workbench.db')).rejects.toMatchObject({ code: 'import.unknownSchema' });
    expect(fs.readFileSync(place('letter.db'), 'utf8')).toMatch(/^this is a letter/);
    expect((await connection.send(listExperiments, null)).map(({ name }) => name)).toEqual(['Default']);
  });

  test('a folder of artifacts names the database beside it', async () => {
    writeDatabase(place('mlflow.db'), '');
    fs.mkdirSync(place('mlruns/7'), { recursive: true });
    await expect(take('mlruns')).rejects.toMatchObject({
      code: 'import.recordsElsewhere',
      message: expect.stringContaining(place('mlflow.db')),
    });
  });
});

test('cancelled on the way it keeps whole runs, and the next time takes the rest', async () => {
  const count = 300;
  const ids = Array.from({ length: count }, (_, index) => String(index).padStart(32, '0'));
  const file = (index: number) => ({ files: { 'params/n': String(index), 'artifacts/a.txt': 'a' } });
  writeExperiment(
    place('mlruns'),
    '1',
    'many',
    Object.fromEntries(ids.map((id, index) => [id, file(index)])),
  );
  const abort = new AbortController();
  const messages: string[] = [];
  const cancelled = await connection.send(
    importRuns,
    { path: 'mlruns' },
    {
      signal: abort.signal,
      onProgress: ({ message }) => {
        messages.push(message);
        abort.abort();
      },
    },
  );
  expect(messages[0]).toBe('1 of 300 runs');
  expect(cancelled.cancelled).toBe(true);
  expect(cancelled.imported).toBeGreaterThan(0);
  expect(cancelled.imported).toBeLessThan(count);
  const here = await connection.send(getRuns, { runs: ids });
  expect(here).toHaveLength(cancelled.imported);
  expect(here.every(({ state, parameters }) => state === 'finished' && parameters.length === 1)).toBe(true);
  const rest = await take('mlruns');
  expect(rest).toMatchObject({ present: cancelled.imported, imported: count - cancelled.imported });
  expect(fs.readdirSync(place('.mlops/artifacts/.uploads'))).toEqual([]);
});
