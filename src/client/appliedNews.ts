import path from 'node:path';
import * as vscode from 'vscode';
import type { AppliedRecipe } from '../protocol/privacy.ts';
import { anonymisedSentence } from '../protocol/sentences.ts';
import { commands } from './contributions.ts';
import type { ServiceClient } from './service/serviceClient.ts';

/** Paths of the service are relative to its folder where they lie inside it. */
export function uriOf(client: ServiceClient, place: string): vscode.Uri {
  return path.isAbsolute(place) ? vscode.Uri.file(place) : vscode.Uri.joinPath(client.folder.uri, place);
}

/** A message with what one does next. */
export async function tellApplied(
  client: ServiceClient,
  recipe: string,
  applied: AppliedRecipe,
): Promise<void> {
  const inFolder = (place: string) => uriOf(client, place);
  const actions: Readonly<Record<string, () => unknown>> = {
    'Open Report': () => vscode.commands.executeCommand(commands.reportOpen, inFolder(recipe)),
    'Version This Dataset': () =>
      vscode.commands.executeCommand(commands.datasetVersion, inFolder(applied.output)),
    'Show in Explorer': () => vscode.commands.executeCommand('revealInExplorer', inFolder(applied.output)),
  };
  const chosen = await vscode.window.showInformationMessage(
    anonymisedSentence(applied),
    ...Object.keys(actions),
  );
  if (chosen) {
    await actions[chosen]?.();
  }
}
