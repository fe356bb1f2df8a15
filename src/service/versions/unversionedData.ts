import fs from 'node:fs';
import path from 'node:path';
import type { UnversionedData } from '../../protocol/versions.ts';
import { toPosix } from './files.ts';

const dataFile =
  /\.(csv|tsv|parquet|feather|arrow|orc|avro|jsonl|ndjson|json|npy|npz|xlsx|xls|pkl|pickle|h5|hdf5|mat|sqlite|db|zip|tar|tgz|gz|tfrecord|safetensors|pt|pth|onnx|sav|dta|rds)$/i;
const imageFile = /\.(png|jpe?g|gif|bmp|tiff?|webp|dcm|nii)$/i;
const settingsFile =
  /^(\..*|(package|package-lock|composer|tsconfig|jsconfig|biome|deno|turbo|nx|lerna|renovate|vercel|angular|manifest|settings|launch|tasks|extensions|params)(\..*)?\.json|.*\.(config|schema|privacy)\.json)$/i;
const skippedFolders = new Set([
  'node_modules',
  '__pycache__',
  'site-packages',
  'mlruns',
  'dist',
  'build',
  'out',
]);

const mostFound = 200;
const mostEntries = 50_000;
const deepest = 8;
const leastImages = 20;

/**
 * Data files and folders of images that no pointer names, the first 200 by path. A suggestion, not a search:
 * hidden folders, environments and build output are passed by, and a huge workspace is not read to its end.
 */
export async function findUnversioned(
  workspace: string,
  versioned: ReadonlySet<string>,
): Promise<UnversionedData[]> {
  const walk = new Walk(workspace, versioned);
  await walk.folder(workspace, 0);
  return walk.found.sort((a, b) => (a.path < b.path ? -1 : 1)).slice(0, mostFound);
}

class Walk {
  readonly found: UnversionedData[] = [];
  readonly #workspace: string;
  readonly #versioned: ReadonlySet<string>;
  #entries = 0;

  constructor(workspace: string, versioned: ReadonlySet<string>) {
    this.#workspace = workspace;
    this.#versioned = versioned;
  }

  async folder(folder: string, depth: number): Promise<void> {
    if (this.found.length >= mostFound || this.#entries > mostEntries) {
      return;
    }
    const entries = read(folder);
    this.#entries += entries.length;
    // Lets other requests pass between two folders.
    await new Promise((resolve) => setImmediate(resolve));
    if (entries.some(({ name }) => name === 'pyvenv.cfg')) {
      return;
    }
    if (depth > 0 && isImageFolder(entries)) {
      this.#add(folder, 'folder', imageBytes(folder, entries));
      return;
    }
    for (const entry of entries) {
      await this.#entry(entry, path.join(folder, entry.name), depth);
    }
  }

  async #entry(entry: fs.Dirent, file: string, depth: number): Promise<void> {
    if (this.#versioned.has(file)) {
      return;
    }
    if (entry.isDirectory()) {
      if (depth < deepest && !entry.name.startsWith('.') && !skippedFolders.has(entry.name)) {
        await this.folder(file, depth + 1);
      }
    } else if (entry.isFile() && dataFile.test(entry.name) && !settingsFile.test(entry.name)) {
      this.#add(file, 'file', sizeOf(file));
    }
  }

  #add(file: string, kind: 'file' | 'folder', bytes: number): void {
    this.found.push({ path: toPosix(path.relative(this.#workspace, file)), kind, bytes });
  }
}

/** Mostly images, and enough of them that nobody versions them one by one. */
function isImageFolder(entries: readonly fs.Dirent[]): boolean {
  const files = entries.filter((entry) => entry.isFile());
  const images = files.filter(({ name }) => imageFile.test(name));
  return images.length >= leastImages && images.length >= files.length * 0.8;
}

function imageBytes(folder: string, entries: readonly fs.Dirent[]): number {
  return entries
    .filter((entry) => entry.isFile())
    .reduce((sum, { name }) => sum + sizeOf(path.join(folder, name)), 0);
}

function sizeOf(file: string): number {
  return fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** A folder that cannot be read has nothing to suggest. */
function read(folder: string): fs.Dirent[] {
  try {
    return fs.readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
