import { createHash } from 'node:crypto';
import fs from 'node:fs';

/** Small enough to stay in a core's own cache between reading, hashing and writing; four keep all three busy. */
const chunkBytes = 256 << 10;
const chunks = 4;
/** Asking the disk for so much at a time keeps the last wait short. */
const syncEvery = 64 << 20;

/** What went wrong, as `cause`, was writing and not reading. */
export class SinkError extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/**
 * The md5 of everything that `source` has from its position on, written to `sink` on the way and synced.
 *
 * Reads ahead and writes behind on Node's thread pool while this thread hashes: about as fast as md5 alone.
 * `onChunk` may throw to stop. When this returns or throws, no call uses the descriptors any more.
 */
export async function hashStream(
  source: number,
  sink: number | undefined,
  onChunk: (bytes: number) => void,
): Promise<string> {
  const hash = createHash('md5');
  const ring = Array.from({ length: chunks }, () => Buffer.allocUnsafeSlow(chunkBytes));
  const writer = new Writer(sink);
  let slot = 0;
  let ahead = readChunk(source, ring[0]!);
  try {
    for (let bytes = await ahead; bytes > 0; bytes = await ahead) {
      onChunk(bytes);
      const chunk = ring[slot]!.subarray(0, bytes);
      slot = (slot + 1) % chunks;
      await writer.freed(slot);
      ahead = readChunk(source, ring[slot]!);
      // Awaited one turn later; until then a failure must not count as unhandled.
      ahead.catch(() => undefined);
      writer.write((slot + chunks - 1) % chunks, chunk);
      hash.update(chunk);
    }
    await writer.finish();
  } finally {
    await Promise.allSettled([ahead, writer.settled()]);
  }
  return hash.digest('hex');
}

/** Writes chunks behind, one under way per buffer of the ring. */
class Writer {
  readonly #sink: number | undefined;
  readonly #pending = new Map<number, Promise<void>>();
  #syncing: Promise<void> = Promise.resolve();
  #position = 0;
  #synced = 0;

  constructor(sink: number | undefined) {
    this.#sink = sink;
  }

  /** Resolves when the buffer in this slot may be used again. */
  async freed(slot: number): Promise<void> {
    await this.#pending.get(slot);
    if (this.#sink !== undefined && this.#position - this.#synced >= syncEvery) {
      await this.#syncing;
      this.#synced = this.#position;
      this.#syncing = handled(sync(this.#sink));
    }
  }

  write(slot: number, chunk: Buffer): void {
    if (this.#sink !== undefined) {
      this.#pending.set(slot, handled(writeChunk(this.#sink, chunk, this.#position)));
      this.#position += chunk.length;
    }
  }

  async finish(): Promise<void> {
    await Promise.all(this.#pending.values());
    await this.#syncing;
    if (this.#sink !== undefined) {
      await handled(sync(this.#sink));
    }
  }

  async settled(): Promise<void> {
    await Promise.allSettled([...this.#pending.values(), this.#syncing]);
  }
}

/** Rejects with a `SinkError`, and is not unhandled while nobody waits for it yet. */
function handled(work: Promise<void>): Promise<void> {
  const named = work.catch((error: unknown) => {
    throw new SinkError(error);
  });
  named.catch(() => undefined);
  return named;
}

function readChunk(descriptor: number, chunk: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.read(descriptor, chunk, 0, chunk.length, null, (error, bytes) =>
      error ? reject(error) : resolve(bytes),
    );
  });
}

async function writeChunk(descriptor: number, chunk: Buffer, position: number): Promise<void> {
  let written = 0;
  while (written < chunk.length) {
    written += await new Promise<number>((resolve, reject) => {
      fs.write(descriptor, chunk, written, chunk.length - written, position + written, (error, bytes) =>
        error ? reject(error) : resolve(bytes),
      );
    });
  }
}

function sync(descriptor: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fs.fdatasync(descriptor, (error) => (error ? reject(error) : resolve()));
  });
}
