import fs from 'node:fs';
import path from 'node:path';
import type { ServiceConnection } from '../../../src/attach/connection.ts';
import { type DataProfile, profileData } from '../../../src/protocol/data.ts';
import { repository } from '../../support/service.ts';

/** Real tables beside the repository, which are read there and never copied into it. */
export const sharedData = path.join(repository, '..', 'shared', 'data');

export function profileOf(
  connection: ServiceConnection,
  file: string,
  target?: string,
): Promise<DataProfile> {
  return connection.send(profileData, { path: file, ...(target !== undefined && { target }) });
}

/** Rows one after another, in pieces, so that the test needs little memory for many. */
export function writeRows(file: string, header: string, rows: number, row: (index: number) => string): void {
  const descriptor = fs.openSync(file, 'w');
  try {
    fs.writeSync(descriptor, `${header}\n`);
    for (let first = 0; first < rows; first += 50_000) {
      const count = Math.min(50_000, rows - first);
      fs.writeSync(descriptor, `${Array.from({ length: count }, (_, at) => row(first + at)).join('\n')}\n`);
    }
  } finally {
    fs.closeSync(descriptor);
  }
}

/** What a service keeps only while somebody waits. */
export function scratchFiles(root: string): readonly string[] {
  const scratch = path.join(root, '.mlops', 'scratch');
  return fs.existsSync(scratch) ? fs.readdirSync(scratch) : [];
}
