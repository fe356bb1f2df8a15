import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { plainEnvironment } from './servers.ts';

/** What one case saw of one server: a value, or the error that it did not expect. */
export interface Seen {
  readonly saw?: unknown;
  readonly broke?: readonly [type: string, message: string, trace: string];
  readonly seconds: number;
}

export type Report = ReadonlyMap<string, Seen>;

const casesFolder = path.join(import.meta.dirname, 'cases');

/** The cases that a client of this major version runs, as they stand in the Python files. */
export function casesOf(major: number): string[] {
  const files = fs.readdirSync(casesFolder).filter((name) => name.endsWith('.py'));
  return files.flatMap((name) => {
    const text = fs.readFileSync(path.join(casesFolder, name), 'utf8');
    return [...text.matchAll(/^@case(?:_of_(\d))?\ndef (\w+)\(at\):$/gm)]
      .filter(([, only]) => only === undefined || Number(only) === major)
      .map(([, , caseName]) => caseName!);
  });
}

/** Runs every case, or only those of these names, in one Python process against one server. */
export async function drive(
  python: string,
  uri: string,
  folder: string,
  only: readonly string[] = [],
): Promise<Report> {
  fs.mkdirSync(folder, { recursive: true });
  const report = path.join(folder, 'report.json');
  const log = path.join(folder, 'driver.log');
  const output = fs.openSync(log, 'w');
  const child = spawn(python, [path.join(import.meta.dirname, 'driver.py'), uri, report, ...only], {
    cwd: folder,
    stdio: ['ignore', output, output],
    env: {
      ...plainEnvironment(),
      // A 500 is an answer like any other here; the client would try it again for four minutes.
      MLFLOW_HTTP_REQUEST_MAX_RETRIES: '0',
      MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR: 'false',
      MLFLOW_ENABLE_ASYNC_TRACE_LOGGING: 'false',
      MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT: 'true',
    },
  });
  fs.closeSync(output);
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (exitCode !== 0 || !fs.existsSync(report)) {
    throw new Error(`The cases ended with ${exitCode}: ${fs.readFileSync(log, 'utf8').slice(-3_000)}`);
  }
  const { cases } = JSON.parse(fs.readFileSync(report, 'utf8')) as { cases: Record<string, Seen> };
  return new Map(Object.entries(cases));
}
