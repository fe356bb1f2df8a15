import fs from 'node:fs';
import path from 'node:path';
import { readRecords, sniffDialect } from './dialect.ts';
import { decode } from './encoding.ts';
import { lastRowEnd } from './headCopy.ts';
import type { SniffedFile } from './sniffFile.ts';

const pieces = 64;
const pieceBytes = 64 * 1024;
/** Where more pieces than this share cannot be told apart into rows, they would say something else than the others. */
const mostUnreadable = 0.05;
/** Beginnings of rows that are tried: a line end inside of quotes is none. */
const mostBeginnings = 40;

export interface PieceCopy {
  readonly file: string;
  readonly bytes: number;
}

/**
 * Whole rows from all over a large text of rows as a file of their own, the header first: so much of a fair sample as
 * can be had without reading the file. Undefined where the file is not much larger than its pieces, or where rows
 * cannot be told from what is inside of quotes.
 */
export async function copyPieces(
  { file, kind, bytes, head, encoding }: SniffedFile,
  scratch: string,
): Promise<PieceCopy | undefined> {
  const isText = (kind === 'csv' || kind === 'tsv' || kind === 'jsonLines') && encoding === 'utf-8';
  if (!isText || bytes < 4 * pieces * pieceBytes) {
    return undefined;
  }
  const beginningOf = kind === 'jsonLines' ? beginningOfLine : beginningOfRow(head, kind);
  const handle = await fs.promises.open(file, 'r');
  const found: Buffer[] = [];
  try {
    for (let piece = 0; piece < pieces; piece += 1) {
      const start = Math.floor((piece * (bytes - pieceBytes)) / (pieces - 1));
      const read = await handle.read(Buffer.alloc(pieceBytes), 0, pieceBytes, start);
      const whole = read.buffer.subarray(0, read.bytesRead);
      const begin = piece === 0 ? 0 : beginningOf(whole);
      const rows = begin === undefined ? whole.subarray(0, 0) : whole.subarray(begin);
      found.push(rows.subarray(0, endOf(rows, kind)));
    }
  } finally {
    await handle.close();
  }
  const readable = found.filter(({ length }) => length > 0).length;
  if (readable < pieces * (1 - mostUnreadable)) {
    return undefined;
  }
  const copy = path.join(scratch, 'pieces');
  const content = Buffer.concat(found);
  await fs.promises.writeFile(copy, content);
  return { file: copy, bytes: content.length };
}

function endOf(rows: Buffer, kind: SniffedFile['kind']): number {
  return kind === 'jsonLines' ? rows.lastIndexOf(0x0a) + 1 : lastRowEnd(rows);
}

/** A raw line end is never inside of a JSON value. */
function beginningOfLine(piece: Buffer): number | undefined {
  const end = piece.indexOf(0x0a);
  return end < 0 ? undefined : end + 1;
}

/** Behind the first line end from which on all rows have as many values as those of the file's beginning. */
function beginningOfRow(head: Buffer, kind: SniffedFile['kind']): (piece: Buffer) => number | undefined {
  const { delimiter, quote, records, width } = sniffDialect(
    decode(head, 'utf-8').replace(/^\ufeff/, ''),
    kind === 'tsv' ? '\t' : ',',
  );
  const usual = records[0]?.length ?? width;
  return (piece) => {
    let begin = piece.indexOf(0x0a) + 1;
    for (let tried = 0; begin > 0 && tried < mostBeginnings; tried += 1) {
      const rows = piece.subarray(begin);
      const text = rows.toString('utf8', 0, lastRowEnd(rows));
      const found = readRecords(text, delimiter, quote, Number.MAX_SAFE_INTEGER);
      if (found.length > 0 && found.every(({ length }) => length === usual)) {
        return begin;
      }
      begin = piece.indexOf(0x0a, begin) + 1;
    }
    return undefined;
  };
}
