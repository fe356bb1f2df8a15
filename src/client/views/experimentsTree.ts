import * as vscode from 'vscode';
import { formatNumber, plural } from '../../base/format.ts';
import { DisposableStore } from '../../base/lifecycle.ts';
import {
  type ExperimentSummary,
  listExperiments,
  type RunQuery,
  type RunSummary,
  runsChanged,
  searchRuns,
} from '../../protocol/experiments.ts';
import { fromWireNumber } from '../../protocol/numbers.ts';
import { commands, contextKeys, treeItems } from '../contributions.ts';
import type { ServiceClient } from '../service/serviceClient.ts';
import type { Services } from '../service/services.ts';
import { type ProblemNode, Problems, problemItem } from './problems.ts';
import type { RunFilter } from './runFilter.ts';
import { type RunNode, runItem } from './runItem.ts';
import { type FolderNode, folderItem, TreeNews, topLevel } from './treeNews.ts';

export type ExperimentsNode =
  | FolderNode
  | { readonly kind: 'experiment'; readonly client: ServiceClient; readonly experiment: ExperimentSummary }
  | RunNode
  | { readonly kind: 'more'; readonly under: string; readonly left: number }
  | { readonly kind: 'none' }
  | ProblemNode;

const pageSize = 100;

/** Experiments, in each its runs, and under each run those it is the parent of: starred first, then under way, then the newest. */
export class ExperimentsTree implements vscode.TreeDataProvider<ExperimentsNode>, vscode.Disposable {
  readonly #services: Services;
  readonly #filter: RunFilter;
  readonly #memento: vscode.Memento;
  readonly #disposables = new DisposableStore();
  readonly #news: TreeNews<ExperimentsNode>;
  /** How many runs are shown under an experiment or a run, by its id, where the user asked for more than a page. */
  readonly #shown = new Map<string, number>();
  readonly onDidChangeTreeData: vscode.Event<ExperimentsNode | undefined>;
  readonly problems: Problems;

  constructor(services: Services, filter: RunFilter, memento: vscode.Memento) {
    this.#services = services;
    this.#filter = filter;
    this.#memento = memento;
    this.#tellContext();
    this.problems = this.#disposables.add(new Problems(services));
    this.#news = this.#disposables.add(new TreeNews<ExperimentsNode>(services, runsChanged));
    this.onDidChangeTreeData = this.#news.onDidChange;
    this.#disposables.add(filter.onDidChange(() => this.refresh()));
  }

  refresh(): void {
    this.#news.refresh();
  }

  showMore(node: Extract<ExperimentsNode, { kind: 'more' }>): void {
    this.#shown.set(node.under, (this.#shown.get(node.under) ?? pageSize) + pageSize);
    this.refresh();
  }

  get showsArchived(): boolean {
    return this.#memento.get(contextKeys.showArchived, false);
  }

  /** Kept for the folder or workspace. */
  async showArchived(shown: boolean): Promise<void> {
    await this.#memento.update(contextKeys.showArchived, shown);
    this.#tellContext();
    this.refresh();
  }

  async getChildren(parent?: ExperimentsNode): Promise<ExperimentsNode[]> {
    if (!parent) {
      return topLevel(this.#services, (client) => this.#experiments(client));
    }
    if (parent.kind === 'folder') {
      return this.#experiments(parent.client);
    }
    return this.problems.below<ExperimentsNode>(() => this.#runsBelow(parent));
  }

  getTreeItem(node: ExperimentsNode): vscode.TreeItem {
    switch (node.kind) {
      case 'folder':
        return folderItem(node);
      case 'experiment':
        return experimentItem(node);
      case 'run':
        return runItem(node);
      case 'more':
        return moreItem(node);
      case 'none':
        return new vscode.TreeItem('No run matches the filter');
      case 'problem':
        return problemItem(node.message);
    }
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #experiments(client: ServiceClient): Promise<ExperimentsNode[]> {
    return this.problems.around<ExperimentsNode>(async () => {
      if (!vscode.workspace.isTrusted && !(await hasRuns(client.folder))) {
        return [];
      }
      const experiments = (await client.send(listExperiments, null)).filter(({ runCount }) => runCount > 0);
      return experiments.map((experiment) => ({ kind: 'experiment', client, experiment }));
    });
  }

  /** With a filter there is no above and below: a run that matches is shown although its parent does not. */
  async #runsBelow(node: ExperimentsNode): Promise<ExperimentsNode[]> {
    const filter = this.#filter.expression;
    if (node.kind === 'experiment') {
      const place = filter === undefined ? { parent: null } : { filter };
      const runs = await this.#runs(node.client, node.experiment.id, {
        experiment: node.experiment.id,
        ...place,
      });
      return runs.length === 0 && filter !== undefined ? [{ kind: 'none' }] : runs;
    }
    return node.kind === 'run'
      ? this.#runs(node.client, node.run.id, { experiment: node.run.experiment, parent: node.run.id })
      : [];
  }

  async #runs(client: ServiceClient, under: string, query: RunQuery): Promise<ExperimentsNode[]> {
    const { items, total } = await client.send(searchRuns, {
      ...query,
      hideArchived: !this.showsArchived,
      starredFirst: true,
      limit: this.#shown.get(under) ?? pageSize,
    });
    const runs: ExperimentsNode[] = items.map((run) => ({
      kind: 'run',
      client,
      run,
      opens: query.filter === undefined && this.#shownBelow(run) > 0,
    }));
    return total > items.length ? [...runs, { kind: 'more', under, left: total - items.length }] : runs;
  }

  #shownBelow({ childCount = 0, archivedChildCount = 0 }: RunSummary): number {
    return this.showsArchived ? childCount : childCount - archivedChildCount;
  }

  #tellContext(): void {
    void vscode.commands.executeCommand('setContext', contextKeys.showArchived, this.showsArchived);
  }
}

/** A service would make its files in the folder, and in Restricted Mode nothing is written. */
async function hasRuns(folder: vscode.WorkspaceFolder): Promise<boolean> {
  const database = vscode.Uri.joinPath(folder.uri, '.mlops', 'workbench.db');
  return Promise.resolve(vscode.workspace.fs.stat(database)).then(
    () => true,
    () => false,
  );
}

function experimentItem({
  client,
  experiment,
}: Extract<ExperimentsNode, { kind: 'experiment' }>): vscode.TreeItem {
  const item = new vscode.TreeItem(experiment.name, vscode.TreeItemCollapsibleState.Expanded);
  item.id = `${client.folder.uri}#experiment/${experiment.id}`;
  item.contextValue = treeItems.experiment;
  item.iconPath = new vscode.ThemeIcon('beaker');
  const best =
    experiment.best &&
    `best ${formatNumber(fromWireNumber(experiment.best.value))} ${experiment.best.metric}`;
  const archived = experiment.archivedCount > 0 && `${experiment.archivedCount} archived`;
  const count = plural(experiment.runCount - experiment.archivedCount, 'run');
  item.description = [count, best, archived].filter(Boolean).join(' · ');
  return item;
}

function moreItem(node: Extract<ExperimentsNode, { kind: 'more' }>): vscode.TreeItem {
  const item = new vscode.TreeItem(`Show more (${node.left} older)`);
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  item.command = { command: commands.runLoadMore, title: 'Show More', arguments: [node] };
  return item;
}
