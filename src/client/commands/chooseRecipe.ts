import * as vscode from 'vscode';
import { recipeEnding } from '../contributions.ts';

/** More are not listed: the explorer finds the others. */
const listedAtMost = 200;

export function findRecipes(): Thenable<vscode.Uri[]> {
  return vscode.workspace.findFiles(`**/*${recipeEnding}`, undefined, listedAtMost);
}

/** Undefined when the user thinks better of it; `none` where there is nothing to choose from. */
export async function chooseRecipe(title: string): Promise<vscode.Uri | undefined | 'none'> {
  const recipes = await findRecipes();
  if (recipes.length <= 1) {
    return recipes[0] ?? 'none';
  }
  const choices = recipes.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri }));
  const chosen = await vscode.window.showQuickPick(choices, { title, placeHolder: 'Which recipe?' });
  return chosen?.uri;
}
