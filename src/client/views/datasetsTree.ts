import * as vscode from 'vscode';
import { formatBytes, formatRelativeTime, plural } from '../../base/format.ts';
import { DisposableStore } from '../../base/lifecycle.ts';
import { originSentence } from '../../protocol/sentences.ts';
import {
  type DatasetSummary,
  type DatasetVersion,
  datasetsChanged,
  listDatasets,
  listVersions,
  type UnversionedData,
} from '../../protocol/versions.ts';
import { commands, tableExtensions, tableMark, treeItems } from '../contributions.ts';
import type { ServiceClient } from '../service/serviceClient.ts';
import type { Services } from '../service/services.ts';
import { type ProblemNode, Problems, problemItem } from './problems.ts';
import { type FolderNode, folderItem, TreeNews, topLevel } from './treeNews.ts';

export type DatasetsNode =
  | FolderNode
  | { readonly kind: 'dataset'; readonly client: ServiceClient; readonly dataset: DatasetSummary }
  | {
      readonly kind: 'version';
      readonly client: ServiceClient;
      readonly dataset: DatasetSummary;
      readonly version: DatasetVersion;
    }
  | { readonly kind: 'group'; readonly client: ServiceClient; readonly items: readonly UnversionedData[] }
  | { readonly kind: 'unversioned'; readonly client: ServiceClient; readonly data: UnversionedData }
  | ProblemNode;

export type VersionNode = Extract<DatasetsNode, { kind: 'version' }>;

/** Versioned datasets with the versions that git history holds, then the data that no version names. */
export class DatasetsTree implements vscode.TreeDataProvider<DatasetsNode>, vscode.Disposable {
  readonly #services: Services;
  readonly #disposables = new DisposableStore();
  readonly #news: TreeNews<DatasetsNode>;
  readonly onDidChangeTreeData: vscode.Event<DatasetsNode | undefined>;
  readonly problems: Problems;

  constructor(services: Services) {
    this.#services = services;
    this.problems = this.#disposables.add(new Problems(services));
    this.#news = this.#disposables.add(new TreeNews<DatasetsNode>(services, datasetsChanged));
    this.onDidChangeTreeData = this.#news.onDidChange;
  }

  refresh(): void {
    this.#news.refresh();
  }

