import path from 'node:path';
import * as vscode from 'vscode';
import { openRecipe, restoreData } from '../../protocol/privacy.ts';
import { restoredSentence } from '../../protocol/sentences.ts';
import type { Anonymisation } from '../anonymisation.ts';
import { uriOf } from '../appliedNews.ts';
import { commands, recipeEnding } from '../contributions.ts';
import { noRecipe } from '../errors.ts';
import type { Panels } from '../panels/panels.ts';
import { withProgress } from '../progress.ts';
import type { Services } from '../service/services.ts';
import { type DatasetsNode, isTable } from '../views/datasetsTree.ts';
import { chooseRecipe } from './chooseRecipe.ts';
import type { CommandTable } from './commandTable.ts';
import { activeTable, chooseData, dataOf } from './datasets.ts';

interface Context {
  readonly services: Services;
  readonly panels: Panels;
  readonly anonymisation: Anonymisation;
}

export function anonymiseCommands(context: Context): CommandTable {
  return {
    [commands.datasetAnonymise]: (subject?: vscode.Uri | DatasetsNode) => anonymise(context, subject),
    [commands.datasetSynthesise]: (subject?: vscode.Uri | DatasetsNode) => synthesise(context, subject),
    [commands.datasetRestore]: (recipe?: vscode.Uri) => restore(context, recipe),
    [commands.reportOpen]: (recipe?: vscode.Uri) => openReport(context, recipe),
  };
}

/** Of a table, or of the recipe that says how. */
async function anonymise(context: Context, subject: vscode.Uri | DatasetsNode | undefined): Promise<void> {
  const open = dataOf(subject) ?? activeRecipe() ?? activeTable();
  const data = open ?? (await chooseData(context, 'Anonymise Data', isTable));
  if (data) {
    context.panels.openAnonymisation(context.services.for(data), data);
  }
}

/** Of a table, or of the recipe that says how. */
async function synthesise(context: Context, subject: vscode.Uri | DatasetsNode | undefined): Promise<void> {
  const open = dataOf(subject) ?? activeRecipe() ?? activeTable();
  const data = open ?? (await chooseData(context, 'Synthesise Data', isTable));
  if (data) {
    context.panels.openSynthesis(context.services.for(data), data);
  }
}

async function openReport(context: Context, subject: vscode.Uri | undefined): Promise<void> {
  const recipe = await recipeOf(subject, 'Open Privacy Report');
  if (recipe) {
    context.panels.openReport(context.services.for(recipe), recipe);
  }
}

async function restore({ services, anonymisation }: Context, subject: vscode.Uri | undefined): Promise<void> {
  const recipe = await recipeOf(subject, 'Restore Anonymised Data');
  if (!recipe) {
    return;
  }
  const client = services.for(recipe);
  const state = await anonymisation.send(client, openRecipe, { path: recipe.fsPath });
  const proposed = uriOf(client, state.output);
  const [input] =
    (await vscode.window.showOpenDialog({
      title: 'Restore Anonymised Data',
      openLabel: 'Restore',
      defaultUri: proposed,
    })) ?? [];
  const output =
    input &&
    (await vscode.window.showSaveDialog({ defaultUri: restoredBeside(input), saveLabel: 'Restore' }));
  if (!output) {
    return;
  }
  const restored = await withProgress(
    { send: (type, parameters, options) => anonymisation.send(client, type, parameters, options) },
    `Restoring ${path.basename(input.fsPath)}`,
    restoreData,
    { recipe: state.recipe, input: input.fsPath, output: output.fsPath },
  );
  const chosen = await vscode.window.showInformationMessage(restoredSentence(restored), 'Open');
  if (chosen) {
    await vscode.commands.executeCommand('vscode.open', output);
  }
}

function restoredBeside(input: vscode.Uri): vscode.Uri {
  const { name, ext } = path.parse(input.path);
  return vscode.Uri.joinPath(input, '..', `${name.replace(/\.anonymised$/, '')}.restored${ext}`);
}

async function recipeOf(subject: vscode.Uri | undefined, title: string): Promise<vscode.Uri | undefined> {
  if (subject instanceof vscode.Uri) {
    return subject;
  }
  const recipe = activeRecipe() ?? (await chooseRecipe(title));
  if (recipe === 'none') {
    throw noRecipe();
  }
  return recipe;
}

function activeRecipe(): vscode.Uri | undefined {
  const active = vscode.window.activeTextEditor?.document.uri;
  return active?.path.endsWith(recipeEnding) ? active : undefined;
}
