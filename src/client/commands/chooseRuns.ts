import * as vscode from 'vscode';
import { formatNumber } from '../../base/format.ts';
import { type RunId, type RunSummary, searchRuns } from '../../protocol/experiments.ts';
import { fromWireNumber } from '../../protocol/numbers.ts';
import type { ServiceClient } from '../service/serviceClient.ts';
import type { Services } from '../service/services.ts';
import type { RunNode } from '../views/runItem.ts';

/** Those given are ticked already. Undefined: the user left. */
export async function chooseRunsToCompare(
  client: ServiceClient,
  ticked: readonly RunId[],
): Promise<RunId[] | undefined> {
  const { items } = await client.send(searchRuns, { limit: 500, hideArchived: true });
  const chosen = await vscode.window.showQuickPick(
    items.map((run) => ({ ...runItem(run), picked: ticked.includes(run.id), run })),
    {
      canPickMany: true,
      title: 'Compare Runs',
      placeHolder: items.length > 0 ? 'Tick the runs to compare' : 'There are no runs yet',
      matchOnDescription: true,
    },
  );
  return chosen?.map(({ run }) => run.id);
}

/** Of the folder that the active editor is in. Undefined: the user left. */
export async function chooseRun(
  services: Services,
  title: string,
  suits: (run: RunSummary) => boolean = () => true,
): Promise<RunNode | undefined> {
  const client = services.for(vscode.window.activeTextEditor?.document.uri);
  const { items } = await client.send(searchRuns, { limit: 500 });
  const choices = items.filter(suits).map((run) => ({ ...runItem(run), run }));
  const chosen = await vscode.window.showQuickPick(choices, {
    title,
    placeHolder: choices.length > 0 ? undefined : 'There is none',
    matchOnDescription: true,
  });
  return chosen && { kind: 'run', client, run: chosen.run };
}

function runItem(run: RunSummary): vscode.QuickPickItem {
  const headline =
    run.headline && `${run.headline.metric} ${formatNumber(fromWireNumber(run.headline.value))}`;
  return {
    label: run.name,
    description: [run.experimentName, run.state, headline].filter(Boolean).join(' · '),
  };
}
