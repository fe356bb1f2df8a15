import fs from 'node:fs';

/** What changes when a file is written, as text where a double would lose digits. */
export interface FileIdentity {
  readonly inode: string;
  readonly size: number;
  readonly modifiedNs: string;
  readonly changedNs: string;
}

/** Of an open file; throws for anything but a regular one. */
export function identityOf(descriptor: number, file: string): FileIdentity {
  const stats = fs.fstatSync(descriptor, { bigint: true });
  if (!stats.isFile()) {
    throw new Error(`${file} is not a regular file`);
  }
  return fromStats(stats);
}

export function fromStats(stats: fs.BigIntStats): FileIdentity {
  return {
    inode: String(stats.ino),
    size: Number(stats.size),
    modifiedNs: String(stats.mtimeNs),
    changedNs: String(stats.ctimeNs),
  };
}

export function sameIdentity(a: FileIdentity, b: FileIdentity): boolean {
  return (
    a.inode === b.inode && a.size === b.size && a.modifiedNs === b.modifiedNs && a.changedNs === b.changedNs
  );
}
