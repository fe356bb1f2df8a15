import fs from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Dialect, readRecords } from './dialect.ts';

/** Where rows of a delimited text begin: of every `rowsPerMark`th one. */
export interface RowIndex {
  /** Without the header. */
  readonly rows: number;
  /** Byte offsets; the last is where the last row ends. */
  readonly marks: readonly number[];
}

export const rowsPerMark = 2048;
const chunkBytes = 1 << 20;

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** Where the reading of a text is, byte by byte. */
interface Place {
  /** `afterQuote`: behind a quote that ends a value, or is the first half of a doubled one. */
  state: 'valueStart' | 'plain' | 'quoted' | 'afterQuote';
  /** Where the present row began; it is none while it is empty. */
  rowStart: number;
  isEmpty: boolean;
}

/**
 * One reading of a text in UTF-8 whose lines end in a line feed. Rows are told apart as `readRecords` does: an empty
 * line is none, and a line end inside of quotes ends no row.
 */
export async function indexRows(
  file: string,
  dialect: Dialect,
  signal: AbortSignal | undefined,
): Promise<RowIndex> {
  const marks: number[] = [];
  let rows = dialect.hasHeader ? -1 : 0;
  const place: Place = { state: 'valueStart', rowStart: 0, isEmpty: true };
  const begun = () => {
    if (rows >= 0 && rows % rowsPerMark === 0) {
      marks.push(place.rowStart);
    }
    rows += 1;
  };
  let position = 0;
  for await (const chunk of fs.createReadStream(file, {
    highWaterMark: chunkBytes,
    signal,
  }) as AsyncIterable<Buffer>) {
    readChunk(chunk, position, dialect, place, begun);
    position += chunk.length;
    // Others wait for the same process.
    await nextTurn();
  }
  if (!place.isEmpty) {
    begun();
  }
  return { rows: Math.max(0, rows), marks: [...marks, position] };
}

/** Calls `ended` at the end of each row that is not empty. */
function readChunk(
  chunk: Buffer,
  position: number,
  { delimiter, quote }: Dialect,
  place: Place,
  ended: () => void,
): void {
  const bytes = { delimiter: delimiter.charCodeAt(0), quote: quote === '' ? -1 : quote.charCodeAt(0) };
  let { state, isEmpty } = place;
  for (let at = 0; at < chunk.length; at += 1) {
    const byte = chunk[at]!;
    if (byte === lineFeed && state !== 'quoted') {
      if (!isEmpty) {
        ended();
      }
      place.rowStart = position + at + 1;
      isEmpty = true;
      state = 'valueStart';
    } else if (byte !== carriageReturn || state === 'quoted') {
      isEmpty = false;
      state = stateAfter(byte, state, bytes);
    }
  }
  place.state = state;
  place.isEmpty = isEmpty;
}

function stateAfter(
  byte: number,
  state: Place['state'],
  { delimiter, quote }: { readonly delimiter: number; readonly quote: number },
): Place['state'] {
  if (state === 'quoted') {
    return byte === quote ? 'afterQuote' : state;
  }
  if (byte === delimiter) {
    return 'valueStart';
  }
  return byte === quote && state !== 'plain' ? 'quoted' : 'plain';
}

/** Some rows as they are written: an unquoted empty value is null. */
export async function readIndexedRows(
  file: string,
  { marks, rows }: RowIndex,
  { delimiter, quote }: Dialect,
  { offset, limit }: { readonly offset: number; readonly limit: number },
): Promise<readonly (readonly (string | null)[])[]> {
  const last = Math.min(rows, offset + limit);
  if (last <= offset) {
    return [];
  }
  const mark = Math.floor(offset / rowsPerMark);
  const start = marks[mark]!;
  const end = marks[Math.min(marks.length - 1, Math.floor((last - 1) / rowsPerMark) + 1)]!;
  const bytes = Buffer.alloc(end - start);
  const handle = await fs.promises.open(file, 'r');
  try {
    await handle.read(bytes, 0, bytes.length, start);
  } finally {
    await handle.close();
  }
  const first = offset - mark * rowsPerMark;
  const text = bytes.toString('utf8').replace(/^\ufeff/, '');
  return readRecords(text, delimiter, quote, first + last - offset).slice(first);
}
