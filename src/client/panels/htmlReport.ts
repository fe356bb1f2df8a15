import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';

/** In the browser of this computer; where the editor itself runs in a browser, in a panel without scripts. */
export async function openHtmlReport(file: vscode.Uri): Promise<void> {
  const isHere = vscode.env.uiKind === vscode.UIKind.Desktop && vscode.env.remoteName === undefined;
  if (isHere) {
    await vscode.env.openExternal(file);
    return;
  }
  const html = await readFile(file.fsPath, 'utf8');
  const view = vscode.window.createWebviewPanel(
    'mlops.htmlReport',
    path.basename(file.fsPath),
    vscode.ViewColumn.Active,
    { enableScripts: false, localResourceRoots: [] },
  );
  view.webview.html = html;
}
