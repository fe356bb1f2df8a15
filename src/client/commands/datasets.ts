import * as vscode from 'vscode';
import { formatBytes } from '../../base/format.ts';
import { checkedOutSentence, versionedSentence } from '../../protocol/sentences.ts';
import {
  checkoutVersion,
  createRepository,
  listDatasets,
  listVersions,
  type VersionResult,
  versionDataset,
} from '../../protocol/versions.ts';
import { commands } from '../contributions.ts';
import { showError } from '../errors.ts';
import type { Panels } from '../panels/panels.ts';
import { withProgress } from '../progress.ts';
import type { ServiceClient } from '../service/serviceClient.ts';
import type { Services } from '../service/services.ts';
import {
  type DatasetsNode,
  type DatasetsTree,
  dataUri,
  isTable,
  type VersionNode,
} from '../views/datasetsTree.ts';
import type { CommandTable } from './commandTable.ts';

export interface DatasetsContext {
  readonly services: Services;
  readonly panels: Panels;
  readonly tree: DatasetsTree;
}

export function datasetCommands(context: DatasetsContext): CommandTable {
  return {
    [commands.datasetVersion]: (subject?: vscode.Uri | DatasetsNode) => version(context, subject),
    [commands.datasetCheckout]: (node?: DatasetsNode) => checkout(context, node),
    [commands.datasetOpen]: (node: DatasetsNode) => openData(node),
    [commands.datasetProfile]: (subject?: vscode.Uri | DatasetsNode) => profile(context, subject),
    [commands.repositoryCreate]: () => initialise(context),
    [commands.datasetsRefresh]: () => context.tree.refresh(),
  };
}

async function version(
  context: DatasetsContext,
  subject: vscode.Uri | DatasetsNode | undefined,
): Promise<void> {
  const uri = dataOf(subject) ?? (await chooseData(context, 'Version This Dataset'));
  if (!uri) {
    return;
  }
  const client = context.services.for(uri);
  const name = vscode.workspace.asRelativePath(uri, false);
  const message = await vscode.window.showInputBox({
    title: `Version ${name}`,
    prompt: 'What changed? It becomes the message of the git commit.',
    value: `Version ${name}`,
    ignoreFocusOut: true,
  });
  if (message === undefined) {
    return;
  }
  await versionWithMessage(context, client, uri, message);
}

async function versionWithMessage(
  context: DatasetsContext,
  client: ServiceClient,
  uri: vscode.Uri,
  message: string,
): Promise<void> {
  try {
    const result = await withProgress(client, `Versioning ${uri.path.split('/').at(-1)}`, versionDataset, {
      path: uri.fsPath,
      message,
    });
    context.tree.refresh();
    await report(result);
  } catch (error) {
    await showError(error, {
      // A folder without git is one click from being versioned: create it and go on.
      createRepository: async () => {
        await initialise(context, client);
        await versionWithMessage(context, client, uri, message);
      },
      retry: () => versionWithMessage(context, client, uri, message),
    });
  }
}

async function report(result: VersionResult): Promise<void> {
  const sentence = versionedSentence(result);
  if (result.warnings.length === 0) {
    void vscode.window.showInformationMessage(sentence);
    return;
  }
  const chosen = await vscode.window.showWarningMessage(`${sentence} ${result.warnings[0]}`, 'Show Log');
  if (chosen) {
    await vscode.commands.executeCommand(commands.serviceShowLog);
  }
}

async function profile(
  context: DatasetsContext,
  subject: vscode.Uri | DatasetsNode | undefined,
): Promise<void> {
  if (subject && 'kind' in subject && subject.kind === 'version') {
    const { client, dataset, version: wanted } = subject;
    context.panels.openProfile(client, dataUri(client, dataset.path), wanted.number);
    return;
  }
  const uri = dataOf(subject) ?? activeTable() ?? (await chooseData(context, 'Profile Dataset', isTable));
  if (uri) {
    context.panels.openProfile(context.services.for(uri), uri);
  }
}

export function activeTable(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const isFile = input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom;
  const uri = isFile ? input.uri : undefined;
  return uri?.scheme === 'file' && isTable(uri.path) ? uri : undefined;
}

