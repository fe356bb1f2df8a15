import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

export const runners = path.resolve(import.meta.dirname, '../../../src/runners');

export interface ScriptEnd {
  readonly exitCode: number | null;
  readonly output: string;
  readonly errors: string;
}

export interface RunningScript {
  readonly ended: Promise<ScriptEnd>;
  /** Resolves once the script has printed this. */
  printed(text: string): Promise<void>;
  /** Writes a line to its standard input. */
  tell(line: string): void;
}

/** Starts a script as the launcher does: with the logging modules within reach and nothing else. */
export function startScript(
  program: string,
  folder: string,
  name: string,
  text: string,
  environment: Record<string, string>,
): RunningScript {
  const script = path.join(folder, name);
  fs.writeFileSync(script, text);
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([key]) => !/^(ML(FLOW|OPS)_|NODE_OPTIONS|VITEST)/.test(key)),
  );
  const child = spawn(program, [script], {
    cwd: folder,
    env: { ...inherited, PYTHONDONTWRITEBYTECODE: '1', PYTHONUNBUFFERED: '1', ...environment },
  });
  let output = '';
  let errors = '';
  const listeners = new Set<() => void>();
  child.stdout.on('data', (chunk) => {
    output += chunk;
    for (const listener of listeners) {
      listener();
    }
  });
  child.stderr.on('data', (chunk) => (errors += chunk));
  const ended = new Promise<ScriptEnd>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, output, errors }));
  });
  const printed = (wanted: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (output.includes(wanted)) {
          listeners.delete(look);
          resolve();
        }
      };
      listeners.add(look);
      void ended.then(() => reject(new Error(`ended without printing ${wanted}: ${output}${errors}`)));
      look();
    });
  return { ended, printed, tell: (line) => child.stdin.write(`${line}\n`) };
}
