import path from 'node:path';
import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../base/lifecycle.ts';
import { getRuns, listArtifacts, loadArtifact, type RunId } from '../../protocol/experiments.ts';
import {
  type PanelId,
  type PanelPart,
  type PanelState,
  type PanelSubject,
  type PanelTarget,
  panelApplying,
} from '../../protocol/panels.ts';
import { applyRecipe } from '../../protocol/privacy.ts';
import { type StartedSynthesis, startSynthesis } from '../../protocol/synthesis.ts';
import type { Anonymisation } from '../anonymisation.ts';
import { uriOf } from '../appliedNews.ts';
import { chooseRunsToCompare } from '../commands/chooseRuns.ts';
import { chooseKeyFor, makeKeyFor } from '../commands/keys.ts';
import { commands, panelTypes } from '../contributions.ts';
import { openPlace, showError } from '../errors.ts';
import type { ServiceClient } from '../service/serviceClient.ts';
import type { Services } from '../service/services.ts';
import { showSynthesis } from '../synthesisNews.ts';
import { openHtmlReport } from './htmlReport.ts';
import { PanelHost, type PanelHostOptions } from './panelHost.ts';

export interface RevealOptions {
  readonly preserveFocus?: boolean;
  readonly tab?: PanelPart;
}

/** The open panels: one per run, comparison or table; each comes back after a reload. */
export class Panels implements Disposable {
  readonly #extension: vscode.Uri;
  readonly #services: Services;
  readonly #anonymisation: Anonymisation;
  readonly #hosts = new Set<PanelHost>();
  readonly #disposables = new DisposableStore();

