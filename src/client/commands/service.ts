import type * as vscode from 'vscode';
import { commands } from '../contributions.ts';
import type { Services } from '../service/services.ts';
import type { CommandTable } from './commandTable.ts';

export function serviceCommands(context: { services: Services; log: vscode.LogOutputChannel }): CommandTable {
  return {
    [commands.serviceShowLog]: () => context.log.show(),
    [commands.serviceRestart]: () => Promise.all(context.services.all.map((client) => client.restart())),
  };
}
