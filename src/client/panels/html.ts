import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { PanelId } from '../../protocol/panels.ts';

/** Where a page's files lie in the extension; nothing else can be loaded by it. */
export function pageRoot(extension: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extension, 'dist', 'webview');
}

/** A page with no inline script or style and no network. It asks for its data when it is ready. */
export function pageHtml(webview: vscode.Webview, extension: vscode.Uri, panel: PanelId): string {
  const nonce = randomBytes(18).toString('base64');
  const file = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(pageRoot(extension), name));
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource} data:`,
    "connect-src 'none'",
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="${policy}">
  <link rel="stylesheet" id="vscode-codicon-stylesheet" href="${file('codicon.css')}">
  <link rel="stylesheet" href="${file('page.css')}">
  <title>MLOps</title>
</head>
<body>
  <workbench-${panel}></workbench-${panel}>
  <script nonce="${nonce}" src="${file(`${panel}.js`)}"></script>
</body>
</html>`;
}
