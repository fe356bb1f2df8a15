import * as vscode from 'vscode';
import { type Disposable, DisposableStore } from '../../base/lifecycle.ts';
import type { NotificationType } from '../../protocol/rpc.ts';
import type { ServiceClient } from '../service/serviceClient.ts';
import type { Services } from '../service/services.ts';
import { coalesce } from './coalesce.ts';

export interface FolderNode {
  readonly kind: 'folder';
  readonly client: ServiceClient;
}

/** Tells a tree to ask again: its subject changed in one of the folders, a service came back, a folder came, went or was trusted. */
export class TreeNews<Node> implements Disposable {
  readonly #disposables = new DisposableStore();
  readonly #changed = this.#disposables.add(new vscode.EventEmitter<Node | undefined>());
  readonly #refresh = this.#disposables.add(coalesce(500, () => this.#changed.fire(undefined)));
  readonly onDidChange = this.#changed.event;

  constructor(services: Services, subjectChanged: NotificationType<never>) {
    const listen = (client: ServiceClient) => {
      this.#disposables.add(client.on(subjectChanged, () => this.refresh()));
      this.#disposables.add(client.onDidReconnect(() => this.refresh()));
    };
    for (const client of services.all) {
      listen(client);
    }
    this.#disposables.add(services.onDidCreate(listen));
    this.#disposables.add(services.onDidChangeFolders(() => this.refresh()));
    this.#disposables.add(vscode.workspace.onDidGrantWorkspaceTrust(() => this.refresh()));
  }

  /** At most twice a second: a live run changes more often than a tree should move. */
  refresh(): void {
    this.#refresh.call();
  }

  dispose(): void {
    this.#disposables.dispose();
  }
}

/** The top of a tree: what is in the only folder, or the folders where there are several. */
export async function topLevel<Node>(
  services: Services,
  contentsOf: (client: ServiceClient) => Promise<Node[]>,
): Promise<(Node | FolderNode)[]> {
  const clients = services.all;
  if (clients.length > 1) {
    return clients.map((client) => ({ kind: 'folder', client }));
  }
  return clients[0] ? contentsOf(clients[0]) : [];
}

export function folderItem({ client }: FolderNode): vscode.TreeItem {
  return new vscode.TreeItem(client.folder.name, vscode.TreeItemCollapsibleState.Expanded);
}
