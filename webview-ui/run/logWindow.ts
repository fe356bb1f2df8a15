import type { LogPart } from '../../src/protocol/experiments.ts';
import { type LogBlock, LogText } from './logText.ts';

const chunkBytes = 256 * 1024;
const mostBytes = 1024 * 1024;

export type ReadLog = (from: number, length: number) => Promise<LogPart>;

/**
 * The stretch of a log that is in the page: at most about one megabyte, however long the log is. It follows
 * the end, and can be moved towards the beginning; then it no longer follows.
 */
export class LogWindow {
  #parts: LogPart[] = [];
  #text = new LogText();
  #size = 0;
  #atEnd = true;

  get blocks(): readonly LogBlock[] {
    return this.#text.blocks;
  }

  get isEmpty(): boolean {
    return this.#text.lineCount === 0;
  }

  /** The last line there is can be appended to; false after the window was moved away from the end. */
  get isAtEnd(): boolean {
    return this.#atEnd;
  }

  /** Bytes before the first one shown. */
  get earlierBytes(): number {
    return this.#parts[0]?.from ?? 0;
  }

  /** Bytes after the last one shown. */
  get laterBytes(): number {
    return Math.max(0, this.#size - (this.#parts.at(-1)?.to ?? 0));
  }

  /** Reads what came since. `keep` says that somebody reads the beginning: nothing of it is dropped. */
  async follow(read: ReadLog, keep: boolean): Promise<void> {
    if (this.#parts.length === 0) {
      await this.#jumpToEnd(read);
      return;
    }
    let moved = true;
    while (this.#atEnd && moved) {
      moved = await this.#readNext(read, keep);
    }
  }

  async showEarlier(read: ReadLog): Promise<void> {
    const first = this.#parts[0];
    if (!first || first.from === 0) {
      return;
    }
    const from = Math.max(0, first.from - chunkBytes);
    const part = await read(from, first.from - from);
    this.#parts.unshift(part);
    while (this.#bytes() > mostBytes && this.#parts.length > 1) {
      this.#parts.pop();
      this.#atEnd = false;
    }
    this.#fold();
  }

  async showEnd(read: ReadLog): Promise<void> {
    await this.#jumpToEnd(read);
  }

  async #readNext(read: ReadLog, keep: boolean): Promise<boolean> {
    const from = this.#parts.at(-1)!.to;
    const part = await read(from, chunkBytes);
    this.#size = part.size;
    if (part.size < from || (!keep && part.size - from > mostBytes)) {
      await this.#jumpToEnd(read);
      return false;
    }
    if (part.to <= from) {
      return false;
    }
    if (keep && this.#bytes() + (part.to - from) > mostBytes) {
      this.#atEnd = false;
      return false;
    }
    this.#append(part);
    return part.to < part.size;
  }

  #append(part: LogPart): void {
    this.#parts.push(part);
    if (this.#bytes() > mostBytes + chunkBytes) {
      while (this.#bytes() > mostBytes) {
        this.#parts.shift();
      }
      this.#fold();
    } else {
      this.#text.append(part.text);
    }
  }

  async #jumpToEnd(read: ReadLog): Promise<void> {
    const part = await read(-chunkBytes, chunkBytes);
    this.#parts = [part];
    this.#size = part.size;
    this.#atEnd = true;
    this.#fold();
  }

  #fold(): void {
    this.#text = new LogText();
    for (const part of this.#parts) {
      this.#text.append(part.text);
    }
  }

  #bytes(): number {
    return (this.#parts.at(-1)?.to ?? 0) - (this.#parts[0]?.from ?? 0);
  }
}
