import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { RunDetails } from '../../../src/protocol/experiments.ts';
import { isAlive, kill, repository, ServedFolder } from '../../support/service.ts';
import { waitFor } from '../../support/waitFor.ts';
import { describeProcess } from './stuckProcess.ts';

/** The bundled command line, as it is delivered; `npm test` builds it first. */
export const commandLineScript = path.join(repository, 'dist', 'cli', 'mlops.mjs');

const longestCommand = 45_000;

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** One `mlops …` that is still going on. */
export class Going {
  readonly ended: Promise<Ended>;
  readonly #process: ChildProcess;
  #stdout = '';
  #stderr = '';

  constructor(process: ChildProcess) {
    this.#process = process;
    process.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
    });
    process.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
    this.ended = new Promise((resolve) => {
      process.once('close', (exitCode) => resolve({ exitCode, stdout: this.#stdout, stderr: this.#stderr }));
    });
    // Told before the test's own deadline, after which nothing could be seen any more.
    const tooLong = setTimeout(() => console.error(this.#stuck()), longestCommand);
    void this.ended.then(() => clearTimeout(tooLong));
  }

  get stdout(): string {
    return this.#stdout;
  }

  #stuck(): string {
    const { pid, spawnargs } = this.#process;
    return [
      `mlops ${spawnargs.slice(2).join(' ')} has not ended in ${longestCommand} ms.`,
      describeProcess(pid!),
      `stdout: ${this.#stdout.slice(-500)}`,
      `stderr: ${this.#stderr.slice(-500)}`,
    ].join('\n');
  }

  async saw(text: string, stream: 'stdout' | 'stderr' = 'stdout'): Promise<void> {
    const seen = () => (stream === 'stdout' ? this.#stdout : this.#stderr).includes(text);
    await waitFor(`“${text}” on ${stream}; so far: ${this.#stdout}${this.#stderr}`, seen);
  }

  /** As `head` does when it has seen enough. */
  closeOutput(): void {
    this.#process.stdout!.destroy();
  }

  interrupt(signal: NodeJS.Signals = 'SIGINT'): void {
    this.#process.kill(signal);
  }
}

/** A temporary folder in which `mlops` is typed; the service is the one that it starts itself. */
export class TypedFolder {
  readonly #folder: ServedFolder;
  readonly #going = new Set<ChildProcess>();
  readonly root: string;

  constructor(name?: string) {
    this.#folder = new ServedFolder(name);
    this.root = this.#folder.root;
  }

  write(name: string, text: string): string {
    return this.#folder.write(name, text);
  }

  read(name: string): string {
    return fs.readFileSync(path.join(this.root, name), 'utf8');
  }

  start(
    words: readonly string[],
    options: { in?: string; environment?: Record<string, string> } = {},
  ): Going {
    const { VIRTUAL_ENV: _, CONDA_PREFIX: __, ...own } = process.env;
    const child = spawn(process.execPath, [commandLineScript, ...words], {
      cwd: path.join(this.root, options.in ?? ''),
      env: { ...own, ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#going.add(child);
    return new Going(child);
  }

  /** To its end. */
  mlops(...words: string[]): Promise<Ended> {
    return this.start(words).ended;
  }

  /** What it prints with --json. */
  async json<T>(...words: string[]): Promise<T> {
    const { exitCode, stdout, stderr } = await this.mlops(...words, '--json');
    if (exitCode !== 0) {
      throw new Error(`mlops ${words.join(' ')} ended with ${exitCode}: ${stderr}`);
    }
    return JSON.parse(stdout) as T;
  }

  newestRun(): Promise<RunDetails> {
    return this.json<{ runs: RunDetails[] }>('runs', 'list').then(({ runs }) =>
      this.json<RunDetails>('runs', 'show', runs[0]!.id),
    );
  }

  git(...words: string[]): string {
    const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
    return execFileSync('git', [...identity, ...words], { cwd: this.root, encoding: 'utf8' });
  }

  async servicePid(): Promise<number> {
    return (await this.#folder.address())!.processId;
  }

  async killService(): Promise<void> {
    const processId = (await this.#folder.address())?.processId;
    if (processId !== undefined) {
      kill(processId, 'SIGKILL');
      await waitFor(`the end of service ${processId}`, () => !isAlive(processId));
    }
  }

  async dispose(): Promise<void> {
    for (const child of this.#going) {
      child.kill('SIGKILL');
    }
    await this.killService();
    await this.#folder.dispose();
  }
}
