import * as vscode from 'vscode';
import { errorShape } from '../../base/errors.ts';
import { plural } from '../../base/format.ts';
import { searchRuns } from '../../protocol/experiments.ts';
import { commands } from '../contributions.ts';
import type { Services } from '../service/services.ts';
import type { RunFilter } from '../views/runFilter.ts';
import type { CommandTable } from './commandTable.ts';

interface Context {
  readonly services: Services;
  readonly filter: RunFilter;
}

export function filterCommands(context: Context): CommandTable {
  return {
    [commands.experimentsFilter]: () => askFilter(context),
    [commands.experimentsClearFilter]: () => context.filter.change(undefined),
  };
}

/** An empty filter shows all runs again. */
async function askFilter({ services, filter }: Context): Promise<void> {
  const expression = await vscode.window.showInputBox({
    title: 'Filter Runs',
    prompt: 'metrics, params, tags and attributes, joined with and, or, not and parentheses',
    placeHolder: "metrics.accuracy > 0.9 and (params.model = 'svm' or not tags.stage = 'old')",
    value: filter.expression ?? '',
    validateInput: (text) => check(services, text),
  });
  if (expression !== undefined) {
    await filter.change(expression);
  }
}

/** While it is typed: what is wrong with it, or how many runs it would show. */
async function check(
  services: Services,
  text: string,
): Promise<vscode.InputBoxValidationMessage | undefined> {
  // In Restricted Mode asking could start a service, which writes; there the tree itself says what is wrong.
  if (text.trim() === '' || !vscode.workspace.isTrusted) {
    return undefined;
  }
  try {
    const pages = await Promise.all(
      services.all.map((client) => client.send(searchRuns, { filter: text, limit: 0 })),
    );
    const count = pages.reduce((sum, { total }) => sum + total, 0);
    return {
      message: `${plural(count, 'run')} ${count === 1 ? 'matches' : 'match'}`,
      severity: vscode.InputBoxValidationSeverity.Info,
    };
  } catch (error) {
    return { message: errorShape(error).message, severity: vscode.InputBoxValidationSeverity.Error };
  }
}