  constructor(extension: vscode.Uri, services: Services, anonymisation: Anonymisation) {
    this.#anonymisation = anonymisation;
    this.#extension = extension;
    this.#services = services;
    for (const panel of Object.keys(panelTypes) as PanelId[]) {
      this.#disposables.add(
        vscode.window.registerWebviewPanelSerializer(panelTypes[panel], {
          deserializeWebviewPanel: (view, state: PanelState | undefined) => this.#revive(view, panel, state),
        }),
      );
    }
  }

  async openRun(client: ServiceClient, run: RunId, options: RevealOptions = {}): Promise<void> {
    this.#show(client, { panel: 'run', runs: [run] }, 'Run', options);
  }

  async openComparison(client: ServiceClient, runs: readonly RunId[]): Promise<void> {
    this.#show(client, { panel: 'compare', runs }, 'Compare Runs', {});
  }

  /** Of the data as it is now, or as a version has it. */
  openProfile(client: ServiceClient, data: vscode.Uri, version?: number): void {
    const title = `Profile of ${path.basename(data.fsPath)}${version === undefined ? '' : ` v${version}`}`;
    this.#show(
      client,
      { panel: 'profile', data: data.fsPath, ...(version !== undefined && { version }) },
      title,
      {},
    );
  }

  /** Of a table or of its recipe. */
  openAnonymisation(client: ServiceClient, data: vscode.Uri): void {
    const title = `Anonymise ${path.basename(data.fsPath)}`;
    this.#show(client, { panel: 'anonymise', data: data.fsPath }, title, {});
  }

  /** Of a table or of its recipe. */
  openSynthesis(client: ServiceClient, data: vscode.Uri): void {
    const title = `Synthesise ${path.basename(data.fsPath)}`;
    this.#show(client, { panel: 'synthesise', data: data.fsPath }, title, {});
  }

  openReport(client: ServiceClient, recipe: vscode.Uri): void {
    this.#show(client, { panel: 'report', data: recipe.fsPath }, 'Privacy Report', {});
  }

  dispose(): void {
    this.#disposables.dispose();
    for (const host of this.#hosts) {
      host.dispose();
    }
  }

  #show(client: ServiceClient, subject: PanelSubject, title: string, options: RevealOptions): void {
    const open = [...this.#hosts].find((host) => sameSubject(host.subject, subject));
    if (open) {
      open.reveal(options);
      return;
    }
    const view = vscode.window.createWebviewPanel(
      panelTypes[subject.panel],
      title,
      { viewColumn: this.#column(), preserveFocus: options.preserveFocus ?? false },
      { retainContextWhenHidden: false },
    );
    this.#host(view, client, subject, options.tab);
  }

  /** Where our other panels are; else beside the script, so that both can be seen. */
  #column(): vscode.ViewColumn {
    const [shown] = [...this.#hosts].map(({ column }) => column).filter((column) => column !== undefined);
    return shown ?? (vscode.window.activeTextEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active);
  }

  async #revive(view: vscode.WebviewPanel, panel: PanelId, state: PanelState | undefined): Promise<void> {
    const subject = state && subjectOf(state);
    const client = subject?.panel === panel ? await this.#clientOf(subject) : undefined;
    if (subject && client) {
      this.#host(view, client, subject);
    } else {
      view.dispose();
    }
  }

  async #clientOf(subject: PanelSubject): Promise<ServiceClient | undefined> {
    const services = this.#services;
    if ('data' in subject) {
      return services.all.length > 0 ? services.for(vscode.Uri.file(subject.data)) : undefined;
    }
    const [run] = subject.runs;
    return run === undefined ? undefined : services.owning(run).catch(() => services.all[0]);
  }

  #host(view: vscode.WebviewPanel, client: ServiceClient, subject: PanelSubject, tab?: PanelPart): void {
    view.iconPath = vscode.Uri.joinPath(this.#extension, 'media', `${subject.panel}.svg`);
    const host = new PanelHost({
      view,
      extension: this.#extension,
      client,
      subject,
      tab,
      open: (target) => this.#open(client, target).catch(showError),
      ...this.#anonymising(view, client, subject),
    });
    this.#hosts.add(host);
    view.onDidDispose(() => this.#hosts.delete(host));
  }

  /** What is added to the requests of pages about recipes. */
  #anonymising(
    view: vscode.WebviewPanel,
    client: ServiceClient,
    subject: PanelSubject,
  ): Partial<PanelHostOptions> {
    const anonymisation = this.#anonymisation;
    if (subject.panel === 'synthesise') {
      return {
        send: async (type, parameters, options) => {
          const answer = await anonymisation.send(client, type, parameters, options);
          if (type.method === startSynthesis.method) {
            void showSynthesis(client, answer as StartedSynthesis, () => view.visible);
          }
          return answer;
        },
      };
    }
    if (subject.panel !== 'anonymise') {
      return {};
    }
    const { data } = subject;
    return {
      send: async (type, parameters, options) => {
        try {
          return await anonymisation.send(client, type, parameters, options, data);
        } catch (error) {
          // Of an application that went on while its page was hidden, nobody else would tell.
          if (type.method === applyRecipe.method && !view.visible) {
            void showError(error);
          }
          throw error;
        }
      },
      own: { [panelApplying.method]: () => anonymisation.applying(client, data) },
    };
  }

  async #open(client: ServiceClient, target: PanelTarget): Promise<void> {
    switch (target.kind) {
      case 'run':
        return this.openRun(client, target.run);
      case 'compare':
        return this.openComparison(client, target.runs);
      case 'log':
        return this.openRun(client, target.run, { tab: 'log' });
      case 'script':
        await vscode.window.showTextDocument(vscode.Uri.joinPath(client.folder.uri, target.path));
        return;
      case 'place':
        return openPlace(target.place);
      case 'artifact':
        return openArtifact(client, target.run, target.path);
      case 'recipe':
        return openRecipeBeside(uriOf(client, target.path), target);
      case 'report':
        return this.openReport(client, uriOf(client, target.recipe));
      case 'anonymise':
        return this.openAnonymisation(client, uriOf(client, target.path));
      case 'html':
        return openHtmlReport(uriOf(client, target.path));
      case 'version':
        return vscode.commands.executeCommand(commands.datasetVersion, uriOf(client, target.path));
      case 'key': {
        const help = target.action === 'make' ? makeKeyFor : chooseKeyFor;
        return help(this.#anonymisation, client, target.recipe);
      }
      case 'restartService':
        return client.restart();
      case 'chooseRuns': {
        const runs = await chooseRunsToCompare(client, target.runs);
        return runs && runs.length > 0 ? this.openComparison(client, runs) : undefined;
      }
    }
  }
}

/** The panel stays in view: both are of the same recipe. */
async function openRecipeBeside(
  recipe: vscode.Uri,
  { line = 1, column = 1 }: { readonly line?: number; readonly column?: number },
): Promise<void> {
  const place = new vscode.Position(line - 1, column - 1);
  await vscode.window.showTextDocument(recipe, {
    viewColumn: vscode.ViewColumn.Beside,
    selection: new vscode.Range(place, place),
  });
}

function sameSubject(one: PanelSubject, other: PanelSubject): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** What is kept with a page may be of another version of the extension. */
function subjectOf(state: PanelState): PanelSubject | undefined {
  if ('data' in state) {
    const { panel, data, version } = state;
    return typeof data === 'string'
      ? { panel, data, ...(typeof version === 'number' && { version }) }
      : undefined;
  }
  return Array.isArray(state.runs) ? { panel: state.panel, runs: state.runs } : undefined;
}

/** The service names the file only after it has checked the path. */
async function openArtifact(client: ServiceClient, run: RunId, path: string): Promise<void> {
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
  const [entries, [details]] = await Promise.all([
    client.send(listArtifacts, { run, path: folder }),
    client.send(getRuns, { runs: [run] }),
  ]);
  if (details && entries.some((entry) => entry.path === path && !entry.isFolder)) {
    await client.send(loadArtifact, { run, path });
    const file = vscode.Uri.joinPath(client.folder.uri, details.artifactFolder, path);
    await vscode.commands.executeCommand('vscode.open', file);
  }
}
