import path from 'node:path';
import type { Duckdb } from '../storage/duckdb.ts';
import { notATable } from './errors.ts';
import type { SniffedFile } from './sniffFile.ts';

export interface ArrowWork {
  readonly database: Duckdb;
  readonly scratch: string;
  readonly signal?: AbortSignal | undefined;
  readonly mostRows?: number | undefined;
}

export async function arrowToParquet({ name }: SniffedFile, { scratch }: ArrowWork): Promise<string> {
  if (path.isAbsolute(scratch)) {
    throw notATable(name, 'Arrow files are not read yet');
  }
  return name;
}
