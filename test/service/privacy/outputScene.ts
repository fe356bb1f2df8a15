import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import { type ApplyJob, type ApplyResult, applyRelease } from '../../../src/service/privacy/work/apply.ts';
import type { JobContext } from '../../../src/service/privacy/work/context.ts';
import type { RestoreJob } from '../../../src/service/privacy/work/restore.ts';
import { refusal } from './scene.ts';

/** A folder in which a recipe is applied to a table by what a job does, without a service around it. */
export class OutputScene {
  readonly root = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-outputs-'));
  readonly keys = { team: Buffer.alloc(32, 7).toString('base64') };

  dispose(): void {
    fs.rmSync(this.root, { recursive: true, force: true });
  }

  context(): JobContext {
    return {
      scratch: path.join(this.root, 'scratch'),
      copyFolder: path.join(this.root, 'scratch', `rows-${randomUUID()}`),
      signal: new AbortController().signal,
      checkCancelled: () => undefined,
      report: () => undefined,
    };
  }

  /** To apply or to restore; `body` is the recipe without its head. */
  job(body: string, input = 'in.csv', target = 'out.csv'): ApplyJob & RestoreJob {
    const text = `version: 1
dataset: d
release: r1
key: { id: team }
input: { path: ${input} }
output: { path: ${target} }
${body}`;
    return {
      recipe: { text, name: 'r.anonymise.yaml', folder: this.root },
      file: this.path(input),
      name: input,
      keys: this.keys,
      target: this.path(target),
      output: target,
      overwrite: false,
      countsPaths: {},
      release: 'r1',
      siblings: [],
      sha256: undefined,
    };
  }

  apply(table: string, body: string, input = 'in.csv'): Promise<ApplyResult> {
    this.write(input, table);
    return applyRelease(this.job(body, input), this.context());
  }

  /** The code of the refusal, which has left nothing behind. */
  async refused(table: string, body: string): Promise<string> {
    const { code } = await refusal(this.apply(table, body));
    expect(fs.readdirSync(this.root).filter((name) => name !== 'scratch')).toEqual(['in.csv']);
    return code;
  }

  /** The lines of an output without its header. */
  output(name = 'out.csv'): string[] {
    return this.read(name).trimEnd().split('\n').slice(1);
  }

  path(name: string): string {
    return path.join(this.root, name);
  }

  read(name: string): string {
    return fs.readFileSync(this.path(name), 'utf8');
  }

  write(name: string, text: string): void {
    fs.writeFileSync(this.path(name), text);
  }

  remove(name: string): void {
    fs.rmSync(this.path(name));
  }
}

/** Rows of a table. */
export function numbers(count: number, row: (index: number) => string): string {
  return `${Array.from({ length: count }, (_, index) => row(index)).join('\n')}\n`;
}
