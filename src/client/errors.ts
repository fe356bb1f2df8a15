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
  );
}

export function restrictedMode(): WorkbenchError {
  return new WorkbenchError(
    'client.restrictedMode',
    'This folder is in Restricted Mode, so nothing is run or written. Trust the folder to go on.',
  );
}

/** What a button does; `retry` and `overwrite` belong to the command that failed. */
export type ErrorHandlers = Partial<Record<ErrorAction['kind'], (action: ErrorAction) => unknown>>;

const general: ErrorHandlers = {
  showLog: () => vscode.commands.executeCommand(commands.serviceShowLog),
  createRepository: () => vscode.commands.executeCommand(commands.repositoryCreate),
  openFile: ({ subject }) => subject && openAt(subject),
  selectInterpreter: () => vscode.commands.executeCommand('python.setInterpreter'),
};

/** The one place where a failed command becomes a message: its sentence, and a button for each action known here. */
export async function showError(error: unknown, handlers: ErrorHandlers = {}): Promise<void> {
  const shape = errorShape(error);
  if (shape.code === cancelledErrorCode) {
    return;
  }
  const known = { ...general, ...handlers };
  const actions = (shape.actions ?? []).filter(({ kind }) => known[kind]);
  const chosen = await vscode.window.showErrorMessage(shape.message, ...actions.map(({ title }) => title));
  const action = actions.find(({ title }) => title === chosen);
  if (action) {
    await known[action.kind]?.(action);
  }
}

/** `path:line:column`, line and column from 1 and optional. */
async function openAt(place: string): Promise<void> {
  const [, file = place, line, column] = /^(.*?)(?::(\d+)(?::(\d+))?)?$/.exec(place) ?? [];
  const position = new vscode.Position(Number(line ?? 1) - 1, Number(column ?? 1) - 1);
  await vscode.window.showTextDocument(vscode.Uri.file(file), {
    selection: new vscode.Range(position, position),
  });
}
