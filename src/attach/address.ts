import fs from 'node:fs/promises';
import path from 'node:path';
import type { ServiceAddress } from '../protocol/service.ts';

/** Where the folder's service was last reached; undefined where there never was one, or its file is damaged. */
export async function readAddress(workspace: string): Promise<ServiceAddress | undefined> {
  try {
    return JSON.parse(await fs.readFile(path.join(workspace, '.mlops', 'service.json'), 'utf8'));
  } catch {
    return undefined;
  }
}
