import { execFileSync, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { startVsCodeServer, type VsCodeServer } from '../editor/harness/vscodeServer.ts';
import { copySample, repository, type SampleProject } from '../editor/sampleProject.ts';
import { installVsCodeServer } from '../editor/setup/vscodeServer.ts';

export const demoFolder = path.join(repository, 'out', 'demo');

export interface Editor {
  readonly sample: SampleProject;
  readonly server: VsCodeServer;
}

/** Builds, installs a VS Code server where there is none, and serves the sample in a folder of its own. */
export async function startEditor(): Promise<Editor> {
  requirePrograms();
  console.log('Building the extension…');
  execFileSync(process.execPath, ['esbuild.mjs'], { cwd: repository, stdio: 'inherit' });
  await installVsCodeServer();
  const parent = path.join(demoFolder, 'workspace');
  fs.rmSync(parent, { recursive: true, force: true });
  fs.mkdirSync(parent, { recursive: true });
  const sample = copySample({ parent, epochs: 2000 });
  const serverDataDir = path.join(demoFolder, 'editor');
  fs.rmSync(serverDataDir, { recursive: true, force: true });
  const server = await startVsCodeServer({ serverDataDir, extensionPath: repository });
  return { sample, server };
}

/** Where to look at the sample in the running editor. */
export function editorAddress({ server, sample }: Editor): string {
  const address = new URL(server.url);
  address.searchParams.set('folder', sample.folder);
  return address.href;
}

export function hasDisplay(): boolean {
  const graphical = process.platform === 'darwin' || process.platform === 'win32';
  const display = process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY;
  return !process.env.CI && (graphical || Boolean(display));
}

/** Opens the user's own browser, and stays until Ctrl-C. */
export async function leaveOpen(editor: Editor): Promise<void> {
  const address = editorAddress(editor);
  if (hasDisplay()) {
    const openers: Partial<Record<NodeJS.Platform, string>> = { darwin: 'open', win32: 'explorer.exe' };
    spawn(openers[process.platform] ?? 'xdg-open', [address], { stdio: 'ignore', detached: true })
      .on('error', () => undefined)
      .unref();
  }
  console.log(`\nThe editor is open at ${address}\nPress Ctrl-C to end it.`);
  await new Promise<void>((resolve) => process.once('SIGINT', resolve));
  await editor.server.dispose();
}

function requirePrograms(): void {
  const missing = ['git', 'python3'].filter((program) => spawnSync(program, ['--version']).status !== 0);
  if (missing.length > 0) {
    throw new Error(
      `The demo needs ${missing.join(' and ')}. Install ${missing.join(' and ')}, then run it again.`,
    );
  }
}
