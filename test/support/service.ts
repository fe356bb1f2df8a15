import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readAddress } from '../../src/attach/address.ts';
import { type Attached, attach } from '../../src/attach/attach.ts';
import { DisposableStore, toDisposable } from '../../src/base/lifecycle.ts';
import { waitFor } from './waitFor.ts';

export const repository = path.join(import.meta.dirname, '..', '..');
export const version: string = JSON.parse(
  fs.readFileSync(path.join(repository, 'package.json'), 'utf8'),
).version;

/** The bundled service, as it is delivered; `npm test` builds it first. */
export const serviceScript = path.join(repository, 'dist', 'service', 'main.cjs');

/** A temporary folder with the real service process beside it; both are gone after `dispose`. */
export class ServedFolder {
  readonly root: string;
  readonly #disposables = new DisposableStore();
  readonly #seen = new Set<number>();

  constructor(name = 'a folder – with “unicode” and spaces') {
    const parent = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-test-')));
    this.root = path.join(parent, name);
    fs.mkdirSync(this.root);
    this.#disposables.add(toDisposable(() => fs.rmSync(parent, { recursive: true, force: true })));
  }

  async attach(options: { version?: string; idleSeconds?: number } = {}): Promise<Attached> {
    const attached = await attach({
      workspace: this.root,
      program: { node: process.execPath, script: serviceScript, idleSeconds: options.idleSeconds ?? 1 },
      client: 'test',
      version: options.version ?? version,
    });
    this.#seen.add(attached.welcome.processId);
    this.#disposables.add(attached.connection);
    return attached;
  }

  write(name: string, text: string): string {
    const file = path.join(this.root, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
    return file;
  }

  address() {
    return readAddress(this.root);
  }

  /** Ends every service that was attached to, and waits until it is gone. */
  async dispose(): Promise<void> {
    for (const processId of this.#seen) {
      kill(processId, 'SIGKILL');
      await waitFor(`the end of process ${processId}`, () => !isAlive(processId));
    }
    this.#disposables.dispose();
  }
}

export function kill(processId: number, signal: NodeJS.Signals): void {
  try {
    process.kill(processId, signal);
  } catch {
    // It has ended already.
  }
}

export function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    // A process that has ended stays in the table until its parent asks: it is dead all the same.
    return !/^\d+ \(.*\) Z/.test(fs.readFileSync(`/proc/${processId}/stat`, 'utf8'));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' && process.platform !== 'linux';
  }
}
