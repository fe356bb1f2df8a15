import * as vscode from 'vscode';
import { formatRelativeTime, plural } from '../../base/format.ts';
import {
  deleteRuns,
  type RunId,
  renameRun,
  restoreRuns,
  searchRuns,
  setRunTags,
} from '../../protocol/experiments.ts';
import { markSet, runTags } from '../../protocol/runTags.ts';
import { commands } from '../contributions.ts';
import { showError } from '../errors.ts';
import type { Panels } from '../panels/panels.ts';
import type { ServiceClient } from '../service/serviceClient.ts';
import type { Services } from '../service/services.ts';
import type { ExperimentsNode } from '../views/experimentsTree.ts';
import type { RunNode } from '../views/runItem.ts';
import { chooseRun } from './chooseRuns.ts';
import type { CommandTable } from './commandTable.ts';

interface Context {
  readonly services: Services;
  readonly panels: Panels;
  /** The rows that are selected in the Experiments tree. */
  readonly selection: () => readonly ExperimentsNode[];
}

/** A row; what keys give, which stands for the rows that are selected; or nothing, from the palette. */
type Subject = ExperimentsNode | 'selected' | undefined;

type Act = (subject?: Subject, selected?: readonly ExperimentsNode[]) => Promise<void>;

/** What is done with runs beside running them. */
export function runLifeCommands(context: Context): CommandTable {
  const forEach =
    (title: string, act: (runs: readonly RunNode[]) => Promise<void>): Act =>
    async (subject, selected) => {
      const runs = await chosenRuns(context, title, subject, selected);
      if (runs.length > 0) {
        await act(runs);
      }
    };
  const mark = (title: string, tag: string, value: string | null) =>
    forEach(title, (runs) => setTag(runs, tag, value));
  return {
    [commands.runRename]: forEach('Rename which run?', ([node]) => rename(node!)),
    [commands.runEditNote]: forEach('Edit the note of which run?', ([node]) =>
      context.panels.openRun(node!.client, node!.run.id, { tab: 'note' }),
    ),
    [commands.runStar]: mark('Star which run?', runTags.starred, markSet),
    [commands.runUnstar]: mark('Unstar which run?', runTags.starred, null),
    [commands.runArchive]: mark('Archive which run?', runTags.archived, markSet),
    [commands.runUnarchive]: mark('Take which run out of the archive?', runTags.archived, null),
    [commands.runDelete]: forEach('Delete which run?', deleteAll),
    [commands.runRestore]: () => restore(context),
  };
}

async function chosenRuns(
  { services, selection }: Context,
  title: string,
  subject: Subject,
  selected: readonly ExperimentsNode[] | undefined,
): Promise<readonly RunNode[]> {
  if (subject === undefined) {
    const node = await chooseRun(services, title);
    return node ? [node] : [];
  }
  const nodes = subject === 'selected' ? selection() : (selected ?? [subject]);
  return nodes.filter((node) => node.kind === 'run');
}

/** Runs of several folders can be selected together: each service gets its own. */
async function forEachService(
  nodes: readonly RunNode[],
  send: (client: ServiceClient, runs: readonly RunId[]) => Promise<unknown>,
): Promise<void> {
  for (const client of new Set(nodes.map((node) => node.client))) {
    const own = nodes.filter((node) => node.client === client);
    await send(
      client,
      own.map(({ run }) => run.id),
    );
  }
}

async function rename({ client, run }: RunNode): Promise<void> {
  const name = await vscode.window.showInputBox({
    title: `Rename ${run.name}`,
    value: run.name,
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' ? 'A run needs a name.' : undefined),
  });
  if (name !== undefined && name.trim() !== run.name) {
    await client.send(renameRun, { run: run.id, name });
  }
}

function setTag(runs: readonly RunNode[], tag: string, value: string | null): Promise<void> {
  return forEachService(runs, (client, ids) =>
    client.send(setRunTags, { runs: ids, tags: { [tag]: value } }),
  );
}

async function deleteAll(nodes: readonly RunNode[]): Promise<void> {
  const [first] = nodes;
  const what = nodes.length === 1 ? `the run ${first!.run.name}` : plural(nodes.length, 'run');
  const answer = await vscode.window.showWarningMessage(
    `Delete ${what}?`,
    { modal: true, detail: whatDeletingDoes(nodes) },
    'Delete',
  );
  if (answer === 'Delete') {
    await sendDelete(nodes, false);
  }
}

function whatDeletingDoes(nodes: readonly RunNode[]): string {
  const [first] = nodes;
  const below = nodes.length === 1 ? (first!.run.childCount ?? 0) : 0;
  const kept = below > 0 ? ` What is under it is kept: ${plural(below, 'run')}.` : '';
  const [it, leaves] = nodes.length === 1 ? ['It', 'leaves'] : ['They', 'leave'];
  return (
    `${it} ${leaves} all lists, and metrics, artifacts and log stay where they are.${kept} ` +
    'Restore Deleted Runs… brings back what was deleted.'
  );
}

async function sendDelete(nodes: readonly RunNode[], evenUnderWay: boolean): Promise<void> {
  try {
    await forEachService(nodes, (client, runs) => client.send(deleteRuns, { runs, evenUnderWay }));
  } catch (error) {
    await showError(error, {
      deleteAnyway: () => sendDelete(nodes, true).catch(showError),
      retry: () => sendDelete(nodes, evenUnderWay).catch(showError),
    });
  }
}

async function restore({ services }: Context): Promise<void> {
  const found = await Promise.all(
    services.all.map(async (client) => {
      const { items } = await client.send(searchRuns, { deleted: true, limit: 500 });
      return items.map((run): RunNode => ({ kind: 'run', client, run }));
    }),
  );
  const deleted = found.flat().sort((a, b) => (b.run.deletedTime ?? 0) - (a.run.deletedTime ?? 0));
  const chosen = await vscode.window.showQuickPick(
    deleted.map((node) => ({
      label: node.run.name,
      description: `${node.run.experimentName} · deleted ${formatRelativeTime(node.run.deletedTime ?? 0, Date.now())}`,
      node,
    })),
    {
      canPickMany: true,
      title: 'Restore Deleted Runs',
      placeHolder: deleted.length > 0 ? 'Tick the runs to bring back' : 'No run is deleted',
      matchOnDescription: true,
    },
  );
  const nodes = chosen?.map(({ node }) => node) ?? [];
  await forEachService(nodes, (client, runs) => client.send(restoreRuns, { runs }));
}
