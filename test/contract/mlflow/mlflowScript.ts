import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { pythonEnvironment } from '../python.ts';
import { plainEnvironment } from './servers.ts';

/** One old and the newest client, each pinned with what its tests import. */
export const clients = {
  'mlflow 3': ['mlflow==3.17.2', 'scikit-learn==1.9.1', 'pandas==3.1.1'],
  // Its own server does not start with SQLAlchemy 2.1.
  'mlflow 2': ['mlflow==2.22.5', 'scikit-learn==1.6.1', 'pandas==2.3.3', 'sqlalchemy==2.0.58'],
} as const;

export type ClientName = keyof typeof clients;

export function pythonWithClient(name: ClientName): Promise<string> {
  return pythonEnvironment(name.replace(' ', ''), clients[name]);
}

export interface ScriptEnd {
  readonly exitCode: number | null;
  readonly output: string;
  /** What the script wrote with `report(…)`. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the script reports.
  readonly reported: any;
}

/** Runs a script as a user would: it knows nothing but its environment. `report` is added for the test's sake. */
export async function runScript(
  python: string,
  folder: string,
  text: string,
  environment: Record<string, string>,
): Promise<ScriptEnd> {
  const script = path.join(folder, 'train.py');
  const report = path.join(folder, 'report.json');
  fs.rmSync(report, { force: true });
  fs.writeFileSync(
    script,
    `import json\ndef report(value):\n    json.dump(value, open(${JSON.stringify(report)}, "w"))\n${text}`,
  );
  const child = spawn(python, [script], {
    cwd: folder,
    env: { ...plainEnvironment(), ...environment },
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const reported = fs.existsSync(report) ? JSON.parse(fs.readFileSync(report, 'utf8')) : undefined;
  return { exitCode, output, reported };
}
