import * as vscode from 'vscode';
import { importRuns } from '../../protocol/import.ts';
import { importedSentence } from '../../protocol/sentences.ts';
import { commands } from '../contributions.ts';
import { withProgress } from '../progress.ts';
import type { ServiceClient } from '../service/serviceClient.ts';
import type { Services } from '../service/services.ts';
import type { ExperimentsTree } from '../views/experimentsTree.ts';
import { importableIn } from '../views/importOffer.ts';
import type { CommandTable } from './commandTable.ts';

interface Context {
  readonly services: Services;
  readonly tree: ExperimentsTree;
}

export function importCommands(context: Context): CommandTable {
  return {
    [commands.experimentsImport]: (subject?: vscode.Uri) => importFrom(context, subject),
  };
}

async function importFrom({ services, tree }: Context, subject: vscode.Uri | undefined): Promise<void> {
  const store = subject instanceof vscode.Uri ? subject : await chooseStore(services);
  if (!store) {
    return;
  }
  const title = `Importing ${vscode.workspace.asRelativePath(store)}`;
  const result = await withProgress(services.for(store), title, importRuns, { path: store.fsPath });
  tree.refresh();
  const sentence = importedSentence(result);
  if (result.missingArtifacts.count === 0 && result.unreadable.count === 0) {
    void vscode.window.showInformationMessage(sentence);
  } else if (await vscode.window.showWarningMessage(sentence, 'Show Log')) {
    await vscode.commands.executeCommand(commands.serviceShowLog);
  }
}

async function chooseStore(services: Services): Promise<vscode.Uri | undefined> {
  const found = (await Promise.all(services.all.map((client) => storesOf(client)))).flat();
  const chosen = await vscode.window.showQuickPick(
    [
      ...found,
      { label: 'A Folder mlruns…', description: 'MLflow’s file store', uri: undefined, isFolder: true },
      { label: 'A Database mlflow.db…', description: 'SQLite', uri: undefined, isFolder: false },
    ],
    { title: 'Import MLflow Runs', placeHolder: 'Where are they? Nothing is changed there.' },
  );
  if (!chosen || chosen.uri) {
    return chosen?.uri;
  }
  const [opened] =
    (await vscode.window.showOpenDialog({
      title: 'Import MLflow Runs',
      openLabel: 'Import',
      canSelectFolders: chosen.isFolder,
      canSelectFiles: !chosen.isFolder,
    })) ?? [];
  return opened;
}

async function storesOf({ folder }: ServiceClient) {
  return (await importableIn(folder)).map((uri) => ({
    label: vscode.workspace.asRelativePath(uri),
    description: folder.name,
    uri,
    isFolder: false,
  }));
}
