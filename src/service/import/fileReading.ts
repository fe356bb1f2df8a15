import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import type { KeyValue, Lifecycle, MetricPoint } from '../experiments/store.ts';
import { localPath, storageOf } from './artifactFolders.ts';
import type { SourceArtifacts } from './source.ts';

export const metaFile = 'meta.yaml';

/** What several kinds of `meta.yaml` have. YAML reads a name of digits as a number. */
export const fields = {
  text: z.coerce.string(),
  time: z.number().int().nonnegative(),
  lifecycle: z.enum(['active', 'deleted'] satisfies Lifecycle[]).default('active'),
} as const;

/** A folder with a file for each key. */
export function readValues(folder: string): KeyValue[] {
  return filesBelow(folder).map((file) => ({
    key: keyOf(folder, file),
    value: fs.readFileSync(file, 'utf8'),
  }));
}

function keyOf(folder: string, file: string): string {
  return path.relative(folder, file).split(path.sep).join('/');
}

export function readMeta<Meta extends z.ZodType>(folder: string, shape: Meta): z.output<Meta> {
  const file = path.join(folder, metaFile);
  const read = shape.safeParse(parse(fs.readFileSync(file, 'utf8')));
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new Error(`${metaFile}: ${[issue?.path.join('.'), issue?.message].filter(Boolean).join(': ')}`);
  }
  return read.data;
}

export function foldersIn(folder: string): string[] {
  return entriesOf(folder)
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => path.join(folder, name));
}

function filesBelow(folder: string): string[] {
  return entriesOf(folder).flatMap((entry) => {
    const place = path.join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(place) : entry.isFile() ? [place] : [];
  });
}

function entriesOf(folder: string): fs.Dirent[] {
  try {
    return fs.readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return [];
    }
    throw error;
  }
}

/** A part of the file at a time: a metric may have millions of lines. */
function* linesOf(file: string): Iterable<string> {
  const descriptor = fs.openSync(file, 'r');
  try {
    const part = Buffer.alloc(1024 * 1024);
    let rest = '';
    for (;;) {
      const length = fs.readSync(descriptor, part);
      // Lines of this file are plain ASCII, so no character is cut.
      const lines = (rest + part.toString('latin1', 0, length)).split('\n');
      rest = length === 0 ? '' : lines.pop()!;
      yield* lines.filter((line) => line.trim() !== '');
      if (length === 0) {
        return;
      }
    }
  } finally {
    fs.closeSync(descriptor);
  }
}

/** One file a metric, one line a point: time, value, step, and perhaps more. A key with slashes is a path. */
export function* readLines(folder: string): Iterable<{ point: MetricPoint; rest: string[] }> {
  for (const file of filesBelow(folder)) {
    const key = keyOf(folder, file);
    for (const line of linesOf(file)) {
      const [timestamp, value, step = '0', ...rest] = line.trim().split(/\s+/);
      if (value === undefined) {
        throw new Error(`${file} has a line that is no point: “${line.slice(0, 80)}”`);
      }
      const point = { key, value: readNumber(value), timestamp: Number(timestamp), step: Number(step) };
      if (!Number.isInteger(point.timestamp) || !Number.isInteger(point.step)) {
        throw new Error(`${file} has a line that is no point: “${line.slice(0, 80)}”`);
      }
      yield { point, rest };
    }
  }
}

/** As Python writes numbers. */
function readNumber(text: string): number {
  const [, sign, special] = /^([+-]?)(inf|infinity|nan)$/i.exec(text) ?? [];
  if (special !== undefined) {
    return /^nan$/i.test(special) ? Number.NaN : sign === '-' ? -Infinity : Infinity;
  }
  const value = Number(text);
  if (Number.isNaN(value)) {
    throw new Error(`“${text.slice(0, 40)}” is no number`);
  }
  return value;
}

/** Where the address says, else beside the records: a folder that was moved took them along. */
export function artifactsOf(folder: string, uri: string): SourceArtifacts {
  const local = localPath(uri, path.join(folder, '..', '..', '..'));
  return {
    owner: path.basename(folder),
    uri,
    folders: [...(local === undefined ? [] : [local]), path.join(folder, 'artifacts')],
    storage: local && storageOf(local),
  };
}
