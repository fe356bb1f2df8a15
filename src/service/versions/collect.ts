import { isUtf8 } from 'node:buffer';
import fs from 'node:fs';
import path from 'node:path';
import { cancelled } from '../../base/errors.ts';
import { plural } from '../../base/format.ts';
import { notVersionable, unreadableData } from './errors.ts';
import { type FileIdentity, fromStats } from './fileIdentity.ts';
import { errorCode } from './files.ts';
import { IgnoreRules } from './ignoreRules.ts';

/** The files of a dataset as DVC would collect them: `…/dvc-format.md` sections 3.4 and 3.5. */
export interface Collection {
  readonly kind: 'file' | 'folder';
  readonly files: readonly CollectedFile[];
  readonly bytes: number;
  /** The execute bit of a single file. */
  readonly executable: boolean;
  /** Sentences about what other tools would do differently with this data. */
  readonly warnings: readonly string[];
}

export interface CollectedFile {
  /** Absolute. */
  readonly file: string;
  /** Relative to the dataset's folder, with `/`; the base name for a single file. */
  readonly path: string;
  readonly identity: FileIdentity;
}

export interface CollectOptions {
  /** The dataset, absolute. */
  readonly target: string;
  /** How it is called in sentences. */
  readonly name: string;
  /** DVC's root, from where `.dvcignore` files count. */
  readonly dvcRoot: string;
  readonly signal?: AbortSignal | undefined;
}

/** Opens no file, so nothing in the folder can make it wait. Throws before anything is written anywhere. */
export async function collect(options: CollectOptions): Promise<Collection> {
  const { target, name } = options;
  const stats = stat(target, name);
  if (stats.isFile()) {
    const file = { file: target, path: path.basename(target), identity: fromStats(stats) };
    const executable = process.platform !== 'win32' && (stats.mode & 0o111n) !== 0n;
    return { kind: 'file', files: [file], bytes: file.identity.size, executable, warnings: [] };
  }
  if (!stats.isDirectory()) {
    throw notVersionable(name, `it is a ${specialKind(stats)}, not a file or a folder.`);
  }
  if (fs.existsSync(path.join(target, '.dvc'))) {
    throw notVersionable(name, 'it holds a .dvc folder, so it is a DVC repository of its own.');
  }
  const walk = new Walk(options);
  await walk.run();
  return {
    kind: 'folder',
    files: walk.files,
    bytes: walk.files.reduce((sum, file) => sum + file.identity.size, 0),
    executable: false,
    warnings: walk.warnings(),
  };
}

const yieldEvery = 2000;

class Walk {
  readonly files: CollectedFile[] = [];
  readonly #options: CollectOptions;
  readonly #rules: IgnoreRules;
  readonly #emptyFolders: string[] = [];
  readonly #folderLinks: string[] = [];
  readonly #repositories: string[] = [];
  readonly #fileLinks: string[] = [];
  readonly #executables: string[] = [];
  readonly #oddNames: string[] = [];
  readonly #spellings = new Map<string, string>();
  readonly #twins: string[] = [];
  #steps = 0;

  constructor(options: CollectOptions) {
    this.#options = options;
    this.#rules = new IgnoreRules(options.dvcRoot);
  }

  async run(): Promise<void> {
    await this.#folder(this.#options.target, '');
  }

