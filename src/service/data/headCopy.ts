import fs from 'node:fs';
import path from 'node:path';
import type { SniffedFile } from './sniffFile.ts';

/** A first look is at so many bytes of a text. */
export const bytesAtAGlance = 4_000_000;

/**
 * The whole rows at the beginning of a large text as a file of their own: DuckDB would read far ahead of what it is
 * asked for. Undefined where the file is small, or is no text of rows.
 */
export async function copyHead(
  { file, kind, bytes }: SniffedFile,
  scratch: string,
): Promise<string | undefined> {
  if (bytes <= bytesAtAGlance || (kind !== 'csv' && kind !== 'tsv' && kind !== 'jsonLines')) {
    return undefined;
  }
  const head = Buffer.alloc(bytesAtAGlance);
  const handle = await fs.promises.open(file, 'r');
  try {
    const { bytesRead } = await handle.read(head, 0, head.length, 0);
    const end = lastRowEnd(head.subarray(0, bytesRead));
    if (end === 0) {
      return undefined;
    }
    const copy = path.join(scratch, 'head');
    await fs.promises.writeFile(copy, head.subarray(0, end));
    return copy;
  } finally {
    await handle.close();
  }
}

/** Behind the last line end that is not inside quotes; 0 where there is none. */
export function lastRowEnd(bytes: Buffer): number {
  let end = 0;
  let isQuoted = false;
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] === 0x22) {
      isQuoted = !isQuoted;
    } else if (bytes[at] === 0x0a && !isQuoted) {
      end = at + 1;
    }
  }
  return end;
}