  async getChildren(parent?: DatasetsNode): Promise<DatasetsNode[]> {
    if (!vscode.workspace.isTrusted) {
      // Versions are in git's history, and git runs what the folder's own configuration names.
      return [];
    }
    if (!parent) {
      return topLevel(this.#services, (client) => this.#datasets(client));
    }
    switch (parent.kind) {
      case 'folder':
        return this.#datasets(parent.client);
      case 'dataset':
        return this.problems.below<DatasetsNode>(() => this.#versions(parent.client, parent.dataset));
      case 'group':
        return parent.items.map((data) => ({ kind: 'unversioned', client: parent.client, data }));
      default:
        return [];
    }
  }

  getTreeItem(node: DatasetsNode): vscode.TreeItem {
    switch (node.kind) {
      case 'folder':
        return folderItem(node);
      case 'dataset':
        return datasetItem(node.client, node.dataset);
      case 'version':
        return versionItem(node);
      case 'group':
        return groupItem(node.client, node.items.length);
      case 'unversioned':
        return unversionedItem(node.client, node.data);
      case 'problem':
        return problemItem(node.message);
    }
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #datasets(client: ServiceClient): Promise<DatasetsNode[]> {
    return this.problems.around<DatasetsNode>(async () => {
      const { datasets, unversioned } = await client.send(listDatasets, null);
      const nodes: DatasetsNode[] = datasets.map((dataset) => ({ kind: 'dataset', client, dataset }));
      return unversioned.length > 0 ? [...nodes, { kind: 'group', client, items: unversioned }] : nodes;
    });
  }

  async #versions(client: ServiceClient, dataset: DatasetSummary): Promise<DatasetsNode[]> {
    const versions = await client.send(listVersions, { path: dataset.path });
    return versions.map((version) => ({ kind: 'version', client, dataset, version }));
  }
}

export function dataUri(client: ServiceClient, relativePath: string): vscode.Uri {
  return vscode.Uri.joinPath(client.folder.uri, relativePath);
}

/** By its name: what is in it, only a look into it tells. */
export function isTable(path: string): boolean {
  return tableExtensions.some((extension) => path.toLowerCase().endsWith(`.${extension}`));
}

function marked(value: string, { kind, path }: { kind: 'file' | 'folder'; path: string }): string {
  return kind === 'file' && isTable(path) ? `${value}.${tableMark}` : value;
}

function datasetItem(client: ServiceClient, dataset: DatasetSummary): vscode.TreeItem {
  const item = new vscode.TreeItem(
    dataset.path,
    dataset.versionCount > 0
      ? vscode.TreeItemCollapsibleState.Collapsed
      : vscode.TreeItemCollapsibleState.None,
  );
  item.id = `${client.folder.uri}#dataset/${dataset.pointer}`;
  item.contextValue = marked(treeItems.dataset, dataset);
  item.resourceUri = dataUri(client, dataset.path);
  item.iconPath = new vscode.ThemeIcon(
    dataset.state === 'damaged' ? 'warning' : 'database',
    dataset.state === 'modified'
      ? new vscode.ThemeColor('gitDecoration.modifiedResourceForeground')
      : undefined,
  );
  item.description = datasetDescription(dataset);
  item.tooltip =
    dataset.problem ??
    [`${dataset.path}\nmd5 ${dataset.hash}\n${item.description}`, ...originLine(dataset)].join('\n');
  return item;
}

function datasetDescription(dataset: DatasetSummary): string {
  const state = dataset.state === 'unchanged' ? undefined : (dataset.problem ?? dataset.state);
  return [
    dataset.currentVersion === undefined ? undefined : `v${dataset.currentVersion}`,
    state,
    dataset.uncommitted ? 'not committed' : undefined,
    dataset.kind === 'folder' && dataset.files !== undefined ? plural(dataset.files, 'file') : undefined,
    dataset.bytes === undefined ? undefined : formatBytes(dataset.bytes),
  ]
    .filter(Boolean)
    .join(' · ');
}

function versionItem({ client, dataset, version }: VersionNode): vscode.TreeItem {
  const item = new vscode.TreeItem(`v${version.number}`);
  item.id = `${client.folder.uri}#dataset/${dataset.pointer}/${version.commit}`;
  item.contextValue = marked(treeItems.datasetVersion, dataset);
  item.iconPath = new vscode.ThemeIcon(version.current ? 'circle-filled' : 'circle-outline');
  const cached = version.cached ? undefined : 'not in the cache';
  item.description = [
    version.commit.slice(0, 7),
    version.message,
    formatRelativeTime(version.time, Date.now()),
    cached,
  ]
    .filter(Boolean)
    .join('  ');
  const made = `${version.author}, ${new Date(version.time).toLocaleString()}`;
  item.tooltip = [version.message, made, `md5 ${version.hash}`, ...originLine(version)].join('\n');
  return item;
}

function originLine({ origin }: Pick<DatasetSummary, 'origin'>): string[] {
  return origin ? [originSentence(origin)] : [];
}

function groupItem(client: ServiceClient, count: number): vscode.TreeItem {
  const item = new vscode.TreeItem('Not versioned', vscode.TreeItemCollapsibleState.Expanded);
  item.id = `${client.folder.uri}#unversioned`;
  item.description = String(count);
  return item;
}

function unversionedItem(client: ServiceClient, data: UnversionedData): vscode.TreeItem {
  const uri = dataUri(client, data.path);
  const item = new vscode.TreeItem(data.path);
  item.id = `${client.folder.uri}#unversioned/${data.path}`;
  item.contextValue = marked(treeItems.unversioned, data);
  item.resourceUri = uri;
  item.iconPath = data.kind === 'folder' ? vscode.ThemeIcon.Folder : vscode.ThemeIcon.File;
  item.description = formatBytes(data.bytes);
  item.command = {
    command: commands.datasetOpen,
    title: 'Open',
    arguments: [{ kind: 'unversioned', client, data }],
  };
  return item;
}
