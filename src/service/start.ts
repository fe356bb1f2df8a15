import module from 'node:module';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';

/*
 * The first file of the service's process: loads the service with what V8 compiled of it the last time.
 * That lies in a cache folder of the user. A Node without such a cache, or a folder that cannot be written,
 * costs nothing but the time to compile it.
 */
const caches = process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache');
module.enableCompileCache?.(path.join(caches, 'mlops-workbench', 'compiled'));
// Another bundle, because one that is loaded already would be past the cache.
module.createRequire(import.meta.url)('./service.cjs');
