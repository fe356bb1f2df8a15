import { createHash } from 'node:crypto';

/** The list of a folder's files that DVC keeps as one object: `…/dvc-format.md` section 3.3. */
export interface DirectoryEntry {
  /** Relative to the folder, components joined with `/` on every system. */
  readonly path: string;
  readonly md5: string;
}

export interface DirectoryObject {
  /** md5 of the bytes, with `.dir`. */
  readonly hash: string;
  readonly bytes: Buffer;
}

export type ParsedDirectory = { readonly entries: readonly DirectoryEntry[] } | { readonly problem: string };

/** Exact bytes: another order, space or escape would read as "modified" in DVC for ever. */
export function directoryObject(entries: readonly DirectoryEntry[]): DirectoryObject {
  const text = [...entries]
    .sort((a, b) => compareCodePoints(a.path, b.path))
    .map(({ md5, path }) => `{"md5": ${ascii(md5)}, "relpath": ${ascii(path)}}`)
    .join(', ');
  const bytes = Buffer.from(`[${text}]`, 'ascii');
  return { hash: `${createHash('md5').update(bytes).digest('hex')}.dir`, bytes };
}

/** Refuses every entry that could write outside the folder or twice to one place; DVC itself does not check. */
export function parseDirectoryObject(bytes: Buffer | string, windows = false): ParsedDirectory {
  let list: unknown;
  try {
    list = JSON.parse(bytes.toString());
  } catch {
    return { problem: 'it is not JSON' };
  }
  if (!Array.isArray(list)) {
    return { problem: 'it is not a list' };
  }
  const entries: DirectoryEntry[] = [];
  const files = new Set<string>();
  const folders = new Set<string>();
  for (const item of list as { md5?: unknown; relpath?: unknown }[]) {
    const problem = entryProblem(item?.md5, item?.relpath, windows);
    if (problem) {
      return { problem };
    }
    const entry = { path: item.relpath as string, md5: item.md5 as string };
    if (files.has(entry.path)) {
      return { problem: `${JSON.stringify(entry.path)} is in it twice` };
    }
    files.add(entry.path);
    addParents(entry.path, folders);
    entries.push(entry);
  }
  const both = entries.find(({ path }) => folders.has(path));
  return both ? { problem: `${JSON.stringify(both.path)} is both a file and a folder` } : { entries };
}

/** The order of UTF-8 bytes, which JavaScript's own order of UTF-16 units is not. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) {
      return rank(left) - rank(right);
    }
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above every other unit. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

function ascii(text: string): string {
  return JSON.stringify(text).replace(
    /[\x7f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function entryProblem(md5: unknown, path: unknown, windows: boolean): string | undefined {
  if (typeof path !== 'string' || typeof md5 !== 'string' || !/^[0-9a-f]{32}$/.test(md5)) {
    return 'an entry has no path or no md5';
  }
  const unsafe =
    path.includes('\0') ||
    (windows && /[\\:]/.test(path)) ||
    /^[A-Za-z]:[\\/]/.test(path) ||
    path.split('/').some((part) => /^(\.{0,2}|\.git)$/i.test(part));
  return unsafe ? `the path ${JSON.stringify(path)} could leave the folder` : undefined;
}

function addParents(path: string, folders: Set<string>): void {
  for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
    const parent = path.slice(0, slash);
    if (folders.has(parent)) {
      return;
    }
    folders.add(parent);
  }
}
