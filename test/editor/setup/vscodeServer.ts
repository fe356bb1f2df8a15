import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheFolder } from './cache.ts';
import { runNpm } from './npm.ts';

/** code-server 4.139.1 carries a built VS Code 1.139; we start the server inside it and leave the wrapper alone. */
const CODE_SERVER_VERSION = '4.139.1';
const VSCODE_IN_PACKAGE = join('node_modules', 'code-server', 'lib', 'vscode');

/** VS Code 1.139 is built for Node 24; older ones lack `module.registerHooks` and end in a stack trace. */
const OLDEST_NODE = 24;

/** Installs a real VS Code server into the cache, once, and returns the path of its `out/server-main.js`. */
export async function installVsCodeServer(): Promise<string> {
  const nodeMajor = Number.parseInt(process.versions.node, 10);
  if (nodeMajor < OLDEST_NODE) {
    throw new Error(
      `The editor tests need Node ${OLDEST_NODE} and run on ${process.version}. Nothing was started. ` +
        'Run them with `npm test`, or with `node_modules/.bin` first on PATH.',
    );
  }
  const folder = join(
    cacheFolder(),
    `vscode-server-${CODE_SERVER_VERSION}-${process.platform}-${process.arch}`,
  );
  const serverMain = join(folder, VSCODE_IN_PACKAGE, 'out', 'server-main.js');
  if (!existsSync(serverMain)) {
    await installInto(folder);
  }
  return serverMain;
}

/** Installs beside the target and renames, so that an interrupted installation is never taken for a complete one. */
async function installInto(folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const temporary = await mkdtemp(`${folder}.installing-`);
  try {
    await writeFile(join(temporary, 'package.json'), '{ "private": true }\n');
    report(`downloading VS Code (code-server ${CODE_SERVER_VERSION}), once …`);
    await runNpm(['install', `code-server@${CODE_SERVER_VERSION}`, '--ignore-scripts'], temporary);
    report('installing the modules of VS Code …');
    await runNpm(['install', '--omit=dev', '--ignore-scripts'], join(temporary, VSCODE_IN_PACKAGE));
    await moveIntoPlace(temporary, folder);
    report(`VS Code is ready in ${folder}`);
  } catch (error) {
    throw new Error(
      'Could not install VS Code for the editor tests. Nothing was kept. ' +
        `Check that the npm registry can be reached, then run the tests again. ${(error as Error).message}`,
      { cause: error },
    );
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function moveIntoPlace(temporary: string, folder: string): Promise<void> {
  try {
    await rename(temporary, folder);
  } catch (error) {
    // Another test run may have finished the same installation first, and then its folder is as good as ours.
    if (!existsSync(join(folder, VSCODE_IN_PACKAGE, 'out', 'server-main.js'))) {
      throw error;
    }
  }
}

function report(line: string): void {
  process.stdout.write(`[setup] ${line}\n`);
}