export function dataOf(subject: vscode.Uri | DatasetsNode | undefined): vscode.Uri | undefined {
  if (subject instanceof vscode.Uri) {
    return subject;
  }
  if (subject?.kind === 'dataset') {
    return dataUri(subject.client, subject.dataset.path);
  }
  if (subject?.kind === 'unversioned') {
    return dataUri(subject.client, subject.data.path);
  }
  return undefined;
}

export async function chooseData(
  context: Pick<DatasetsContext, 'services'>,
  title: string,
  isWanted: (path: string) => boolean = () => true,
): Promise<vscode.Uri | undefined> {
  const client = context.services.for(vscode.window.activeTextEditor?.document.uri);
  const { datasets, unversioned } = await client.send(listDatasets, null);
  const choices = [
    ...datasets.map(({ path, state }) => ({ label: path, description: state })),
    ...unversioned.map(({ path, bytes }) => ({
      label: path,
      description: `not versioned · ${formatBytes(bytes)}`,
    })),
  ].filter(({ label }) => isWanted(label));
  const chosen = await vscode.window.showQuickPick(choices, {
    title,
    placeHolder: choices.length > 0 ? 'Choose the data' : 'No data files were found in this folder',
  });
  return chosen && dataUri(client, chosen.label);
}

async function checkout(context: DatasetsContext, node: DatasetsNode | undefined): Promise<void> {
  const chosen = node?.kind === 'version' ? node : await chooseVersion(context, node);
  if (chosen) {
    await checkoutChosen(context, chosen, false);
  }
}

async function checkoutChosen(
  context: DatasetsContext,
  node: VersionNode,
  overwrite: boolean,
): Promise<void> {
  const { client, dataset, version: wanted } = node;
  try {
    const title = `Checking out ${dataset.path} v${wanted.number}`;
    const restored = await withProgress(client, title, checkoutVersion, {
      path: dataset.path,
      version: wanted.number,
      overwrite,
    });
    context.tree.refresh();
    void vscode.window.showInformationMessage(checkedOutSentence(restored));
  } catch (error) {
    await showError(error, {
      overwrite: () => checkoutChosen(context, node, true),
      versionFirst: () => version(context, dataUri(client, dataset.path)),
      retry: () => checkoutChosen(context, node, overwrite),
    });
  }
}

async function chooseVersion(
  context: DatasetsContext,
  node: DatasetsNode | undefined,
): Promise<VersionNode | undefined> {
  const client = node && 'client' in node ? node.client : context.services.for(undefined);
  const dataset = node?.kind === 'dataset' ? node.dataset : await chooseDataset(client);
  if (!dataset) {
    return undefined;
  }
  const versions = await client.send(listVersions, { path: dataset.path });
  const chosen = await vscode.window.showQuickPick(
    versions.map((each) => ({
      label: `v${each.number}`,
      description: `${each.commit.slice(0, 7)}  ${each.message}`,
      version: each,
    })),
    { title: `Check Out a Version of ${dataset.path}` },
  );
  return chosen && { kind: 'version', client, dataset, version: chosen.version };
}

async function chooseDataset(client: ServiceClient) {
  const { datasets } = await client.send(listDatasets, null);
  const chosen = await vscode.window.showQuickPick(
    datasets.map((dataset) => ({ label: dataset.path, description: dataset.state, dataset })),
    {
      title: 'Check Out a Version',
      placeHolder: datasets.length > 0 ? undefined : 'No dataset is versioned yet',
    },
  );
  return chosen?.dataset;
}

async function openData(node: DatasetsNode): Promise<void> {
  if (node.kind === 'unversioned') {
    await vscode.commands.executeCommand('vscode.open', dataUri(node.client, node.data.path));
  } else if (node.kind === 'dataset') {
    await vscode.commands.executeCommand('vscode.open', dataUri(node.client, node.dataset.path));
  }
}

async function initialise(context: DatasetsContext, client = context.services.for(undefined)): Promise<void> {
  await client.send(createRepository, null);
  context.tree.refresh();
}
