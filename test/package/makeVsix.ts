import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { createVSIX } from '@vscode/vsce';

const root = path.join(import.meta.dirname, '..', '..');

/** Builds for production and packs an installable VSIX for the present platform. */
export async function makeVsix(): Promise<{ file: string; bytes: number }> {
  execFileSync(process.execPath, ['esbuild.mjs', '--production'], { cwd: root, stdio: 'inherit' });
  const file = path.join(root, 'out', `mlops-workbench-${vsceTarget()}.vsix`);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  await createVSIX({
    cwd: root,
    packagePath: file,
    target: vsceTarget(),
    // What the bundles need lies in dist/, the native module of this platform included.
    dependencies: false,
    allowMissingRepository: true,
    skipLicense: false,
  });
  return { file, bytes: fs.statSync(file).size };
}

/** The Marketplace's name of this platform. */
function vsceTarget(): string {
  const musl = process.platform === 'linux' && fs.existsSync('/etc/alpine-release');
  return `${musl ? 'alpine' : process.platform}-${process.arch}`;
}

if (import.meta.main) {
  const { file, bytes } = await makeVsix();
  console.log(`${path.relative(root, file)}: ${(bytes / 1e6).toFixed(2)} MB`);
}
