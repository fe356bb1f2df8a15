import { hash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { type FileIdentity, fromStats, identityOf, sameIdentity } from './fileIdentity.ts';
import { errorCode } from './files.ts';
import { hashStream, SinkError } from './hashStream.ts';
import { legacyHash } from './legacyHash.ts';

/** One file to hash, to keep in the cache, or to bring back from it; done in a worker or in place. */
export interface ContentJob {
  readonly action: 'hash' | 'hashLegacy' | 'store' | 'restore';
  /** What is read, absolute. */
  readonly file: string;
  /** What the file was when it was listed; taken from the file itself when absent. */
  readonly identity?: FileIdentity;
  /** For `restore`: the new file, and the hash it has to have. */
  readonly target?: string;
  readonly expected?: { readonly md5: string; readonly legacy: boolean };
}

export interface JobSettings {
  /** The folder `files/md5` of the cache. */
  readonly objects: string;
  /** An existing folder for unfinished files, on the cache's file system. */
  readonly temporary: string;
}

export interface JobHooks {
  /** Thrown out of as soon as this answers true. */
  isCancelled(): boolean;
  onBytes(bytes: number): void;
}

export interface JobDone {
  readonly md5: string;
  /** Milliseconds since the epoch, before the first byte was read. */
  readonly readAt: number;
  /** The object that was not in the cache before. */
  readonly added?: string;
}

/** `write` is a failure of our side of the disk, `read` one of the user's file. */
export interface JobFailure {
  readonly reason: 'changed' | 'read' | 'write' | 'mismatch' | 'cancelled';
  readonly file: string;
  readonly code?: string;
  readonly message: string;
}

export type JobOutcome = { readonly done: JobDone } | { readonly failure: JobFailure };

export async function runJob(job: ContentJob, settings: JobSettings, hooks: JobHooks): Promise<JobOutcome> {
  try {
    return { done: await perform(job, settings, hooks) };
  } catch (error) {
    if (error instanceof Failure) {
      return { failure: error.detail };
    }
    return { failure: failure('read', job.file, error).detail };
  }
}

/** Below this a file is read in one piece, without waiting; above it reading, hashing and writing overlap. */
const smallLimit = 1 << 20;

const umaskHidesReading = (process.umask() & 0o444) !== 0;

class Failure extends Error {
  readonly detail: JobFailure;

  constructor(detail: JobFailure) {
    super(detail.message);
    this.detail = detail;
  }
}

function failure(reason: JobFailure['reason'], file: string, error?: unknown): Failure {
  const code = errorCode(error);
  const message = error instanceof Error ? error.message : reason;
  return new Failure({ reason, file, message, ...(code ? { code } : {}) });
}

async function perform(job: ContentJob, settings: JobSettings, hooks: JobHooks): Promise<JobDone> {
  if (hooks.isCancelled()) {
    throw failure('cancelled', job.file);
  }
  const readAt = Date.now();
  const source = openFile(job.file);
  try {
    const before = job.identity ?? identityOf(source, job.file);
    const { md5, added } = await read({ job, settings, hooks, source, size: before.size });
    if (!isStill(job.file, before)) {
      discard(added);
      throw failure('changed', job.file);
    }
    return { md5, readAt, ...(added ? { added } : {}) };
  } finally {
    fs.closeSync(source);
  }
}

interface Work {
  readonly job: ContentJob;
  readonly settings: JobSettings;
  readonly hooks: JobHooks;
  readonly source: number;
  readonly size: number;
}

interface Read {
  readonly md5: string;
  readonly added?: string;
}

function read(work: Work): Promise<Read> | Read {
  switch (work.job.action) {
    case 'hash':
      return hashOnly(work);
    case 'hashLegacy':
      return { md5: legacyHash(work.source, () => stopIfCancelled(work)) };
    case 'store':
      return work.size <= smallLimit ? storeSmall(work) : storeLarge(work);
    case 'restore':
      return restore(work);
  }
}

async function hashOnly(work: Work): Promise<Read> {
  if (work.size <= smallLimit) {
    return { md5: md5(readWhole(work)) };
  }
  return { md5: await pump(work, work.source) };
}

function storeSmall(work: Work): Read {
  const content = readWhole(work);
  const name = md5(content);
  const object = objectPath(work.settings.objects, name);
  if (holds(object, content)) {
    return { md5: name };
  }
  const temporary = temporaryFile(work.settings.temporary);
  writing(temporary, () => {
    const descriptor = fs.openSync(temporary, 'wx', 0o444);
    try {
      writeAll(descriptor, content);
      if (umaskHidesReading) {
        fs.fchmodSync(descriptor, 0o444);
      }
    } finally {
      fs.closeSync(descriptor);
    }
    moveInto(temporary, object);
  });
  return { md5: name, added: object };
}

/** A clone shares the blocks of the source, and no later write to the source reaches it; else bytes are copied. */
async function storeLarge(work: Work): Promise<Read> {
  const temporary = temporaryFile(work.settings.temporary);
  try {
    const hash = (await cloneAndHash(work, temporary)) ?? (await copyAndHash(work, temporary));
    const object = objectPath(work.settings.objects, hash);
    if (looksSame(object, temporary)) {
      return { md5: hash };
    }
    return writing(temporary, () => {
      fs.chmodSync(temporary, 0o444);
      moveInto(temporary, object);
      return { md5: hash, added: object };
    });
  } finally {
    discard(temporary);
  }
}

/** The copy is checked while it is made: a damaged object never reaches the workspace. */
async function restore(work: Work): Promise<Read> {
  const { target = '', expected } = work.job;
  try {
    const hash = (await cloneAndHash(work, target)) ?? (await copyAndHash(work, target));
    const actual = expected?.legacy && hash !== expected.md5 ? legacyHashOf(target, work) : hash;
    if (actual !== expected?.md5) {
      throw failure('mismatch', work.job.file);
    }
    return { md5: hash };
  } catch (error) {
    discard(target);
    throw error;
  }
}

async function cloneAndHash(work: Work, target: string): Promise<string | undefined> {
  if (work.size <= smallLimit || cloneRefusedBy.has(work.settings.objects)) {
    return undefined;
  }
  try {
    fs.copyFileSync(work.job.file, target, fs.constants.COPYFILE_FICLONE_FORCE | fs.constants.COPYFILE_EXCL);
  } catch {
    cloneRefusedBy.add(work.settings.objects);
    discard(target);
    return undefined;
  }
  // A clone of a read-only object is read-only too; it is given its own mode by whoever moves it.
  const clone = fs.openSync(target, 'r');
  try {
    const hash = await pump(work, clone);
    writing(target, () => fs.fsyncSync(clone));
    return hash;
  } finally {
    fs.closeSync(clone);
  }
}

/** Caches on a file system that does not clone; it is asked once per thread. */
const cloneRefusedBy = new Set<string>();

async function copyAndHash(work: Work, target: string): Promise<string> {
  const sink = writing(target, () => fs.openSync(target, 'wx', 0o666));
  try {
    return await pump(work, work.source, { descriptor: sink, file: target });
  } finally {
    fs.closeSync(sink);
  }
}

/** A failure of the sink is ours, one of the source the user's. */
async function pump(
  work: Work,
  source: number,
  sink?: { descriptor: number; file: string },
): Promise<string> {
  try {
    return await hashStream(source, sink?.descriptor, (bytes) => {
      stopIfCancelled(work);
      work.hooks.onBytes(bytes);
    });
  } catch (error) {
    throw error instanceof SinkError ? failure('write', sink?.file ?? '', error.cause) : error;
  }
}

function stopIfCancelled(work: Work): void {
  if (work.hooks.isCancelled()) {
    throw failure('cancelled', work.job.file);
  }
}

/** Without waiting on a pipe that has taken the file's place. */
function openFile(file: string): number {
  return fs.openSync(file, fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0));
}

