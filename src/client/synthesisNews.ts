import * as vscode from 'vscode';
import { cancelledErrorCode, hasCode } from '../base/errors.ts';
import { plural } from '../base/format.ts';
import { stopRun } from '../protocol/experiments.ts';
import { followSynthesis, type StartedSynthesis, type SynthesisedTable } from '../protocol/synthesis.ts';
import { uriOf } from './appliedNews.ts';
import { commands } from './contributions.ts';
import { showError } from './errors.ts';
import { withProgress } from './progress.ts';
import type { ServiceClient } from './service/serviceClient.ts';

/** A notification with the progress of a run and Cancel, which stops it; then what one does next. */
export async function showSynthesis(
  client: ServiceClient,
  { run, output }: StartedSynthesis,
  isPageVisible: () => boolean,
): Promise<void> {
  try {
    const done = await withProgress(client, `Synthesising ${output}`, followSynthesis, { run });
    await tellDone(client, done);
  } catch (error) {
    if (hasCode(error, cancelledErrorCode)) {
      // Who stopped it elsewhere has stopped it already.
      await client.send(stopRun, { run }).catch(showError);
    } else if (!isPageVisible()) {
      void showError(error);
    }
  }
}

async function tellDone(client: ServiceClient, { output, rows, report }: SynthesisedTable): Promise<void> {
  const actions: Readonly<Record<string, () => unknown>> = {
    'Open Report': () => vscode.commands.executeCommand(commands.reportOpen, uriOf(client, report.json)),
    'Version This Dataset': () =>
      vscode.commands.executeCommand(commands.datasetVersion, uriOf(client, output)),
    'Show in Explorer': () => vscode.commands.executeCommand('revealInExplorer', uriOf(client, output)),
  };
  const chosen = await vscode.window.showInformationMessage(
    `${output} is written: ${plural(rows, 'synthetic row')}.`,
    ...Object.keys(actions),
  );
  if (chosen) {
    await actions[chosen]?.();
  }
}