  warnings(): string[] {
    const say = (paths: readonly string[], sentence: (what: string) => string) =>
      paths.length === 0 ? [] : [sentence(listed(paths))];
    return [
      ...(this.files.length === 0 ? ['The folder contains no files.'] : []),
      ...say(this.#emptyFolders, (what) => `Empty folders are not part of a version: ${what}.`),
      ...say(this.#folderLinks, (what) => `Links to folders are left out: ${what}.`),
      ...say(
        this.#fileLinks,
        (what) => `Of links the content is kept, a checkout makes files of them: ${what}.`,
      ),
      ...say(this.#repositories, (what) => `Repositories inside are left out: ${what}.`),
      ...say(this.#executables, (what) => `The permission to execute is not kept inside folders: ${what}.`),
      ...say(this.#twins, (what) => `Names that some systems take for one and the same: ${what}.`),
      ...say(this.#oddNames, (what) => `Names that not every system can have: ${what}.`),
    ];
  }

  async #folder(folder: string, relative: string): Promise<void> {
    const entries = this.#read(folder, relative);
    const ignores = this.#rules.inFolder(folder);
    let found = 0;
    for (const entry of entries) {
      await this.#step();
      const file = `${folder}${path.sep}${entry.name}`;
      const inner = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (neverCollected.has(entry.name)) {
        this.#noteRepository(entry.name, relative);
        continue;
      }
      found += 1;
      if (ignores?.(entry.name, entry.isDirectory())) {
        continue;
      }
      if (entry.isDirectory()) {
        await this.#subfolder(entry.name, file, inner);
      } else {
        this.#file(entry, file, inner);
      }
    }
    if (found === 0 && relative !== '') {
      this.#emptyFolders.push(relative);
    }
  }

  /** Lets other requests pass now and then, and hears of an abort. */
  async #step(): Promise<void> {
    this.#steps += 1;
    if (this.#steps % yieldEvery === 0) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#options.signal?.aborted) {
        throw cancelled();
      }
    }
  }

  async #subfolder(name: string, folder: string, inner: string): Promise<void> {
    if (fs.existsSync(path.join(folder, '.dvc'))) {
      this.#repositories.push(inner);
      return;
    }
    this.#noteName(name, inner);
    await this.#folder(folder, inner);
  }

  #file(entry: fs.Dirent, file: string, inner: string): void {
    if (entry.name === '.dvcignore') {
      throw notVersionable(this.#options.name, `it holds the file ${inner}; DVC allows none inside data.`);
    }
    const stats = stat(file, `${this.#options.name}/${inner}`);
    if (entry.isSymbolicLink()) {
      if (stats.isDirectory()) {
        this.#folderLinks.push(inner);
        return;
      }
      this.#fileLinks.push(inner);
    }
    if (!stats.isFile()) {
      throw notVersionable(this.#options.name, `${inner} is a ${specialKind(stats)}, not a file.`);
    }
    if (process.platform !== 'win32' && (stats.mode & 0o111n) !== 0n) {
      this.#executables.push(inner);
    }
    this.#noteName(entry.name, inner);
    this.files.push({ file, path: inner, identity: fromStats(stats) });
  }

  #read(folder: string, relative: string): fs.Dirent[] {
    const name = relative === '' ? this.#options.name : `${this.#options.name}/${relative}`;
    let entries: fs.Dirent[];
    try {
      entries = fs.readdirSync(folder, { withFileTypes: true });
    } catch (error) {
      throw unreadableData(name, reason(error));
    }
    if (entries.some((entry) => entry.name.includes('\ufffd')) && process.platform !== 'win32') {
      const wrong = fs.readdirSync(folder, { encoding: 'buffer' }).find((bytes) => !isUtf8(bytes));
      if (wrong) {
        const shown = wrong.toString('latin1').replace(/[^\x20-\x7e]/g, '?');
        throw notVersionable(
          this.#options.name,
          `the name of ${name}/${shown} is not valid UTF-8. Rename it.`,
        );
      }
    }
    return entries;
  }

  #noteRepository(name: string, relative: string): void {
    this.#repositories.push(relative === '' ? name : `${relative}/${name}`);
  }

  #noteName(name: string, inner: string): void {
    if (/[\p{Cc}]|[ .]$|[<>:"|?*\\]/u.test(name)) {
      this.#oddNames.push(inner);
    }
    const folded = (plainName.test(inner) ? inner : inner.normalize('NFC')).toLowerCase();
    const twin = this.#spellings.get(folded);
    if (twin === undefined) {
      this.#spellings.set(folded, inner);
    } else {
      this.#twins.push(twin, inner);
    }
  }
}

const plainName = /^[ -~]*$/;

/** Version control's own files, which DVC never collects. */
const neverCollected = new Set(['.git', '.dvc', '.hg']);

/** Of what a link points at. */
function stat(file: string, name: string): fs.BigIntStats {
  try {
    return fs.statSync(file, { bigint: true });
  } catch (error) {
    throw unreadableData(
      name,
      reason(error, fs.lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink()),
    );
  }
}

function reason(error: unknown, isLink = false): string {
  switch (errorCode(error)) {
    case 'ENOENT':
      return isLink ? 'it is a link to something that does not exist' : 'it is not there any more';
    case 'ELOOP':
      return 'it is a link that leads back to itself';
    case 'EACCES':
    case 'EPERM':
      return 'you have no permission to read it';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

function specialKind(stats: fs.BigIntStats): string {
  if (stats.isFIFO()) {
    return 'pipe';
  }
  return stats.isSocket() ? 'socket' : 'device';
}

function listed(paths: readonly string[]): string {
  const shown = paths.slice(0, 3).join(', ');
  return paths.length > 3 ? `${shown} and ${plural(paths.length - 3, 'other')}` : shown;
}
