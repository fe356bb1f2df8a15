import path from 'node:path';
import { PVSC_EXTENSION_ID } from '@vscode/python-extension';
import * as vscode from 'vscode';
import { cancelledErrorCode, type ErrorAction, errorShape, WorkbenchError } from '../base/errors.ts';
import { commands } from './contributions.ts';

export function noFolderOpen(): WorkbenchError {
  return new WorkbenchError(
    'client.noFolder',
    'Open a folder first: runs and versions are kept in the folder they belong to.',
  );
}

export function noScript(): WorkbenchError {
  return new WorkbenchError(
    'client.noScript',
    'No script is open. Open a Python, JavaScript or TypeScript file, then run it as an experiment.',
    { actions: [{ kind: 'openFile', title: 'Open File…' }] },
  );
}

export function restrictedMode(): WorkbenchError {
  return new WorkbenchError(
    'client.restrictedMode',
    'This folder is in Restricted Mode, so nothing is run or written. Trust the folder to go on.',
    { actions: [{ kind: 'manageTrust', title: 'Manage Workspace Trust' }] },
  );
}

export function noTrackingServer(): WorkbenchError {
  return new WorkbenchError(
    'client.noTrackingServer',
    'Runs are kept in this folder, so there is no server to sign in to. Name one in the setting ' +
      '“Mlops › Tracking: Remote Uri” first.',
    { actions: [{ kind: 'openSettings', title: 'Open Settings' }] },
  );
}

export function noRecipe(): WorkbenchError {
  return new WorkbenchError(
    'client.noRecipe',
    'No table of this folder was anonymised yet, so there is no recipe to go by.',
    { actions: [{ kind: 'anonymise', title: 'Anonymise Data…' }] },
  );
}

export function noKeys(): WorkbenchError {
  return new WorkbenchError(
    'client.noKeys',
    'No anonymisation key was made on this computer yet. Make one first, here or on the page Anonymise Data.',
    { actions: [{ kind: 'makeKey', title: 'Make Key…' }] },
  );
}

export function keyInWorkspace(): WorkbenchError {
  return new WorkbenchError(
    'client.keyInWorkspace',
    'A key must not lie in a workspace folder, where it could be committed with the data. Nothing was written. ' +
      'Choose a folder outside of it.',
  );
}

export function serviceKeepsStopping(): WorkbenchError {
  return new WorkbenchError(
    'client.serviceKeepsStopping',
    'The MLOps service keeps stopping. Runs go on and what they logged is saved.',
    {
      actions: [
        { kind: 'restartService', title: 'Restart Service' },
        { kind: 'showLog', title: 'Show Log' },
      ],
    },
  );
}

/** What a button does; `retry` and `overwrite` belong to the command that failed. */
export type ErrorHandlers = Partial<Record<ErrorAction['kind'], (action: ErrorAction) => unknown>>;

const general: ErrorHandlers = {
  showLog: () => vscode.commands.executeCommand(commands.serviceShowLog),
  createRepository: () => vscode.commands.executeCommand(commands.repositoryCreate),
  openFile: ({ subject }) =>
    subject ? openPlace(subject) : vscode.commands.executeCommand('workbench.action.quickOpen'),
  restartService: () => vscode.commands.executeCommand(commands.serviceRestart),
  manageTrust: () => vscode.commands.executeCommand('workbench.trust.manage'),
  openSettings: () => vscode.commands.executeCommand('workbench.action.openSettings', 'mlops.tracking'),
  signIn: () => vscode.commands.executeCommand(commands.trackingSignIn),
  makeKey: () => vscode.commands.executeCommand(commands.keyMake),
  anonymise: () => vscode.commands.executeCommand(commands.datasetAnonymise),
  selectInterpreter: () => vscode.commands.executeCommand('python.setInterpreter'),
};

/** VS Code cuts a message without a button off after its first line. */
const showLog: ErrorAction = { kind: 'showLog', title: 'Show Log' };

/** The one place where a failed command becomes a message: its sentence, and a button for each action known here. */
export async function showError(error: unknown, handlers: ErrorHandlers = {}): Promise<void> {
  const shape = errorShape(error);
  if (shape.code === cancelledErrorCode) {
    return;
  }
  const known = { ...general, ...handlers };
  const possible = (shape.actions ?? []).filter(({ kind }) => known[kind] && isPossible(kind));
  const actions = possible.length > 0 ? possible : [showLog];
  const chosen = await vscode.window.showErrorMessage(shape.message, ...actions.map(({ title }) => title));
  const action = actions.find(({ title }) => title === chosen);
  if (action) {
    await known[action.kind]?.(action);
  }
}

/** Without the Python extension there is no list of interpreters to choose from. */
function isPossible(kind: ErrorAction['kind']): boolean {
  return kind !== 'selectInterpreter' || vscode.extensions.getExtension(PVSC_EXTENSION_ID) !== undefined;
}

/** A service names files relative to its folder; which folder that is, only its client knows. */
export function placedIn(folder: vscode.WorkspaceFolder, error: unknown): unknown {
  if (!(error instanceof WorkbenchError)) {
    return error;
  }
  const actions = error.actions.map((action) =>
    action.kind === 'openFile' && action.subject
      ? { ...action, subject: path.resolve(folder.uri.fsPath, action.subject) }
      : action,
  );
  return new WorkbenchError(error.code, error.message, { actions, cause: error });
}

/** `path:line:column`, line and column from 1 and optional. */
export async function openPlace(place: string): Promise<void> {
  const [, file = place, line, column] = /^(.*?)(?::(\d+)(?::(\d+))?)?$/.exec(place) ?? [];
  const position = new vscode.Position(Number(line ?? 1) - 1, Number(column ?? 1) - 1);
  await vscode.window.showTextDocument(vscode.Uri.file(file), {
    selection: new vscode.Range(position, position),
  });
}
