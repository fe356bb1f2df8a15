import fs from 'node:fs';
import path from 'node:path';
import { DisposableStore, toDisposable } from '../../base/lifecycle.ts';
import type { DataNotice } from '../../protocol/data.ts';
import { defaultMemoryBytes, openDuckdb } from '../storage/duckdb.ts';
import { type ArrowWork, arrowToParquet, type ReadableTable } from './arrowFile.ts';
import { columnsOfReservoir, FileTable, whole } from './fileTable.ts';
import { bytesAtAGlance, copyHead } from './headCopy.ts';
import { openRelation, readableCopy } from './openFile.ts';
import { copyPieces } from './pieceCopy.ts';
import { readFailure } from './readFailure.ts';
import { fileStamp, findRowCopy, numberedRelation, rowsFile } from './rowCopy.ts';
import { type SniffedFile, sniffFile } from './sniffFile.ts';
import type { Table, TableOptions } from './table.ts';

let opened = 0;

/** Opens a file of any kind that `fileKind` knows. */
export async function openTable(file: string, name: string, options: TableOptions): Promise<Table> {
  const stamp = fileStamp(file);
  const sniffed = await sniffFile(file, name);
  opened += 1;
  const scratch = path.join(options.scratch, `${process.pid}-${opened}`);
  // Copies of rows lie here for a while, of files that may be their owner's alone.
  fs.mkdirSync(scratch, { recursive: true, mode: 0o700 });
  const resources = new DisposableStore();
  resources.add(toDisposable(() => fs.rmSync(scratch, { recursive: true, force: true })));
  try {
    const { signal, copyFolder, threads } = options;
    const firstRows = options.firstRows && Math.min(options.firstRows, rowsAtAGlance(sniffed));
    const memoryBytes = memoryFor(sniffed, options.memoryBytes);
    const copied = copyFolder === undefined ? undefined : findRowCopy(copyFolder, stamp);
    if (copied) {
      const rows = rowsFile(copyFolder!);
      const database = resources.add(await openDuckdb({ scratch, files: [rows], memoryBytes, threads }));
      return new FileTable(
        sniffed,
        { ...copied, ...numberedRelation(rows, copied.columns) },
        { scratch, database, resources, isPartial: false, share: 1, stamp, copyFolder, isCopied: true },
      );
    }
    const readable = await readablePart(sniffed, scratch, { firstRows, inPieces: options.inPieces, signal });
    const isPartial = firstRows !== undefined || readable.share < 1;
    // Only what is whole is of use to others.
    const folder = isPartial ? undefined : copyFolder;
    const files = [readable.file, ...(folder === undefined ? [] : [rowsFile(folder)])];
    const database = resources.add(await openDuckdb({ scratch, files, memoryBytes, threads }));
    const work = { database, scratch, signal, mostRows: firstRows };
    const source = await readableByDuckdb(sniffed, readable.file, work);
    const found = await openRelation(sniffed, source.file, database, {
      strictHeaders: options.strictHeaders ?? false,
      firstRows,
      scratch,
      signal,
    });
    const limit = firstRows === undefined ? '' : ` LIMIT ${whole(firstRows)}`;
    return new FileTable(
      sniffed,
      {
        ...found,
        relation: limit === '' ? found.relation : `(SELECT * FROM ${found.relation}${limit})`,
        notices: [...readable.notices, ...source.notices, ...found.notices],
      },
      {
        ...{ scratch, database, resources, isPartial, stamp },
        share: readable.share,
        copyFolder: folder,
        isCopied: false,
      },
    );
  } catch (error) {
    resources.dispose();
    throw readFailure(error, name);
  }
}

/** What DuckDB reads of the file: of one that is large and looked at for the first time only a part. */
async function readablePart(
  sniffed: SniffedFile,
  scratch: string,
  { firstRows, inPieces, signal }: Pick<TableOptions, 'firstRows' | 'inPieces' | 'signal'>,
): Promise<{ readonly file: string; readonly notices: readonly DataNotice[]; readonly share: number }> {
  const isPlain = sniffed.encoding === 'utf-8' && firstRows !== undefined;
  const head = isPlain ? await copyHead(sniffed, scratch) : undefined;
  const pieces = inPieces ? await copyPieces(sniffed, scratch) : undefined;
  const part = pieces?.file ?? head;
  const readable = part ? { file: part, notices: [] } : await readableCopy(sniffed, scratch, signal);
  return { ...readable, share: pieces ? pieces.bytes / sniffed.bytes : 1 };
}

async function readableByDuckdb(sniffed: SniffedFile, file: string, work: ArrowWork): Promise<ReadableTable> {
  return sniffed.kind === 'arrow' ? arrowToParquet(sniffed, work) : { file, notices: [] };
}

/** DuckDB works on 2,048 rows at a time, of which those of a very wide table alone take gigabytes. */
function memoryFor({ head, kind }: SniffedFile, usual = defaultMemoryBytes): number {
  if (kind === 'json' || kind === 'jsonLines') {
    // Its reader holds several of the largest records that we allow.
    return Math.max(usual, defaultMemoryBytes);
  }
  const end = head.indexOf('\n');
  const line = head.subarray(0, end < 0 ? head.length : end);
  const columns =
    kind === 'csv' || kind === 'tsv' ? line.filter((byte) => delimiterBytes.has(byte)).length : 0;
  // A copy in columns counts blocks of 256 kB for each column and thread, however few rows there are.
  return usual + Math.max(columns * 1_000_000, (columns - columnsOfReservoir) * 2048 * 128);
}

/** Of long rows fewer are read for a first look. */
function rowsAtAGlance({ head, encoding }: SniffedFile): number {
  if (encoding === undefined) {
    return Number.MAX_SAFE_INTEGER;
  }
  const lines = head.filter((byte) => byte === 10).length;
  return Math.max(100, Math.floor((bytesAtAGlance * Math.max(1, lines)) / head.length));
}

const delimiterBytes = new Set(Buffer.from(',\t;|'));
