import fs from 'node:fs';
import path from 'node:path';
import SqliteDatabase from 'better-sqlite3';

/** Small stores as MLflow writes them, made by hand. */

export interface FileRun {
  readonly name?: string;
  readonly status?: number;
  /** False while it is under way. */
  readonly end?: boolean;
  readonly lifecycle?: string;
  readonly artifactUri?: string;
  readonly files?: Readonly<Record<string, string>>;
  /** Instead of everything in `meta.yaml`. */
  readonly meta?: string;
}

export const firstRun = '00000000000000000000000000000001';
export const secondRun = '00000000000000000000000000000002';

/** An experiment `<id>` named `name` with its runs below `mlruns`. */
export function writeExperiment(
  mlruns: string,
  id: string,
  name: string,
  runs: Readonly<Record<string, FileRun>>,
  lifecycle = 'active',
): void {
  const folder = path.join(mlruns, id);
  write(
    path.join(folder, 'meta.yaml'),
    `artifact_location: file:///elsewhere/mlruns/${id}\nexperiment_id: '${id}'\nlifecycle_stage: ${lifecycle}\nname: ${name}\n`,
  );
  for (const [runId, run] of Object.entries(runs)) {
    write(path.join(folder, runId, 'meta.yaml'), run.meta ?? meta(id, runId, run));
    for (const name of ['params', 'artifacts']) {
      fs.mkdirSync(path.join(folder, runId, name), { recursive: true });
    }
    for (const [file, text] of Object.entries(run.files ?? {})) {
      write(path.join(folder, runId, file), text);
    }
  }
}

function meta(experiment: string, runId: string, run: FileRun): string {
  const uri = run.artifactUri ?? `file:///elsewhere/mlruns/${experiment}/${runId}/artifacts`;
  return [
    `artifact_uri: ${uri}`,
    `end_time: ${run.end === false ? 'null' : 1700000005000}`,
    `experiment_id: '${experiment}'`,
    `lifecycle_stage: ${run.lifecycle ?? 'active'}`,
    `run_id: ${runId}`,
    `run_name: ${run.name ?? 'calm-heron'}`,
    'start_time: 1700000000000',
    `status: ${run.status ?? 3}`,
    'user_id: ada',
    '',
  ].join('\n');
}

export function write(file: string, text: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}

/** The tables of MLflow 2.x that hold runs, as its migrations leave them, with one run. */
export function writeDatabase(file: string, artifactUri: string): void {
  const database = new SqliteDatabase(file);
  database.exec(`
    CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL);
    CREATE TABLE experiments (experiment_id INTEGER PRIMARY KEY, name VARCHAR(256), artifact_location VARCHAR(256),
      lifecycle_stage VARCHAR(32), creation_time BIGINT, last_update_time BIGINT);
    CREATE TABLE runs (run_uuid VARCHAR(32) PRIMARY KEY, name VARCHAR(250), source_type VARCHAR(20),
      source_name VARCHAR(500), entry_point_name VARCHAR(50), user_id VARCHAR(256), status VARCHAR(9),
      start_time BIGINT, end_time BIGINT, deleted_time BIGINT, source_version VARCHAR(50),
      lifecycle_stage VARCHAR(20), artifact_uri VARCHAR(200), experiment_id INTEGER);
    CREATE TABLE metrics (key VARCHAR(250), value FLOAT, timestamp BIGINT, run_uuid VARCHAR(32), step BIGINT,
      is_nan BOOLEAN, PRIMARY KEY (key, timestamp, step, run_uuid, value, is_nan));
    CREATE TABLE params (key VARCHAR(250), value VARCHAR(8000), run_uuid VARCHAR(32), PRIMARY KEY (key, run_uuid));
    CREATE TABLE tags (key VARCHAR(250), value VARCHAR(5000), run_uuid VARCHAR(32), PRIMARY KEY (key, run_uuid));
    CREATE TABLE experiment_tags (key VARCHAR(250), value VARCHAR(5000), experiment_id INTEGER);
    CREATE TABLE datasets (dataset_uuid VARCHAR(36), experiment_id INTEGER, name VARCHAR(500), digest VARCHAR(36),
      dataset_source_type VARCHAR(36), dataset_source TEXT, dataset_schema TEXT, dataset_profile TEXT);
    CREATE TABLE inputs (input_uuid VARCHAR(36), source_type VARCHAR(36), source_id VARCHAR(36),
      destination_type VARCHAR(36), destination_id VARCHAR(36));
    CREATE TABLE input_tags (input_uuid VARCHAR(36), name VARCHAR(255), value VARCHAR(500));
    INSERT INTO experiments VALUES (0, 'Default', '/elsewhere/mlruns/0', 'active', 1, 1),
      (7, 'penguins', '/elsewhere/mlruns/7', 'active', 1, 1);
    INSERT INTO experiment_tags VALUES ('team', 'antarctic', 7);
    INSERT INTO metrics VALUES ('loss', 0.5, 1700000000001, '${firstRun}', 0, 0),
      ('loss', 0.25, 1700000000002, '${firstRun}', 1, 0), ('bad', 0, 1700000000003, '${firstRun}', 0, 1),
      ('up', 1.7976931348623157e308, 1700000000004, '${firstRun}', 0, 0),
      ('down', -1.7976931348623157e308, 1700000000004, '${firstRun}', 0, 0);
    INSERT INTO params VALUES ('rate', '0.1', '${firstRun}');
    INSERT INTO tags VALUES ('mlflow.runName', 'calm-heron', '${firstRun}');
    INSERT INTO datasets VALUES ('d1', 7, 'iris', 'abc', 'local', '{"uri":"x"}', NULL, '{"rows":2}');
    INSERT INTO inputs VALUES ('i1', 'DATASET', 'd1', 'RUN', '${firstRun}');
    INSERT INTO input_tags VALUES ('i1', 'mlflow.data.context', 'training');
  `);
  database
    .prepare(`INSERT INTO runs VALUES (?, '', 'LOCAL', 'train.py', '', 'ada', 'FINISHED', 1700000000000,
      1700000005000, NULL, '', 'active', ?, 7)`)
    .run(firstRun, artifactUri);
  database.close();
}

/** Every file below, with its content: to see that nothing was touched. */
export function contents(folder: string): Record<string, string> {
  const files = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    files
      .map((entry) => {
        const place = path.join(entry.parentPath, entry.name);
        const text = entry.isFile() ? fs.readFileSync(place, 'latin1') : '';
        return [place, `${fs.lstatSync(place).mtimeMs} ${text}`];
      })
      .sort(),
  );
}
