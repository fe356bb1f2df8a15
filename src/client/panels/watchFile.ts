import path from 'node:path';
import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../base/lifecycle.ts';

/** Calls when the file is no longer what it was; news of a write before this moment may still be on its way. */
export function watchFile(file: string, changed: () => void): Disposable {
  let known = identityOf(file);
  const look = async () => {
    const now = identityOf(file);
    const isSame = (await known) === (await now);
    known = now;
    if (!isSame) {
      changed();
    }
  };
  // A name may have characters that mean something in a pattern.
  const name = path.basename(file).replaceAll(/[[\]{}*?!]/g, '?');
  const pattern = new vscode.RelativePattern(vscode.Uri.file(path.dirname(file)), name);
  const watching = new DisposableStore();
  const watcher = watching.add(vscode.workspace.createFileSystemWatcher(pattern));
  for (const event of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete]) {
    watching.add(event((uri) => (uri.fsPath === file ? void look() : undefined)));
  }
  return watching;
}

async function identityOf(file: string): Promise<string> {
  try {
    const { mtime, size } = await vscode.workspace.fs.stat(vscode.Uri.file(file));
    return `${mtime}/${size}`;
  } catch {
    return 'gone';
  }
}
