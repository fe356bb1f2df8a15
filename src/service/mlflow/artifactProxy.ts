import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  listStored,
  resolveStored,
  runOfArtifact,
  storedFile,
  uploadsFolder,
} from '../experiments/artifactStorage.ts';
import type { RunOrigin } from '../experiments/experiments.ts';
import { artifactNotFound, unsafePath } from '../experiments/storeErrors.ts';
import { list } from './encode.ts';
import { uploadInterrupted } from './errors.ts';

export interface ArtifactProxyOptions {
  /** Where runs are from that were not made here. */
  readonly origin?: RunOrigin;
  /** After a file was stored under this path below the artifact folder, and before its sender hears of it. */
  artifactWritten?(relative: string): void;
}

/** The files behind `/api/2.0/mlflow-artifacts/artifacts`. */
export class ArtifactProxy {
  readonly #root: string;
  readonly #uploads: string;
  readonly #options: ArtifactProxyOptions;

  constructor(root: string, options: ArtifactProxyOptions = {}) {
    this.#root = root;
    this.#options = options;
    this.#uploads = path.join(root, uploadsFolder);
  }

  /** Makes the folders, and clears away uploads that a process before us did not finish. */
  async prepare(): Promise<void> {
    await fs.rm(this.#uploads, { recursive: true, force: true });
    await fs.mkdir(this.#uploads, { recursive: true });
  }

  /** Whole or not at all: to a temporary file of any size, then renamed. */
  async put(relative: string, body: Readable): Promise<object> {
    const target = await resolveStored(this.#root, requireName(relative));
    const temporary = path.join(this.#uploads, randomUUID());
    try {
      await pipeline(body, createWriteStream(temporary, { flags: 'wx' }));
      await fs.mkdir(path.dirname(target), { recursive: true });
      await fs.rename(temporary, target);
      this.#options.artifactWritten?.(relative);
    } catch (error) {
      await fs.rm(temporary, { force: true });
      throw named(error, relative);
    }
    return {};
  }

  async get(relative: string): Promise<ArtifactBody> {
    const artifact = runOfArtifact(requireName(relative));
    if (artifact) {
      await this.#options.origin?.loadArtifact(artifact.run, artifact.path);
    }
    const { file, bytes } = await storedFile(this.#root, requireName(relative));
    const name = path.basename(file);
    return {
      stream: createReadStream(file),
      headers: {
        'content-type':
          mediaTypes[name === 'MLmodel' ? '.txt' : path.extname(name).toLowerCase()] ??
          'application/octet-stream',
        'content-length': String(bytes),
        'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
      },
    };
  }

  /** Paths are relative to the listed folder. */
  async list(relative: string): Promise<object> {
    const artifact = runOfArtifact(relative);
    const elsewhere =
      artifact &&
      (await this.#options.origin?.listArtifacts(artifact.run, artifact.path.replace(/\/+$/, '')));
    const entries = elsewhere ?? (await listStored(this.#root, relative));
    return list(
      'files',
      entries.map((entry) => ({
        path: entry.name,
        is_dir: entry.isFolder,
        ...(entry.bytes !== undefined && { file_size: entry.bytes }),
      })),
    );
  }

  async delete(relative: string): Promise<object> {
    const target = await resolveStored(this.#root, requireName(relative));
    await fs.rm(target, { recursive: true }).catch((error: unknown) => {
      throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? artifactNotFound(relative) : error;
    });
    return {};
  }
}

export interface ArtifactBody {
  readonly stream: Readable;
  readonly headers: Readonly<Record<string, string>>;
}

/** Shown by name only for what a browser would not run; all are sent as attachments anyway. */
const mediaTypes: Readonly<Record<string, string>> = {
  '.csv': 'text/plain',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.json': 'text/plain',
  '.log': 'text/plain',
  '.md': 'text/plain',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.py': 'text/plain',
  '.txt': 'text/plain',
  '.webp': 'image/webp',
  '.yaml': 'text/plain',
  '.yml': 'text/plain',
};

/** The root itself is no artifact: neither written nor deleted. */
function requireName(relative: string): string {
  if (relative.split('/').every((segment) => segment === '' || segment === '.')) {
    throw unsafePath(relative);
  }
  return relative;
}

function named(error: unknown, relative: string): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ERR_STREAM_PREMATURE_CLOSE':
    case 'ECONNRESET':
      return uploadInterrupted();
    case 'EISDIR':
    case 'ENOTDIR':
    case 'EEXIST':
    case 'ENOTEMPTY':
    case 'ENAMETOOLONG':
      return unsafePath(relative);
    default:
      return error;
  }
}
