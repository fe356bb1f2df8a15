import * as vscode from 'vscode';
import { plural } from '../base/format.ts';
import { type Disposable, DisposableStore } from '../base/lifecycle.ts';
import { runsChanged } from '../protocol/experiments.ts';
import { getStatus } from '../protocol/service.ts';
import { commands, views } from './contributions.ts';
import type { RemoteServers } from './remoteServers.ts';
import type { ServiceClient } from './service/serviceClient.ts';
import type { Services } from './service/services.ts';
import { coalesce } from './views/coalesce.ts';

/** One item: how many runs are under way and changes wait for a tracking server, or that the service is away. Hidden when there is nothing to say. */
export function createStatus(services: Services, remoteServers: RemoteServers): Disposable {
  const disposables = new DisposableStore();
  const item = disposables.add(
    vscode.window.createStatusBarItem('mlops.status', vscode.StatusBarAlignment.Left, 5),
  );
  item.name = 'MLOps';
  const update = disposables.add(coalesce(500, () => void show(item, services, remoteServers)));
  const listen = (client: ServiceClient) => {
    disposables.add(client.on(runsChanged, update.call));
    disposables.add(client.onDidChangeState(update.call));
  };
  for (const client of services.all) {
    listen(client);
  }
  disposables.add(services.onDidCreate(listen));
  disposables.add(remoteServers.onDidChange(update.call));
  return disposables;
}

async function show(
  item: vscode.StatusBarItem,
  services: Services,
  remoteServers: RemoteServers,
): Promise<void> {
  const offline = services.all.map(({ state }) => state).find(({ kind }) => kind === 'offline');
  if (offline?.kind === 'offline') {
    item.text = '$(warning) MLOps';
    item.tooltip = `${offline.message} Click to start the service again.`;
    item.command = commands.serviceRestart;
    item.backgroundColor = new vscode.ThemeColor('statusBarItem.warningBackground');
    item.show();
    return;
  }
  if (services.all.some(({ state }) => state.kind === 'connecting')) {
    // Runs outlive their service: what was last said about them stays until it can answer.
    return;
  }
  const connected = services.all.filter(({ state }) => state.kind === 'connected');
  const counts = await Promise.all(connected.map(running)).catch(() => undefined);
  if (!counts) {
    return;
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  item.backgroundColor = undefined;
  const waiting = remoteServers.waitingChanges;
  item.text = [
    ...(total > 0 ? [`$(beaker) ${plural(total, 'run')} under way`] : []),
    ...(waiting > 0 ? [`$(cloud-upload) ${plural(waiting, 'change waits', 'changes wait')}`] : []),
  ].join(' ');
  item.tooltip =
    waiting > 0
      ? 'What was logged is kept here until the tracking server takes it. Show the experiments'
      : 'Show the experiments';
  item.command = `${views.experiments}.focus`;
  if (total + waiting > 0) {
    item.show();
  } else {
    item.hide();
  }
}

async function running(client: ServiceClient): Promise<number> {
  return (await client.send(getStatus, null)).runsUnderWay;
}
