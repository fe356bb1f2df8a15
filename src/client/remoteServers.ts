import * as vscode from 'vscode';
import type { ServiceConnection } from '../attach/connection.ts';
import { hasCode } from '../base/errors.ts';
import { type Disposable, DisposableStore } from '../base/lifecycle.ts';
import { runsChanged } from '../protocol/experiments.ts';
import {
  configureRemote,
  getRemoteStatus,
  type RemoteCredentials,
  type RemoteStatus,
  remoteChanged,
  runUnderWayCode,
} from '../protocol/remote.ts';
import { remoteProblemSentence } from '../protocol/sentences.ts';
import { commands } from './contributions.ts';
import { showError } from './errors.ts';
import type { ServiceClient } from './service/serviceClient.ts';
import type { Services } from './service/services.ts';
import { readSetting } from './settings.ts';
import { coalesce } from './views/coalesce.ts';

const setting = 'mlops.tracking.remoteUri';

/** A server that answers always has a few changes on their way to it: only more than these are worth telling. */
const fewChanges = 20;

/**
 * Tells each folder's service which tracking server its setting names, with the credentials that the editor keeps,
 * and hears how it stands with it.
 */
export class RemoteServers implements Disposable {
  readonly #secrets: vscode.SecretStorage;
  readonly #disposables = new DisposableStore();
  readonly #changed = this.#disposables.add(new vscode.EventEmitter<void>());
  readonly #switched = this.#disposables.add(new vscode.EventEmitter<void>());
  readonly #known = new Map<ServiceClient, RemoteStatus>();
  /** Folders whose setting could not be followed because a run was under way. */
  readonly #waiting = new Set<ServiceClient>();
  /** Another status of some folder. */
  readonly onDidChange = this.#changed.event;
  /** Runs of some folder come from another place now. */
  readonly onDidSwitch = this.#switched.event;

  constructor(secrets: vscode.SecretStorage) {
    this.#secrets = secrets;
  }

  watch(services: Services): void {
    const listen = (client: ServiceClient) => this.#listen(client);
    for (const client of services.all) {
      listen(client);
    }
    this.#disposables.add(services.onDidCreate(listen));
    const followAll = () => {
      for (const client of services.all) {
        if (client.state.kind === 'connected') {
          this.#follow(client);
        }
      }
    };
    this.#disposables.add(
      vscode.workspace.onDidChangeConfiguration(
        (event) => event.affectsConfiguration(setting) && followAll(),
      ),
    );
    this.#disposables.add(vscode.workspace.onDidGrantWorkspaceTrust(followAll));
  }

  /** Before the first request of a window to a service, so that nothing is logged to the wrong place. */
  async prepare(folder: vscode.WorkspaceFolder, connection: Pick<ServiceConnection, 'send'>): Promise<void> {
    // In Restricted Mode the folder's own settings do not count, and nothing is sent anywhere because of them.
    if (!vscode.workspace.isTrusted) {
      return;
    }
    const wanted = readSetting(setting, folder.uri).trim();
    const now = await connection.send(getRemoteStatus, null);
    if (wanted !== '') {
      const credentials = await this.#credentials(wanted);
      await connection.send(configureRemote, { address: wanted, by: 'setting', ...credentials });
    } else if (now.by === 'setting') {
      await connection.send(configureRemote, { address: null, by: 'setting' });
    } else if (now.address !== undefined) {
      const credentials = await this.#credentials(now.address);
      await connection.send(configureRemote, { address: now.address, by: 'terminal', ...credentials });
    }
  }

  /** What stands above the runs while something is wrong with a server. */
  get problem(): string | undefined {
    const several = this.#known.size > 1;
    const sentences = [...this.#known].flatMap(([{ folder }, status]) => {
      const sentence = remoteProblemSentence(status);
      return sentence ? [several ? `${folder.name}: ${sentence}` : sentence] : [];
    });
    return sentences.length > 0 ? sentences.join(' ') : undefined;
  }

  /** Changes that wait for a server, where that is worth telling. */
  get waitingChanges(): number {
    return [...this.#known.values()]
      .filter(({ state, waiting }) => state !== 'connected' || waiting > fewChanges)
      .reduce((sum, { waiting }) => sum + waiting, 0);
  }

  /** The folder whose server asks for credentials; else any that has a server. */
  get toSignIn(): { readonly client: ServiceClient; readonly address: string } | undefined {
    const folders = [...this.#known].flatMap(([client, { address, state }]) =>
      address === undefined ? [] : [{ client, address, state }],
    );
    return folders.find(({ state }) => state === 'signIn') ?? folders[0];
  }

  async signIn(client: ServiceClient, address: string, credentials: RemoteCredentials): Promise<void> {
    await this.#secrets.store(secretOf(address), JSON.stringify(credentials));
    const by = this.#known.get(client)?.by ?? 'setting';
    await client.send(configureRemote, { address, by, credentials });
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #listen(client: ServiceClient): void {
    const ask = this.#disposables.add(coalesce(500, () => void this.#ask(client)));
    const again = this.#disposables.add(coalesce(2_000, () => this.#follow(client)));
    this.#disposables.add(
      client.on(remoteChanged, ({ switched }) => {
        ask.call();
        if (switched) {
          this.#switched.fire();
        }
      }),
    );
    this.#disposables.add(client.on(runsChanged, () => this.#waiting.has(client) && again.call()));
    this.#disposables.add(client.onDidChangeState(({ kind }) => kind === 'connected' && ask.call()));
  }

  async #ask(client: ServiceClient): Promise<void> {
    const before = this.#known.get(client);
    const now = await client.send(getRemoteStatus, null).catch(() => undefined);
    if (!now) {
      return;
    }
    this.#known.set(client, now);
    this.#changed.fire();
    if (now.state === 'signIn' && before?.state !== 'signIn') {
      void this.#offer(now.problem!, 'Sign In…', commands.trackingSignIn);
    }
    if (before && now.address === before.address && now.refused > before.refused) {
      void this.#offer(now.lastRefusal!, 'Show Log', commands.serviceShowLog);
    }
  }

  async #offer(sentence: string, title: string, command: string): Promise<void> {
    if ((await vscode.window.showWarningMessage(sentence, title)) === title) {
      await vscode.commands.executeCommand(command);
    }
  }

  /** The setting of the folder, as it is now. Under a run it is followed when that has ended. */
  #follow(client: ServiceClient): void {
    const isRepeat = this.#waiting.has(client);
    this.prepare(client.folder, client)
      .then(() => this.#waiting.delete(client))
      .catch((error: unknown) => {
        const mustWait = hasCode(error, runUnderWayCode);
        if (mustWait) {
          this.#waiting.add(client);
        }
        if (!(mustWait && isRepeat)) {
          void showError(error);
        }
      });
  }

  async #credentials(address: string): Promise<{ credentials?: RemoteCredentials }> {
    const kept = await this.#secrets.get(secretOf(address));
    return kept ? { credentials: JSON.parse(kept) as RemoteCredentials } : {};
  }
}

function secretOf(address: string): string {
  return `mlops.tracking:${address.replace(/\/+$/, '')}`;
}
