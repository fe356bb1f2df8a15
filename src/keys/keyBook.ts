import type { Disposable } from '../base/lifecycle.ts';
import { keyAlreadyExported, keyNameInvalid, keyNameTaken, noSuchKey, notAKey } from './errors.ts';
import { isKeyName, MasterKey, makeMasterKey, parseKeyText } from './masterKey.ts';

/** The editor's SecretStorage, or a stand-in of a test. */
export interface SecretPlace {
  get(name: string): PromiseLike<string | undefined>;
  store(name: string, text: string): PromiseLike<void>;
  delete(name: string): PromiseLike<void>;
  /** Of all windows. */
  onDidChange(listener: (change: { readonly key: string }) => void): Disposable;
}

/** The editor's memory of what is no secret. Each window writes all of it over what others wrote meanwhile. */
export interface Memory {
  get<T>(name: string, otherwise: T): T;
  update(name: string, value: unknown): PromiseLike<void>;
}

/** What may be shown of a key. Times are milliseconds since the epoch. */
export interface KnownKey {
  readonly id: string;
  readonly made: number;
  /** Absent as long as it never was. */
  readonly exported?: number;
  /** The key that took its place; it is kept to restore what was made with it. */
  readonly replacedBy?: string;
}

const memoryName = 'mlops.keys';
const secretPrefix = 'mlops.key.';

/**
 * Anonymisation keys: made, entered, rotated, exported once and forgotten. A key's bytes are in the secret storage
 * alone; the list of names is not secret, and no key that is there is ever written over.
 */
export class KeyBook implements Disposable {
  readonly #secrets: SecretPlace;
  readonly #memory: Memory;
  readonly #now: () => number;
  /** What this window knows for sure, whatever others write over the list; undefined for keys that are gone. */
  readonly #sure = new Map<string, KnownKey | undefined>();
  readonly #listening: Disposable;

  constructor(secrets: SecretPlace, memory: Memory, now: () => number = Date.now) {
    this.#secrets = secrets;
    this.#memory = memory;
    this.#now = now;
    this.#listening = secrets.onDidChange(({ key: name }) => {
      if (name.startsWith(secretPrefix)) {
        // The list only says what there is: where it cannot be written, the key is still where it was.
        this.#hear(name.slice(secretPrefix.length)).catch(() => undefined);
      }
    });
  }

  dispose(): void {
    this.#listening.dispose();
  }

  /** The newest first. */
  list(): readonly KnownKey[] {
    return [...this.#known()].sort((one, other) => other.made - one.made);
  }

  /** In base64, as the service takes it; undefined where the key is not on this computer. */
  async read(id: string): Promise<string | undefined> {
    return this.#secrets.get(secretOf(id));
  }

  make(id: string): Promise<KnownKey> {
    return this.#add(makeMasterKey(id));
  }

  /** A key that was exported elsewhere. */
  async enter(id: string, text: string): Promise<KnownKey> {
    const bytes = parseKeyText(text);
    if (!bytes) {
      throw notAKey('What was entered');
    }
    return this.#add(new MasterKey(id, bytes));
  }

  /** A new key under a new name. The old one stays, to restore what was made with it. */
  async rotate(id: string): Promise<KnownKey> {
    await this.#secretOrRefuse(id);
    const made = await this.make(await this.freeName(id));
    await this.#remember(id, { replacedBy: made.id });
    return made;
  }

  /** Gives the key away in base64, once: a gift that fails does not count. */
  async export(id: string, give: (key: string) => PromiseLike<void>): Promise<void> {
    const secret = await this.#secretOrRefuse(id);
    const before = this.#known().find((key) => key.id === id)?.exported;
    if (before !== undefined) {
      throw keyAlreadyExported(id, new Date(before).toISOString());
    }
    await give(secret);
    await this.#remember(id, { exported: this.#now() });
  }

  async forget(id: string): Promise<void> {
    await this.#secrets.delete(secretOf(id));
    this.#sure.set(id, undefined);
    await this.#writeList();
  }

  /** NAME, or NAME-2, NAME-3, … where that is taken. */
  async freeName(wanted: string): Promise<string> {
    const base = wanted.replace(/-\d+$/, '');
    let name = base;
    for (let generation = 2; (await this.read(name)) !== undefined; generation += 1) {
      name = `${base}-${generation}`;
    }
    return name;
  }

  async #add(master: MasterKey): Promise<KnownKey> {
    const { id } = master;
    if (!isKeyName(id)) {
      throw keyNameInvalid(id);
    }
    if ((await this.read(id)) !== undefined) {
      throw keyNameTaken(id);
    }
    await this.#secrets.store(secretOf(id), master.exportText());
    const key = { id, made: this.#now() };
    this.#sure.set(id, key);
    await this.#writeList();
    return key;
  }

  /** What stands in the list, and what this window knows besides: the list may be that of a window that did not. */
  #known(): readonly KnownKey[] {
    const known = new Map(this.#memory.get<readonly KnownKey[]>(memoryName, []).map((key) => [key.id, key]));
    for (const [id, key] of this.#sure) {
      if (key) {
        known.set(id, { ...known.get(id), ...key });
      } else {
        known.delete(id);
      }
    }
    return [...known.values()];
  }

  async #writeList(): Promise<void> {
    await this.#memory.update(memoryName, this.#known());
  }

  /** A key of another window may not be in this one's list yet. */
  async #remember(id: string, news: Partial<KnownKey>): Promise<void> {
    const before = this.#known().find((key) => key.id === id) ?? { id, made: this.#now() };
    this.#sure.set(id, { ...before, ...news });
    await this.#writeList();
  }

  /** Another window, or this one, has made or forgotten a key: the list of whoever writes last has to say so. */
  async #hear(id: string): Promise<void> {
    const isThere = (await this.read(id)) !== undefined;
    const key = this.#known().find((each) => each.id === id);
    this.#sure.set(id, isThere ? (key ?? { id, made: this.#now() }) : undefined);
    await this.#writeList();
  }

  async #secretOrRefuse(id: string): Promise<string> {
    const secret = await this.read(id);
    if (secret === undefined) {
      throw noSuchKey(id);
    }
    return secret;
  }
}

function secretOf(id: string): string {
  return `${secretPrefix}${id}`;
}