function readWhole(work: Work): Buffer {
  // One byte more than expected shows a file that grew; whoever calls compares the file's size and times again.
  const buffer = Buffer.allocUnsafe(work.size + 1);
  const length = fs.readSync(work.source, buffer, 0, buffer.length, 0);
  if (length !== work.size) {
    throw failure('changed', work.job.file);
  }
  work.hooks.onBytes(length);
  return buffer.subarray(0, length);
}

function writeAll(descriptor: number, content: Buffer): void {
  let written = 0;
  while (written < content.length) {
    written += fs.writeSync(descriptor, content, written);
  }
}

/** By its path, so that another file in its place is seen as well. */
function isStill(file: string, before: FileIdentity): boolean {
  const now = fs.statSync(file, { bigint: true, throwIfNoEntry: false });
  return now !== undefined && sameIdentity(before, fromStats(now));
}

function holds(object: string, content: Buffer): boolean {
  const found = fs.statSync(object, { throwIfNoEntry: false });
  return found?.size === content.length && (found.size === 0 || fs.readFileSync(object).equals(content));
}

/** Three samples: enough to tell a whole object from one that a crash left short, empty or full of zeros. */
function looksSame(object: string, copy: string): boolean {
  const found = fs.statSync(object, { throwIfNoEntry: false });
  const size = fs.statSync(copy).size;
  if (found?.size !== size) {
    return false;
  }
  const length = Math.min(size, 65_536);
  return [0, Math.floor((size - length) / 2), size - length].every((position) =>
    sample(object, position, length).equals(sample(copy, position, length)),
  );
}

function sample(file: string, position: number, length: number): Buffer {
  const descriptor = fs.openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(length);
    fs.readSync(descriptor, buffer, 0, length, position);
    return buffer;
  } finally {
    fs.closeSync(descriptor);
  }
}

function legacyHashOf(file: string, work: Work): string {
  const descriptor = fs.openSync(file, 'r');
  try {
    return legacyHash(descriptor, () => stopIfCancelled(work));
  } finally {
    fs.closeSync(descriptor);
  }
}

export function objectPath(objects: string, hash: string): string {
  return path.join(objects, hash.slice(0, 2), hash.slice(2));
}

let temporaryCount = 0;

function temporaryFile(folder: string): string {
  temporaryCount += 1;
  return path.join(folder, `${process.hrtime.bigint().toString(36)}-${temporaryCount}`);
}

function moveInto(temporary: string, object: string): void {
  try {
    fs.renameSync(temporary, object);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') {
      throw error;
    }
    fs.mkdirSync(path.dirname(object), { recursive: true });
    fs.renameSync(temporary, object);
  }
}

/** What fails in here is our side of the disk; the unfinished file goes. */
function writing<T>(file: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    discard(file);
    throw error instanceof Failure ? error : failure('write', file, error);
  }
}

function discard(file: string | undefined): void {
  if (file) {
    fs.rmSync(file, { force: true });
  }
}

function md5(content: Buffer): string {
  return hash('md5', content, 'hex');
}
