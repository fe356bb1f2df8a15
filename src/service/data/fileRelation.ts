import type { DataNotice } from '../../protocol/data.ts';
import type { Dialect } from './dialect.ts';
import type { FileColumn } from './fileColumns.ts';

/** How SQL reads a file. */
export interface FileRelation {
  /** What stands behind FROM. */
  readonly relation: string;
  readonly columns: readonly FileColumn[];
  readonly notices: readonly DataNotice[];
  readonly dialect?: Dialect;
  /** SQL of what rows that are equal in all columns have in common, where the relation does not have all of them. */
  readonly rowKey?: string;
}

export interface OpenFileOptions {
  readonly strictHeaders: boolean;
  /** Of JSON lines only the first so many are looked at for columns; all when absent. */
  readonly firstRows?: number | undefined;
  /** A folder of ours, for a copy of what is looked at. */
  readonly scratch: string;
  readonly signal?: AbortSignal | undefined;
}
