import { homedir } from 'node:os';
import { join } from 'node:path';

/** The folder for everything that tests download once: outside the repository, kept between runs. */
export function cacheFolder(): string {
  const base = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(base, 'mlops-workbench');
}
