import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/*
 * `npm run bench`: the production build, then every benchmark of this folder, one after another, so that none
 * disturbs another. Each prints a table and writes out/bench/<name>.json. Arguments name the ones to run:
 * `npm run bench -- service run`. A benchmark asserts nothing; one that breaks is said at the end.
 */

const root = path.join(import.meta.dirname, '..');
const asked = process.argv.slice(2);
const names = fs
  .readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => path.basename(file, '.ts'))
  .filter((name) => name !== 'all' && (asked.length === 0 || asked.includes(name)))
  .sort();

execFileSync(process.execPath, ['esbuild.mjs', '--production'], { cwd: root, stdio: 'inherit' });
const broken = names.filter((name) => {
  console.log(`\n── ${name}`);
  const file = path.join(import.meta.dirname, `${name}.ts`);
  return spawnSync(process.execPath, [file], { cwd: root, stdio: 'inherit' }).status !== 0;
});
if (broken.length > 0) {
  console.log(`\nDid not end as it should: ${broken.join(', ')}`);
  process.exitCode = 1;
}
