import * as vscode from 'vscode';
import type { RemoteCredentials } from '../../protocol/remote.ts';
import { commands } from '../contributions.ts';
import { noTrackingServer } from '../errors.ts';
import type { RemoteServers } from '../remoteServers.ts';
import type { CommandTable } from './commandTable.ts';

export function trackingCommands(context: { remoteServers: RemoteServers }): CommandTable {
  return {
    [commands.trackingSignIn]: () => signIn(context.remoteServers),
  };
}

async function signIn(remoteServers: RemoteServers): Promise<void> {
  const found = remoteServers.toSignIn;
  if (!found) {
    throw noTrackingServer();
  }
  const credentials = await askForCredentials(new URL(found.address).host);
  if (credentials) {
    await remoteServers.signIn(found.client, found.address, credentials);
  }
}

/** Undefined when the user thinks better of it. */
async function askForCredentials(host: string): Promise<RemoteCredentials | undefined> {
  const title = `Sign In to ${host}`;
  const ways = [
    { label: 'User name and password', isToken: false },
    { label: 'Access token', isToken: true },
  ];
  const way = await vscode.window.showQuickPick(ways, {
    title,
    placeHolder: 'How does the server know you?',
  });
  if (!way) {
    return undefined;
  }
  if (way.isToken) {
    const token = await ask(title, 'Access token', true);
    return token ? { token } : undefined;
  }
  const user = await ask(title, 'User name', false);
  const password = user && (await ask(title, 'Password', true));
  return user && password !== undefined ? { user, password } : undefined;
}

function ask(title: string, prompt: string, password: boolean): Thenable<string | undefined> {
  return vscode.window.showInputBox({ title, prompt, password, ignoreFocusOut: true });
}
