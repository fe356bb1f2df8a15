import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { pythonEnvironment } from '../python.ts';

export interface DvcAnswer {
  readonly code: number;
  readonly output: string;
}

/** The real `dvc` command line, with settings and caches of its own. */
export class Dvc {
  readonly #python: string;

  constructor(python: string) {
    this.#python = python;
  }

  static async install(): Promise<Dvc> {
    return new Dvc(await pythonEnvironment('dvc', ['dvc==3.67.1']));
  }

  /** Fails with what DVC printed unless it succeeds. */
  run(folder: string, ...args: string[]): string {
    const { code, output } = this.try(folder, ...args);
    if (code !== 0) {
      throw new Error(`dvc ${args.join(' ')} ended with ${code}:\n${output}`);
    }
    return output;
  }

  try(folder: string, ...args: string[]): DvcAnswer {
    const own = path.join(path.dirname(folder), 'dvc settings');
    fs.mkdirSync(own, { recursive: true });
    const result = spawnSync(this.#python, ['-m', 'dvc', ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: {
        ...process.env,
        DVC_NO_ANALYTICS: '1',
        DVC_SITE_CACHE_DIR: path.join(own, 'site'),
        DVC_GLOBAL_CONFIG_DIR: path.join(own, 'global'),
        DVC_SYSTEM_CONFIG_DIR: path.join(own, 'system'),
        // Python's own file system encoding must not depend on who runs the tests.
        PYTHONUTF8: '1',
      },
    });
    return { code: result.status ?? 1, output: `${result.stdout}${result.stderr}` };
  }

  /** What `dvc status` says of the whole repository: `{}` is clean. */
  status(folder: string): unknown {
    return JSON.parse(this.run(folder, 'status', '--json'));
  }
}
