import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { runToEnd } from './processes.ts';

/** Runs npm's own script with the Node that runs us, because the `node` that its first line names may be another. */
export async function runNpm(npmArguments: readonly string[], folder: string): Promise<string> {
  return runToEnd(process.execPath, [npmScript(), ...npmArguments], {
    cwd: folder,
    env: { ...environmentOutsideNpm(), PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}` },
  });
}

/** Without what an outer `npm test` adds, which would carry this project's settings into the other folder. */
function environmentOutsideNpm(): NodeJS.ProcessEnv {
  const isOurs = (name: string) =>
    !/^npm_(config_(?!cache|registry|cafile|userconfig)|package_|lifecycle_)/i.test(name);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => isOurs(name)));
}

function npmScript(): string {
  const outer = process.env.npm_execpath;
  const found = [...(outer ? [outer] : []), ...npmScriptsOnPath()].find(
    (path) => path.endsWith('npm-cli.js') && existsSync(path),
  );
  if (!found) {
    throw new Error(
      'npm was not found on PATH. Nothing was installed. Install Node.js with npm and try again.',
    );
  }
  return found;
}

function npmScriptsOnPath(): string[] {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.flatMap((folder) => {
    const npm = join(folder, 'npm');
    const besideWindowsNode = join(folder, 'node_modules', 'npm', 'bin', 'npm-cli.js');
    return existsSync(npm) ? [realpathSync(npm), besideWindowsNode] : [besideWindowsNode];
  });
}
