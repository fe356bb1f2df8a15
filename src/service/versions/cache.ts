import fs from 'node:fs';
import path from 'node:path';
import { type JobSettings, objectPath } from './contentJobs.ts';
import { type DirectoryEntry, parseDirectoryObject } from './directoryObject.ts';
import type { DvcRepository } from './dvcRepository.ts';
import { damagedDirectoryObject } from './errors.ts';
import { withTemporaryFolder } from './files.ts';

/** Names one content of a file or folder. DVC 2 hashed differently and kept it in another place. */
export interface ContentName {
  /** md5, with `.dir` for a folder. */
  readonly hash: string;
  readonly legacy: boolean;
}

/** The content-addressed store `.dvc/cache`: `…/dvc-format.md` section 3. Objects are only ever added whole. */
export class Cache {
  readonly #dvc: DvcRepository;

  constructor(dvc: DvcRepository) {
    this.#dvc = dvc;
  }

  get folder(): string {
    return this.#dvc.cache;
  }

  get objects(): string {
    return path.join(this.#dvc.cache, 'files', 'md5');
  }

  objectFile({ hash, legacy }: ContentName): string {
    return objectPath(legacy ? this.#dvc.cache : this.objects, hash);
  }

  /** With the given size, where it is known: a crash of the machine can leave an object short. */
  has(name: ContentName, bytes?: number): boolean {
    const found = fs.statSync(this.objectFile(name), { throwIfNoEntry: false });
    return found?.isFile() === true && (bytes === undefined || found.size === bytes);
  }

  /** The file itself, or the list of a folder and every file in that list. */
  hasAll(name: ContentName, bytes?: number): boolean {
    if (!name.hash.endsWith('.dir')) {
      return this.has(name, name.legacy ? undefined : bytes);
    }
    const entries = this.directory(name);
    return entries?.every(({ md5 }) => this.has({ hash: md5, legacy: name.legacy })) ?? false;
  }

  /** The files of a folder's content, checked; undefined when the list is not here. */
  directory(name: ContentName): readonly DirectoryEntry[] | undefined {
    let bytes: Buffer;
    try {
      bytes = fs.readFileSync(this.objectFile(name));
    } catch {
      return undefined;
    }
    const parsed = parseDirectoryObject(bytes, process.platform === 'win32');
    if ('problem' in parsed) {
      throw damagedDirectoryObject(name.hash, parsed.problem);
    }
    return parsed.entries;
  }

  /** For work that adds objects. */
  withTemporary<T>(work: (settings: JobSettings) => Promise<T>): Promise<T> {
    return withTemporaryFolder(this.#dvc.unfinishedObjects, (temporary) => {
      fs.mkdirSync(this.objects, { recursive: true });
      return work({ objects: this.objects, temporary });
    });
  }

  /** Takes back objects of an operation that did not come to its end. */
  remove(objects: readonly string[]): void {
    for (const object of objects) {
      fs.rmSync(object, { force: true });
    }
  }
}
