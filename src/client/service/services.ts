import * as vscode from 'vscode';
import type { ServiceProgram } from '../../attach/start.ts';
import { DisposableStore, toDisposable } from '../../base/lifecycle.ts';
import { getRuns, type RunId } from '../../protocol/experiments.ts';
import { noFolderOpen } from '../errors.ts';
import { type Prepare, ServiceClient } from './serviceClient.ts';

/** One service client per workspace folder, made when the folder is first needed. */
export class Services implements vscode.Disposable {
  readonly #clients = new Map<string, ServiceClient>();
  readonly #disposables = new DisposableStore();
  readonly #created = this.#disposables.add(new vscode.EventEmitter<ServiceClient>());
  readonly #foldersChanged = this.#disposables.add(new vscode.EventEmitter<void>());
  readonly #program: ServiceProgram;
  readonly #version: string;
  readonly #log: vscode.LogOutputChannel;
  readonly #prepare: Prepare;
  readonly onDidCreate = this.#created.event;
  readonly onDidChangeFolders = this.#foldersChanged.event;

  constructor(program: ServiceProgram, version: string, log: vscode.LogOutputChannel, prepare: Prepare) {
    this.#program = program;
    this.#version = version;
    this.#log = log;
    this.#prepare = prepare;
    this.#disposables.add(
      vscode.workspace.onDidChangeWorkspaceFolders(({ removed }) => {
        for (const folder of removed) {
          this.#clients.get(folder.uri.toString())?.dispose();
          this.#clients.delete(folder.uri.toString());
        }
        this.#foldersChanged.fire();
      }),
    );
    this.#disposables.add(
      toDisposable(() => {
        for (const client of this.#clients.values()) {
          client.dispose();
        }
      }),
    );
  }

  /** In the order of the workspace; only folders on this machine's disk. */
  get all(): readonly ServiceClient[] {
    const folders = vscode.workspace.workspaceFolders ?? [];
    return folders.filter(({ uri }) => uri.scheme === 'file').map((folder) => this.#of(folder));
  }

  /** The service of the folder that holds the file; the only or first folder's when the file is in none. */
  for(resource: vscode.Uri | undefined): ServiceClient {
    const folder = resource && vscode.workspace.getWorkspaceFolder(resource);
    const client = folder ? this.#of(folder) : this.all[0];
    if (!client) {
      throw noFolderOpen();
    }
    return client;
  }

  /** The service that knows the run: for panels that come back after a reload. */
  async owning(run: RunId): Promise<ServiceClient | undefined> {
    if (this.all.length === 1) {
      return this.all[0];
    }
    const answers = await Promise.all(
      this.all.map(async (client) =>
        (await client.send(getRuns, { runs: [run] })).length > 0 ? client : undefined,
      ),
    );
    return answers.find((client) => client !== undefined);
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #of(folder: vscode.WorkspaceFolder): ServiceClient {
    const key = folder.uri.toString();
    const known = this.#clients.get(key);
    if (known) {
      return known;
    }
    const client = new ServiceClient(folder, this.#program, this.#version, this.#log, this.#prepare);
    this.#clients.set(key, client);
    this.#created.fire(client);
    return client;
  }
}
