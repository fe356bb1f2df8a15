import path from 'node:path';
import * as vscode from 'vscode';
import { describeScript, type ScriptDescription, startRun, stopRun } from '../../protocol/experiments.ts';
import { commands, scriptLanguages } from '../contributions.ts';
import { editorEnvironment } from '../editorEnvironment.ts';
import { noScript, showError } from '../errors.ts';
import type { Panels, RevealOptions } from '../panels/panels.ts';
import { selectedInterpreter } from '../pythonInterpreter.ts';
import type { Services } from '../service/services.ts';
import { readSetting } from '../settings.ts';
import type { ExperimentsTree } from '../views/experimentsTree.ts';
import { clicked, isUnderWay, type RunNode } from '../views/runItem.ts';
import { chooseRun, chooseRunsToCompare } from './chooseRuns.ts';
import type { CommandTable } from './commandTable.ts';

interface Context {
  readonly services: Services;
  readonly panels: Panels;
  readonly tree: ExperimentsTree;
}

type MoreNode = Parameters<ExperimentsTree['showMore']>[0];

export function runCommands(context: Context): CommandTable {
  return {
    [commands.runStart]: (resource?: vscode.Uri) => start(context, resource, {}),
    [commands.runStartWithParameters]: (resource?: vscode.Uri) => startWithParameters(context, resource),
    [commands.runStop]: (node?: RunNode) => stop(context, node),
    [commands.runOpen]: (node?: RunNode, how?: unknown) =>
      open(context, node, { preserveFocus: how === clicked }),
    [commands.runOpenLog]: (node?: RunNode) => open(context, node, { tab: 'log' }),
    [commands.runOpenScript]: (node: RunNode) => openScript(node),
    [commands.runCompare]: (node?: RunNode, selected?: readonly RunNode[]) =>
      compare(context, node, selected),
    [commands.runLoadMore]: (node: MoreNode) => context.tree.showMore(node),
    [commands.experimentsRefresh]: () => context.tree.refresh(),
    [commands.experimentsShowArchived]: () => context.tree.showArchived(true),
    [commands.experimentsHideArchived]: () => context.tree.showArchived(false),
  };
}

interface Changes {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly writeParametersFile?: boolean;
}

async function start(context: Context, resource: vscode.Uri | undefined, changes: Changes): Promise<void> {
  const script = await scriptToRun(resource);
  const client = context.services.for(script);
  const interpreter = await selectedInterpreter(script);
  try {
    const run = await client.send(startRun, {
      script: script.fsPath,
      interpreter,
      environment: editorEnvironment(process.env),
      systemMetricsSeconds: readSetting('mlops.systemMetrics.intervalSeconds', script),
      ...changes,
    });
    if (readSetting('mlops.run.openPanel', script)) {
      await context.panels.openRun(client, run.id, { preserveFocus: true });
    }
  } catch (error) {
    // The question has one more answer than a message knows: allow the write and start again.
    await showError(error, {
      writeParameters: () =>
        start(context, script, { ...changes, writeParametersFile: true }).catch(showError),
      retry: () => start(context, script, changes).catch(showError),
    });
  }
}

async function startWithParameters(context: Context, resource: vscode.Uri | undefined): Promise<void> {
  const script = await scriptToRun(resource);
  const client = context.services.for(script);
  const interpreter = await selectedInterpreter(script);
  const description = await client.send(describeScript, {
    script: script.fsPath,
    interpreter,
    environment: editorEnvironment(process.env),
  });
  const parameters = await askParameters(description);
  if (parameters) {
    await start(context, script, { parameters });
  }
}

interface ParameterChoice extends vscode.QuickPickItem {
  readonly key?: string;
}

/** The list comes back after each change until the user runs or leaves. Undefined: they left. */
async function askParameters(description: ScriptDescription): Promise<Record<string, string> | undefined> {
  const changed: Record<string, string> = {};
  const name = path.basename(description.script);
  for (;;) {
    const choice = await vscode.window.showQuickPick<ParameterChoice>(
      [
        { label: `$(play) Run ${name}`, detail: runDetail(changed), alwaysShow: true },
        { label: description.parametersFile ?? 'parameters', kind: vscode.QuickPickItemKind.Separator },
        ...description.parameters.map(({ key, value }) => ({
          key,
          label: key,
          description: changed[key] === undefined ? value : `${changed[key]} (was ${value})`,
        })),
      ],
      {
        title: `Run ${name} with Parameters`,
        placeHolder:
          description.parameters.length > 0
            ? 'Choose a parameter to change, or run'
            : 'No parameters were found: put them into a params.yaml beside the script',
        ignoreFocusOut: true,
      },
    );
    if (!choice) {
      return undefined;
    }
    if (choice.key === undefined) {
      return changed;
    }
    await askValue(description, choice.key, changed);
  }
}

async function askValue(
  description: ScriptDescription,
  key: string,
  changed: Record<string, string>,
): Promise<void> {
  const original = description.parameters.find((parameter) => parameter.key === key)?.value ?? '';
  const value = await vscode.window.showInputBox({
    title: key,
    prompt: `Now ${original}`,
    value: changed[key] ?? original,
    ignoreFocusOut: true,
  });
  if (value === undefined) {
    return;
  }
  if (value === original) {
    delete changed[key];
  } else {
    changed[key] = value;
  }
}

function runDetail(changed: Readonly<Record<string, string>>): string {
  const entries = Object.entries(changed);
  return entries.length === 0
    ? 'with the values below'
    : entries.map(([key, value]) => `${key} ${value}`).join(', ');
}

/** Saved first: what runs is what the user sees. */
async function scriptToRun(resource: vscode.Uri | undefined): Promise<vscode.Uri> {
  const uri = resource instanceof vscode.Uri ? resource : activeScript();
  if (!uri) {
    throw noScript();
  }
  const document = vscode.workspace.textDocuments.find((open) => open.uri.toString() === uri.toString());
  if (document?.isDirty) {
    await document.save();
  }
  return uri;
}

function activeScript(): vscode.Uri | undefined {
  const document = vscode.window.activeTextEditor?.document;
  const isScript = document && (scriptLanguages as readonly string[]).includes(document.languageId);
  return isScript && document.uri.scheme === 'file' ? document.uri : undefined;
}

async function stop(context: Context, node: RunNode | undefined): Promise<void> {
  const chosen = node ?? (await chooseRun(context.services, 'Stop which run?', isUnderWay));
  if (chosen) {
    await chosen.client.send(stopRun, { run: chosen.run.id });
  }
}

async function open(context: Context, node: RunNode | undefined, options: RevealOptions): Promise<void> {
  const chosen = node ?? (await chooseRun(context.services, 'Open which run?'));
  if (chosen) {
    await context.panels.openRun(chosen.client, chosen.run.id, options);
  }
}

async function openScript({ client, run }: RunNode): Promise<void> {
  if (run.script) {
    await vscode.window.showTextDocument(vscode.Uri.joinPath(client.folder.uri, run.script));
  }
}

async function compare(context: Context, node?: RunNode, selected?: readonly RunNode[]): Promise<void> {
  const nodes = (selected ?? (node ? [node] : [])).filter(({ kind }) => kind === 'run');
  const client = nodes[0]?.client ?? context.services.for(vscode.window.activeTextEditor?.document.uri);
  const runs =
    nodes.length > 1
      ? nodes.map(({ run }) => run.id)
      : await chooseRunsToCompare(
          client,
          nodes.map(({ run }) => run.id),
        );
  if (runs && runs.length > 0) {
    await context.panels.openComparison(client, runs);
  }
}
