import { importRuns as importRunsRequest } from '../../protocol/import.ts';
import type { Router } from '../router.ts';
import { type ImportOptions, importRuns } from './importRuns.ts';

export function registerImport(router: Router, options: ImportOptions): void {
  router.on(importRunsRequest, ({ path }, context) => importRuns(path, options, context));
}
