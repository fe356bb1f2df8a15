import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../base/lifecycle.ts';
import { contextKeys } from '../contributions.ts';

/** Lets an empty view offer the import where MLflow was used before. Looked for when the view is first seen. */
export function offerImport(view: vscode.TreeView<unknown>): Disposable {
  const disposables = new DisposableStore();
  const look = () => view.visible && void tellImportable();
  disposables.add(view.onDidChangeVisibility(look));
  disposables.add(vscode.workspace.onDidChangeWorkspaceFolders(look));
  return disposables;
}

/** What MLflow left at the top of a folder; with a database beside it, `mlruns` holds only artifacts. */
export async function importableIn({ uri }: vscode.WorkspaceFolder): Promise<vscode.Uri[]> {
  for (const name of ['mlflow.db', 'mlruns']) {
    const place = vscode.Uri.joinPath(uri, name);
    if (await exists(place)) {
      return [place];
    }
  }
  return [];
}

async function tellImportable(): Promise<void> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const found = (await Promise.all(folders.map(importableIn))).flat();
  await vscode.commands.executeCommand('setContext', contextKeys.importable, found.length > 0);
}

function exists(place: vscode.Uri): Promise<boolean> {
  return Promise.resolve(vscode.workspace.fs.stat(place)).then(
    () => true,
    () => false,
  );
}
