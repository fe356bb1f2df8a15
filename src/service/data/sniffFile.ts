import fs from 'node:fs';
import type { TableKind } from '../../protocol/data.ts';
import { type Encoding, findEncoding } from './encoding.ts';
import {
  emptyTable,
  noSuchTable,
  notATable,
  tableIsFolder,
  unreadableTable,
  wrongEncoding,
} from './errors.ts';
import { fileKind } from './fileKind.ts';

/** What a file is, as far as its beginning tells. */
export interface SniffedFile {
  /** Absolute. */
  readonly file: string;
  /** As a person knows it. */
  readonly name: string;
  readonly kind: TableKind;
  readonly bytes: number;
  readonly head: Buffer;
  /** Of texts. */
  readonly encoding?: Encoding;
  readonly byteOrderMark?: boolean;
}

const headBytes = 1_000_000;
const wholeBytes = 64_000_000;

/** Looks at the file without DuckDB: throws what a person should hear first. The ending of `name` says how it is read. */
export async function sniffFile(file: string, name: string): Promise<SniffedFile> {
  const { head, bytes } = await readHead(file, name);
  if (bytes === 0) {
    throw emptyTable(name);
  }
  const kind = fileKind(name, head);
  if (typeof kind !== 'string') {
    throw notATable(name, kind.notTable);
  }
  if (kind === 'parquet' || kind === 'arrow') {
    return { file, name, kind, bytes, head };
  }
  const whole = bytes <= wholeBytes ? await fs.promises.readFile(file) : head;
  const found = findEncoding(whole, whole.length >= bytes);
  if ('binary' in found) {
    throw notATable(name, 'it has binary data in it');
  }
  if ('brokenRow' in found) {
    throw wrongEncoding(name, found.brokenRow, 'UTF-8');
  }
  return { file, name, kind, bytes, head, ...found };
}

async function readHead(file: string, name: string): Promise<{ head: Buffer; bytes: number }> {
  try {
    const handle = await fs.promises.open(file, 'r');
    try {
      const stats = await handle.stat();
      if (stats.isDirectory()) {
        throw tableIsFolder(name);
      }
      if (!stats.isFile()) {
        throw notATable(name, 'it is no regular file');
      }
      const head = Buffer.alloc(Math.min(headBytes, stats.size));
      const { bytesRead } = await handle.read(head, 0, head.length, 0);
      return { head: head.subarray(0, bytesRead), bytes: stats.size };
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw namedFileError(error, name);
  }
}

function namedFileError(error: unknown, name: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return noSuchTable(name);
  }
  if (code === 'EISDIR') {
    return tableIsFolder(name);
  }
  return code?.startsWith('E') ? unreadableTable(name, message) : error;
}

/** The first row whose line end is not that of the first row; undefined where all are alike. */
export async function oddLineEnd(file: string): Promise<number | undefined> {
  let row = 1;
  let usual: boolean | undefined;
  let before = 0;
  for await (const chunk of fs.createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) {
      const isWindows = (at > 0 ? chunk[at - 1] : before) === 13;
      usual ??= isWindows;
      if (isWindows !== usual) {
        return row;
      }
      row += 1;
    }
    before = chunk.at(-1) ?? before;
  }
  return undefined;
}
