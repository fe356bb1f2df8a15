import * as vscode from 'vscode';
import { formatDuration, formatNumber, formatRelativeTime, plural, sparkline } from '../../base/format.ts';
import { DisposableStore } from '../../base/lifecycle.ts';
import {
  type ExperimentSummary,
  listExperiments,
  type RunState,
  type RunSummary,
  runsChanged,
  searchRuns,
} from '../../protocol/experiments.ts';
import { fromWireNumber } from '../../protocol/numbers.ts';
import { commands, treeItems } from '../contributions.ts';
import type { ServiceClient } from '../service/serviceClient.ts';
import type { Services } from '../service/services.ts';
import { type ProblemNode, Problems, problemItem } from './problems.ts';
import type { RunFilter } from './runFilter.ts';
import { type FolderNode, folderItem, TreeNews, topLevel } from './treeNews.ts';

export type ExperimentsNode =
  | FolderNode
  | { readonly kind: 'experiment'; readonly client: ServiceClient; readonly experiment: ExperimentSummary }
  | { readonly kind: 'run'; readonly client: ServiceClient; readonly run: RunSummary }
  | {
      readonly kind: 'more';
      readonly client: ServiceClient;
      readonly experiment: ExperimentSummary;
      readonly left: number;
    }
  | ProblemNode;

export type RunNode = Extract<ExperimentsNode, { kind: 'run' }>;

/** The second argument of Open Run when a row was clicked: the page is shown and the tree keeps the focus. */
export const clicked = 'clicked';

const pageSize = 100;

/** Experiments, and in each its runs: under way first, then the newest. */
export class ExperimentsTree implements vscode.TreeDataProvider<ExperimentsNode>, vscode.Disposable {
  readonly #services: Services;
  readonly #filter: RunFilter;
  readonly #disposables = new DisposableStore();
  readonly #news: TreeNews<ExperimentsNode>;
  /** How many runs of an experiment are shown, where the user asked for more than a page. */
  readonly #shown = new Map<string, number>();
  readonly onDidChangeTreeData: vscode.Event<ExperimentsNode | undefined>;
  readonly problems: Problems;

  constructor(services: Services, filter: RunFilter) {
    this.#services = services;
    this.#filter = filter;
    this.problems = this.#disposables.add(new Problems(services));
    this.#news = this.#disposables.add(new TreeNews<ExperimentsNode>(services, runsChanged));
    this.onDidChangeTreeData = this.#news.onDidChange;
    this.#disposables.add(filter.onDidChange(() => this.refresh()));
  }

  refresh(): void {
    this.#news.refresh();
  }

  showMore(node: Extract<ExperimentsNode, { kind: 'more' }>): void {
    const { id } = node.experiment;
    this.#shown.set(id, (this.#shown.get(id) ?? pageSize) + pageSize);
    this.refresh();
  }

  async getChildren(parent?: ExperimentsNode): Promise<ExperimentsNode[]> {
    if (!parent) {
      return topLevel(this.#services, (client) => this.#experiments(client));
    }
    if (parent.kind === 'folder') {
      return this.#experiments(parent.client);
    }
    return parent.kind === 'experiment'
      ? this.problems.below<ExperimentsNode>(() => this.#runs(parent.client, parent.experiment))
      : [];
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

  async #runs(client: ServiceClient, experiment: ExperimentSummary): Promise<ExperimentsNode[]> {
    const limit = this.#shown.get(experiment.id) ?? pageSize;
    const filter = this.#filter.expression;
    const query = { experiment: experiment.id, limit, ...(filter !== undefined && { filter }) };
    const { items, total } = await client.send(searchRuns, query);
    const runs: ExperimentsNode[] = items.map((run) => ({ kind: 'run', client, run }));
    return total > items.length
      ? [...runs, { kind: 'more', client, experiment, left: total - items.length }]
      : runs;
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
  item.description = [plural(experiment.runCount, 'run'), best].filter(Boolean).join(' · ');
  return item;
}

const stateIcons: Record<RunState, vscode.ThemeIcon> = {
  scheduled: new vscode.ThemeIcon('clock'),
  running: new vscode.ThemeIcon('play-circle', new vscode.ThemeColor('charts.blue')),
  finished: new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed')),
  failed: new vscode.ThemeIcon('error', new vscode.ThemeColor('testing.iconFailed')),
  killed: new vscode.ThemeIcon('circle-slash', new vscode.ThemeColor('testing.iconSkipped')),
};

function runItem({ client, run }: RunNode): vscode.TreeItem {
  const item = new vscode.TreeItem(run.name);
  item.id = `${client.folder.uri}#run/${run.id}`;
  item.contextValue = isUnderWay(run) ? treeItems.runUnderWay : treeItems.runEnded;
  item.iconPath = stateIcons[run.state];
  item.description = runDescription(run);
  item.tooltip = runTooltip(run);
  item.accessibilityInformation = { label: `${run.name}, ${run.state}, ${item.description}` };
  item.command = {
    command: commands.runOpen,
    title: 'Open Run',
    arguments: [{ kind: 'run', client, run }, clicked],
  };
  return item;
}

export function isUnderWay(run: RunSummary): boolean {
  return run.state === 'running' || run.state === 'scheduled';
}

/** The number comes first: a side bar is narrow and names of metrics are long. */
function runDescription(run: RunSummary): string {
  if (run.failure) {
    return `failed: ${run.failure}`;
  }
  const parts: string[] = run.state === 'scheduled' || run.state === 'killed' ? [run.state] : [];
  if (run.headline) {
    const line = isUnderWay(run) ? ` ${sparkline(run.headline.history.map(fromWireNumber))}` : '';
    parts.push(`${formatNumber(fromWireNumber(run.headline.value))} ${run.headline.metric}${line}`);
  }
  parts.push(
    run.endTime ? formatDuration(run.endTime - run.startTime) : formatRelativeTime(run.startTime, Date.now()),
  );
  return parts.join(' · ');
}

function runTooltip(run: RunSummary): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  text.appendMarkdown(`**${escaped(run.name)}** ${run.state}\n\n`);
  text.appendMarkdown(`Started ${escaped(new Date(run.startTime).toLocaleString())}\n\n`);
  if (run.headline) {
    text.appendMarkdown(`${escaped(run.headline.metric)}: ${fromWireNumber(run.headline.value)}\n\n`);
  }
  if (run.script) {
    text.appendMarkdown(`Script: ${escaped(run.script)}\n\n`);
  }
  return text;
}

function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>]/g, '\\$&');
}

function moreItem(node: Extract<ExperimentsNode, { kind: 'more' }>): vscode.TreeItem {
  const item = new vscode.TreeItem(`Show more (${node.left} older)`);
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  item.command = { command: commands.runLoadMore, title: 'Show More', arguments: [node] };
  return item;
}
