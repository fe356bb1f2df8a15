import path from 'node:path';
import type * as vscode from 'vscode';

/**
 * `mlops` works in every integrated terminal, on the Node that the editor brings, so that there is nothing to install.
 * The programs lie in `dist/cli/bin`.
 */
export function offerCommandLine(context: vscode.ExtensionContext): void {
  const environment = context.environmentVariableCollection;
  environment.description = 'Puts the mlops command on the path';
  environment.prepend('PATH', `${context.asAbsolutePath('dist/cli/bin')}${path.delimiter}`);
  environment.replace('MLOPS_NODE', process.execPath);
}
