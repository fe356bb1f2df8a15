import * as vscode from 'vscode';
import { formatDuration, formatNumber, formatRelativeTime, plural, sparkline } from '../../base/format.ts';
import type { RunState, RunSummary } from '../../protocol/experiments.ts';
import { fromWireNumber } from '../../protocol/numbers.ts';
import { commands, runMarks, treeItems } from '../contributions.ts';
import type { ServiceClient } from '../service/serviceClient.ts';

export interface RunNode {
  readonly kind: 'run';
  readonly client: ServiceClient;
  readonly run: RunSummary;
  /** In a tree: runs stand below it. */
  readonly opens?: boolean;
}

/** The second argument of Open Run when a row was clicked: the page is shown and the tree keeps the focus. */
export const clicked = 'clicked';

const stateIcons: Record<RunState, vscode.ThemeIcon> = {
  scheduled: new vscode.ThemeIcon('clock'),
  running: new vscode.ThemeIcon('play-circle', new vscode.ThemeColor('charts.blue')),
  finished: new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed')),
  failed: new vscode.ThemeIcon('error', new vscode.ThemeColor('testing.iconFailed')),
  killed: new vscode.ThemeIcon('circle-slash', new vscode.ThemeColor('testing.iconSkipped')),
};

export function runItem({ client, run, opens }: RunNode): vscode.TreeItem {
  const state = opens ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None;
  const item = new vscode.TreeItem(run.name, state);
  item.id = `${client.folder.uri}#run/${run.id}`;
  item.contextValue = [
    isUnderWay(run) ? treeItems.runUnderWay : treeItems.runEnded,
    ...runMarks.filter((mark) => run[mark]),
  ].join('.');
  item.iconPath = stateIcons[run.state];
  item.description = [run.starred ? '★' : '', runDescription(run)].filter(Boolean).join(' ');
  item.tooltip = runTooltip(run);
  const words = [run.name, run.state, run.starred && 'starred', runDescription(run)];
  item.accessibilityInformation = { label: words.filter(Boolean).join(', ') };
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
  const parts: string[] = run.archived ? ['archived'] : [];
  if (run.failure) {
    return [...parts, `failed: ${run.failure}`].join(' · ');
  }
  if (run.state === 'scheduled' || run.state === 'killed') {
    parts.push(run.state);
  }
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
  if (run.childCount) {
    text.appendMarkdown(`${plural(run.childCount, 'run')} under it\n\n`);
  }
  if (run.script) {
    text.appendMarkdown(`Script: ${escaped(run.script)}\n\n`);
  }
  return text;
}

function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>]/g, '\\$&');
}
