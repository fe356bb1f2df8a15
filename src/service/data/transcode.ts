import fs from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { cancelled } from '../../base/errors.ts';
import { decode, type Encoding } from './encoding.ts';

/** A copy of a text in UTF-8, line for line; at any size in little memory. */
export async function transcode(
  file: string,
  encoding: Encoding,
  target: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const read = decoder(encoding);
  const convert = new Transform({
    transform: (chunk: Buffer, _, done) => done(null, read(chunk)),
    flush: (done) => done(null, read()),
  });
  try {
    await pipeline(
      fs.createReadStream(file, { highWaterMark: 1 << 20 }),
      convert,
      fs.createWriteStream(target),
      { signal },
    );
  } catch (error) {
    fs.rmSync(target, { force: true });
    throw signal?.aborted ? cancelled() : error;
  }
}

/** Called without a chunk at the end. A character that two chunks share is kept until it is whole. */
function decoder(encoding: Encoding): (chunk?: Buffer) => string {
  if (encoding === 'windows-1252') {
    return (chunk) => (chunk ? decode(chunk, encoding) : '');
  }
  const text = new TextDecoder(encoding);
  return (chunk) => (chunk ? text.decode(chunk, { stream: true }) : text.decode());
}
