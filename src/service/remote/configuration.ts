import fs from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import type { RemoteAuthority } from '../../protocol/remote.ts';
import type { Log } from '../log.ts';
import { normalizedAddress } from './address.ts';

export interface RemoteConfiguration {
  readonly address: string;
  readonly by: RemoteAuthority;
}

const kept = z.object({ address: z.string(), by: z.enum(['setting', 'terminal']), place: z.string() });

/**
 * `.mlops/remote.json`: which server this folder uses; never a credential. It counts only in the very folder in which
 * it was written, so that nobody who brings along a folder with such a file decides where runs are sent.
 */
export class ConfigurationFile {
  readonly #folder: string;
  readonly #file: string;
  readonly #log: Log;

  constructor(folder: string, log: Log) {
    this.#folder = folder;
    this.#file = path.join(folder, 'remote.json');
    this.#log = log;
  }

  read(): RemoteConfiguration | undefined {
    try {
      const { address, by, place } = kept.parse(JSON.parse(fs.readFileSync(this.#file, 'utf8')));
      if (place === this.#place()) {
        return { address: normalizedAddress(address), by };
      }
      this.#ignored('was written in another folder');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        this.#ignored('cannot be read');
      }
    }
    return undefined;
  }

  write(configuration: RemoteConfiguration | undefined): void {
    if (!configuration) {
      fs.rmSync(this.#file, { force: true });
      return;
    }
    const temporary = `${this.#file}.${process.pid}`;
    fs.writeFileSync(temporary, JSON.stringify({ ...configuration, place: this.#place() }));
    fs.renameSync(temporary, this.#file);
  }

  /** Nobody can know beforehand what number and time the system gives a folder when it is made. */
  #place(): string {
    const { dev, ino, birthtimeNs, ctimeNs } = fs.statSync(this.#folder, { bigint: true });
    // A disk that keeps no time of birth tells that of the last change in its place.
    return `${dev}:${ino}:${birthtimeNs < ctimeNs ? birthtimeNs : 0n}`;
  }

  #ignored(reason: string): void {
    this.#log.write('warning', 'remote', `${this.#file} ${reason}, so runs are kept in this folder.`);
  }
}
