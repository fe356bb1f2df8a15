import path from 'node:path';
import * as vscode from 'vscode';
import { readAddress } from '../attach/address.ts';
import { type Disposable, DisposableStore, toDisposable } from '../base/lifecycle.ts';
import { getStatus } from '../protocol/service.ts';
import { hasOwnAddress, markVariable, setsAddress, trackingVariable } from './ownTrackingAddress.ts';
import type { ServiceClient } from './service/serviceClient.ts';
import type { Services } from './service/services.ts';
import { readSetting } from './settings.ts';
import { coalesce } from './views/coalesce.ts';

const telemetryVariable = 'MLFLOW_DISABLE_TELEMETRY';
const ourVariables = [trackingVariable, markVariable, telemetryVariable];

/**
 * Gives terminals and notebooks the tracking address of their folder, so that a script started by hand is tracked too.
 * Only in trusted folders that the Workbench was used in, and never over an address of the user's own.
 *
 * Terminals get it by the editor's own collection, each folder's its own. Kernels of notebooks on this machine inherit
 * the environment of the extension host, which is one for all: the first folder's. The address outlives the service,
 * so with the first terminal or notebook the service is started, and it stays while the window is open.
 */
export class TrackingEnvironment implements Disposable {
  readonly #services: Services;
  readonly #collection: vscode.GlobalEnvironmentVariableCollection;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #isOwn: boolean;
  readonly #disposables = new DisposableStore();
  readonly #update = this.#disposables.add(coalesce(100, () => void this.#all()));
  readonly #given = new Map<string, string>();

  /** `environment` is the extension host's own; it is as before after `dispose`. */
  constructor(
    services: Services,
    collection: vscode.GlobalEnvironmentVariableCollection,
    environment: NodeJS.ProcessEnv,
  ) {
    this.#services = services;
    this.#collection = collection;
    this.#environment = environment;
    this.#isOwn = hasOwnAddress(environment);
    const update = () => this.#update.call();
    const listen = (client: ServiceClient) => {
      this.#disposables.add(client.onDidChangeState(({ kind }) => kind === 'connected' && update()));
    };
    services.all.forEach(listen);
    this.#disposables.add(services.onDidCreate(listen));
    this.#disposables.add(services.onDidChangeFolders(update));
    this.#disposables.add(vscode.workspace.onDidGrantWorkspaceTrust(update));
    this.#disposables.add(vscode.workspace.onDidChangeConfiguration(update));
    this.#disposables.add(vscode.window.onDidOpenTerminal(update));
    this.#disposables.add(vscode.workspace.onDidOpenNotebookDocument(update));
    const files = this.#disposables.add(vscode.workspace.createFileSystemWatcher('**/*.env'));
    for (const event of [files.onDidCreate, files.onDidChange, files.onDidDelete]) {
      this.#disposables.add(event(update));
    }
    this.#disposables.add(toDisposable(() => this.#giveToHost(undefined)));
    // Nothing is read while the extension is being activated.
    const later = setTimeout(update);
    this.#disposables.add(toDisposable(() => clearTimeout(later)));
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  async #all(): Promise<void> {
    const addresses = await Promise.all(this.#services.all.map((client) => this.#folder(client)));
    if (!this.#disposables.isDisposed) {
      this.#giveToHost(addresses[0]);
    }
  }

  /** Answers the address that the folder's terminals have from now on. */
  async #folder(client: ServiceClient): Promise<string | undefined> {
    const address = (await this.#mayHave(client.folder)) ? await addressOf(client) : undefined;
    this.#giveToTerminals(client.folder, address);
    const isWaitedFor = vscode.window.terminals.length > 0 || vscode.workspace.notebookDocuments.length > 0;
    if (address !== undefined && isWaitedFor && client.state.kind === 'idle') {
      // Attaches; where that fails the status bar says so.
      void client.send(getStatus, null).catch(() => undefined);
    }
    return address;
  }

  async #mayHave(folder: vscode.WorkspaceFolder): Promise<boolean> {
    return (
      vscode.workspace.isTrusted &&
      !this.#isOwn &&
      readSetting('mlops.tracking.injectEnvironment', folder.uri) &&
      !hasAddressInSettings(folder) &&
      !(await hasAddressInFile(folder))
    );
  }

  #giveToTerminals(folder: vscode.WorkspaceFolder, address: string | undefined): void {
    const scoped = this.#collection.getScoped({ workspaceFolder: folder });
    if (scoped.get(trackingVariable)?.value === address) {
      return;
    }
    if (address === undefined) {
      scoped.clear();
      return;
    }
    scoped.description = 'Tracks scripts that use MLflow in the Experiments view (`MLFLOW_TRACKING_URI`)';
    scoped.replace(trackingVariable, address);
    scoped.replace(markVariable, address);
    if (this.#environment[telemetryVariable] === undefined || this.#given.has(telemetryVariable)) {
      scoped.replace(telemetryVariable, 'true');
    }
  }

  #giveToHost(address: string | undefined): void {
    const values: Readonly<Record<string, string | undefined>> = {
      [trackingVariable]: address,
      [markVariable]: address,
      [telemetryVariable]: address && 'true',
    };
    for (const name of ourVariables) {
      const present = this.#environment[name];
      const value = values[name];
      if (present !== undefined && present !== this.#given.get(name) && !this.#isInherited(name)) {
        continue;
      }
      if (value === undefined) {
        delete this.#environment[name];
        this.#given.delete(name);
      } else {
        this.#environment[name] = value;
        this.#given.set(name, value);
      }
    }
  }

  /** An address of ours from another window, which was handed down with its mark. */
  #isInherited(name: string): boolean {
    return name !== telemetryVariable && !this.#isOwn;
  }
}

/** Known before the service runs: it keeps its address. Undefined in a folder that the Workbench was never used in. */
async function addressOf(client: ServiceClient): Promise<string | undefined> {
  return client.trackingUri ?? (await readAddress(client.folder.uri.fsPath))?.trackingUri;
}

function hasAddressInSettings(folder: vscode.WorkspaceFolder): boolean {
  const system = { win32: 'windows', darwin: 'osx' }[process.platform as string] ?? 'linux';
  const values = vscode.workspace
    .getConfiguration('terminal.integrated.env', folder.uri)
    .get<Record<string, string | null>>(system, {});
  return Boolean(values[trackingVariable]);
}

/** The file that the Python extension gives to what it starts, and that many scripts load themselves. */
async function hasAddressInFile(folder: vscode.WorkspaceFolder): Promise<boolean> {
  const named = vscode.workspace.getConfiguration('python', folder.uri).get('envFile', '');
  const file = (named || '.env').replace(/^\$\{workspaceFolder(:[^}]*)?\}[\\/]?/, '');
  try {
    const content = await vscode.workspace.fs.readFile(
      vscode.Uri.file(path.resolve(folder.uri.fsPath, file)),
    );
    return setsAddress(Buffer.from(content).toString('utf8'));
  } catch {
    return false;
  }
}
