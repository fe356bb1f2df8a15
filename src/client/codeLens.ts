import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../base/lifecycle.ts';
import { commands, scriptLanguages } from './contributions.ts';
import { startLines } from './scriptStart.ts';
import { readSetting } from './settings.ts';

const setting = 'mlops.codeLens.enabled';

/** "Run Experiment | Run with Parameters…" over the place where a script starts. */
export function registerCodeLens(): Disposable {
  const disposables = new DisposableStore();
  const changed = disposables.add(new vscode.EventEmitter<void>());
  disposables.add(
    vscode.workspace.onDidChangeConfiguration(
      (event) => event.affectsConfiguration(setting) && changed.fire(),
    ),
  );
  disposables.add(
    vscode.languages.registerCodeLensProvider(
      scriptLanguages.map((language) => ({ language, scheme: 'file' })),
      { onDidChangeCodeLenses: changed.event, provideCodeLenses },
    ),
  );
  return disposables;
}

function provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
  if (!readSetting(setting, document.uri) || !vscode.workspace.getWorkspaceFolder(document.uri)) {
    return [];
  }
  return startLines(document.languageId, document.getText()).flatMap((line) => {
    const range = new vscode.Range(line, 0, line, 0);
    return [
      new vscode.CodeLens(range, {
        command: commands.runStart,
        title: '$(play) Run Experiment',
        tooltip: 'Run this script and record its parameters, metrics, code and data',
        arguments: [document.uri],
      }),
      new vscode.CodeLens(range, {
        command: commands.runStartWithParameters,
        title: 'Run with Parameters…',
        arguments: [document.uri],
      }),
    ];
  });
}
