import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../base/lifecycle.ts';
import { type CommandId, commands } from '../contributions.ts';
import { restrictedMode, showError } from '../errors.ts';

/** One entry per command; what it throws becomes a message in one place. */
export type CommandTable = Partial<Record<CommandId, (...args: never[]) => unknown>>;

/** These only look: they work in Restricted Mode. */
const lookingOnly: ReadonlySet<CommandId> = new Set([
  commands.runOpen,
  commands.runOpenLog,
  commands.runOpenScript,
  commands.runCompare,
  commands.runLoadMore,
  commands.datasetOpen,
  commands.datasetProfile,
  commands.datasetAnonymise,
  commands.reportOpen,
  commands.experimentsRefresh,
  commands.experimentsFilter,
  commands.experimentsClearFilter,
  commands.experimentsShowArchived,
  commands.experimentsHideArchived,
  commands.datasetsRefresh,
  commands.serviceShowLog,
]);

export function registerCommands(table: CommandTable): Disposable {
  const registrations = new DisposableStore();
  for (const [id, run] of Object.entries(table) as [CommandId, (...args: unknown[]) => unknown][]) {
    registrations.add(
      vscode.commands.registerCommand(id, async (...args: unknown[]) => {
        try {
          if (!vscode.workspace.isTrusted && !lookingOnly.has(id)) {
            throw restrictedMode();
          }
          return await run(...args);
        } catch (error) {
          await showError(error, { retry: () => vscode.commands.executeCommand(id, ...args) });
        }
      }),
    );
  }
  return registrations;
}
