import fs from 'node:fs';
import { Emitter, type Event } from '../base/event.ts';
import type { LogEntry, LogLevel } from '../protocol/service.ts';

type Fields = LogEntry['fields'];

/** The service's own record: JSON lines in `.mlops/service.log`, and news to every window. Never a secret in it. */
export interface Log {
  write(level: LogLevel, source: string, message: string, fields?: Fields): void;
}

const rotateAtBytes = 5_000_000;

export class FileLog implements Log {
  readonly #file: string;
  readonly #emitter = new Emitter<LogEntry>();
  readonly onEntry: Event<LogEntry> = this.#emitter.event;

  constructor(file: string) {
    this.#file = file;
    if ((fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0) > rotateAtBytes) {
      fs.renameSync(file, `${file}.1`);
    }
  }

  write(level: LogLevel, source: string, message: string, fields?: Fields): void {
    const entry: LogEntry = { time: Date.now(), level, source, message, ...(fields ? { fields } : {}) };
    try {
      fs.appendFileSync(this.#file, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
    } catch {
      // A full disk must not stop the service; windows still hear the entry.
    }
    this.#emitter.fire(entry);
  }
}
