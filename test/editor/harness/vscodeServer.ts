import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runToEnd } from '../setup/processes.ts';
import { installVsCodeServer } from '../setup/vscodeServer.ts';
import { endProcessTree, treeVariable } from './processTree.ts';
import { quietSettings, restrictedModeSettings, type Settings } from './settings.ts';

const READY_TIMEOUT = 60_000;

export interface VsCodeServerOptions {
  /** A folder of its own for each server; deleted by the caller. */
  readonly serverDataDir: string;
  /** Where installed extensions are; an empty folder within `serverDataDir` when not given. */
  readonly extensionsDir?: string;
  /** An unpacked extension to appear as an installed one, an absolute path (the repository, say). */
  readonly extensionPath?: string;
  /**
   * For `extensionPath` and `extensionTestsPath` of `Workbench.open`. VS Code ties those to its smoke-test driver, and
   * that one shows no notification toasts, so leave it off where a test looks at messages.
   */
  readonly developmentMode?: boolean;
  /**
   * User settings, on top of `quietSettings`. VS Code does not watch this file here; to change a setting while a
   * window is open, write `.vscode/settings.json` into the opened folder.
   */
  readonly settings?: Settings;
  /** `trusted` (the default) trusts every folder; `restricted` opens every folder in Restricted Mode. */
  readonly workspaceTrust?: 'trusted' | 'restricted';
  /** Environment variables for the extension host and all below it. */
  readonly env?: NodeJS.ProcessEnv;
}

export interface VsCodeServer {
  readonly port: number;
  readonly url: string;
  readonly developmentMode: boolean;
  /** Found in the environment of every process below this server (`processesOf(treeId)`). */
  readonly treeId: string;
  /** What the server has printed so far, for a failing test. */
  readonly output: () => string;
  /** Ends the server, its extension hosts, terminals, and all that an extension has started detached. */
  readonly dispose: () => Promise<void>;
}

/** Starts a VS Code server of our own on a free port; nothing of the user's own VS Code is read or written. */
export async function startVsCodeServer(options: VsCodeServerOptions): Promise<VsCodeServer> {
  const serverMain = await installVsCodeServer();
  const treeId = randomUUID();
  writeSettings(options);
  const child = spawn(
    process.execPath,
    [serverMain, ...serverArguments(options), '--host', '127.0.0.1', '--port', '0'],
    {
      detached: process.platform !== 'win32',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...environment(options), [treeVariable]: treeId },
    },
  );
  let output = '';
  const collect = (chunk: string) => {
    output += chunk;
  };
  child.stdout.setEncoding('utf8').on('data', collect);
  child.stderr.setEncoding('utf8').on('data', collect);
  const guard = guardTree(child.pid ?? 0, treeId);
  const dispose = async () => {
    await endProcessTree(child.pid ?? 0, treeId);
    guard.kill();
  };
  try {
    const port = await portWhenReady(child, () => output);
    return {
      port,
      developmentMode: options.developmentMode === true,
      url: `http://localhost:${port}`,
      treeId,
      output: () => output,
      dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** Installs a packed extension, as a user would, into a folder to be given to `startVsCodeServer`. */
export async function installExtension(vsixPath: string, extensionsDir: string): Promise<void> {
  const serverMain = await installVsCodeServer();
  mkdirSync(extensionsDir, { recursive: true });
  const serverDataDir = join(extensionsDir, '.installer');
  const output = await runToEnd(process.execPath, [
    serverMain,
    ...['--install-extension', vsixPath, '--force'],
    ...['--extensions-dir', extensionsDir, '--server-data-dir', serverDataDir],
    '--accept-server-license-terms',
  ]);
  // The installer ends with 0 even when it has refused the package.
  if (!/was successfully installed/.test(output)) {
    throw new Error(`VS Code did not install ${vsixPath}. It said:\n${output}`);
  }
}

function serverArguments(options: VsCodeServerOptions): string[] {
  const extensionsDir = options.extensionsDir ?? join(options.serverDataDir, 'extensions');
  mkdirSync(extensionsDir, { recursive: true });
  if (options.extensionPath !== undefined) {
    linkExtension(options.extensionPath, extensionsDir);
  }
  return [
    '--without-connection-token',
    '--accept-server-license-terms',
    '--disable-telemetry',
    ...['--server-data-dir', options.serverDataDir],
    ...['--extensions-dir', extensionsDir],
    ...(options.developmentMode ? ['--enable-smoke-test-driver'] : []),
    ...(options.workspaceTrust === 'restricted' ? [] : ['--disable-workspace-trust']),
  ];
}

/** Before its first start VS Code takes every folder here for an installed extension, links included. */
function linkExtension(extensionPath: string, extensionsDir: string): void {
  const manifest: { publisher: string; name: string; version: string } = JSON.parse(
    readFileSync(join(extensionPath, 'package.json'), 'utf8'),
  );
  const link = join(extensionsDir, `${manifest.publisher}.${manifest.name}-${manifest.version}`);
  if (existsSync(join(extensionsDir, 'extensions.json'))) {
    throw new Error(
      `${extensionsDir} was used by a server before; give a new folder together with extensionPath.`,
    );
  }
  symlinkSync(extensionPath, link, 'junction');
}

/** Without what a VS Code that runs the tests has put into its terminals, which would lead ours to that one. */
function environment(options: VsCodeServerOptions): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(VSCODE_|ELECTRON_|NODE_OPTIONS$|VITEST)/.test(name),
  );
  return { ...Object.fromEntries(own), ...options.env };
}

/** code-server keeps the user's settings on the server's disk, where stock VS Code keeps them in the browser. */
function writeSettings(options: VsCodeServerOptions): void {
  const folder = join(options.serverDataDir, 'data', 'User');
  const settings: Settings = {
    ...quietSettings,
    ...(options.workspaceTrust === 'restricted' ? restrictedModeSettings : {}),
    ...options.settings,
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings, null, 2));
}

/** A test that fails while it cleans up, or is killed, never comes to dispose. */
function guardTree(rootProcess: number, treeId: string): ChildProcess {
  const script = join(import.meta.dirname, 'processTreeGuard.ts');
  const guard = spawn(process.execPath, [script, String(rootProcess), treeId], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.unref();
  return guard;
}

function portWhenReady(child: ChildProcess, output: () => string): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      clearTimeout(timer);
      reject(new Error(`The VS Code server ${why}. It printed:\n${readable(output())}`));
    };
    const timer = setTimeout(() => fail(`was not ready after ${READY_TIMEOUT / 1000} s`), READY_TIMEOUT);
    child.stdout?.on('data', () => {
      const port = /^Extension host agent listening on (\d+)$/m.exec(output())?.[1];
      if (port && /Extension host agent started\./.test(output())) {
        clearTimeout(timer);
        resolve(Number(port));
      }
    });
    child.once('error', (error) => fail(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) => fail(`ended early (${code ?? signal})`));
  });
}

/** A crash prints the line of code it happened on, and those of a packed program are megabytes long. */
function readable(output: string): string {
  return output
    .split('\n')
    .map((line) => (line.length > 300 ? `${line.slice(0, 300)}…` : line))
    .join('\n');
}
